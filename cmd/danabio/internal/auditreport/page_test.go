package auditreport_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/cmd/danabio/internal/auditreport"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
	"github.com/danabio/danabio-go/pkg/verdict"
)

// file is an entry of a test ZIP.
type file struct {
	name    string
	content []byte
}

func zipOf(t testing.TB, files ...file) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate})
		if err == nil {
			_, err = entry.Write(f.content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// subjectOf verifies a ZIP, which may be refused.
func subjectOf(t testing.TB, content []byte, options pdfsig.Options, accept ...evidence.Code) auditreport.Subject {
	t.Helper()
	inspector, err := pdfsig.New(options)
	if err != nil {
		t.Fatal(err)
	}
	archive, err := evidence.OpenReader(bytes.NewReader(content), int64(len(content)),
		evidence.Limits{MaxRatio: 2000})
	if err != nil {
		t.Fatal(err)
	}
	report, err := archive.Verify(t.Context(), evidence.WithInspectors(inspector),
		evidence.WithPolicy(evidence.Policy{Accept: accept}))
	if err != nil && !errors.Is(err, evidence.ErrRefused) {
		t.Fatal(err)
	}
	return auditreport.Subject{
		File: "evidence.zip", Evidence: report, Content: archive,
		Receipt: verdict.Receipt{Check: verdict.ReceiptNone}, RootsGiven: options.Roots != nil,
		Found: pdfsig.FindSent(report, options.Sent),
	}
}

// made returns a report and its page.
func made(t testing.TB, subject auditreport.Subject, options auditreport.Options) (*auditreport.Report, string) {
	t.Helper()
	options.MadeAt, options.Program = madeAt, "danabio test"
	if subject.Conclusion == "" {
		subject.Conclusion = conclude(t, &subject)
	}
	report, err := auditreport.New(t.Context(), subject, options)
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	if err := report.WriteHTML(&page); err != nil {
		t.Fatal(err)
	}
	return report, page.String()
}

// drawn is a renderer that runs no program.
func drawn(context.Context, string) ([]byte, error) {
	return pngOf(21, 30), nil
}

func pngOf(width, height int) []byte {
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range picture.Pix {
		picture.Pix[i] = 0xff
	}
	picture.Set(width/2, height/2, color.Black)
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// checkPage fails unless the page is well-formed and can neither run nor load anything.
func checkPage(t testing.TB, page string) {
	t.Helper()
	elements := map[string]bool{}
	for name := range strings.FieldsSeq(
		`html head meta title style body header main section nav article footer h1 h2 h3 p ul ol li a table caption
		thead tbody tr th td code pre bdi span strong small br div figure figcaption img time`) {
		elements[name] = true
	}
	attributes := map[string]bool{}
	for name := range strings.FieldsSeq(
		`lang charset http-equiv content name class id aria-labelledby aria-hidden href scope src width height alt datetime`) {
		attributes[name] = true
	}
	decoder := xml.NewDecoder(strings.NewReader(page))
	ids, targets := map[string]bool{}, []string{}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the page is not well-formed: %v", err)
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if !elements[element.Name.Local] {
			t.Errorf("the page has an element %q", element.Name.Local)
		}
		for _, attribute := range element.Attr {
			name, value := attribute.Name.Local, attribute.Value
			switch {
			case !attributes[name]:
				t.Errorf("the page has an attribute %q", name)
			case name == "src" && !strings.HasPrefix(value, "data:image/png;base64,") &&
				!strings.HasPrefix(value, "data:image/jpeg;base64,"):
				t.Errorf("a picture comes from %.60q", value)
			case name == "href" && !strings.HasPrefix(value, "#"):
				t.Errorf("a link leads to %q", value)
			case name == "href", name == "aria-labelledby":
				targets = append(targets, strings.TrimPrefix(value, "#"))
			case name == "id" && ids[value]:
				t.Errorf("id %q is there twice", value)
			case name == "id":
				ids[value] = true
			}
		}
		if element.Name.Local == "img" && attributeOf(element, "alt") == "" {
			t.Error("a picture has no alternative text")
		}
	}
	for _, target := range targets {
		if !ids[target] {
			t.Errorf("nothing has the id %q", target)
		}
	}
	checkPolicy(t, page)
	for _, r := range page {
		if r == '\u202e' || r == '\u200b' || r < ' ' && r != '\n' {
			t.Errorf("the page holds the character %U", r)
		}
	}
}

func attributeOf(element xml.StartElement, name string) string {
	for _, attribute := range element.Attr {
		if attribute.Name.Local == name {
			return attribute.Value
		}
	}
	return ""
}

// checkPolicy fails unless the policy comes before everything it applies to, and contains the hash
// of the style.
func checkPolicy(t testing.TB, page string) {
	t.Helper()
	_, style, _ := strings.Cut(page, "<style>")
	style, _, found := strings.Cut(style, "</style>")
	sum := sha256.Sum256([]byte(style))
	want := `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-` +
		base64.StdEncoding.EncodeToString(sum[:]) +
		`'; img-src data:; base-uri 'none'; form-action 'none'"/>`
	at := strings.Index(page, want)
	if !found || at < 0 || at > strings.Index(page, "<style>") {
		t.Errorf("the page lacks %s before its style", want)
	}
	if strings.Count(page, "<style") != 1 || strings.ContainsAny(style, "<&@\\") &&
		(strings.Contains(style, "@import") || strings.Contains(style, "url(")) {
		t.Error("the style loads something")
	}
}

// judge calls auditreport.Judge after concluding the verdict on the subject.
func judge(t testing.TB, subject auditreport.Subject) auditreport.Verdict {
	t.Helper()
	subject.Conclusion = conclude(t, &subject)
	return auditreport.Judge(&subject)
}

// conclude returns the conclusion of the verdict on a subject.
func conclude(t testing.TB, subject *auditreport.Subject) verdict.Conclusion {
	t.Helper()
	policy := verdict.Policy{Evidence: evidence.Policy{Strict: subject.Strict}, Circuit: subject.SentCircuit}
	for _, found := range subject.Found {
		policy.Sent = append(policy.Sent, found.SentDocument)
	}
	if subject.RootsGiven {
		policy.Signatures.Roots = x509.NewCertPool()
	}
	receipt := verdict.Receipt{Check: subject.Receipt.Check, Content: subject.Receipt.Content}
	switch subject.Receipt.Check {
	case verdict.ReceiptDiffers:
		receipt.Problem = &verdict.Problem{Kind: verdict.OtherDigest}
	case verdict.ReceiptUnreadable:
		receipt.Problem = &verdict.Problem{Kind: verdict.ReceiptNotUsable, Err: errors.New("it is no receipt")}
	}
	judge, err := verdict.New(policy)
	if err != nil {
		t.Fatal(err)
	}
	return judge.Report(subject.Evidence, receipt).Conclusion()
}
