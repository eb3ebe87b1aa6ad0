package pdfsig

import (
	"encoding/asn1"
	"errors"
)

// toDefiniteLength converts one BER element to definite lengths and joins constructed octet
// strings. It leaves DER unchanged, byte for byte. [berLength] must have checked the limits.
func toDefiniteLength(raw []byte) []byte {
	element, _ := firstToDefiniteLength(raw)
	return element
}

// firstToDefiniteLength is like definite for the first of several elements, and also returns the
// rest.
func firstToDefiniteLength(raw []byte) (element, rest []byte) {
	head, length, indefinite := elementHead(raw)
	content := raw[head:]
	if !indefinite {
		rest, content = content[length:], content[:length]
	}
	const constructed, octets = 0x20, 0x04
	if raw[0]&constructed == 0 {
		return raw[:head+length], rest
	}
	var parts [][]byte
	size, changed, inPieces := 0, indefinite, raw[0] == constructed|octets
	for len(content) > 0 {
		if indefinite && content[0] == 0 && content[1] == 0 {
			rest = content[2:]
			break
		}
		part, after := firstToDefiniteLength(content)
		if len(part) != len(content)-len(after) || &part[0] != &content[0] {
			changed = true
		}
		inPieces = inPieces && part[0] == octets
		parts, content = append(parts, part), after
		size += len(part)
	}
	if !changed && !inPieces {
		return raw[:head+length], rest
	}
	body := make([]byte, 0, size)
	for _, part := range parts {
		if inPieces {
			inner, _, _ := elementHead(part)
			part = part[inner:]
		}
		body = append(body, part...)
	}
	tag := raw[0]
	if inPieces {
		tag = octets
	}
	return append(appendHead(nil, tag, len(body)), body...), rest
}

// elementHead reads the tag and length of an element that [berWalk] has validated.
func elementHead(raw []byte) (head, length int, indefinite bool) {
	at := 1
	if raw[0]&0x1F == 0x1F {
		for raw[at] >= 0x80 {
			at++
		}
		at++
	}
	length = int(raw[at])
	at++
	switch {
	case length == 0x80:
		return at, 0, true
	case length > 0x80:
		count := length & 0x7F
		length = 0
		for range count {
			length = length<<8 | int(raw[at])
			at++
		}
	}
	return at, length, false
}

func appendHead(dst []byte, tag byte, length int) []byte {
	dst = append(dst, tag)
	switch {
	case length < 0x80:
		return append(dst, byte(length))
	case length < 0x100:
		return append(dst, 0x81, byte(length))
	case length < 0x10000:
		return append(dst, 0x82, byte(length>>8), byte(length))
	}
	return append(dst, 0x83, byte(length>>16), byte(length>>8), byte(length))
}

var errNotDER = errors.New("it is not encoded as DER")

// parseMembers returns the elements inside a constructed element with the given tag, which must
// fill raw.
func parseMembers(raw []byte, tag byte) ([]asn1.RawValue, error) {
	var outer asn1.RawValue
	if rest, err := asn1.Unmarshal(raw, &outer); err != nil || len(rest) > 0 || raw[0] != tag {
		return nil, errNotDER
	}
	var list []asn1.RawValue
	for rest := outer.Bytes; len(rest) > 0; {
		var one asn1.RawValue
		var err error
		if rest, err = asn1.Unmarshal(rest, &one); err != nil {
			return nil, errNotDER
		}
		list = append(list, one)
	}
	return list, nil
}

// Tags used in CMS and certificates.
const (
	tagInteger  = 0x02
	tagOctets   = 0x04
	tagOID      = 0x06
	tagSequence = 0x30
	tagSet      = 0x31
	tagKeyID    = 0x80
	tagZero     = 0xA0 // [0], constructed, like the next three
	tagOne      = 0xA1
	tagTwo      = 0xA2
	tagThree    = 0xA3
)

// derReader consumes a list of elements one by one.
type derReader struct {
	list []asn1.RawValue
	err  error
}

func newDERReader(raw []byte, tag byte) *derReader {
	list, err := parseMembers(raw, tag)
	return &derReader{list, err}
}

// hasTag reports whether the next element has the tag.
func (r *derReader) hasTag(tag byte) bool {
	return r.err == nil && len(r.list) > 0 && r.list[0].FullBytes[0] == tag
}

// take consumes the next element, which must have the tag.
func (r *derReader) take(tag byte) asn1.RawValue {
	if !r.hasTag(tag) {
		r.err = errNotDER
		return asn1.RawValue{}
	}
	one := r.list[0]
	r.list = r.list[1:]
	return one
}

// optional consumes the next element if it has the tag.
func (r *derReader) optional(tag byte) (asn1.RawValue, bool) {
	if !r.hasTag(tag) {
		return asn1.RawValue{}, false
	}
	return r.take(tag), true
}
