package evidence

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestOpenFailsOnlyWhenTheSystemCannotRead(t *testing.T) {
	folder := t.TempDir()
	if _, err := Open(filepath.Join(folder, "missing.zip"), Limits{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := Open(folder, Limits{}); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("folder: %v", err)
	}
	path := filepath.Join(folder, "page.zip")
	if err := os.WriteFile(path, []byte("<html></html>"), 0o600); err != nil {
		t.Fatal(err)
	}
	archive, err := Open(path, Limits{})
	if err != nil {
		t.Fatalf("a file that is not a ZIP cannot be opened: %v", err)
	}
	defer archive.Close()
	if archive.Report() != nil || len(archive.Entries()) != 0 {
		t.Error("there is a report or an entry before the verification")
	}
	report, err := archive.Verify(t.Context())
	var refused *RefusedError
	if !errors.As(err, &refused) || refused.Path != path || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
	if archive.Report() != report {
		t.Error("Report gives another report")
	}
}

func TestEntriesAreThereBeforeVerification(t *testing.T) {
	entries := openBytes(t, honest().bytes(), Limits{}).Entries()
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name)
	}
	if want := []string{"documents/contract.pdf", "identity/selfie.png", "audit.json"}; !slices.Equal(names, want) {
		t.Errorf("got %q; want %q", names, want)
	}
	if entries[0].Size != int64(len(honest().entries[0].content)) || entries[0].Folder {
		t.Errorf("got %+v", entries[0])
	}
}

// failingReader fails reads that overlap a range.
type failingReader struct {
	*bytes.Reader
	armed    atomic.Bool
	from, to int64
	err      error
}

func (r *failingReader) ReadAt(p []byte, offset int64) (int, error) {
	if r.armed.Load() && offset < r.to && offset+int64(len(p)) > r.from {
		return 0, r.err
	}
	return r.Reader.ReadAt(p, offset)
}

