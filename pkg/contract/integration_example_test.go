package contract_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/danabio/danabio-go/pkg/contract"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/emulator"
	"github.com/danabio/danabio-go/pkg/emulator/emulatortest"
)

// onboard stands for code of yours that is to be tested. It gets its client as it does in production.
func onboard(ctx context.Context, client *danabio.Client) error {
	circuit, err := client.StartCircuit(ctx, danabio.CircuitRequest{
		Signer:    danabio.Signer{Name: "Ana Prueba", Email: "ana@example.com", NIF: "00000000T"},
		Documents: []danabio.Document{danabio.File("../../cmd/danabio/sample/contrato.pdf")},
	})
	if err != nil {
		return err
	}
	evidence, err := client.OpenEvidence(ctx, circuit.ID)
	if errors.Is(err, danabio.ErrNotReady) {
		return nil // nobody has signed yet
	}
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, evidence)
	return errors.Join(err, evidence.Close())
}

// testOnboarding is what your test, func TestOnboarding(t *testing.T), looks like. It runs against the emulator, and against another server
// if DANABIO_ENVIRONMENT (sandbox) or DANABIO_BASE_URL is set: then DANABIO_CHANNEL, DANABIO_CLIENT_ID and DANABIO_CLIENT_SECRET are needed
// too, and each run starts a real circuit.
func testOnboarding(t *testing.T) {
	config, err := danabio.ConfigFromEnv()
	if err != nil {
		t.Fatal(err)
	}
	if config.Environment == "" {
		config = emulatortest.Start(t, emulator.Config{CompleteAfter: time.Nanosecond}).ClientConfig()
	}
	base, err := config.Environment.BaseURL()
	if err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}

	checker, err := contract.New(contract.Config{
		Report:   contract.FailTest(t), // any deviation, of a request or of an answer, fails the test
		BasePath: address.EscapedPath(),
	})
	if err != nil {
		t.Fatal(err)
	}
	config.HTTPClient = &http.Client{Transport: checker.Transport(nil)} // nil: http.DefaultTransport; or the one that you have
	client, err := danabio.New(config)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()

	if err := onboard(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	summary := checker.Summary()
	t.Log(summary)
	if len(summary.Untouched) > 0 { // what was not called was not checked
		t.Errorf("never called: %v", summary.Untouched)
	}
}

// A test of your own that runs in your CI, and fails when the server or your code is not as the spec says.
func Example_integrationTest() {
	tests := []testing.InternalTest{{Name: "TestOnboarding", F: testOnboarding}} // "go test" finds yours by its name
	_ = tests
}
