package pdfsig

import (
	"github.com/danabio/danabio-go/internal/pdf"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// fault says why a signature is INVALID or INDETERMINATE.
type fault struct {
	status  Status
	code    evidence.Code
	message string
}

func invalidFault(code evidence.Code, message string) *fault {
	return &fault{StatusInvalid, code, message}
}

func indeterminateFault(code evidence.Code, message string) *fault {
	return &fault{StatusIndeterminate, code, message}
}

// signedRange is the part of a file that a signature covers: everything from byte 0 to end, except
// for a gap.
type signedRange struct {
	gapStart int64 // offset of the "<" of /Contents
	gapEnd   int64 // offset after its ">"
	end      int64
}

// integers returns the numbers of a byte range, or nil if it is not an array of four integers.
func integers(byteRange pdf.Object) []int64 {
	if byteRange.Kind != pdf.Array || len(byteRange.Items) != 4 {
		return nil
	}
	numbers := make([]int64, 0, 4)
	for _, item := range byteRange.Items {
		if item.Kind != pdf.Integer {
			return nil
		}
		numbers = append(numbers, item.Int)
	}
	return numbers
}

// checkByteRange checks a signature dictionary's byte range against the position of its own
// /Contents.
func checkByteRange(dictionary pdf.Object, size int64) (signedRange, *fault) {
	contents, times := dictionary.Lookup("Contents")
	switch {
	case times == 0 || contents.Kind == pdf.Null:
		return signedRange{}, invalidFault(CodeContents, "it has no /Contents")
	case contents.Kind != pdf.Hex:
		return signedRange{}, invalidFault(CodeContents, "its /Contents is a "+contents.Kind.String()+
			", not a direct hexadecimal string")
	}
	byteRange, times := dictionary.Lookup("ByteRange")
	numbers := integers(byteRange)
	switch {
	case times == 0 || byteRange.Kind == pdf.Null:
		return signedRange{}, invalidFault(CodeByteRange, "it has no /ByteRange")
	case byteRange.Kind != pdf.Array:
		return signedRange{}, invalidFault(CodeByteRange, "its /ByteRange is a "+byteRange.Kind.String()+
			", not a direct array")
	case numbers == nil:
		return signedRange{}, invalidFault(CodeByteRange, "its /ByteRange is not four integers")
	}
	for _, number := range numbers {
		if number < 0 {
			return signedRange{}, invalidFault(CodeByteRange, "its /ByteRange has a negative number")
		}
	}
	start, length, after, rest := numbers[0], numbers[1], numbers[2], numbers[3]
	switch {
	case start != 0:
		return signedRange{}, invalidFault(CodeByteRange, "its /ByteRange does not start at byte 0")
	case after > size || rest > size-after || length > size:
		return signedRange{}, invalidFault(CodeByteRange, "its /ByteRange runs past the end of the file")
	case length > after:
		return signedRange{}, invalidFault(CodeByteRange, "the two parts of its /ByteRange overlap")
	case length != contents.Offset || after != contents.End:
		return signedRange{},
			invalidFault(CodeByteRange, "what its /ByteRange leaves out is not exactly its own /Contents")
	case contents.End-contents.Offset != int64(2*len(contents.Text)+len("<>")):
		return signedRange{},
			invalidFault(CodeContents,
				"its /Contents contains something other than pairs of hexadecimal digits: white space, which no "+
					"signature covers")
	case after+rest < dictionary.End:
		return signedRange{}, invalidFault(CodeByteRange, "its /ByteRange ends inside the signature dictionary")
	}
	return signedRange{gapStart: length, gapEnd: after, end: after + rest}, nil
}
