package emulatortest_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/emulator"
	"github.com/danabio/danabio-go/pkg/emulator/emulatortest"
)

// onePage is a minimal PDF that can be signed.
const onePage = "%PDF-1.4\n" +
	"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n" +
	"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n" +
	"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>\nendobj\n" +
	"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \n0000000105 00000 n \n" +
	"trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n170\n%%EOF\n"

// double replaces a test and records its failures.
type double struct {
	testing.TB
	mu       sync.Mutex
	errors   []string
	cleanups []func()
}

func (d *double) Helper() {}

func (d *double) Errorf(format string, arguments ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.errors = append(d.errors, fmt.Sprintf(format, arguments...))
}

func (d *double) Cleanup(f func()) { d.cleanups = append(d.cleanups, f) }

// end runs the cleanups and returns the errors of the test.
func (d *double) end() string {
	for _, cleanup := range d.cleanups {
		cleanup()
	}
	return strings.Join(d.errors, "\n")
}

func TestClientReachesTheServer(t *testing.T) {
	server := emulatortest.Start(t, emulator.Config{})
	client, err := danabio.New(server.ClientConfig())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	circuit, err := client.StartCircuit(t.Context(), danabio.CircuitRequest{
		Signer:    danabio.Signer{Name: "Ana Pérez", Email: "ana@example.com", NIF: "12345678A"},
		Documents: []danabio.Document{danabio.Bytes("contract.pdf", []byte(onePage))},
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "evidence.zip")
	if _, err := client.DownloadEvidence(t.Context(), circuit.ID, path); !errors.Is(err, danabio.ErrNotReady) {
		t.Errorf("before it is complete: %v", err)
	}
	if err := server.Complete(circuit.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := client.DownloadEvidence(t.Context(), circuit.ID, path); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestDeviationFailsTheTest(t *testing.T) {
	test := &double{TB: t}
	server := emulatortest.Start(test, emulator.Config{})
	response, err := http.Post(server.URL+"/oauth2/token", "text/plain",
		strings.NewReader("grant_type=client_credentials"))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if failed := test.end(); !strings.Contains(failed, "getToken") {
		t.Errorf("the test failed with %q", failed)
	}
}

func TestInjectedDeviationDoesNotFailTheTest(t *testing.T) {
	test := &double{TB: t}
	server := emulatortest.Start(test, emulator.Config{Faults: []emulator.Fault{
		{Operation: emulator.OperationToken, HTML: true},
		{Operation: emulator.OperationToken, Status: 418},
	}})
	for range 2 {
		request, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/oauth2/token",
			strings.NewReader("grant_type=client_credentials"))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.SetBasicAuth(server.ClientID(), server.ClientSecret())
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	}
	if failed := test.end(); failed != "" {
		t.Errorf("the test failed with %q", failed)
	}
}

func TestLinkPageDoesNotFailTheTest(t *testing.T) {
	test := &double{TB: t}
	server := emulatortest.Start(test, emulator.Config{})
	response, err := http.Get(server.URL + "/sign/nobody")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if failed := test.end(); failed != "" {
		t.Errorf("the test failed with %q", failed)
	}
}

func TestFaultThatNoRequestMetFailsTheTest(t *testing.T) {
	test := &double{TB: t}
	emulatortest.Start(test,
		emulator.Config{Faults: []emulator.Fault{{Operation: emulator.OperationDownload, NotZIP: true}}})
	if failed := test.end(); !strings.Contains(failed, "no request met") {
		t.Errorf("the test failed with %q", failed)
	}
}
