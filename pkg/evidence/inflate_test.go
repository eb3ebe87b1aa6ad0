package evidence

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// storedBlocks packs content into deflate blocks without compression and appends empty blocks to
// each.
func storedBlocks(content []byte, blockSize, empty int) []byte {
	var packed []byte
	for len(content) > 0 {
		block := content[:min(len(content), blockSize)]
		content = content[len(block):]
		packed = append(append(packed, 0), little(uint16(len(block)), ^uint16(len(block)))...)
		packed = append(packed, block...)
		for range empty {
			packed = append(packed, 0, 0, 0, 0xff, 0xff)
		}
	}
	return append(packed, 1, 0, 0, 0xff, 0xff)
}

// A writer that flushes without new data creates empty blocks. Any number of them is read.
func TestContentBetweenManyEmptyBlocksIsRead(t *testing.T) {
	content := noise(500 << 10)
	for name, packed := range map[string][]byte{
		"none":            storedBlocks(content, 60<<10, 0),
		"few":             storedBlocks(content, 60<<10, 3),
		"after each byte": storedBlocks(content[:60<<10], 1, 1),
		"many at once":    storedBlocks(content, 300<<10/5, 60_000),
		"many at the end": append(storedBlocks(content, 60<<10, 0)[:len(storedBlocks(content, 60<<10, 0))-5],
			storedBlocks([]byte("x"), 1, 100_000)...),
		"many at the start": append(storedBlocks([]byte("x"), 1, 100_000)[:6+500_000],
			storedBlocks(content, 60<<10, 0)...),
	} {
		t.Run(name, func(t *testing.T) {
			want := content
			switch name {
			case "after each byte":
				want = content[:60<<10]
			case "many at the end":
				want = append(bytes.Clone(content), 'x')
			case "many at the start":
				want = append([]byte("x"), content...)
			}
			raw := more(&forgedEntry{name: "video.mp4", content: want, data: packed, method: 8})()
			archive := openBytes(t, raw, Limits{})
			seen := false
			report, err := archive.Verify(t.Context(), WithInspectors(&listing{everything,
				func(_ context.Context, entry EntryReport, content *io.SectionReader) (Inspection, error) {
					if entry.Name == "video.mp4" {
						got, err := io.ReadAll(content)
						seen = err == nil && bytes.Equal(got, want)
					}
					return Inspection{}, nil
				}}))
			if err != nil || report.Entries[3].SHA256 != hashOf(want) || !seen {
				t.Errorf("verified as %+v, seen %t, %v", report.Entries, seen, err)
			}
			folder := filepath.Join(t.TempDir(), "out")
			if err := openBytes(t, raw, Limits{}).Extract(t.Context(), folder); err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(filepath.Join(folder, "video.mp4")); err != nil || !bytes.Equal(got, want) {
				t.Errorf("extracted %d bytes, %v", len(got), err)
			}
			// This target cannot start over.
			if err := openBytes(t, raw, Limits{}).extract(t.Context(), folder+"2",
				func(root *os.Root) target { return &fullDisk{folderTarget{root}, 1 << 30} }); err != nil {
				t.Error(err)
			}
			if got, err := os.ReadFile(filepath.Join(folder+"2", "video.mp4")); err != nil || !bytes.Equal(got, want) {
				t.Errorf("extracted %d bytes, %v", len(got), err)
			}
			for name, forge := range map[string]func(e *forgedEntry){
				"data-truncated": func(e *forgedEntry) { e.data = e.data[:len(e.data)-5] },
				"data-trailing":  func(e *forgedEntry) { e.data = append(bytes.Clone(e.data), 0) },
				"data-corrupt":   func(e *forgedEntry) { e.data = append(bytes.Clone(e.data[:len(e.data)-5]), 7) },
				"crc":            func(e *forgedEntry) { e.both = func(h *forgedHeader) { h.crc++ } },
				"data-short":     func(e *forgedEntry) { e.both = func(h *forgedHeader) { h.size++ } },
				"data-long":      func(e *forgedEntry) { e.both = func(h *forgedHeader) { h.size-- } },
			} {
				forged := &forgedEntry{name: "video.mp4", content: want, data: packed, method: 8}
				forge(forged)
				report, err := openBytes(t, more(forged)(), Limits{}).Verify(t.Context())
				if got := refusalCodes(report); got != name || !errors.Is(err, ErrRefused) {
					t.Errorf("refused with %q, %v; want %q", got, err, name)
				}
			}
		})
	}
}
