package auditreport_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/internal/auditreport"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/internal/sample"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/emulator"
	"github.com/danabio/danabio-go/pkg/emulator/emulatortest"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
	"github.com/danabio/danabio-go/pkg/verdict"
)

var (
	update  = flag.Bool("update", false, "write the golden pages anew")
	fixture = flag.Bool("fixture", false,
		"make the evidence in testdata anew, by the emulator; then the golden pages must be too")
)

const (
	goodZIP  = "testdata/evidence.zip"
	sentFile = "testdata/sent.json"
)

// madeAt is the time of all reports of these tests.
var madeAt = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

func TestMakeFixture(t *testing.T) {
	if !*fixture {
		return
	}
	began := time.Date(2026, time.November, 22, 9, 30, 0, 0, time.UTC)
	server := emulatortest.Start(t, emulator.Config{Channel: "channel-1", Now: func() time.Time { return began }})
	client, err := danabio.New(server.ClientConfig())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	circuit, err := client.StartCircuit(t.Context(), danabio.CircuitRequest{
		ID:        "loan-4711",
		Signer:    danabio.Signer{Name: "Ana Sofía Muñoz Güell", Email: "ana.munoz@example.com", NIF: "X-0000000-0"},
		Documents: []danabio.Document{danabio.Bytes(sample.ContractName, sample.Contract)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Complete(circuit.ID); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{goodZIP, danabio.ReceiptPath(goodZIP), sentFile} {
		_ = os.Remove(path)
	}
	if _, err := client.DownloadEvidence(t.Context(), circuit.ID, goodZIP); err != nil {
		t.Fatal(err)
	}
	sent, err := json.MarshalIndent(circuit.Documents, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(sentFile, append(sent, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
}

// good returns the evidence in testdata with its receipt and the sent documents.
func good(t *testing.T) auditreport.Subject {
	t.Helper()
	sent := sentDocuments(t)
	receipt, err := danabio.ReadReceipt(danabio.ReceiptPath(goodZIP))
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(goodZIP)
	if err != nil {
		t.Fatal(err)
	}
	subject := subjectOf(t, content, pdfsig.Options{Sent: sent})
	subject.Receipt = verdict.Receipt{Check: verdict.ReceiptMatches, Content: receipt}
	return subject
}

func sentDocuments(t *testing.T) []evidence.SentDocument {
	t.Helper()
	var sent []evidence.SentDocument
	content, err := os.ReadFile(sentFile)
	if err == nil {
		err = json.Unmarshal(content, &sent)
	}
	if err != nil {
		t.Fatal(err)
	}
	return sent
}

// base64Data matches a picture in a page. Go's encoders may write different bytes in each version.
var base64Data = regexp.MustCompile(`;base64,[A-Za-z0-9+/=]+"`)

func TestGoldenPages(t *testing.T) {
	for _, wanted := range []i18n.Language{i18n.English, i18n.Spanish} {
		t.Run(string(wanted), func(t *testing.T) {
			_, page := made(t, good(t), auditreport.Options{Language: wanted, Renderer: drawn})
			checkPage(t, page)
			got := base64Data.ReplaceAllString(page, `;base64,…"`)
			path := filepath.Join("testdata", string(wanted)+".html")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("the page is not %s any more; if that is right, run this test with -update.\n%s", path,
					firstDifference(got, string(want)))
			}
		})
	}
}

func firstDifference(got, want string) string {
	wanted := strings.Split(want, "\n")
	for i, line := range strings.Split(got, "\n") {
		if i >= len(wanted) || line != wanted[i] {
			return "got:  " + line + "\nwant: " + strings.Join(wanted[min(i, len(wanted)):min(i+1, len(wanted))], "")
		}
	}
	return "the page has ended early"
}

func TestPageIsTheSameEachTime(t *testing.T) {
	_, first := made(t, good(t), auditreport.Options{Renderer: drawn})
	_, second := made(t, good(t), auditreport.Options{Renderer: drawn})
	if first != second {
		t.Errorf("the second page differs: %s", firstDifference(second, first))
	}
}

func TestPageSaysWhoTheSignersAreAndTheJSONDoesNot(t *testing.T) {
	report, page := made(t, good(t), auditreport.Options{})
	const subject = "danabio emulator test signer"
	if !strings.Contains(page, subject) {
		t.Error("the page lacks the certificate's subject")
	}
	encoded, err := json.Marshal(report.Rendered)
	if err != nil {
		t.Fatal(err)
	}
	for _, personal := range []string{subject, "Muñoz", "ana.munoz"} {
		if bytes.Contains(encoded, []byte(personal)) {
			t.Errorf("the JSON holds %q", personal)
		}
	}
}
