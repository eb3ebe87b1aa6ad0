package contract_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danabio/danabio-go/pkg/contract"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/emulator"
	"github.com/danabio/danabio-go/pkg/emulator/emulatortest"
)

// onboard stands for the code under test. It gets its client as in production.
func onboard(ctx context.Context, client *danabio.Client) error {
	circuit, err := client.StartCircuit(ctx, danabio.CircuitRequest{
		Signer:    danabio.Signer{Name: "Ana Prueba", Email: "ana@example.com", NIF: "00000000T"},
		Documents: []danabio.Document{danabio.File("../../internal/sample/contrato.pdf")},
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

// contractConfig selects the server for the test. The test runs against the emulator unless
// DANABIO_CONTRACT_START is "sandbox". It then uses the server from DANABIO_ENVIRONMENT (sandbox)
// or DANABIO_BASE_URL, with DANABIO_CHANNEL, DANABIO_CLIENT_ID and DANABIO_CLIENT_SECRET, and each
// run starts a real circuit there.
func contractConfig(t *testing.T) danabio.Config {
	switch os.Getenv("DANABIO_CONTRACT_START") {
	case "":
		return emulatortest.Start(t, emulator.Config{CompleteAfter: time.Nanosecond}).ClientConfig()
	case "sandbox":
	default:
		t.Fatal(`DANABIO_CONTRACT_START must be "sandbox", or unset for the emulator`)
	}
	config, err := danabio.ConfigFromEnv()
	if err != nil {
		t.Fatal(err)
	}
	base, err := config.Environment.BaseURL()
	if err != nil {
		t.Fatal(err)
	}
	if !sandbox(base) {
		t.Fatal("this test starts circuits, and the server is not known to be a sandbox; it never runs in production")
	}
	return config
}

// sandbox reports whether tests may start circuits on this server. It lists the permitted servers
// because a list of production servers would be incomplete: customers have their own hosts.
func sandbox(base string) bool {
	address, err := url.Parse(base)
	if err != nil {
		return false
	}
	host := strings.ToLower(address.Hostname())
	return strings.HasSuffix(host, ".integrationlayer.com") || // the vendor's sandbox; add your own host
		host == "localhost" || net.ParseIP(host).IsLoopback()
}

// testOnboarding shows what your test, func TestOnboarding(t *testing.T), looks like.
func testOnboarding(t *testing.T) {
	config := contractConfig(t)
	base, err := config.Environment.BaseURL()
	if err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}

	checker, err := contract.New(contract.Config{
		Report:   contract.FailTest(t), // any deviation in a request or an answer fails the test
		BasePath: address.EscapedPath(),
	})
	if err != nil {
		t.Fatal(err)
	}
	// nil means http.DefaultTransport; pass your own transport if you have one
	config.HTTPClient = &http.Client{Transport: checker.Transport(nil)}
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
	for _, operation := range []string{"getToken", "startCircuit", "downloadEvidence"} { // those that your code calls
		if slices.Contains(summary.Untouched, operation) {
			t.Errorf("%s was never called, so it was not checked", operation)
		}
	}
}

// This test runs in your CI. It fails if the server or your code does not conform to the spec.
func Example_integrationTest() {
	tests := []testing.InternalTest{{Name: "TestOnboarding", F: testOnboarding}} // "go test" finds yours by its name
	_ = tests
}
