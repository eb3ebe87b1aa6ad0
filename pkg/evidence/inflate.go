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

// lowWater is how much input must be there for the next piece of content. Deflate turns 32 KiB into
// little more than that, unless it has thousands of empty blocks.
const lowWater = 64 << 10

// errStarved means that one piece of content needed more input than expected, and the decompressor
// did not get it.
var errStarved = errors.New("decompression needs a stream")

// inflateWhole decompresses packed. If that is nil, it reads the section whole.
func (d *decoder) inflateWhole(r *record, packed []byte) error {
	if packed == nil {
		packed = d.buffer[:r.compressed]
		if _, err := io.ReadFull(&d.section, packed); err != nil {
			return err
		}
	}
	d.whole.Reset(packed)
	if err := d.inflateFrom(&d.whole, d.sum); err != nil {
		return d.broken(err)
	}
	return trailing(int64(d.whole.Len()))
}

// inflateFed decompresses the section through the buffer. It may fail with errStarved.
func (d *decoder) inflateFed() error {
	d.whole.Reset(nil)
	if err := d.feed(); err != nil {
		return err
	}
	if err := d.inflateFrom(&d.whole, feeding{d}); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) && d.section.left > 0 {
			return errStarved
		}
		return d.broken(err)
	}
	return trailing(d.section.left + int64(d.whole.Len()))
}

// feed refills the buffer.
func (d *decoder) feed() error {
	left := d.whole.Len()
	if left >= lowWater || d.section.left == 0 {
		return nil
	}
	if _, err := d.whole.Read(d.buffer[:left]); left > 0 && err != nil { // moves the rest to the front
		return err
	}
	n, err := d.section.Read(d.buffer[left:])
	d.whole.Reset(d.buffer[:left+n])
	return err
}

// feeding takes content, and then refills the input for more.
type feeding struct{ *decoder }

func (f feeding) Write(p []byte) (int, error) {
	n, err := f.sum.Write(p)
	if err == nil {
		err = f.feed()
	}
	return n, err
}

// inflateStream decompresses the section, whatever it contains.
func (d *decoder) inflateStream() error {
	if d.stream == nil {
		d.stream = bufio.NewReaderSize(nil, lowWater)
	}
	d.stream.Reset(&d.section)
	if err := d.inflateFrom(d.stream, d.sum); err != nil {
		return d.broken(err)
	}
	return trailing(d.section.left + int64(d.stream.Buffered()))
}

func (d *decoder) inflateFrom(input io.Reader, out io.Writer) error {
	if err := d.inflate.(flate.Resetter).Reset(input, nil); err != nil {
		return err
	}
	_, err := d.inflate.(io.WriterTo).WriteTo(out)
	return err
}

// broken says what is wrong with compressed data. Errors of source and target take precedence over
// it.
func (d *decoder) broken(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return faulty(CodeDataTruncated, "its compressed data end before their last block does")
	}
	return faulty(CodeDataCorrupt, "its compressed data are damaged after %d bytes of content", d.sum.size)
}

func trailing(rest int64) error {
	if rest > 0 {
		return faulty(CodeDataTrailing, "%d bytes follow the last block of its compressed data", rest)
	}
	return nil
}

// restarter returns a function that makes out accept a content from its beginning again, or nil if
// out cannot.
func restarter(out io.Writer) func() error {
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
