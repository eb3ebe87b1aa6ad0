package pdf

import (
	"bytes"
	"strconv"
)

// Kind is the type of an [Object].
type Kind uint8

// The kinds of objects. A stream is a Dictionary; see [Indirect].Stream.
const (
	Null Kind = iota
	Boolean
	Integer
	Real
	Name
	Literal // a string in parentheses
	Hex     // a string in angle brackets
	Array
	Dictionary
	Ref
)

var kindNames = [...]string{"null", "boolean", "integer", "real", "name", "string", "hexadecimal string", "array",
	"dictionary", "reference"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "kind " + strconv.Itoa(int(k))
}

// Reference names an indirect object.
type Reference struct {
	Number     uint32
	Generation uint16
}

// Object is a PDF value. The zero Object is null.
type Object struct {
	Kind       Kind
	Generation uint16 // of a Ref
	Offset     int64  // of the first byte; see [Indirect].Compressed for what it counts from
	End        int64  // one past the last byte
	// Int is the value of an Integer, 0 or 1 for a Boolean, or the object number of a Ref.
	Int int64
	// Text is the decoded content of a Name (without the slash) or a string, and a Real as written.
	Text []byte
	// Items holds an Array's elements, or a Dictionary's keys and values in turn, as written, so
	// that duplicate keys stay visible.
	Items []Object
}

// Reference returns the object number and generation of a Ref.
func (o Object) Reference() Reference {
	return Reference{Number: uint32(o.Int), Generation: o.Generation}
}

// Lookup returns the value of a dictionary key and how often the key occurs. If it occurs several
// times, the value is the last one. If it is missing, or o is not a dictionary, the value is null.
func (o Object) Lookup(key string) (value Object, times int) {
	if o.Kind != Dictionary {
		return Object{}, 0
	}
	for i := 0; i+1 < len(o.Items); i += 2 {
		if string(o.Items[i].Text) == key {
			value = o.Items[i+1]
			times++
		}
	}
	return value, times
}

// Get returns the value of a dictionary key, as [Object.Lookup] does.
func (o Object) Get(key string) Object {
	value, _ := o.Lookup(key)
	return value
}

// DuplicateKey returns a key that occurs more than once in the dictionary.
func (o Object) DuplicateKey() (string, bool) {
	if o.Kind != Dictionary {
		return "", false
	}
	seen := make(map[string]bool, len(o.Items)/2)
	for i := 0; i+1 < len(o.Items); i += 2 {
		key := string(o.Items[i].Text)
		if seen[key] {
			return key, true
		}
		seen[key] = true
	}
	return "", false
}

// With returns a copy of a dictionary with key set to value. An existing key keeps its position; a
// new one goes at the end.
func (o Object) With(key string, value Object) Object {
	items := make([]Object, 0, len(o.Items)+2)
	placed := false
	for i := 0; i+1 < len(o.Items); i += 2 {
		if string(o.Items[i].Text) != key {
			items = append(items, o.Items[i], o.Items[i+1])
		} else if !placed {
			items = append(items, o.Items[i], value)
			placed = true
		}
	}
	if !placed {
		items = append(items, NewName(key), value)
	}
	return Object{Kind: Dictionary, Items: items}
}

// Without returns a copy of a dictionary without the keys.
func (o Object) Without(keys ...string) Object {
	items := make([]Object, 0, len(o.Items))
next:
	for i := 0; i+1 < len(o.Items); i += 2 {
		for _, key := range keys {
			if string(o.Items[i].Text) == key {
				continue next
			}
		}
		items = append(items, o.Items[i], o.Items[i+1])
	}
	return Object{Kind: Dictionary, Items: items}
}

// IsString reports whether the object is a string in either notation.
func (o Object) IsString() bool { return o.Kind == Literal || o.Kind == Hex }

// IsName reports whether the object is the given name.
func (o Object) IsName(name string) bool { return o.Kind == Name && string(o.Text) == name }

