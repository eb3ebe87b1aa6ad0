package auditreport_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/danabio/danabio-go/cmd/danabio/internal/auditreport"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
	"github.com/danabio/danabio-go/pkg/verdict"
)

// attacks are texts that would have an effect if they were not treated as plain text.
var attacks = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`,
	`</title></style></code><script>alert(1)</script>`,
	`javascript:alert(1)`, `<!-- -->]]>`, `{{.}}`, `&lt;b&gt;&#60;b&#62;`, "\u202egnp.exe",
	"a\u200bb\ufeffc\x01\x1b[2J\r\n", "%s%d%!",
	`<meta http-equiv="refresh" content="0;url=https://example.com/">`, `<base href="https://example.com/">`,
}

func TestForeignTextStaysText(t *testing.T) {
	var values strings.Builder
	for i, attack := range attacks {
		fmt.Fprintf(&values, ",%q:%q", fmt.Sprint(attack, i), attack)
	}
	json := strings.NewReplacer(`\x01`, `\u0001`, `\x1b`, `\u001b`).Replace(`{"first":1` + values.String() + `}`)
	files := []file{{"metadata.json", []byte(json)}}
	for i, attack := range attacks {
		if name := strings.NewReplacer("\x01", "", "\x1b", "", "\r", "", "\n", "", "\u202e", "", "/",
			"|").Replace(attack); name != "" {
			files = append(files, file{fmt.Sprintf("%d%s.json", i, name), []byte(json)})
			files = append(files, file{fmt.Sprintf("%d%s.png", i, name), pngOf(2, 2)})
			files = append(files, file{fmt.Sprintf("%d%s.pdf", i, name), []byte("%PDF-1.4\n" + attack)})
		}
	}
	subject := subjectOf(t, zipOf(t, files...), pdfsig.Options{}, evidence.CodeNameColon, evidence.CodeNameFormat)
	if subject.Evidence.Verdict != evidence.VerdictAccepted {
		t.Fatalf("the ZIP was refused: %v", subject.Evidence.Refusals())
	}
	for _, attack := range attacks {
		subject.File = attack
		subject.Failure = errors.New(attack)
		subject.Receipt = verdict.Receipt{Check: verdict.ReceiptDiffers, Content: &danabio.Receipt{
			Circuit: attack, Channel: attack, File: attack, SHA256: attack, Library: attack,
			Headers: map[string]string{attack: attack},
		}}
		subject.Found = pdfsig.FindSent(subject.Evidence,
			[]evidence.SentDocument{{Name: attack, Size: 1, SHA256: strings.Repeat("0", 64)}})
		_, page := made(t, subject, auditreport.Options{Language: i18n.Spanish, Renderer: drawn})
		checkPage(t, page)
	}
	if _, page := made(t, subject, auditreport.Options{}); !strings.Contains(page,
		`a<span class="odd">U+200B</span>b`) {
		t.Error("the page does not show what is invisible in a name")
	}
}

// A refused ZIP may contain names that an accepted one cannot.
func TestRefusedZIPShowsNoContent(t *testing.T) {
	const canary = "canary-content"
	var files []file
	for i, attack := range attacks {
		files = append(files, file{fmt.Sprintf("%d%s", i, attack), []byte(`{"key":"` + canary + `"}`)})
	}
	files = append(files, file{"selfie.png", pngOf(2, 2)}, file{"a.pdf", []byte("%PDF-1.4\n" + canary)})
	subject := subjectOf(t, zipOf(t, files...), pdfsig.Options{})
	if subject.Evidence.Verdict != evidence.VerdictRefused {
		t.Fatal("the ZIP was accepted")
	}
	subject.Content = nil // the report must not read it
	called := func(context.Context, string) ([]byte, error) { t.Error("a page was drawn"); return nil, nil }
	report, page := made(t, subject, auditreport.Options{Renderer: called})
	checkPage(t, page)
	if report.Verdict.Outcome != verdict.NotGood {
		t.Errorf("the verdict is %q", report.Verdict.Outcome)
	}
	for _, absent := range []string{canary, "<img"} {
		if strings.Contains(page, absent) {
			t.Errorf("the page holds %q", absent)
		}
	}
	for _, present := range []string{`<code><bdi>name-bidi</bdi></code>`, `<span class="odd">U+202E</span>gnp.exe`,
		"nothing of its content is shown"} {
		if !strings.Contains(page, present) {
			t.Errorf("the page lacks %q", present)
		}
	}
}

