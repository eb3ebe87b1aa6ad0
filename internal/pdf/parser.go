package pdf

import (
	"errors"
	"math"
	"slices"
	"strconv"
)

const (
	maxNesting    = 100
	maxValues     = 1 << 18
	maxObjectText = 16 << 20
	maxDigits     = 64
	maxSought     = 63 // longest name that can be sought, in bytes
)

// parser reads tokens and objects from a source, starting at at.
type parser struct {
	source *source
	at     int64
	values int
	text   int
	// sought holds names to look for. If it is not empty, the parser keeps nothing that it reads,
	// and returns errMentioned at the first of the names.
	sought  []string
	scratch [maxSought + 1]byte
	// length is /Length of the outermost dictionary, which is kept nevertheless.
	length   Object
	isLength bool // the last name was Length
}

// errMentioned means that the parser found one of the sought names.
var errMentioned = errors.New("mentioned")

// empty returns the buffer that collects the text of a name or string.
func (p *parser) empty() []byte {
	if p.sought == nil {
		return []byte{}
	}
	return p.scratch[:0]
}

// discard drops a value. It returns errMentioned if the value is a sought name.
func (p *parser) discard(o *Object) error {
	if o.Kind == Name {
		if slices.Contains(p.sought, string(o.Text)) {
			return errMentioned
		}
		p.isLength = string(o.Text) == "Length"
	}
	o.Text = nil
	return nil
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func isRegular(c byte) bool { return !isSpace(c) && !isDelimiter(c) }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// wrong returns a syntax error, or the read error that caused it.
func (p *parser) wrong(offset int64, format string, args ...any) error {
	if p.source.err != nil {
		return p.source.err
	}
	return fault(ErrSyntax, offset, format, args...)
}

// skip advances past white space and comments.
func (p *parser) skip() {
	for {
		c, ok := p.source.at(p.at)
		switch {
		case !ok:
			return
		case isSpace(c):
			p.at++
		case c == '%':
			for ok && c != '\n' && c != '\r' {
				p.at++
				c, ok = p.source.at(p.at)
			}
		default:
			return
		}
	}
}

// keyword consumes the word if it comes next.
func (p *parser) keyword(word string) bool {
	p.skip()
	for i := range len(word) {
		if c, ok := p.source.at(p.at + int64(i)); !ok || c != word[i] {
			return false
		}
	}
	if c, ok := p.source.at(p.at + int64(len(word))); ok && isRegular(c) {
		return false
	}
	p.at += int64(len(word))
	return true
}

// natural consumes an unsigned number of at most limit, if one comes next.
func (p *parser) natural(limit int64) (int64, bool) {
	p.skip()
	start := p.at
	value := int64(0)
	for {
		c, ok := p.source.at(p.at)
		if !ok || !isDigit(c) {
			if p.at == start || ok && isRegular(c) {
				p.at = start
				return 0, false
			}
			return value, true
		}
		value = value*10 + int64(c-'0')
		if value > limit {
			p.at = start
			return 0, false
		}
		p.at++
	}
}

// objectHeader consumes "N G obj" and returns the offset of N.
func (p *parser) objectHeader() (Reference, int64, error) {
	p.skip()
	offset := p.at
	number, ok := p.natural(math.MaxUint32)
	if ok {
		var generation int64
		if generation, ok = p.natural(math.MaxUint16); ok && p.keyword("obj") {
			return Reference{uint32(number), uint16(generation)}, offset, nil
		}
	}
	return Reference{}, offset, p.wrong(offset, "no object begins here")
}

// objectBody consumes what follows "N G obj", up to endobj or a stream's first byte.
func (p *parser) objectBody(ref Reference, offset int64) (Indirect, error) {
	object, err := p.object()
	if err != nil {
		return Indirect{}, err
	}
	result := Indirect{Reference: ref, Offset: offset, Object: object, Stream: -1}
	switch {
	case p.keyword("endobj"):
		result.end = p.at
		return result, nil
	case object.Kind == Dictionary && p.keyword("stream"):
		c, _ := p.source.at(p.at)
		if c == '\r' {
			p.at++
			c, _ = p.source.at(p.at)
		}
		if c != '\n' {
			return Indirect{}, p.wrong(p.at, "no line end after the keyword stream")
		}
		result.Stream, result.end = p.at+1, p.at+1
		if result.Length = p.length; p.sought == nil {
			result.Length = object.Get("Length")
		}
		if kind := result.Length.Kind; kind != Integer && kind != Ref {
			result.Length = Object{}
		}
		return result, nil
	}
	return Indirect{}, p.wrong(p.at, "object %d %d does not end with endobj", ref.Number, ref.Generation)
}

// object consumes one value.
func (p *parser) object() (Object, error) {
	p.values, p.text = 0, 0
	return p.value(0)
}

func (p *parser) value(depth int) (Object, error) {
	if depth > maxNesting {
		return Object{}, fault(ErrLimit, p.at, "more than %d levels of nesting", maxNesting)
	}
	if p.values++; p.values > maxValues {
		return Object{}, fault(ErrLimit, p.at, "more than %d values in one object", maxValues)
	}
	p.skip()
	start := p.at
	c, ok := p.source.at(start)
	if !ok {
		return Object{}, p.wrong(start, "the file ends inside an object")
	}
	var o Object
	var err error
	switch {
	case c == '/':
		o, err = p.name()
	case c == '(':
		o, err = p.literal()
	case c == '[':
		o, err = p.array(depth)
	case c == '<':
		if next, _ := p.source.at(start + 1); next == '<' {
			o, err = p.dictionary(depth)
		} else {
			o, err = p.hex()
		}
	case isDigit(c) || c == '+' || c == '-' || c == '.':
		o, err = p.number()
	case p.keyword("null"):
	case p.keyword("true"):
		o = Object{Kind: Boolean, Int: 1}
	case p.keyword("false"):
		o = Object{Kind: Boolean}
	default:
		return Object{}, p.wrong(start, "no value begins here")
	}
	if err != nil {
		return Object{}, err
	}
	o.Offset, o.End = start, p.at
	if p.sought != nil {
		return o, p.discard(&o)
	}
	return o, nil
}

func (p *parser) array(depth int) (Object, error) {
	p.at++
	var few [fewItems]Object
	items := few[:0]
	for {
		p.skip()
		if c, ok := p.source.at(p.at); ok && c == ']' {
			p.at++
			return Object{Kind: Array, Items: exactly(items)}, nil
		}
		item, err := p.value(depth + 1)
		if err != nil {
			return Object{}, err
		}
		if p.sought == nil {
			items = append(items, item)
		}
	}
}

// fewItems is enough capacity for most arrays and dictionaries.
const fewItems = 8

// exactly copies the items into a slice with no spare capacity.
func exactly(items []Object) []Object {
	if len(items) == 0 {
		return nil
	}
	return append(make([]Object, 0, len(items)), items...)
}

func (p *parser) dictionary(depth int) (Object, error) {
	p.at += 2
	var few [fewItems]Object
	items := few[:0]
	for {
		p.skip()
		c, _ := p.source.at(p.at)
		if c == '>' {
			if next, _ := p.source.at(p.at + 1); next == '>' {
				p.at += 2
				return Object{Kind: Dictionary, Items: exactly(items)}, nil
			}
		}
		if c != '/' {
			return Object{}, p.wrong(p.at, "a dictionary's key is not a name")
		}
		key, err := p.value(depth + 1)
		if err != nil {
			return Object{}, err
		}
		isLength := depth == 0 && p.isLength
		value, err := p.value(depth + 1)
		if err != nil {
			return Object{}, err
		}
		if p.sought == nil {
			items = append(items, key, value)
		} else if isLength {
			p.length = value
		}
	}
}

// number consumes an integer, a real, or a reference.
func (p *parser) number() (Object, error) {
	start := p.at
	var room [maxDigits]byte
	text := room[:0]
	digits, dots := 0, 0
	for {
		c, ok := p.source.at(p.at)
		if !ok || !isRegular(c) {
			break
		}
		switch {
		case isDigit(c):
			digits++
		case c == '.':
			dots++
		case (c == '+' || c == '-') && p.at == start:
		default:
			return Object{}, p.wrong(start, "a number has a letter or sign inside")
		}
		if len(text) == maxDigits {
			return Object{}, p.wrong(start, "a number has more than %d digits", maxDigits)
		}
		text = append(text, c)
		p.at++
	}
	if digits == 0 || dots > 1 {
		return Object{}, p.wrong(start, "a number has no digits or two points")
	}
	var value int64
	whole := dots == 0
	if whole {
		var err error
		value, err = strconv.ParseInt(string(text), 10, 64)
		whole = err == nil
	}
	if !whole { // an integer beyond 64 bits is also kept as written
		return Object{Kind: Real, Text: append(p.empty(), text...)}, nil
	}
	if isDigit(text[0]) && value <= math.MaxUint32 {
		end := p.at
		if generation, ok := p.natural(math.MaxUint16); ok && p.keyword("R") {
			return Object{Kind: Ref, Int: value, Generation: uint16(generation)}, nil
		}
		p.at = end
	}
	return Object{Kind: Integer, Int: value}, nil
}
