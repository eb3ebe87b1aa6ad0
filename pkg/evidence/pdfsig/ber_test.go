package pdfsig

import (
	"bytes"
	"errors"
	"testing"
)

func TestLengthOfBER(t *testing.T) {
	tests := []struct {
		name   string
		raw    string
		length int
		err    error
	}{
		{"primitive", "\x02\x01\x05", 3, nil},
		{"something behind", "\x02\x01\x05\x00\x00", 3, nil},
		{"constructed", "\x30\x06\x02\x01\x05\x02\x01\x06", 8, nil},
		{"long length", "\x04\x81\x02ab", 5, nil},
		{"long tag", "\x1f\x81\x01\x01a", 5, nil},
		{"indefinite", "\x30\x80\x02\x01\x05\x00\x00rest", 7, nil},
		{"indefinite inside indefinite", "\x30\x80\x30\x80\x00\x00\x00\x00", 8, nil},
		{"empty", "", 0, errNotBER},
		{"tag alone", "\x30", 0, errNotBER},
		{"cut", "\x02\x02\x05", 0, errNotBER},
		{"cut in its length", "\x04\x82\x01", 0, errNotBER},
		{"cut in its tag", "\x1f\x81\x81", 0, errNotBER},
		{"length of five bytes", "\x04\x85\x00\x00\x00\x00\x01a", 0, errNotBER},
		{"length that is negative in 32 bits", "\x04\x84\xff\xff\xff\xff", 0, errNotBER},
		{"child longer than its parent", "\x30\x03\x02\x02\x05\x06", 0, errNotBER},
		{"indefinite without an end", "\x30\x80\x02\x01\x05", 0, errNotBER},
		{"indefinite that ends behind its parent", "\x30\x04\x30\x80\x05\x00\x00\x00", 0, errNotBER},
		{"indefinite and primitive", "\x04\x80a\x00\x00", 0, errNotBER},
		{"as many elements as are allowed", string(many(maxElements - 1)), 4 + 2*(maxElements-1), nil},
		{"one element more", string(many(maxElements)), 0, errBERLimit},
		{"as large as is allowed", "\x04\x83\x0f\xff\xfb" + string(make([]byte, 0xFFFFB)), maxCMS, nil},
		{"one byte more", "\x04\x83\x0f\xff\xfc" + string(make([]byte, 0xFFFFC)), 0, errBERLimit},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			length, err := berLength([]byte(test.raw))
			if length != test.length || !errors.Is(err, test.err) || (err == nil) != (test.err == nil) {
				t.Errorf("got %d, %v, want %d, %v", length, err, test.length, test.err)
			}
		})
	}
}

// many returns a constructed element of indefinite length that contains this many elements.
func many(elements int) []byte {
	return append(append([]byte{0x30, 0x80}, bytes.Repeat([]byte{0x05, 0x00}, elements)...), 0, 0)
}
