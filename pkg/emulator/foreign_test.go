//go:build foreign

package emulator_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/pkg/emulator"
)

// run runs an external program, which must exist and succeed.
func run(t *testing.T, name string, arguments ...string) string {
	t.Helper()
	output, err := exec.Command(name, arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, arguments, err, output)
	}
	return string(output)
}

// curl, unzip and poppler's pdfsig accept the emulator and its evidence as genuine.
func TestForeignProgramsAcceptTheEvidence(t *testing.T) {
	api := serve(t, emulator.Config{})
	folder := t.TempDir()
	in := func(name string) string { return filepath.Join(folder, name) }
	body := startBody(sent{"contrato de préstamo.pdf", makePDF("contract")}, sent{"annex", makePDF("annex")})
	if err := os.WriteFile(in("body.json"), []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	token := tokenIn(reply{body: []byte(run(t, "curl", "-sSf", "-u", api.ClientID()+":"+api.ClientSecret(),
		"-d", "grant_type=client_credentials", api.url+"/oauth2/token"))})
	circuit := circuitIn(reply{body: []byte(run(t, "curl", "-sSf", "-H", "Authorization: Bearer "+token,
		"-H", "Content-Type: application/json", "--data-binary", "@"+in("body.json"),
		api.url+"/api/v1/biometric/start_circuit/"+api.Channel()))})
	if !strings.Contains(run(t, "curl", "-sSf", circuit.Link), "Complete the circuit") {
		t.Error("curl got another page behind the link")
	}
	run(t, "curl", "-sSf", "-X", "POST", circuit.Link)
	run(t, "curl", "-sSf", "-H", "Authorization: Bearer "+token, "-o", in("evidence.zip"),
		api.url+"/api/v1/biometric/document_circuit/"+api.Channel()+"/circuit/"+circuit.CircuitID)

	if output := run(t, "unzip", "-t", in("evidence.zip")); !strings.Contains(output, "No errors detected") {
		t.Errorf("unzip: %s", output)
	}
	// The test unpacks the ZIP itself because unzip's file names depend on the locale.
	packed, err := os.ReadFile(in("evidence.zip"))
	if err != nil {
		t.Fatal(err)
	}
	contents, _ := unzip(t, packed)
	for i, name := range []string{"documents/contrato de préstamo.pdf", "documents/annex.pdf"} {
		file := in([]string{"a.pdf", "b.pdf"}[i])
		if err := os.WriteFile(file, contents[name], 0o600); err != nil {
			t.Fatal(err)
		}
		output := run(t, "pdfsig", "-nocert", file)
		for _, want := range []string{"Signature is Valid.", "Total document signed", "adbe.pkcs7.detached",
			"SHA-256"} {
			if !strings.Contains(output, want) {
				t.Errorf("pdfsig on %s does not say %q: %s", name, want, output)
			}
		}
	}
}