func TestReadErrorIsNoRefusal(t *testing.T) {
	raw := honest().bytes()
	broken := errors.New("input/output error")
	for name, at := range map[string]int{
		"in a local header": 20, "in stored content": bytes.Index(raw, []byte("picture")), "in deflated content": 60,
		"in the directory": len(raw) - 60,
	} {
		for _, before := range []string{"", ", after a verification"} {
			t.Run(name+before, func(t *testing.T) {
				source := &failingReader{Reader: bytes.NewReader(raw), from: int64(at), to: int64(at) + 1, err: broken}
				archive, err := OpenReader(source, int64(len(raw)), Limits{})
				if err != nil {
					t.Fatal(err)
				}
				if before != "" {
					if _, err := archive.Verify(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				source.armed.Store(true)
				for range 2 {
					report, err := archive.Verify(t.Context())
					if !errors.Is(err, broken) || errors.Is(err, ErrRefused) ||
						err.Error() != "read evidence: input/output error" {
						t.Errorf("error %v", err)
					}
					if report.Verdict != VerdictIncomplete || len(report.Entries)+len(report.RefusedEntries) != 3 {
						t.Errorf("verdict %q, entries %v and %v", report.Verdict, report.Entries, report.RefusedEntries)
					}
				}
				folder := filepath.Join(t.TempDir(), "out")
				if err := archive.Extract(t.Context(), folder); (before == "" || name != "in a local header") &&
					name != "in the directory" && !errors.Is(err, broken) {
					t.Errorf("extraction gave %v", err)
				}
				source.armed.Store(false)
				report, err := archive.Verify(t.Context())
				if err != nil || len(report.Findings) != 0 || len(report.Entries) != 3 {
					t.Errorf("a later verification: %+v, %v", report, err)
				}
				if err := archive.Extract(t.Context(), folder+"2"); err != nil {
					t.Errorf("a later extraction: %v", err)
				}
				source.armed.Store(true)
				if name == "in the directory" {
					if _, err := OpenReader(source, int64(len(raw)), Limits{}); !errors.Is(err, broken) ||
						err.Error() != "read evidence: input/output error" {
						t.Errorf("opening gave %v", err)
					}
				}
			})
		}
	}
}

// Findings from before a read error are not repeated.
func TestVerificationAfterAReadErrorBeginsAnew(t *testing.T) {
	raw := named("a//b")()
	fresh, _ := openBytes(t, raw, Limits{}).Verify(t.Context())
	source := &failingReader{Reader: bytes.NewReader(raw), from: 20, to: 21, err: errors.New("input/output error")}
	archive, err := OpenReader(source, int64(len(raw)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	source.armed.Store(true)
	if report, err := archive.Verify(t.Context()); err == nil || report.Verdict != VerdictIncomplete {
		t.Errorf("verdict %q, %v", report.Verdict, err)
	}
	source.armed.Store(false)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			archive.Entries()
			if report, err := archive.Verify(t.Context()); !errors.Is(err, ErrRefused) ||
				!reflect.DeepEqual(report, fresh) {
				t.Errorf("%+v, %v; want %+v", report, err, fresh)
			}
		})
	}
	group.Wait()
}

func TestSourceThatEndsEarlyIsAReadError(t *testing.T) {
	raw := honest().bytes()
	if _, err := OpenReader(bytes.NewReader(raw), int64(len(raw))+100, Limits{}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
}

func TestProgressIsToldOfEachPass(t *testing.T) {
	rereading := &listing{everything,
		func(_ context.Context, _ EntryReport, content *io.SectionReader) (Inspection, error) {
			_, err := io.Copy(io.Discard, content)
			return Inspection{}, err
		}}
	for _, good := range goodZIPs {
		raw := good.build()
		archive := openBytes(t, raw, Limits{})
		var furthest, calls atomic.Int64
		progress := WithProgress(func(done, size int64) {
			calls.Add(1)
			if done < 0 || done > size || size != int64(len(raw)) {
				t.Errorf("%s: %d of %d bytes are done, of a file of %d", good.name, done, size, len(raw))
			}
			for now := furthest.Load(); done > now && !furthest.CompareAndSwap(now, done); now = furthest.Load() {
			}
		})
		for name, pass := range map[string]func() error{
			"a verification with an inspector": func() error {
				_,
					err := archive.Verify(t.Context(), WithInspectors(rereading), progress)
				return err
			},
			"another": func() error {
				_,
					err := archive.Verify(t.Context(), progress)
				return err
			},
			"an extraction": func() error {
				return archive.Extract(t.Context(), filepath.Join(t.TempDir(), "out"), progress)
			},
		} {
			furthest.Store(0)
			err := pass()
			if errors.As(err, new(*SystemNameError)) {
				continue
			}
			if err != nil {
				t.Errorf("%s: %s: %v", good.name, name, err)
			}
			if got := furthest.Load(); got != int64(len(raw)) {
				t.Errorf("%s: %s ends with %d of %d bytes done", good.name, name, got, len(raw))
			}
		}
		before := calls.Load()
		if _, err := archive.Verify(t.Context()); err != nil || calls.Load() != before {
			t.Errorf("%s: %v; %d calls came after the end", good.name, err, calls.Load()-before)
		}
	}
}

func TestContextEndsVerification(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	report, err := openBytes(t, honest().bytes(), Limits{}).Verify(ctx)
	if !errors.Is(err, context.Canceled) || report.Verdict != VerdictIncomplete {
		t.Errorf("verdict %q, error %v", report.Verdict, err)
	}
	late, cancelLate := context.WithTimeout(t.Context(), -1)
	defer cancelLate()
	if _, err := openBytes(t, honest().bytes(), Limits{}).Verify(late); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestLimitsAreChecked(t *testing.T) {
	for name, limits := range map[string]Limits{
		"negative size":        {MaxFileSize: -1},
		"negative entry size":  {MaxEntrySize: -1},
		"negative total":       {MaxTotalSize: -1},
		"negative count":       {MaxEntries: -1},
		"negative ratio":       {MaxRatio: -1},
		"negative name length": {MaxNameLength: -1},
		"negative depth":       {MaxDepth: -1},
	} {
		if _, err := OpenReader(bytes.NewReader(nil), 0, limits); err == nil {
			t.Errorf("%s: the limits were taken", name)
		}
	}
	if _, err := OpenReader(bytes.NewReader(nil), -1, Limits{}); err == nil {
		t.Error("a negative size was taken")
	}
}

func TestPoliciesAreChecked(t *testing.T) {
	for name, policy := range map[string]Policy{
		"unknown code to accept": {Accept: []Code{"no-such-code"}},
		"unknown code to refuse": {Refuse: []Code{"no-such-code"}},
		"two readings to accept": {Accept: []Code{CodeTrailingBytes}},
		"traversal to accept":    {Accept: []Code{CodeNameDotDot}},
		"one code in both lists": {Accept: []Code{CodeOwner}, Refuse: []Code{CodeOwner}},
		"broken UTF-8 to accept": {Accept: []Code{CodeNameUTF8}},
		"any bytes to accept":    {Accept: []Code{CodeGap}},
	} {
		archive := openBytes(t, honest().bytes(), Limits{})
		if report, err := archive.Verify(t.Context(), WithPolicy(policy)); err == nil || errors.Is(err, ErrRefused) ||
			report.Verdict != VerdictIncomplete {
			t.Errorf("%s: the policy was taken: %v, %v", name, report.Verdict, err)
		}
		folder := filepath.Join(t.TempDir(), "out")
		if err := archive.Extract(t.Context(), folder, WithPolicy(policy)); err == nil || errors.Is(err, ErrRefused) {
			t.Errorf("%s: the policy was taken for an extraction: %v", name, err)
		}
	}
}

// A policy applies to one call only. The next call uses its own policy, regardless of earlier
// reports.
func TestPolicyHoldsForOneCall(t *testing.T) {
	archive := openBytes(t, named("audit:1.json")(), Limits{})
	colon := WithPolicy(Policy{Accept: []Code{CodeNameColon}})
	folder := filepath.Join(t.TempDir(), "out")
	for _, step := range []struct {
		name   string
		refuse bool
		call   func() error
	}{
		{"verified without one", true, func() error { _, err := archive.Verify(t.Context()); return err }},
		{"verified with it", false, func() error { _, err := archive.Verify(t.Context(), colon); return err }},
		{"extracted without one", true, func() error { return archive.Extract(t.Context(), folder) }},
		{"verified with it again", false, func() error { _, err := archive.Verify(t.Context(), colon); return err }},
		{"verified without one again", true, func() error { _, err := archive.Verify(t.Context()); return err }},
	} {
		if err := step.call(); errors.Is(err, ErrRefused) != step.refuse || !step.refuse && err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		if got := archive.Report().Verdict == VerdictRefused; got != step.refuse {
			t.Errorf("%s: the report says %s", step.name, archive.Report().Verdict)
		}
		if _, err := archive.Open("audit:1.json"); (err != nil) != step.refuse {
			t.Errorf("%s: open gave %v", step.name, err)
		}
	}
	if runtime.GOOS == "windows" { // Windows does not allow such names
		return
	}
	if err := archive.Extract(t.Context(), folder, colon); err != nil {
		t.Error(err)
	}
}

func TestLimitsDecide(t *testing.T) {
	commented := func() []byte {
		f := honest()
		f.comment = []byte("hello")
		return f.bytes()
	}
	f := honest()
	total := int64(0)
	for _, e := range f.entries {
		total += int64(len(e.content))
	}
	size := int64(len(f.bytes()))
	for _, test := range []struct {
		name   string
		raw    []byte
		limits Limits
		policy Policy
		codes  string
	}{
		{"file of exactly the limit", honest().bytes(), Limits{MaxFileSize: size}, Policy{}, ""},
		{"file over the limit", honest().bytes(), Limits{MaxFileSize: size - 1}, Policy{}, "file-too-large"},
		{"entry of exactly the limit", honest().bytes(), Limits{MaxEntrySize: int64(len(f.entries[0].content))},
			Policy{}, ""},
		{"entry over the limit", honest().bytes(), Limits{MaxEntrySize: int64(len(f.entries[0].content)) - 1}, Policy{},
			"entry-too-large"},
		{"total of exactly the limit", honest().bytes(), Limits{MaxTotalSize: total}, Policy{}, ""},
		{"total over the limit", honest().bytes(), Limits{MaxTotalSize: total - 1}, Policy{}, "total-too-large"},
		{"entries of exactly the limit", honest().bytes(), Limits{MaxEntries: 3}, Policy{}, ""},
		{"entries over the limit", honest().bytes(), Limits{MaxEntries: 2}, Policy{}, "too-many-entries"},
		{"name over the limit", honest().bytes(), Limits{MaxNameLength: 21}, Policy{}, "name-too-long"},
		{"depth over the limit", honest().bytes(), Limits{MaxDepth: 1}, Policy{}, "name-too-deep"},
		{"ratio raised", more(&forgedEntry{name: "z", content: mebibytes(2), method: 8})(), Limits{MaxRatio: 2000},
			Policy{}, ""},
		{"colon accepted", named("audit:1.json")(), Limits{}, Policy{Accept: []Code{CodeNameColon}}, ""},
		{"agreeing ZIP64 field accepted",
			local(func(h *forgedHeader) { h.extra = field64(uint64(h.size), uint64(h.compressed)) })(),
			Limits{}, Policy{Accept: []Code{CodeZIP64ExtraUncalled}}, ""},
		{"drive not accepted with the colon", named("c:audit.json")(), Limits{}, Policy{Accept: []Code{CodeNameColon}},
			"name-drive"},
		{"notice refused", commented(), Limits{}, Policy{Refuse: []Code{CodeArchiveComment}}, "archive-comment"},
		{"all notices refused", commented(), Limits{}, Policy{Strict: true}, "archive-comment"},
		{"all notices refused but one", commented(), Limits{}, Policy{Strict: true, Accept: []Code{CodeArchiveComment}},
			""},
		{"nested ZIP refused", more(&forgedEntry{name: "z", content: honest().bytes()})(),
			Limits{}, Policy{Refuse: []Code{CodeNestedZIP}}, "nested-zip"},
	} {
		t.Run(test.name, func(t *testing.T) {
			report, err := openBytes(t, test.raw, test.limits).Verify(t.Context(), WithPolicy(test.policy))
			if got := refusalCodes(report); got != test.codes || (err == nil) != (test.codes == "") {
				t.Errorf("refused with %q, %v; want %q", got, err, test.codes)
			}
			if report.SHA256 != hashOf(test.raw) {
				t.Errorf("the SHA-256 of the file is %q", report.SHA256)
			}
		})
	}
}

func TestAcceptedFindingStaysInTheReport(t *testing.T) {
	report, err := openBytes(t, named("audit:1.json")(), Limits{}).Verify(t.Context(),
		WithPolicy(Policy{Accept: []Code{CodeNameColon}}))
	if err != nil || len(report.Findings) != 1 || report.Findings[0].Severity != SeverityAccepted ||
		report.Findings[0].Code != CodeNameColon {
		t.Errorf("got %v, %v", report.Findings, err)
	}
}

func TestFormatCharactersThatAreAcceptedStillMakeNoTwoNames(t *testing.T) {
	raw := more(&forgedEntry{name: "ab"}, &forgedEntry{name: "a\u200db"})()
	report, _ := openBytes(t, raw, Limits{}).Verify(t.Context(),
		WithPolicy(Policy{Accept: []Code{CodeNameFormat}}))
	if got := refusalCodes(report); got != "name-twice-folded" {
		t.Errorf("refused with %q", got)
	}
}

func TestCodesAreDescribedOnce(t *testing.T) {
	seen := make(map[Code]bool)
	oneReading := []Code{CodeZIP64ExtraUncalled, CodeExtraPadding, CodeGapPadding}
	for _, info := range Codes() {
		if seen[info.Code] {
			t.Errorf("%q is there twice", info.Code)
		}
		seen[info.Code] = true
		if info.Severity == SeverityNotice && (!info.Acceptable || info.Class != ClassOddity) {
			t.Errorf("the notice %q is not acceptable, or in class %q", info.Code, info.Class)
		}
		if info.Acceptable && info.Class == ClassStructure && !slices.Contains(oneReading, info.Code) {
			t.Errorf("%q can be accepted", info.Code)
		}
	}
	used := make(map[Code]bool)
	for _, bad := range badZIPs {
		for code := range strings.SplitSeq(bad.codes, " ") {
			if !seen[Code(code)] {
				t.Errorf("%q is not described", code)
			}
			used[Code(code)] = true
		}
	}
	for code := range seen {
		if info, _ := lookup(code); info.Severity == SeverityRefusal && !used[code] && code != CodeFileTooLarge {
			t.Errorf("no bad ZIP is refused with %q", code)
		}
	}
}

func TestReportHasAStableJSONForm(t *testing.T) {
	f := &forgery{comment: []byte("note"), entries: []*forgedEntry{
		{name: "identity/selfie.png", content: []byte("\x89PNG\r\n\x1a\n")}, {name: "bad.", content: []byte("{}")},
	}}
	raw := f.bytes()
	report, err := openBytes(t, raw, Limits{}).Verify(t.Context())
	if !errors.Is(err, ErrRefused) {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "version": 1,
  "verdict": "refused",
  "size": 234,
  "sha256": "` + hashOf(raw) + `",
  "entries": [
    {
      "name": "identity/selfie.png",
      "size": 8,
      "compressedSize": 8,
      "crc32": "7a0709a4",
      "sha256": "4c4b6a3be1314ab86138bef4314dde022e600960d8689a2c8f8631802d20dab6",
      "mediaType": "image/png",
      "kind": "face-picture",
      "rule": "assumed: picture named like a face"
    }
  ],
  "refusedEntries": [
    {
      "name": "bad.",
      "size": 2,
      "compressedSize": 2,
      "crc32": "a3a6bf43",
      "kind": "other"
    }
  ],
  "findings": [
    {
      "class": "oddity",
      "code": "archive-comment",
      "severity": "notice",
      "offset": 230,
      "message": "the ZIP has a comment of 4 bytes"
    },
    {
      "class": "name",
      "code": "name-trailing",
      "severity": "refusal",
      "entry": "bad.",
      "offset": 158,
      "message": "a part of its name ends in a dot or a space, which Windows drops"
    }
  ]
}`
	if string(got) != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// listing is an inspector that calls these functions.
type listing struct {
	wants   func(EntryReport) bool
	inspect func(ctx context.Context, entry EntryReport, content *io.SectionReader) (Inspection, error)
}

func (l *listing) Name() string                 { return "listing" }
func (l *listing) Wants(entry EntryReport) bool { return l.wants(entry) }
func (l *listing) Inspect(ctx context.Context, entry EntryReport, content *io.SectionReader) (Inspection, error) {
	return l.inspect(ctx, entry, content)
}

func everything(EntryReport) bool { return true }

func TestInspectorsReadContentInAnyOrder(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	f := honest()
	f.entries = append(f.entries, &forgedEntry{name: "folder/"},
		&forgedEntry{name: "large.bin", content: noise(maxMemoryContent + 5), method: 8},
		&forgedEntry{name: "large-stored.bin", content: noise(maxMemoryContent + 5)})
	report, err := openBytes(t, f.bytes(), Limits{}).Verify(t.Context(), WithInspectors(&listing{everything,
		func(_ context.Context, entry EntryReport, content *io.SectionReader) (Inspection, error) {
			tail := make([]byte, 3)
			if _, err := content.ReadAt(tail, content.Size()-3); err != nil {
				t.Errorf("%s: %v", entry.Name, err)
			}
			all, err := io.ReadAll(content)
			if err != nil || hashOf(all) != entry.SHA256 || !bytes.HasSuffix(all, tail) {
				t.Errorf("%s was not given its content: %v", entry.Name, err)
			}
			if entry.Folder {
				t.Error("an inspector was shown a folder")
			}
			return Inspection{Status: "SEEN", Details: map[string]int{"bytes": len(all)}}, nil
		}}, &listing{func(entry EntryReport) bool { return entry.MediaType == "application/pdf" },
		func(context.Context, EntryReport, *io.SectionReader) (Inspection, error) {
			return Inspection{}, errors.New("cannot make sense of it")
		}}))
	if err != nil || report.Verdict != VerdictAccepted {
		t.Fatalf("verdict %q, %v", report.Verdict, err)
	}
	for _, entry := range report.Entries {
		want := 1
		switch {
		case entry.Folder:
			want = 0
		case entry.MediaType == "application/pdf":
			want = 2
		}
		if len(entry.Inspections) != want || want > 0 &&
			(entry.Inspections[0].Status != "SEEN" || entry.Inspections[0].Inspector != "listing") {
			t.Errorf("%s has the inspections %v", entry.Name, entry.Inspections)
		}
		if want == 2 && entry.Inspections[1].Error != "cannot make sense of it" {
			t.Errorf("%s has the inspections %v", entry.Name, entry.Inspections)
		}
	}
	if left, _ := os.ReadDir(temporary); len(left) > 0 {
		t.Errorf("%v was left", left)
	}
}

func TestInspectorsSeeNothingOfARefusedStructure(t *testing.T) {
	_, err := openBytes(t, named("a//b")(), Limits{}).Verify(t.Context(), WithInspectors(&listing{everything,
		func(context.Context, EntryReport, *io.SectionReader) (Inspection, error) {
			t.Error("an inspector was called")
			return Inspection{}, nil
		}}))
	if !errors.Is(err, ErrRefused) {
		t.Errorf("got %v", err)
	}
}

func TestContextEndsInspection(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	report, err := openBytes(t, honest().bytes(), Limits{}).Verify(ctx,
		WithInspectors(&listing{everything,
			func(ctx context.Context, _ EntryReport, _ *io.SectionReader) (Inspection, error) {
				cancel()
				return Inspection{}, ctx.Err()
			}}))
	if !errors.Is(err, context.Canceled) || report.Verdict != VerdictIncomplete {
		t.Errorf("verdict %q, %v", report.Verdict, err)
	}
}

func TestSeveralGoroutinesMayUseOneArchive(t *testing.T) {
	archive := openBytes(t, honest().bytes(), Limits{})
	results := make(chan error)
	folder := t.TempDir()
	for i := range 8 {
		go func() {
			switch i % 4 {
			case 0:
				_, err := archive.Verify(t.Context())
				results <- err
			case 1:
				results <- archive.Extract(t.Context(), filepath.Join(folder, string(rune('a'+i))))
			case 2:
				archive.Report()
				archive.Entries()
				results <- nil
			default:
				if _, err := archive.Verify(t.Context()); err != nil {
					results <- err
					return
				}
				_, err := fs.ReadFile(archive, "audit.json")
				results <- err
			}
		}()
	}
	for range 8 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}