func TestNoZIPAtAllHasAReport(t *testing.T) {
	report, page := made(t, subjectOf(t, []byte("text"), pdfsig.Options{}), auditreport.Options{})
	checkPage(t, page)
	if report.Verdict.Outcome != verdict.NotGood || !strings.Contains(page, "no-end-record") {
		t.Errorf("the verdict is %+v", report.Verdict)
	}
	subject := auditreport.Subject{Evidence: &evidence.Report{
		Verdict:  evidence.VerdictRefused,
		Findings: []evidence.Finding{{Code: evidence.CodeFileTooLarge, Severity: evidence.SeverityRefusal}},
	}}
	subject.Receipt.Check = verdict.ReceiptUnchecked
	_, page = made(t, subject, auditreport.Options{})
	checkPage(t, page)
	if strings.Contains(page, "sha256sum -c") || !strings.Contains(page, "unknown") {
		t.Error("the page claims a size or a SHA-256 of what was not read")
	}
}

func TestManyEntriesAreAllListed(t *testing.T) {
	const count = 10_000
	var files []file
	for i := range count {
		switch i % 4 {
		case 0:
			files = append(files, file{fmt.Sprintf("%05d.json", i), []byte(`{"a":[1,2,3]}`)})
		case 1:
			files = append(files, file{fmt.Sprintf("%05d.png", i), pngOf(3, 3)})
		case 2:
			files = append(files, file{fmt.Sprintf("%05d.pdf", i), []byte("%PDF-1.4\nnothing")})
		case 3:
			files = append(files, file{fmt.Sprintf("%05d.zip", i), []byte("PK\x03\x04")})
		}
	}
	report, page := made(t, subjectOf(t, zipOf(t, files...), pdfsig.Options{}), auditreport.Options{Renderer: drawn})
	checkPage(t, page)
	_, table, _ := strings.Cut(page, `<table class="files">`)
	for _, f := range files {
		var found bool
		if _, table, found = strings.Cut(table, `<tr><th scope="row"><code><bdi>`+f.name+`</bdi></code>`); !found {
			t.Fatalf("the table of files lacks %s, or has it in another place", f.name)
		}
	}
	if got := len(report.Verdict.Against); got > 21 {
		t.Errorf("%d reasons stand on top", got)
	}
	if got := strings.Count(page, "<img "); got != 40+20 {
		t.Errorf("the page has %d pictures", got)
	}
	if len(page) > 8<<20 {
		t.Errorf("the page has %d bytes", len(page))
	}
}

func TestMetadataIsBounded(t *testing.T) {
	deep := strings.Repeat(`{"a":[`, 5000) + "1" + strings.Repeat(`]}`, 5000)
	wide := `[` + strings.Repeat(`"v",`, 50_000) + `"v"]`
	for name, test := range map[string]struct {
		content string
		want    auditreport.Metadata
		shows   string
	}{
		"deep": {deep, auditreport.Metadata{OmittedRows: 1}, "Values that are not shown: 1."},
		"wide": {wide, auditreport.Metadata{Rows: 300, OmittedRows: 49_701},
			"Values that are not shown: 49\u202f701."},
		"long value": {`{"key":"` + strings.Repeat("é", 1000) + `"}`, auditreport.Metadata{Rows: 1},
			strings.Repeat("é", 400) + "</bdi>… (and 600 more characters)"},
		"long key": {`{"` + strings.Repeat("é", 1000) + `":1}`, auditreport.Metadata{Rows: 1},
			strings.Repeat("é", 120) + "…"},
		"huge": {`{"key":"` + strings.Repeat("x", 1<<20) + `"}`,
			auditreport.Metadata{NotShown: auditreport.NotShownTooLarge}, "the file is too large"},
		"cut": {`{"key":"value`, auditreport.Metadata{NotShown: auditreport.NotShownBroken},
			"it is not JSON"},
		"two values": {`{"key":1} {"key":2}`, auditreport.Metadata{NotShown: auditreport.NotShownBroken},
			"it is not JSON"},
		"empty":         {`{}`, auditreport.Metadata{Rows: 1}, "<code><bdi>{}</bdi></code>"},
		"one key twice": {`{"key":"one","key":"two"}`, auditreport.Metadata{Rows: 2}, "two"},
		"big number": {`{"key":123456789012345678901234567890.10}`, auditreport.Metadata{Rows: 1},
			"123456789012345678901234567890.10"},
	} {
		t.Run(name, func(t *testing.T) {
			report, page := made(t, subjectOf(t, zipOf(t, file{"a.json", []byte(test.content)}), pdfsig.Options{}),
				auditreport.Options{})
			checkPage(t, page)
			got := report.Rendered.Metadata[0]
			if got.Rows != test.want.Rows || got.OmittedRows != test.want.OmittedRows ||
				got.NotShown != test.want.NotShown {
				t.Errorf("got %d rows, %d omitted, %q", got.Rows, got.OmittedRows, got.NotShown)
			}
			if !strings.Contains(page, test.shows) {
				t.Errorf("the page lacks %.80q", test.shows)
			}
			if len(page) > 200_000 {
				t.Errorf("the page has %d bytes", len(page))
			}
		})
	}
}

