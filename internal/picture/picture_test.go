package picture_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/danabio/danabio-go/internal/picture"
)

var (
	red   = color.RGBA{0xff, 0, 0, 0xff}
	blue  = color.RGBA{0, 0, 0xff, 0xff}
	green = color.RGBA{0, 0xff, 0, 0xff}
)

// painted returns a picture with one colour in its left half and one in its right.
func painted(width, height int, left, right color.Color) *image.RGBA {
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			if x < width/2 {
				picture.Set(x, y, left)
			} else {
				picture.Set(x, y, right)
			}
		}
	}
	return picture
}

func asPNG(t testing.TB, pixels image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, pixels); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJPEG(t testing.TB, pixels image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, pixels, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func decoded(t testing.TB, p *picture.Picture) image.Image {
	t.Helper()
	pixels, format, err := image.Decode(bytes.NewReader(p.Content))
	if err != nil {
		t.Fatal(err)
	}
	if "image/"+format != p.MediaType || pixels.Bounds().Dx() != p.Width || pixels.Bounds().Dy() != p.Height {
		t.Fatalf("it is a %s of %v, and claims to be %s of %d x %d", format, pixels.Bounds(), p.MediaType, p.Width,
			p.Height)
	}
	return pixels
}

// near reports whether two colours look the same, for example after JPEG compression.
func near(a, b color.Color) bool {
	r1, g1, b1, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	close := func(x, y uint32) bool { return max(x, y)-min(x, y) < 0x3000 }
	return close(r1, r2) && close(g1, g2) && close(b1, b2)
}

func TestLargePicturesAreShrunk(t *testing.T) {
	for name, test := range map[string]struct {
		content       []byte
		width, height int
	}{
		"wide JPEG":   {asJPEG(t, painted(3000, 600, red, blue)), 1200, 240},
		"high PNG":    {asPNG(t, painted(500, 2500, red, blue)), 240, 1200},
		"a thin line": {asPNG(t, painted(9000, 1, red, blue)), 1200, 1},
		"odd factor":  {asPNG(t, painted(1201, 7, red, blue)), 1200, 6},
		"small JPEG":  {asJPEG(t, painted(64, 48, red, blue)), 64, 48},
		"one pixel":   {asPNG(t, painted(1, 1, red, blue)), 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := picture.Plain(test.content)
			if err != nil {
				t.Fatal(err)
			}
			pixels := decoded(t, p)
			if p.Width != test.width || p.Height != test.height {
				t.Errorf("it is %d x %d, want %d x %d", p.Width, p.Height, test.width, test.height)
			}
			if p.Width > 1 && !near(pixels.At(p.Width/8, p.Height/2), red) ||
				!near(pixels.At(p.Width-1, p.Height/2), blue) {
				t.Errorf("its colours are %v and %v", pixels.At(0, 0), pixels.At(p.Width-1, 0))
			}
			if p.Shrunk() != (p.OriginalWidth > 1200 || p.OriginalHeight > 1200) {
				t.Errorf("shrunk: %v", p.Shrunk())
			}
		})
	}
}

func TestNothingButPixelsIsPassedOn(t *testing.T) {
	const canary = "canary of the camera"
	original := asJPEG(t, painted(40, 40, red, blue))
	comment := append([]byte("\xff\xfe"), binary.BigEndian.AppendUint16(nil, uint16(2+len(canary)))...)
	original = append(append(append([]byte{}, original[:2]...), append(comment, canary...)...), original[2:]...)
	withText := asPNG(t, painted(40, 40, red, blue))
	withText = append(withText, canary...)
	for _, content := range [][]byte{original, withText} {
		p, err := picture.Plain(content)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(content, []byte(canary)) || bytes.Contains(p.Content, []byte(canary)) {
			t.Error("what is no pixel was passed on, or was not there")
		}
	}
}

func TestTransparentPicturesStaySo(t *testing.T) {
	half := color.NRGBA{0, 0, 0, 0x80}
	p, err := picture.Plain(asPNG(t, painted(10, 10, half, color.Transparent)))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, alpha := decoded(t, p).At(9, 9).RGBA(); p.MediaType != picture.TypePNG || alpha != 0 {
		t.Errorf("%s, alpha %x", p.MediaType, alpha)
	}
}

// A photograph as a PNG would fill the page.
func TestLargePNGsBecomeJPEGsOnWhite(t *testing.T) {
	noise := image.NewNRGBA(image.Rect(0, 0, 800, 800))
	state := uint32(1)
	for i := range noise.Pix {
		state = state*1664525 + 1013904223
		noise.Pix[i] = byte(state >> 24)
	}
	for x := range 100 {
		for y := range 100 {
			noise.SetNRGBA(x, y, color.NRGBA{})
		}
	}
	p, err := picture.Plain(asPNG(t, noise))
	if err != nil {
		t.Fatal(err)
	}
	if pixels := decoded(t, p); p.MediaType != picture.TypeJPEG || !near(pixels.At(50, 50), color.White) {
		t.Errorf("%s, %v", p.MediaType, pixels.At(50, 50))
	}
}

func pngHeader(width, height uint32) []byte {
	header := binary.BigEndian.AppendUint32([]byte("IHDR"), width)
	header = binary.BigEndian.AppendUint32(header, height)
	header = append(header, 8, 2, 0, 0, 0)
	content := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), header...)
	return binary.BigEndian.AppendUint32(content, crc32.ChecksumIEEE(header))
}

