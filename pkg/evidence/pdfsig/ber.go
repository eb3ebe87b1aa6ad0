package pdfsig

import "errors"

// Limits of a CMS structure. They are checked before parsing: the BER conversion recurses on
// nesting and copies the content once per level.
const (
	maxCMS      = 1 << 20
	maxDepth    = 32
	maxElements = 1 << 18
)

var (
	errNotBER   = errors.New("it is not encoded as CMS is")
	errBERLimit = errors.New("it is larger than 1 MiB, has more than 32 levels or more than 262,144 elements")
)

// berLength walks the element at the start of raw and returns its length, including its head and,
// for an indefinite length, its end mark.
func berLength(raw []byte) (int, error) {
	cut := len(raw) > maxCMS
	if cut {
		raw = raw[:maxCMS]
	}
	w := berWalk{raw: raw}
	end, err := w.element(0, len(raw), 1)
	if errors.Is(err, errNotBER) && cut {
		// The element may be valid but continues beyond maxCMS.
		return 0, errBERLimit
	}
	return end, err
}

type berWalk struct {
	raw      []byte
	elements int
}

// element walks one element, which must end by limit, and returns its end.
func (w *berWalk) element(at, limit, depth int) (int, error) {
	if w.elements++; depth > maxDepth || w.elements > maxElements {
		return 0, errBERLimit
	}
	if limit-at < 2 {
		return 0, errNotBER
	}
	first := w.raw[at]
	at++
	if first&0x1F == 0x1F { // the tag number takes several bytes
		for at < limit && w.raw[at] >= 0x80 {
			at++
		}
		at++
	}
	if at >= limit {
		return 0, errNotBER
	}
	length, indefinite := int(w.raw[at]), false
	at++
	switch {
	case length == 0x80:
		indefinite = true
	case length > 0x80:
		count := length & 0x7F
		if count > 4 || limit-at < count {
			return 0, errNotBER
		}
		length = 0
		for range count {
			length = length<<8 | int(w.raw[at])
			at++
		}
	}
	constructed := first&0x20 != 0
	if indefinite {
		if !constructed {
			return 0, errNotBER
		}
		return w.indefinite(at, limit, depth)
	}
	if length < 0 || length > limit-at {
		return 0, errNotBER
	}
	end := at + length
	for constructed && at < end {
		var err error
		if at, err = w.element(at, end, depth+1); err != nil {
			return 0, err
		}
	}
	return end, nil
}

// indefinite walks elements up to an end mark of two zero bytes.
func (w *berWalk) indefinite(at, limit, depth int) (int, error) {
	for {
		if limit-at >= 2 && w.raw[at] == 0 && w.raw[at+1] == 0 {
			return at + 2, nil
		}
		var err error
		if at, err = w.element(at, limit, depth+1); err != nil {
			return 0, err
		}
	}
}
