package evidence

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// reading is an inspector that notes which entries came whole.
func reading(t *testing.T, wants func(EntryReport) bool, whole map[string]bool) *listing {
	return &listing{wants, func(_ context.Context, entry EntryReport, content *io.SectionReader) (Inspection, error) {
		all, err := io.ReadAll(content)
		if err != nil || hashOf(all) != entry.SHA256 {
			t.Errorf("%s was not given its content: %v", entry.Name, err)
		}
		whole[entry.Name] = true // the tests have one entry, so only one goroutine comes here
		return Inspection{}, nil
	}}
}

func TestInspectorsGetWhatWasNotKept(t *testing.T) {
	f := honest()
	f.entries = f.entries[:1]
	closed := closedFile(t)
	for name, change := range map[string]func(s *spool){
		"all kept":          func(*spool) {},
		"no room":           func(s *spool) { s.room = int64(len(f.entries[0].content)) - 1 },
		"just enough room":  func(s *spool) { s.room = int64(len(f.entries[0].content)) },
		"cannot be written": func(s *spool) { s.file = closed },
		"gave up before":    func(s *spool) { s.failed = true },
	} {
		t.Run(name, func(t *testing.T) {
			temporary := t.TempDir()
			t.Setenv("TMPDIR", temporary)
			archive, seen := openBytes(t, f.bytes(), Limits{}), map[string]bool{}
			inspectors := []Inspector{reading(t, everything, seen)}
			kept := newSpool(inspectors, archive.limits.Rules)
			change(kept)
			report, err := archive.check(t.Context(), pass{spool: kept, whole: true})
			if err != nil {
				t.Fatal(err)
			}
			_, isKept := kept.places[f.entries[0].name]
			if want := name == "all kept" || name == "just enough room"; isKept != want {
				t.Errorf("kept: %t, want %t", isKept, want)
			}
			if err := archive.inspect(t.Context(), report, inspectors, kept); err != nil || len(seen) != 1 {
				t.Errorf("inspected %v, %v", seen, err)
			}
			kept.close()
			if left, _ := os.ReadDir(temporary); len(left) > 0 {
				t.Errorf("%v was left", left)
			}
		})
	}
}

func closedFile(t *testing.T) *os.File {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "closed"))
	if err != nil {
		t.Fatal(err)
	}
	file.Close()
	return file
}

func TestInspectorThatDecidesLateGetsItsContent(t *testing.T) {
	f, seen := honest(), map[string]bool{}
	f.entries = f.entries[:1]
	late := func(entry EntryReport) bool { return entry.SHA256 != "" }
	if _, err := openBytes(t, f.bytes(), Limits{}).Verify(reading(t, late, seen)); err != nil || len(seen) != 1 {
		t.Errorf("inspected %v, %v", seen, err)
	}
}

// So that a kill leaves nothing personal behind. Windows keeps the name of a file that is open.
func TestInspectedContentHasNoNameOnTheDisk(t *testing.T) {
	f := honest()
	f.entries = []*forgedEntry{{name: "large.bin", content: noise(spoolLimit + 5), method: methodDeflated}}
	for name, wants := range map[string]func(EntryReport) bool{
		"kept":               everything,
		"decompressed again": func(entry EntryReport) bool { return entry.SHA256 != "" },
	} {
		t.Run(name, func(t *testing.T) {
			temporary := t.TempDir()
			t.Setenv("TMPDIR", temporary)
			inspected := false
			_, err := openBytes(t, f.bytes(), Limits{}).Verify(&listing{wants, func(_ context.Context, _ EntryReport, _ *io.SectionReader) (Inspection, error) {
				inspected = true
				if left, err := os.ReadDir(temporary); (err != nil || len(left) > 0) && runtime.GOOS != "windows" {
					t.Errorf("the temporary folder shows %v, %v", left, err)
				}
				return Inspection{}, nil
			}})
			if err != nil || !inspected {
				t.Errorf("inspected: %t, %v", inspected, err)
			}
		})
	}
}

func TestInspectionNeedsNoTemporaryFolderForSmallContent(t *testing.T) {
	f, seen := honest(), map[string]bool{}
	f.entries = f.entries[:1]
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
	if _, err := openBytes(t, f.bytes(), Limits{}).Verify(reading(t, everything, seen)); err != nil || len(seen) != 1 {
		t.Errorf("inspected %v, %v", seen, err)
	}
}

// What an inspector is asked before the content was checked is what it is asked afterwards, but for the SHA-256.
func TestInspectorIsAskedTheSameTwice(t *testing.T) {
	asked := map[string][]EntryReport{}
	_, err := openBytes(t, honest().bytes(), Limits{}).Verify(&listing{func(entry EntryReport) bool {
		if entry.Name != "documents/contract.pdf" {
			return false
		}
		asked[entry.Name] = append(asked[entry.Name], entry)
		return false
	}, nil})
	both := asked["documents/contract.pdf"]
	if err != nil || len(both) != 2 || both[0].SHA256 != "" || both[1].SHA256 == "" {
		t.Fatalf("asked %+v, %v", both, err)
	}
	both[0].SHA256 = both[1].SHA256
	if got, want := both[0], both[1]; got.MediaType != want.MediaType || got.Kind != want.Kind || got.Rule != want.Rule || got.CRC32 != want.CRC32 || got.Size != want.Size {
		t.Errorf("asked %+v and then %+v", got, want)
	}
}
