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
	Offset     int64  // of the first byte; in the file, or see [Indirect].Compressed
	End        int64  // one past the last byte
	// Int is the value of an Integer, 0 or 1 of a Boolean, the object number of a Ref.
	Int int64
	// Text is the decoded content of a Name (without the slash) or a string, and a Real as written.
	Text []byte
	// Items are an Array's elements, or a Dictionary's keys and values in turn, as written, so that
	// keys written twice can be seen.
	Items []Object
}

// Reference is the object number and generation of a Ref.
func (o Object) Reference() Reference {
	return Reference{Number: uint32(o.Int), Generation: o.Generation}
}

// Lookup returns the value of a dictionary's key and how often the key is there: the
// value of the last, and null where there is none or o is no dictionary.
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

// Get is Lookup without the count.
func (o Object) Get(key string) Object {
	value, _ := o.Lookup(key)
	return value
}

// DuplicateKey returns a key that the dictionary has more than once.
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

// With returns a copy of a dictionary in which key has the value: in its old place
// where the key was there, else at the end.
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

// Without returns a copy of a dictionary that lacks the keys.
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

// IsString tells whether the object is a string of either form.
func (o Object) IsString() bool { return o.Kind == Literal || o.Kind == Hex }

// IsName tells whether the object is that name.
func (o Object) IsName(name string) bool { return o.Kind == Name && string(o.Text) == name }

// Number is the value of an Integer or a Real.
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

// NewName makes a name, given without its slash.
func NewName(name string) Object { return Object{Kind: Name, Text: []byte(name)} }

// NewInteger makes an integer.
func NewInteger(value int64) Object { return Object{Kind: Integer, Int: value} }

// NewReal makes a number with at most two decimals, as coordinates need.
func NewReal(value float64) Object {
	return Object{Kind: Real, Text: strconv.AppendFloat(nil, value, 'f', 2, 64)}
}

// NewReference makes a reference.
func NewReference(ref Reference) Object {
	return Object{Kind: Ref, Int: int64(ref.Number), Generation: ref.Generation}
}

// NewArray makes an array.
func NewArray(items ...Object) Object { return Object{Kind: Array, Items: items} }

// NewHex makes a string that is written in hexadecimal.
func NewHex(content []byte) Object { return Object{Kind: Hex, Text: content} }

// Append writes the object as PDF text behind dst. Parsed again it gives the same
// object, but for the offsets.
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
			dst = append(dst, `\r`...) // a bare one would be read as a line feed
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, ')')
}

// Equal tells whether two objects have the same value, wherever they stand.
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
