package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/pkg/emulator/internal/pen"
)

// quarters returns a picture whose quarters are, in reading order, red, green, blue and white.
func quarters(width, height int) image.Image {
	picture := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			paint := color.NRGBA{A: 255}
			switch right, below := x >= width/2, y >= height/2; {
			case right && below:
				paint = color.NRGBA{255, 255, 255, 255}
			case below:
				paint.B = 255
			case right:
				paint.G = 255
			default:
				paint.R = 255
			}
			picture.Set(x, y, paint)
		}
	}
	return picture
}

func asPNG(t testing.TB, picture image.Image) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := png.Encode(&file, picture); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// withExif returns a JPEG of the quarters that records the orientation of the camera and something
// personal.
func withExif(t testing.TB, width, height int, order binary.AppendByteOrder, value uint16) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := jpeg.Encode(&file, quarters(width, height), &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	exif := []byte("Exif\x00\x00II*\x00")
	if order.String() == binary.BigEndian.String() {
		exif = []byte("Exif\x00\x00MM\x00*")
	}
	exif = order.AppendUint32(exif, 8)
	exif = order.AppendUint16(exif, 2)
	for _, entry := range [][2]uint16{{0x010F, 7}, {0x0112, value}} { // the maker comes first
		exif = order.AppendUint16(exif, entry[0])
		exif = order.AppendUint16(exif, 3)
		exif = order.AppendUint32(exif, 1)
		exif = order.AppendUint16(exif, entry[1])
		exif = append(exif, 0, 0)
	}
	exif = append(exif, "canary at 4.7110 N"...)
	segment := binary.BigEndian.AppendUint16([]byte{0xFF, 0xE1}, uint16(2+len(exif)))
	return bytes.Join([][]byte{file.Bytes()[:2], segment, exif, file.Bytes()[2:]}, nil)
}

// colors names the colors of a picture's four quarters in reading order.
func colors(picture image.Image, width, height int) (names string) {
	for _, place := range [][2]int{{1, 1}, {3, 1}, {1, 3}, {3, 3}} {
		r, g, b, _ := picture.At(width*place[0]/4, height*place[1]/4).RGBA()
		name := byte('?')
		switch r, g, b = r>>15, g>>15, b>>15; {
		case r+g+b == 3:
			name = 'w'
		case r == 1:
			name = 'r'
		case g == 1:
			name = 'g'
		case b == 1:
			name = 'b'
		}
		names += string(name)
	}
	return names
}

func TestPhotosStandUprightAndKeepNothingButPixels(t *testing.T) {
	for value, want := range []string{0: "rgbw", 1: "rgbw", 2: "grwb", 3: "wbgr", 4: "bwrg", 5: "rbgw", 6: "brwg",
		7: "wgbr", 8: "gwrb", 9: "rgbw"} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			photo, err := Photo(withExif(t, 160, 80, order, uint16(value)))
			if err != nil {
				t.Fatal(err)
			}
			width, height := 160, 80
			if 5 <= value && value <= 8 {
				width, height = 80, 160
			}
			picture := decode(t, photo)
			if got := colors(picture, width, height); got != want || picture.Bounds().Dx() != width {
				t.Errorf("orientation %d: %s, %v", value, got, picture.Bounds())
			}
			if bytes.Contains(photo, []byte("canary")) || bytes.Contains(photo, []byte("Exif")) {
				t.Error("what stood beside the pixels is still there")
			}
		}
	}
}

func TestPhotosAreMadeSmaller(t *testing.T) {
	for _, test := range []struct{ width, height, wantWidth, wantHeight int }{
		{1600, 100, 1280, 80}, {100, 1600, 80, 1280}, {1280, 1, 1280, 1}, {1, 1, 1, 1}, {11000, 2, 1280, 1},
	} {
		photo, err := Photo(asPNG(t, quarters(test.width, test.height)))
		if err != nil {
			t.Fatal(err)
		}
		picture := decode(t, photo)
		band := max(24, test.wantWidth/12)
		if size := picture.Bounds().Size(); size != image.Pt(test.wantWidth, test.wantHeight+band) {
			t.Errorf("%d by %d: became %v", test.width, test.height, size)
		}
		if test.height > 2 && colors(picture, test.wantWidth, test.wantHeight) != "rgbw" {
			t.Errorf("%d by %d: %s", test.width, test.height, colors(picture, test.wantWidth, test.wantHeight))
		}
	}
}

func TestPhotosOfAnyKindOfPixels(t *testing.T) {
	bounds := image.Rect(0, 0, 8, 8)
	for _, picture := range []image.Image{
		image.NewGray(bounds), image.NewGray16(bounds), image.NewNRGBA64(bounds), image.NewRGBA(bounds),
		image.NewPaletted(bounds, color.Palette{color.Black, color.White}),
	} {
		if _, err := Photo(asPNG(t, picture)); err != nil {
			t.Errorf("%T: %v", picture, err)
		}
	}
	photo, err := Photo(asPNG(t, image.NewNRGBA(bounds)))
	if err != nil {
		t.Fatal(err)
	}
	if got := colors(decode(t, photo), 8, 8); got != "wwww" {
		t.Errorf("what is transparent became %s", got)
	}
}

