package evidence

import (
	"bufio"
	"errors"
	"io"

	"github.com/klauspost/compress/flate"
)

// Decompression takes its input byte by byte, which is fastest from memory. So small compressed
// data are read whole. Large ones are fed through a buffer: content comes out in pieces of at most
// 32 KiB, and after each of them the buffer gets enough input for the next.

// feedReserve is how much input must be there for the next piece of content. Deflate turns 32 KiB
// into little more than that, unless it has thousands of empty blocks.
const feedReserve = 64 << 10

// errFeedTooShort means that one piece of content needed more input than expected, and the
// decompressor did not get it.
var errFeedTooShort = errors.New("decompression needs a stream")

// inflateWhole decompresses packed. If that is nil, it reads the section whole.
func (d *decoder) inflateWhole(r *record, packed []byte) error {
	if packed == nil {
		packed = d.buffer[:r.compressed]
		if _, err := io.ReadFull(&d.section, packed); err != nil {
			return err
		}
	}
	d.memory.Reset(packed)
	if err := d.inflateFrom(&d.memory, d.sum); err != nil {
		return d.inflateError(err)
	}
	return trailingBytesFault(int64(d.memory.Len()))
}

// inflateInSteps decompresses the section through the buffer. It may fail with errFeedTooShort.
func (d *decoder) inflateInSteps() error {
	d.memory.Reset(nil)
	if err := d.feed(); err != nil {
		return err
	}
	if err := d.inflateFrom(&d.memory, feedWriter{d}); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) && d.section.remaining > 0 {
			return errFeedTooShort
		}
		return d.inflateError(err)
	}
	return trailingBytesFault(d.section.remaining + int64(d.memory.Len()))
}

// feed refills the buffer.
func (d *decoder) feed() error {
	left := d.memory.Len()
	if left >= feedReserve || d.section.remaining == 0 {
		return nil
	}
	if _, err := d.memory.Read(d.buffer[:left]); left > 0 && err != nil { // moves the rest to the front
		return err
	}
	n, err := d.section.Read(d.buffer[left:])
	d.memory.Reset(d.buffer[:left+n])
	return err
}

// feedWriter takes content, and then refills the input for more.
type feedWriter struct{ *decoder }

func (f feedWriter) Write(p []byte) (int, error) {
	n, err := f.sum.Write(p)
	if err == nil {
		err = f.feed()
	}
	return n, err
}

// inflateStream decompresses the section, whatever it contains.
func (d *decoder) inflateStream() error {
	if d.stream == nil {
		d.stream = bufio.NewReaderSize(nil, feedReserve)
	}
	d.stream.Reset(&d.section)
	if err := d.inflateFrom(d.stream, d.sum); err != nil {
		return d.inflateError(err)
	}
	return trailingBytesFault(d.section.remaining + int64(d.stream.Buffered()))
}

func (d *decoder) inflateFrom(input io.Reader, out io.Writer) error {
	if err := d.inflate.(flate.Resetter).Reset(input, nil); err != nil {
		return err
	}
	_, err := d.inflate.(io.WriterTo).WriteTo(out)
	return err
}

// inflateError says what is wrong with compressed data. Errors of source and target take precedence
// over it.
func (d *decoder) inflateError(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return newContentFault(CodeDataTruncated, "its compressed data end before their last block does")
	}
	return newContentFault(CodeDataCorrupt, "its compressed data are damaged after %d bytes of content", d.sum.size)
}

func trailingBytesFault(rest int64) error {
	if rest > 0 {
		return newContentFault(CodeDataTrailing, "%d bytes follow the last block of its compressed data", rest)
	}
	return nil
}

// restartFunc returns a function that makes out accept a content from its beginning again, or nil
// if out cannot.
func restartFunc(out io.Writer) func() error {
	switch out := out.(type) {
	case nil:
		return func() error { return nil }
	case interface{ restart() error }:
		return out.restart
	case interface {
		io.Seeker
		Truncate(size int64) error
	}:
		return func() error {
			if _, err := out.Seek(0, io.SeekStart); err != nil {
				return err
			}
			return out.Truncate(0)
		}
	}
	return nil
}