func TestPicturesThatAreRefused(t *testing.T) {
	small := asJPEG(t, painted(20, 20, red, blue))
	for name, test := range map[string]struct {
		content []byte
		want    error
	}{
		"empty": {nil, picture.ErrType},
		"text":  {[]byte("text"), picture.ErrType},
		"GIF":   {[]byte("GIF89a"), picture.ErrType},
		"too large a file": {append(asPNG(t, painted(2, 2, red, blue)), make([]byte, picture.MaxBytes)...),
			picture.ErrBytes},
		"100,000 x 100,000":   {pngHeader(100_000, 100_000), picture.ErrDimensions},
		"2,000,000,000 x 1":   {pngHeader(2_000_000_000, 1), picture.ErrDimensions},
		"no pixels":           {pngHeader(0, 10), picture.ErrBroken},
		"no content":          {pngHeader(10, 10), picture.ErrBroken},
		"JPEG cut in header":  {small[:30], picture.ErrBroken},
		"JPEG cut in content": {small[:len(small)-30], picture.ErrBroken},
		"JPEG of many scans": {append(bytes.Clone(small), bytes.Repeat([]byte("\xff\xda"), 201)...),
			picture.ErrBroken},
		"JPEG of nothing": {[]byte("\xff\xd8\xff\xd9"), picture.ErrBroken},
	} {
		t.Run(name, func(t *testing.T) {
			if p, err := picture.Plain(test.content); !errors.Is(err, test.want) || p != nil {
				t.Errorf("got %v, %v", p, err)
			}
		})
	}
}

// exif adds the orientation to a JPEG like a camera.
func exif(content []byte, order binary.AppendByteOrder, orientation uint16) []byte {
	tiff := []byte("MM\x00*")
	if order == binary.LittleEndian {
		tiff = []byte("II*\x00")
	}
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	tiff = append(tiff, make([]byte, 12)...) // another entry
	tiff = order.AppendUint16(tiff, 0x0112)
	tiff = order.AppendUint16(tiff, 3)
	tiff = order.AppendUint32(tiff, 1)
	tiff = order.AppendUint16(tiff, orientation)
	tiff = append(tiff, 0, 0)
	body := append([]byte("Exif\x00\x00"), tiff...)
	segment := binary.BigEndian.AppendUint16([]byte("\xff\xe1"), uint16(2+len(body)))
	return bytes.Join([][]byte{content[:2], segment, body, content[2:]}, nil)
}

func TestPicturesAreTurnedUpright(t *testing.T) {
	const width, height = 64, 32
	corners := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			switch {
			case x < width/2 && y < height/2:
				corners.Set(x, y, red)
			case y < height/2:
				corners.Set(x, y, green)
			case x < width/2:
				corners.Set(x, y, blue)
			default:
				corners.Set(x, y, color.White)
			}
		}
	}
	content := asJPEG(t, corners)
	// The colours of the corners, row by row.
	for orientation, want := range map[uint16][4]color.Color{
		0: {red, green, blue, color.White},
		1: {red, green, blue, color.White},
		2: {green, red, color.White, blue},
		3: {color.White, blue, green, red},
		4: {blue, color.White, red, green},
		5: {red, blue, green, color.White},
		6: {blue, red, color.White, green},
		7: {color.White, green, blue, red},
		8: {green, color.White, red, blue},
		9: {red, green, blue, color.White},
	} {
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			p, err := picture.Plain(exif(content, order, orientation))
			if err != nil {
				t.Fatal(err)
			}
			pixels := decoded(t, p)
			if turned := orientation >= 5 && orientation <= 8; turned != (p.Width == height) {
				t.Errorf("orientation %d: it is %d x %d", orientation, p.Width, p.Height)
			}
			got := [4]color.Color{pixels.At(4, 4), pixels.At(p.Width-5, 4), pixels.At(4, p.Height-5),
				pixels.At(p.Width-5, p.Height-5)}
			for i := range got {
				if !near(got[i], want[i]) {
					t.Errorf("orientation %d: corner %d is %v, want %v", orientation, i, got[i], want[i])
				}
			}
		}
	}
}

// For any input, the output is a picture that Go wrote. It is no larger than allowed and is itself
// plain.
func FuzzPlain(f *testing.F) {
	small := painted(8, 6, red, blue)
	f.Add(asPNG(f, small))
	f.Add(asJPEG(f, small))
	f.Add(exif(asJPEG(f, small), binary.BigEndian, 6))
	f.Add(exif(asJPEG(f, small), binary.LittleEndian, 3))
	f.Add(pngHeader(100_000, 100_000))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x0eExif\x00\x00II*\x00\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, content []byte) {
		if config, _, err := image.DecodeConfig(bytes.NewReader(content)); err == nil &&
			config.Width*config.Height > 1<<20 {
			return // large pictures are slow and test nothing new
		}
		p, err := picture.Plain(content)
		if err != nil {
			return
		}
		decoded(t, p)
		if p.Width > 1200 || p.Height > 1200 {
			t.Errorf("it is %d x %d", p.Width, p.Height)
		}
		again, err := picture.Plain(p.Content)
		if err != nil || again.Width != p.Width || again.Height != p.Height {
			t.Errorf("again: %+v, %v", again, err)
		}
	})
}