// Number returns the value of an Integer or a Real.
func (o Object) Number() (float64, bool) {
	switch o.Kind {
	case Integer:
		return float64(o.Int), true
	case Real:
		f, err := strconv.ParseFloat(string(o.Text), 64)
		return f, err == nil
	}
	return 0, false
}

// NewName returns a name. The argument has no leading slash.
func NewName(name string) Object { return Object{Kind: Name, Text: []byte(name)} }

// NewInteger returns an integer.
func NewInteger(value int64) Object { return Object{Kind: Integer, Int: value} }

// NewReal returns a real number with two decimals, which is enough for coordinates.
func NewReal(value float64) Object {
	return Object{Kind: Real, Text: strconv.AppendFloat(nil, value, 'f', 2, 64)}
}

// NewReference returns a reference.
func NewReference(ref Reference) Object {
	return Object{Kind: Ref, Int: int64(ref.Number), Generation: ref.Generation}
}

// NewArray returns an array.
func NewArray(items ...Object) Object { return Object{Kind: Array, Items: items} }

// NewHex returns a string in hexadecimal notation.
func NewHex(content []byte) Object { return Object{Kind: Hex, Text: content} }

// Append appends the object as PDF text to dst. Parsing that text gives an equal object with other
// offsets.
func (o Object) Append(dst []byte) []byte {
	switch o.Kind {
	case Boolean:
		return strconv.AppendBool(dst, o.Int != 0)
	case Integer:
		return strconv.AppendInt(dst, o.Int, 10)
	case Real:
		return append(dst, o.Text...)
	case Name:
		return appendName(dst, o.Text)
	case Literal:
		return appendLiteral(dst, o.Text)
	case Hex:
		return appendHex(dst, o.Text)
	case Array:
		dst = append(dst, '[')
		for i, item := range o.Items {
			if i > 0 {
				dst = append(dst, ' ')
			}
			dst = item.Append(dst)
		}
		return append(dst, ']')
	case Dictionary:
		dst = append(dst, "<<"...)
		for i := 0; i+1 < len(o.Items); i += 2 {
			dst = appendName(append(dst, ' '), o.Items[i].Text)
			dst = o.Items[i+1].Append(append(dst, ' '))
		}
		return append(dst, " >>"...)
	case Ref:
		dst = strconv.AppendInt(dst, o.Int, 10)
		dst = strconv.AppendUint(append(dst, ' '), uint64(o.Generation), 10)
		return append(dst, " R"...)
	}
	return append(dst, "null"...)
}

const hexDigits = "0123456789ABCDEF"

func appendHex(dst, content []byte) []byte {
	dst = append(dst, '<')
	for _, c := range content {
		dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
	}
	return append(dst, '>')
}

func appendName(dst, name []byte) []byte {
	dst = append(dst, '/')
	for _, c := range name {
		if c <= ' ' || c > '~' || c == '#' || isDelimiter(c) {
			dst = append(dst, '#', hexDigits[c>>4], hexDigits[c&15])
		} else {
			dst = append(dst, c)
		}
	}
	return dst
}

func appendLiteral(dst, content []byte) []byte {
	dst = append(dst, '(')
	for _, c := range content {
		switch c {
		case '(', ')', '\\':
			dst = append(dst, '\\', c)
		case '\r':
			dst = append(dst, `\r`...) // an unescaped one would be read as a line feed
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, ')')
}

// Equal reports whether two objects have the same value, regardless of their offsets.
func (o Object) Equal(other Object) bool {
	if o.Kind != other.Kind || o.Int != other.Int || o.Generation != other.Generation ||
		len(o.Items) != len(other.Items) || !bytes.Equal(o.Text, other.Text) {
		return false
	}
	for i := range o.Items {
		if !o.Items[i].Equal(other.Items[i]) {
			return false
		}
	}
	return true
}
