package emulator_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/pkg/emulator"
)

func TestLinkShowsAPageWhoseButtonCompletesTheCircuit(t *testing.T) {
	api := serve(t, emulator.Config{})
	token := api.token()
	circuit := api.start(token, oneDocument())
	path := strings.TrimPrefix(circuit.Link, api.url)

	page := api.do(api.request("GET", path, ""))
	text := string(page.body)
	if page.status != 200 || page.header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("status %d, %s", page.status, page.header.Get("Content-Type"))
	}
	for _, want := range []string{"not DANAconnect's", "no de DANAconnect", `<form method="post"`, `lang="es"`, "Complete the circuit", "Completar el circuito"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
	for _, personal := range []string{"Ana", "ana@example.com", "12345678A", "contract.pdf", circuit.CircuitID, "<script"} {
		if strings.Contains(text, personal) {
			t.Errorf("the page holds %q", personal)
		}
	}
	if api.Circuits()[0].Completed || api.download(token, circuit.CircuitID).status != 404 {
		t.Error("looking at the page completed the circuit")
	}

	pressed := api.do(api.request("POST", path, "", "Content-Type", formType))
	target, err := url.Parse(circuit.Link)
	if err != nil {
		t.Fatal(err)
	}
	if target, err = target.Parse(pressed.header.Get("Location")); err != nil || pressed.status != 303 || target.String() != circuit.Link {
		t.Errorf("status %d, leads back: %v, %v", pressed.status, target.String() == circuit.Link, err)
	}
	if !api.Circuits()[0].Completed || api.download(token, circuit.CircuitID).status != 200 {
		t.Error("the button did not complete the circuit")
	}
	after := string(api.do(api.request("GET", path, "")).body)
	if !strings.Contains(after, "The circuit is complete") || strings.Contains(after, "<form") {
		t.Error("the page does not say that the circuit is complete")
	}
	if again := api.do(api.request("POST", path, "")); again.status != 303 {
		t.Errorf("pressed again: status %d", again.status)
	}
}

func TestLinkPageIsLockedDown(t *testing.T) {
	api := serve(t, emulator.Config{})
	circuit := api.start(api.token(), oneDocument())
	for _, path := range []string{strings.TrimPrefix(circuit.Link, api.url), "/sign/unknown"} {
		page := api.do(api.request("GET", path, ""))
		policy := page.header.Get("Content-Security-Policy")
		_, rest, _ := strings.Cut(string(page.body), "<style>")
		style, _, _ := strings.Cut(rest, "</style>")
		sum := sha256.Sum256([]byte(style))
		for _, want := range []string{
			"default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
			fmt.Sprintf("style-src 'sha256-%s'", base64.StdEncoding.EncodeToString(sum[:])),
		} {
			if !strings.Contains(policy, want) {
				t.Errorf("the policy %q does not hold %q", policy, want)
			}
		}
		for header, want := range map[string]string{
			"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
		} {
			if got := page.header.Get(header); got != want {
				t.Errorf("%s: %q", header, got)
			}
		}
	}
}

func TestLinkThatLeadsNowhere(t *testing.T) {
	api := serve(t, emulator.Config{})
	circuit := api.start(api.token(), oneDocument())
	for _, key := range []string{"unknown", circuit.CircuitID} {
		for _, method := range []string{"GET", "POST"} {
			if answer := api.do(api.request(method, "/sign/"+key, "")); answer.status != 404 || !strings.Contains(string(answer.body), "no circuit behind this link") {
				t.Errorf("%s: status %d", method, answer.status)
			}
		}
	}
	if api.Circuits()[0].Completed {
		t.Error("the circuit was completed")
	}
}
