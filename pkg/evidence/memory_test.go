package evidence

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"runtime"
	"testing"
)

// bigZIP is a ZIP of stored zeros with a valid header and directory. Only these are in memory.
type bigZIP struct {
	head, tail []byte
	content    int64
}

func newBigZIP(content int64) *bigZIP {
	crc := uint32(0)
	zeros := make([]byte, 1<<20)
	for left := content; left > 0; left -= int64(len(zeros)) {
		crc = crc32.Update(crc, crc32.IEEETable, zeros[:min(left, int64(len(zeros)))])
	}
	f := &forgery{entries: []*forgedEntry{{name: "big.bin", both: func(h *forgedHeader) {
		h.crc, h.size, h.compressed = crc, uint32(content), uint32(content)
	}}}}
	f.end = func(e *forgedEnd) { e.offset += uint64(content) }
	raw := f.bytes()
	split := 30 + len("big.bin")
	return &bigZIP{head: raw[:split], tail: raw[split:], content: content}
}

func (z *bigZIP) size() int64 { return int64(len(z.head)) + z.content + int64(len(z.tail)) }

func (z *bigZIP) ReadAt(p []byte, offset int64) (int, error) {
	clear(p)
	end := min(offset+int64(len(p)), z.size())
	overlay := func(part []byte, start int64) {
		from, to := max(offset, start), min(end, start+int64(len(part)))
		if from < to {
			copy(p[from-offset:to-offset], part[from-start:to-start])
		}
	}
	overlay(z.head, 0)
	overlay(z.tail, int64(len(z.head))+z.content)
	if n := int(end - offset); n < len(p) {
		return n, io.EOF
	}
	return len(p), nil
}

// allocated returns the total bytes that a function allocates, an upper bound of what it holds at
// any time.
func allocated(t *testing.T, what func()) uint64 {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	what()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

const heapLimit = 24 << 20

func TestMemoryDoesNotGrowWithTheFile(t *testing.T) {
	for _, content := range []int64{1 << 20, 256 << 20} {
		big := newBigZIP(content)
		used := allocated(t, func() {
			archive, err := OpenReader(big, big.size(), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := archive.Verify(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
		if used > 4<<20 {
			t.Errorf("a ZIP of %d MiB took %d KiB", content>>20, used>>10)
		}
	}
}

func TestMemoryIsBoundedForManyEntries(t *testing.T) {
	long := bytes.Repeat([]byte("n"), 200)
	for name, edit := range map[string]func(h *forgedHeader){
		"plain": nil,
		"all refused, with long extra fields and comments": func(h *forgedHeader) {
			h.comment, h.extra, h.flags = make([]byte, 3000), field(0x7777, make([]byte, 100)...), 1
		},
	} {
		f := &forgery{}
		for i := range 10_000 {
			f.entries = append(f.entries, &forgedEntry{name: fmt.Sprintf("%s%d", long, i), content: []byte("x"),
				both: edit})
		}
		raw := f.bytes()
		f = nil
		used := allocated(t, func() {
			archive := openBytes(t, raw, Limits{})
			if report, _ := archive.Verify(t.Context()); len(report.Entries)+len(report.RefusedEntries) != 10_000 {
				t.Fatal("entries are missing")
			}
		})
		if used > heapLimit {
			t.Errorf("%s: 10,000 entries took %d KiB", name, used>>10)
		}
	}
}

func TestMemoryIsBoundedForABomb(t *testing.T) {
	raw := more(&forgedEntry{name: "bomb.bin", content: mebibytes(64), method: 8})()
	for name, limits := range map[string]Limits{"refused": {}, "allowed": {MaxRatio: 10_000}} {
		used := allocated(t, func() {
			archive := openBytes(t, raw, limits)
			if _, err := archive.Verify(t.Context()); (err == nil) != (name == "allowed") {
				t.Errorf("%s: %v", name, err)
			}
		})
		if used > 4<<20 {
			t.Errorf("%s: it took %d KiB", name, used>>10)
		}
	}
}
