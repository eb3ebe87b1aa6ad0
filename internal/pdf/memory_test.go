//go:build !race

package pdf_test

import (
	"runtime"
	"testing"

	"github.com/danabio/danabio-go/internal/pdf/pdftest"
)

// A file may have a million objects, and several files are read at once. An object must therefore
// take few bytes.
func TestMemoryOfACrossReference(t *testing.T) {
	objects := pdftest.Pages("", "")
	for range 100_000 {
		objects = append(objects, "null")
	}
	for name, file := range map[string][]byte{"table": pdftest.Table(objects...),
		"stream": pdftest.Stream(0, objects...)} {
		t.Run(name, func(t *testing.T) {
			var before, opened, kept runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			d := mustOpen(t, file)
			seen := 0
			for range d.InFile() {
				seen++
			}
			runtime.ReadMemStats(&opened)
			runtime.GC()
			runtime.ReadMemStats(&kept)
			if seen < len(objects) {
				t.Fatalf("%d objects of %d", seen, len(objects))
			}
			each := func(bytes uint64) uint64 { return bytes / uint64(len(objects)) }
			if taken, most := each(opened.TotalAlloc-before.TotalAlloc),
				map[string]uint64{"table": 24, "stream": 64}[name]; taken > most {
				t.Errorf("reading takes %d bytes for an object, more than %d", taken, most)
			}
			if taken := each(kept.HeapAlloc - min(kept.HeapAlloc, before.HeapAlloc)); taken > 17 {
				t.Errorf("%d bytes are kept for an object, more than 17", taken)
			}
			runtime.KeepAlive(d)
		})
	}
}
