package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// reading returns an inspector that records which entries it received completely.
func reading(t *testing.T, wants func(EntryReport) bool, whole map[string]bool) *listing {
	return &listing{wants, func(_ context.Context, entry EntryReport, content *io.SectionReader) (Inspection, error) {
		all, err := io.ReadAll(content)
		if err != nil || hashOf(all) != entry.SHA256 {
			t.Errorf("%s was not given its content: %v", entry.Name, err)
		}
		whole[entry.Name] = true // the tests have one entry, so only one goroutine writes here
		return Inspection{}, nil
	}}
}

func TestInspectorsGetTheWholeContent(t *testing.T) {
	for _, size := range []int{0, 1, headLength - 1, headLength, headLength + 1, 40 << 10, maxMemoryContent,
		maxMemoryContent +
			1, 3*maxMemoryContent + 5} {
		for name, method := range map[string]uint16{"stored": methodStored, "deflated": methodDeflated} {
			t.Run(fmt.Sprint(size, name), func(t *testing.T) {
				temporary := t.TempDir()
				t.Setenv("TMPDIR", temporary)
				f, seen := honest(), map[string]bool{}
				f.entries = []*forgedEntry{{name: "content.bin", content: noise(size), method: method}}
				_, err := openBytes(t, f.bytes(), Limits{}).Verify(t.Context(),
					WithInspectors(reading(t, everything, seen)))
				if err != nil || len(seen) != 1 {
					t.Errorf("inspected %v, %v", seen, err)
				}
				if left, _ := os.ReadDir(temporary); len(left) > 0 {
					t.Errorf("%v was left", left)
				}
			})
		}
	}
}

// Entries of all sizes, in sequence and in parallel, must not be mixed up.
func TestInspectorsGetEachEntrysContent(t *testing.T) {
	f := honest()
	f.entries = nil
	for n, size := range []int{100, maxMemoryContent + 10, 5000, 0, maxMemoryContent + 5, 70 << 10, 200,
		2 * maxMemoryContent,
		300 << 10} {
		for _, method := range []uint16{methodStored, methodDeflated} {
			f.entries = append(f.entries, &forgedEntry{name: fmt.Sprint(n, method), content: noise(size + n),
				method: method})
		}
	}
	archive := openBytes(t, f.bytes(), Limits{})
	for range 3 {
		report, err := archive.Verify(t.Context(), WithInspectors(&listing{everything,
			func(_ context.Context, entry EntryReport, content *io.SectionReader) (Inspection, error) {
				all, err := io.ReadAll(content)
				return Inspection{Status: hashOf(all)}, err
			}}))
		if err != nil || len(report.Entries) != len(f.entries) {
			t.Fatalf("%d entries, %v", len(report.Entries), err)
		}
		for _, entry := range report.Entries {
			if len(entry.Inspections) != 1 || entry.Inspections[0].Status != entry.SHA256 {
				t.Errorf("%s has the inspections %v, and the SHA-256 %s", entry.Name, entry.Inspections, entry.SHA256)
			}
		}
	}
}

func TestInspectionWithoutRoomEndsTheVerification(t *testing.T) {
	f := honest()
	f.entries = []*forgedEntry{{name: "large.bin", content: noise(maxMemoryContent + 5), method: methodDeflated}}
	for _, name := range []string{"TMPDIR", "TMP"} {
		t.Setenv(name, filepath.Join(t.TempDir(), "missing"))
	}
	report, err := openBytes(t, f.bytes(), Limits{}).Verify(t.Context(),
		WithInspectors(reading(t, everything, map[string]bool{})))
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "temporary file for inspection") ||
		report.Verdict != VerdictIncomplete {
		t.Errorf("%s, %v", report.Verdict, err)
	}
	// A defect of the ZIP takes precedence.
	f.entries = append(f.entries,
		&forgedEntry{name: "wrong.bin", content: noise(10), both: func(h *forgedHeader) { h.crc++ }})
	report, err = openBytes(t, f.bytes(), Limits{}).Verify(t.Context(), WithInspectors(reading(t,
		func(entry EntryReport) bool { return entry.Name == "large.bin" }, map[string]bool{})))
	if !errors.Is(err, ErrRefused) || report.Verdict != VerdictRefused {
		t.Errorf("%s, %v", report.Verdict, err)
	}
	f.entries = f.entries[:1]
	// No inspector wants the entry, so nothing is kept.
	if _, err := openBytes(t, f.bytes(), Limits{}).Verify(t.Context(),
		WithInspectors(&listing{func(EntryReport) bool { return false },
			nil})); err != nil {
		t.Error(err)
	}
}

