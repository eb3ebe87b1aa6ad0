package bench_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// corpus is an evidence ZIP for a benchmark. The same corpus has the same bytes on any machine.
type corpus struct {
	name  string
	files int
	size  int // approximate size of all contents together, in bytes
}

var corpora = []corpus{
	{"8-files-2.7MB", 8, 2_700_000},
	{"25-files-40MB", 25, 40_000_000},
	{"60-files-384MB", 60, 384_000_000},
	{"5000-files-20MB", 5_000, 20_000_000},
}

// packing is how a corpus is packed. Pictures and video are either stored, as by many writers, or
// deflated like the rest. Sizes and CRC are either in front of each content or, as by stream
// writers, in a descriptor after it.
type packing struct {
	name                  string
	deflated, descriptors bool
}

var packings = []packing{
	{"stored", false, false},
	{"stored-descriptors", false, true},
	{"deflated", true, false},
	{"deflated-descriptors", true, true},
}

// write writes the ZIP of c to path.
func (c corpus) write(path string, how packing) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	archive := zip.NewWriter(file)
	random := rand.New(rand.NewPCG(uint64(c.files), uint64(c.size)))
	for n, size := range c.sizes(random) {
		kind := kinds[n%len(kinds)]
		content := kind.content(random, size)
		if err := add(archive, fmt.Sprintf(kind.name, n), content, kind.media && !how.deflated,
			how.descriptors); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return file.Close()
}

// sizes distributes the corpus over its files, by kind and at random.
func (c corpus) sizes(random *rand.Rand) []int {
	weights, total := make([]float64, c.files), 0.0
	for n := range weights {
		weights[n] = kinds[n%len(kinds)].weight * (0.2 + random.Float64()*random.Float64())
		total += weights[n]
	}
	sizes := make([]int, c.files)
	for n, weight := range weights {
		sizes[n] = 64 + int(float64(c.size)*weight/total)
	}
	return sizes
}

func add(archive *zip.Writer, name string, content []byte, stored, descriptor bool) error {
	header := &zip.FileHeader{Name: name, Method: zip.Deflate}
	if stored {
		header.Method = zip.Store
	}
	if descriptor {
		entry, err := archive.CreateHeader(header)
		if err == nil {
			_, err = entry.Write(content)
		}
		return err
	}
	packed := content
	if !stored {
		var b bytes.Buffer
		compressor, err := flate.NewWriter(&b, flate.DefaultCompression)
		if err != nil {
			return err
		}
		if _, err := compressor.Write(content); err != nil {
			return err
		}
		if err := compressor.Close(); err != nil {
			return err
		}
		packed = b.Bytes()
	}
	header.CRC32 = crc32.ChecksumIEEE(content)
	header.CompressedSize64, header.UncompressedSize64 = uint64(len(packed)), uint64(len(content))
	entry, err := archive.CreateRaw(header)
	if err == nil {
		_, err = entry.Write(packed)
	}
	return err
}

// kinds are the kinds of files in evidence. The files take turns.
var kinds = []struct {
	name    string
	weight  float64 // share of the size of the corpus
	media   bool
	content func(random *rand.Rand, size int) []byte
}{
	{"documents/contract-%04d.pdf", 1, false, document},
	{"identity/document-%04d.jpg", 1, true, media("\xff\xd8\xff\xe0\x00\x10JFIF\x00")},
	{"identity/selfie-%04d.mp4", 2, true, media("\x00\x00\x00\x18ftypisom\x00\x00\x02\x00")},
	{"audit/events-%04d.json", 0.05, false, events},
}

// media is content that is already compressed. Most of it has no redundancy, and one in four pieces
// of 16 KiB has a little. So deflate leaves most of it unchanged, as with photographs.
func media(magic string) func(*rand.Rand, int) []byte {
	return func(random *rand.Rand, size int) []byte {
		content := noiseOf(random, size)
		for start := random.IntN(4) << 14; start < size; start += 64 << 10 {
			for i := start; i < min(start+16<<10, size); i++ {
				if content[i] > 0xd0 {
					content[i] &= 0x3f
				}
			}
		}
		copy(content, magic)
		return content
	}
}

func noiseOf(random *rand.Rand, size int) []byte {
	content := make([]byte, size+7)
	for i := 0; i+8 <= len(content); i += 8 {
		binary.LittleEndian.PutUint64(content[i:], random.Uint64())
	}
	return content[:size]
}

// document is a PDF with one page. Two thirds of it are compressed streams, the rest is text.
func document(random *rand.Rand, size int) []byte {
	var b bytes.Buffer
	b.Grow(size + 64<<10)
	b.WriteString("%PDF-1.7\n")
	var objects []int // their offsets
	object := func(dictionary string, stream []byte) {
		objects = append(objects, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\n", len(objects), dictionary)
		if stream != nil {
			fmt.Fprintf(&b, "stream\n%s\nendstream\n", stream)
		}
		b.WriteString("endobj\n")
	}
	object("<</Type/Catalog/Pages 2 0 R>>", nil)
	object("<</Type/Pages/Kids[3 0 R]/Count 1>>", nil)
	object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>", nil)
	for room := 600; b.Len()+room < size; room += 40 { // reserves space for the cross-reference
		var text bytes.Buffer
		for range 10 + random.IntN(70) {
			fmt.Fprintf(&text, "BT /F1 %d Tf %d %d Td (%s) Tj ET\n", 8+random.IntN(4), random.IntN(600),
				random.IntN(800), words[random.IntN(len(words))])
		}
		object(fmt.Sprintf("<</Length %d>>", text.Len()), text.Bytes())
		image := noiseOf(random, min(4<<10+random.IntN(8<<10), max(64, size-b.Len()-room)))
		object(fmt.Sprintf("<</Length %d/Filter/FlateDecode>>", len(image)), image)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range objects {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

var words = []string{"the lender", "the borrower", "agrees to", "pay", "amount", "of the contract", "in the term of",
	"signature", "clause", "witness"}

func events(random *rand.Rand, size int) []byte {
	var b bytes.Buffer
	b.Grow(size + 1<<10)
	b.WriteString(`{"events":[`)
	for b.Len() < size-2 {
		fmt.Fprintf(&b, `{"at":"2026-01-%02dT%02d:%02d:%02dZ","type":%q,"score":0.%06d},`,
			1+random.IntN(28), random.IntN(24), random.IntN(60), random.IntN(60), words[random.IntN(len(words))],
			random.IntN(1_000_000))
	}
	return b.Bytes()[:size]
}

// folder returns the folder for corpora and extracted files. It is in the temporary folder or where
// DANABIO_BENCH_FOLDER points.
var folder = sync.OnceValues(func() (string, error) {
	return os.MkdirTemp(os.Getenv("DANABIO_BENCH_FOLDER"),
		"danabio-bench")
})

func TestMain(m *testing.M) {
	code := m.Run()
	if made, err := folder(); err == nil {
		_ = os.RemoveAll(made)
	}
	os.Exit(code)
}

// made contains the paths of the corpora, which are made once for all benchmarks.
var made = map[string]string{}

func (c corpus) path(tb testing.TB, how packing) string {
	name := c.name + "-" + how.name + ".zip"
	if path, done := made[name]; done {
		return path
	}
	into, err := folder()
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(into, name)
	if err := c.write(path, how); err != nil {
		tb.Fatal(err)
	}
	made[name] = path
	return path
}