// claiming returns a PNG of a few bytes that claims to have width by height pixels.
func claiming(t *testing.T, width, height uint32) []byte {
	file := asPNG(t, quarters(2, 2))
	binary.BigEndian.PutUint32(file[16:], width)
	binary.BigEndian.PutUint32(file[20:], height)
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29]))
	return file
}

func TestPhotoRefuses(t *testing.T) {
	good := withExif(t, 64, 64, binary.LittleEndian, 1)
	huge := bytes.Clone(good)
	sof := bytes.Index(huge, []byte{0xFF, 0xC0})
	copy(huge[sof+5:], []byte{0xFF, 0xFF, 0xFF, 0xFF})
	sos := bytes.Index(good, []byte{0xFF, 0xDA})
	end := len(good) - 2
	// the decoder draws each scan over the previous one
	scans := bytes.Join([][]byte{good[:sos], bytes.Repeat(good[sos:end], 300), good[end:]}, nil)
	for name, test := range map[string]struct {
		file []byte
		want error
	}{
		"nothing": {nil, ErrFormat},
		"text":    {[]byte("canary"), ErrFormat},
		"GIF":     {[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), ErrFormat},
		"SVG": {[]byte("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
			ErrFormat},
		"half a JPEG":              {good[:len(good)/2], ErrFormat},
		"half a PNG":               {asPNG(t, quarters(64, 64))[:60], ErrFormat},
		"a PNG that claims 4 Gpx":  {claiming(t, 65535, 65535), ErrDimensions},
		"a PNG of one long line":   {claiming(t, 20_000_000, 1), ErrDimensions},
		"a PNG without pixels":     {claiming(t, 0, 10), ErrFormat},
		"a PNG just too large":     {claiming(t, 5001, 5000), ErrDimensions},
		"a JPEG that claims 4 Gpx": {huge, ErrDimensions},
		"a JPEG of many scans":     {scans, ErrFormat},
	} {
		if _, err := Photo(test.file); !errors.Is(err, test.want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An accepted photo becomes a JPEG of bounded size without the camera's Exif data.
func FuzzPhoto(f *testing.F) {
	f.Add(withExif(f, 16, 8, binary.LittleEndian, 6))
	f.Add(withExif(f, 8, 8, binary.BigEndian, 3))
	f.Add(asPNG(f, quarters(4, 4)))
	f.Add([]byte("\xFF\xD8\xFF\xE1\x00\x10Exif\x00\x00II*\x00\xFF\xFF\xFF\xFF"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if config, err := png.DecodeConfig(bytes.NewReader(file)); err == nil && config.Width*config.Height > 1<<20 {
			return // valid or not, it would take too long here
		}
		if config, err := jpeg.DecodeConfig(bytes.NewReader(file)); err == nil && config.Width*config.Height > 1<<20 {
			return
		}
		photo, err := Photo(file)
		if err != nil {
			return
		}
		config, err := jpeg.DecodeConfig(bytes.NewReader(photo))
		if err != nil || config.Width > photoSide || config.Height > photoSide+photoSide/12+24 {
			t.Errorf("%+v, %v", config, err)
		}
		if bytes.Contains(photo, []byte("Exif\x00\x00")) {
			t.Error("what the camera wrote beside the pixels is still there")
		}
	})
}

func TestSignaturesShowWhatWasGiven(t *testing.T) {
	typed, err := pen.Typed("Ana Pérez")
	if err != nil {
		t.Fatal(err)
	}
	wide, err := pen.Typed(strings.Repeat("W", pen.MaxName))
	if err != nil {
		t.Fatal(err)
	}
	for name, signature := range map[string]pen.Signature{
		"sample": pen.Sample(), "typed": typed, "wide": wide,
		"a dot in the corner": {Strokes: []pen.Stroke{{{X: 600, Y: 200}}, {{X: 300, Y: 100}}}},
	} {
		file := Signature(signature)
		picture, err := png.Decode(bytes.NewReader(file))
		if err != nil || picture.Bounds().Size() != image.Pt(pen.Width, pen.Height+signatureBand) ||
			len(file) > 64<<10 {
			t.Fatalf("%s: %v, %d bytes", name, err, len(file))
		}
		inked, edge := 0, 0
		for y := range pen.Height {
			for x := range pen.Width {
				if red, _, _, _ := picture.At(x, y).RGBA(); red < 0x8000 {
					inked++
					if x < 5 || x > pen.Width-5 {
						edge++
					}
				}
			}
		}
		if inked < 5 || edge > 4 {
			t.Errorf("%s: %d pixels of ink, %d of them at the edge", name, inked, edge)
		}
	}
}