func TestPicturesThatAreNotShown(t *testing.T) {
	header := []byte("IHDR\x00\x01\x86\xa0\x00\x01\x86\xa0\x08\x02\x00\x00\x00")
	bomb := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), header...)
	bomb = binary.BigEndian.AppendUint32(bomb, crc32.ChecksumIEEE(header))
	for name, test := range map[string]struct {
		content []byte
		want    auditreport.NotShown
	}{
		"PNG of 100,000 x 100,000": {bomb, auditreport.NotShownDimensions},
		"broken JPEG":              {[]byte("\xff\xd8\xff\xe0 and no more"), auditreport.NotShownBroken},
		"cut PNG":                  {pngOf(50, 50)[:60], auditreport.NotShownBroken},
		"GIF":                      {[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), auditreport.NotShownType},
		"large":                    {append(pngOf(2, 2), make([]byte, 16<<20)...), auditreport.NotShownTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			subject := subjectOf(t, zipOf(t, file{"picture.png", test.content}), pdfsig.Options{})
			report, page := made(t, subject, auditreport.Options{})
			checkPage(t, page)
			if got := report.Rendered.Pictures[0]; got.NotShown != test.want || got.Shown != nil ||
				strings.Contains(page, "<img") {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestFirstPageThatIsNotShown(t *testing.T) {
	pdf := zipOf(t, file{"a.pdf", []byte("%PDF-1.4\nnothing")})
	for name, test := range map[string]struct {
		renderer auditreport.Renderer
		want     auditreport.NotShown
	}{
		"not asked for": {nil, auditreport.NotShownNotAsked},
		"no program":    {nil, auditreport.NotShownNoProgram},
		"failure": {func(context.Context, string) ([]byte, error) {
			return nil,
				errors.New("secret of the program")
		}, auditreport.NotShownFailed},
		"no picture": {func(context.Context, string) ([]byte, error) { return []byte("text"), nil },
			auditreport.NotShownFailed},
		"a huge picture": {func(context.Context, string) ([]byte, error) { return make([]byte, 17<<20), nil },
			auditreport.NotShownFailed},
		"out of its time": {func(context.Context, string) ([]byte, error) { return nil, context.DeadlineExceeded },
			auditreport.NotShownTime},
	} {
		t.Run(name, func(t *testing.T) {
			report, page := made(t, subjectOf(t, pdf, pdfsig.Options{}),
				auditreport.Options{Renderer: test.renderer, FirstPages: name != "not asked for"})
			checkPage(t, page)
			if got := report.Rendered.FirstPages[0]; got.NotShown != test.want || strings.Contains(page, "<img") ||
				strings.Contains(page, "secret") {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestRendererReadsAPrivateCopyThatIsRemoved(t *testing.T) {
	content := []byte("%PDF-1.4\nnothing")
	folder := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, folder)
	}
	var seen []byte
	renderer := func(ctx context.Context, path string) ([]byte, error) {
		var err error
		if seen, err = os.ReadFile(path); err != nil {
			t.Error(err)
		}
		if _, limited := ctx.Deadline(); !limited {
			t.Error("the renderer may take for ever")
		}
		return pngOf(2, 2), nil
	}
	made(t, subjectOf(t, zipOf(t, file{"-odd name.pdf", content}), pdfsig.Options{}),
		auditreport.Options{Renderer: renderer})
	if !bytes.Equal(seen, content) {
		t.Errorf("the renderer saw %q", seen)
	}
	if left, _ := filepath.Glob(filepath.Join(folder, "*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestReportEndsWithItsContext(t *testing.T) {
	subject := subjectOf(t, zipOf(t, file{"a.pdf", []byte("%PDF-1.4\nnothing")}), pdfsig.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	renderer := func(ctx context.Context, _ string) ([]byte, error) { cancel(); return nil, ctx.Err() }
	if _, err := auditreport.New(ctx, subject, auditreport.Options{Renderer: renderer}); !errors.Is(err,
		context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

// If the evidence can no longer be read, making the report fails. A report never has gaps.
func TestReportFailsWhenTheContentCannotBeRead(t *testing.T) {
	subject := subjectOf(t, zipOf(t, file{"a.png", pngOf(2, 2)}), pdfsig.Options{})
	subject.Content = fstest.MapFS{}
	if _, err := auditreport.New(t.Context(), subject, auditreport.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the error is %v", err)
	}
}