func TestInspectionsOfARefusedZIPAreDropped(t *testing.T) {
	f := honest()
	f.entries[len(f.entries)-1].both = func(h *forgedHeader) { h.crc++ }
	called := atomic.Bool{}
	report, err := openBytes(t, f.bytes(), Limits{}).Verify(t.Context(), WithInspectors(&listing{everything,
		func(context.Context, EntryReport, *io.SectionReader) (Inspection, error) {
			called.Store(true)
			return Inspection{Status: "SEEN"}, nil
		}}))
	if !errors.Is(err, ErrRefused) || !called.Load() {
		t.Fatalf("called: %t, %v", called.Load(), err)
	}
	for _, entry := range slices.Concat(report.Entries, report.RefusedEntries) {
		if len(entry.Inspections) > 0 {
			t.Errorf("%s has the inspections %v", entry.Name, entry.Inspections)
		}
	}
}

// A killed process must leave no personal data behind. Windows keeps the name of an open file.
func TestInspectedContentHasNoNameOnTheDisk(t *testing.T) {
	f := honest()
	f.entries = []*forgedEntry{{name: "large.bin", content: noise(maxMemoryContent + 5), method: methodDeflated}}
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	inspected := false
	_, err := openBytes(t, f.bytes(), Limits{}).Verify(t.Context(), WithInspectors(&listing{everything,
		func(_ context.Context, _ EntryReport, _ *io.SectionReader) (Inspection, error) {
			inspected = true
			if left, err := os.ReadDir(temporary); (err != nil || len(left) > 0) && runtime.GOOS != "windows" {
				t.Errorf("the temporary folder shows %v, %v", left, err)
			}
			return Inspection{}, nil
		}}))
	if err != nil || !inspected {
		t.Errorf("inspected: %t, %v", inspected, err)
	}
}

func TestInspectionNeedsNoTemporaryFolderForSmallContent(t *testing.T) {
	f, seen := honest(), map[string]bool{}
	f.entries = f.entries[:1]
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
	if _, err := openBytes(t, f.bytes(), Limits{}).Verify(t.Context(),
		WithInspectors(reading(t, everything, seen))); err != nil || len(seen) != 1 {
		t.Errorf("inspected %v, %v", seen, err)
	}
}

// Everything except the SHA-256 is known before the content is read.
func TestInspectorIsAskedOnce(t *testing.T) {
	for name, method := range map[string]uint16{"stored": methodStored, "deflated": methodDeflated} {
		t.Run(name, func(t *testing.T) {
			f := honest()
			f.entries = f.entries[:1]
			f.entries[0].method = method
			var asked, shown []EntryReport
			_, err := openBytes(t, f.bytes(), Limits{}).Verify(t.Context(),
				WithInspectors(&listing{func(entry EntryReport) bool {
					asked = append(asked, entry)
					return true
				}, func(_ context.Context, entry EntryReport, _ *io.SectionReader) (Inspection, error) {
					shown = append(shown, entry)
					return Inspection{}, nil
				}}))
			if err != nil || len(asked) != 1 || len(shown) != 1 || asked[0].SHA256 != "" || shown[0].SHA256 == "" {
				t.Fatalf("asked %+v, shown %+v, %v", asked, shown, err)
			}
			asked[0].SHA256 = shown[0].SHA256
			if !reflect.DeepEqual(asked[0], shown[0]) || asked[0].MediaType == "" || asked[0].Rule == "" {
				t.Errorf("asked %+v and shown %+v", asked[0], shown[0])
			}
		})
	}
}
