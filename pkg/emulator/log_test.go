package emulator_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/pkg/emulator"
)

func TestLogHoldsMetadataOnly(t *testing.T) {
	var logged bytes.Buffer
	api := serve(t, emulator.Config{
		Logger: slog.New(slog.NewTextHandler(&logged, nil)), ClientID: "canary-id", ClientSecret: "canary-secret",
		Channel: "canary-channel",
		Faults:  []emulator.Fault{{Operation: emulator.OperationDownload, Status: 503, Body: "canary-body"}},
	})
	token := api.token()
	circuit := api.start(token, oneDocument())
	if err := api.Complete(circuit.CircuitID); err != nil {
		t.Fatal(err)
	}
	id := api.download(token, circuit.CircuitID).header.Get("X-Request-Id")
	api.do(api.request("GET", strings.TrimPrefix(circuit.Link, api.url), ""))
	api.do(api.request("POST", strings.TrimPrefix(circuit.Link, api.url)+"?step=canary", "do=consent&name=canary",
		"Content-Type", formType))
	api.do(api.request("GET", strings.TrimPrefix(circuit.Link, api.url)+"/canary.jpg", ""))
	api.do(api.request("GET", "/?lang=canary", ""))
	api.do(api.request("GET", "/canary-path?canary-query", ""))
	text := logged.String()
	for _, want := range []string{
		"operation=token status=200", fmt.Sprint("operation=start status=", api.StartStatus()),
		"operation=download status=503 request_id=" + id,
		"fault=true", "operation=link status=200", "operation=link status=409", "operation=link status=404",
		"operation=list status=200", "operation=unknown status=404",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the log does not hold %q: %s", want, text)
		}
	}
	key := circuit.Link[strings.LastIndex(circuit.Link, "/")+1:]
	for _, secret := range []string{"canary", token, key, circuit.CircuitID, "Ana", "example.com", "12345678A",
		"contract.pdf", "loan-4711"} {
		if strings.Contains(text, secret) {
			t.Errorf("the log holds a canary: %s", text)
		}
	}
}
