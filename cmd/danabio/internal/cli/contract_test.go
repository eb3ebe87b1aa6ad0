package cli

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/pkg/emulator"
)

// These values must not appear anywhere in the output of "contract", except in the file that
// --started names.
const (
	canarySecret  = "kanarie+secret/hunter2"
	canaryClient  = "kanarie-client"
	canaryChannel = "kanarie-channel"
	canaryToken   = "kanarietokenttNotNf7lJyPxDwRlZ0J1I"
	canaryCircuit = "kanarie-circuit-17"
	canaryDone    = "kanarie-done-18"
	canaryLink    = "https://sign.example.com/kanarie-link"
)

// hostile answers with statuses from the spec and echoes everything that it received or knows.
type hostile struct{ mode string }

func (h hostile) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, answer := h.answer(r)
	body, _ := io.ReadAll(r.Body)
	echo := []string{
		canarySecret, canaryClient, canaryChannel, canaryToken, canaryCircuit, canaryDone, canaryLink, canaryName,
		canaryEmail, canaryNIF,
		r.Host, r.Header.Get("Authorization"), strings.TrimPrefix(r.Header.Get("Authorization"), "Basic "), r.URL.Path,
		"/" + canaryName,
	}
	for _, text := range slices.Clone(echo) {
		echo = append(echo, url.QueryEscape(text), base64.StdEncoding.EncodeToString([]byte(text)),
			strings.ToUpper(text), "\x1b[31m"+text+"\u202e")
	}
	header := w.Header()
	for i, name := range []string{
		"X-Request-Id", "X-Correlation-Id", "Www-Authenticate", "Allow", "Date", "Etag", "Last-Modified", "Server",
		"Retry-After", "Via", "Set-Cookie", "Warning",
		"Content-Disposition", "Content-Range",
	} {
		header.Set(name, url.PathEscape(echo[i]))
	}
	for _, text := range echo[:12] {
		header["X-"+strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
				return r
			}
			return '-'
		}, text)] = []string{url.PathEscape(text)}
	}
	header.Set("Content-Type", "application/json; charset="+url.PathEscape(canaryName))
	switch {
	case h.mode == "media type":
		header.Set("Content-Type", "application/"+canaryClient)
	case h.mode == "file name":
		header.Set("Content-Disposition", `attachment; filename="`+canaryName+`.`+canaryClient+`"`)
		header.Set("Content-Type", "application/zip")
	}
	switch h.mode {
	case "text", "media type":
		_ = answerText(w, status, strings.Join(echo, "\n")+string(body))
		return
	case "page":
		header.Set("Content-Type", "text/html")
		_ = answerText(w, status, "<html>"+strings.Join(echo, "\n"))
		return
	case "redirect":
		header.Set("Location", "https://"+canaryClient+".example.com/"+canarySecret)
		status = http.StatusFound
	case "no HTTP", "odd status":
		connection, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer connection.Close()
		if h.mode == "odd status" {
			fmt.Fprintf(buffered, "HTTP/1.1 %d %s\r\n%s\r\n\r\n%s", status, canarySecret, canarySecret+"; "+canaryName,
				canaryToken)
		} else {
			fmt.Fprintf(buffered, "%s HTTP/1.1 %s\r\n", canarySecret, strings.Join(echo, " "))
		}
		buffered.Flush()
		return
	case "more than announced":
		header.Set("Connection", "keep-alive")
		connection, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer connection.Close()
		fmt.Fprintf(buffered, "HTTP/1.1 %d\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 "+
			"200 %s\r\n\r\n%s", status, canarySecret, strings.Join(echo, "\n"))
		buffered.Flush()
		return
	}
	object := map[string]any{"message": echo, "errors": []any{map[string]any{"field": echo[0], echo[1]: echo[2]}}}
	for _, text := range echo {
		object[text] = text
		object["error"] = map[string]any{text: text, "detail": map[string]any{text: text}}
	}
	for name, value := range answer {
		object[name] = value
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(object)
}

func answerText(w http.ResponseWriter, status int, text string) error {
	w.WriteHeader(status)
	_, err := io.WriteString(w, text)
	return err
}

// answer makes the server know its own token and circuits.
func (h hostile) answer(r *http.Request) (int, map[string]any) {
	id, secret, _ := r.BasicAuth()
	id, _ = url.QueryUnescape(id)
	secret, _ = url.QueryUnescape(secret)
	right := r.Header.Get("Authorization") == "Bearer "+canaryToken
	switch {
	case strings.HasPrefix(r.URL.Path, "/oauth2/token") && r.Method == http.MethodPost && id == canaryClient &&
		secret == canarySecret:
		return http.StatusOK, map[string]any{"access_token": canaryToken, "token_type": "Bearer", "expires_in": 1799}
	case strings.Contains(r.URL.Path, "/start_circuit/") && r.Method == http.MethodPost && right:
		return http.StatusOK, map[string]any{"circuitId": canaryCircuit, "link": canaryLink}
	case strings.HasSuffix(r.URL.Path, "/circuit/"+canaryDone) && right:
		return http.StatusOK, nil
	case right && r.Method == http.MethodGet:
		return http.StatusNotFound, nil
	}
	return http.StatusUnauthorized, nil
}

func TestContractTellsNothingSecretOrPersonal(t *testing.T) {
	api, err := emulator.New(emulator.Config{ClientID: canaryClient, ClientSecret: canarySecret,
		Channel: canaryChannel})
	if err != nil {
		t.Fatal(err)
	}
	servers := map[string]http.Handler{"the true emulator": api,
		"the emulator with a path": http.StripPrefix("/kanarie-path", api)}
	for _, mode := range []string{"json", "text", "page", "media type", "file name", "redirect", "no HTTP",
		"odd status", "more than announced"} {
		servers[mode] = hostile{mode}
	}
	for name, handler := range servers {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(handler)
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			t.Cleanup(server.Close)
			var logged bytes.Buffer
			log.SetOutput(&logged)
			t.Cleanup(func() { log.SetOutput(os.Stderr) })
			base := server.URL
			if strings.Contains(name, "path") {
				base += "/kanarie-path"
			}
			reach(t, api, base)
			for _, format := range []string{"--json=false", "--json"} {
				code, stdout, stderr := run(t.Context(), nil, "contract", format, "--report", "report.md", "--start",
					"--started", "started.json",
					"--signer-name", canaryName, "--signer-email", canaryEmail, "--signer-nif", canaryNIF, "--circuit",
					canaryDone)
				report, err := os.ReadFile("report.md")
				if err != nil || stdout == "" {
					t.Fatalf("exit code %d, report: %v, stderr %s", code, err, stderr)
				}
				if format == "--json" && !json.Valid([]byte(stdout)) {
					t.Error("no JSON")
				}
				if _, isHostile := handler.(hostile); !isHostile &&
					code != failure.ExitNotReady { // only because the completed circuit is missing
					t.Errorf("exit code %d, stderr %s", code, stderr)
				}
				port := server.URL[strings.LastIndex(server.URL, ":")+1:]
				for stream, text := range map[string]string{"stdout": stdout, "stderr": stderr,
					"report": string(report), "log": logged.String()} {
					for _, canary := range []string{
						"kanarie", "hunter2", "canaria", canaryNIF, "example.com", "made-up-", port, "ttNotNf7lJy",
						"\x1b", "\u202e", "\ufffd",
						base64.StdEncoding.EncodeToString([]byte(canaryClient + ":" + canarySecret))[:12],
						url.QueryEscape(canarySecret), "127.0.0.1",
					} {
						if at := strings.Index(strings.ToLower(text), strings.ToLower(canary)); at >= 0 {
							t.Errorf("%s holds %q: %.200q", stream, canary, text[max(0, at-60):])
						}
					}
				}
				_ = os.Remove("report.md")
				_ = os.Remove("started.json")
			}
		})
	}
}

// The output names a server only if it is the vendor's.
func TestServerName(t *testing.T) {
	for base, want := range map[string]string{
		"https://biometric.integrationlayer.com": "the vendor's sandbox",
		"https://Biometric.danaconnect.com":      "the vendor's production",
		"https://acme.danaconnect.com":           "a server with a base URL of its own",
		"https://biometric.danaconnect.com/acme": "a server with a base URL of its own",
		"http://localhost:8080":                  "a server on this machine",
		"http://[::1]:8080":                      "a server on this machine",
	} {
		if got := serverName(base); got != want {
			t.Errorf("%s: %s, want %s", base, got, want)
		}
	}
}

// An interrupt does not hide that a circuit may have been started.
func TestContractInterruptedWhileItStarts(t *testing.T) {
	for _, test := range []struct {
		name, operation string
		want            int
	}{{"start", "/start_circuit/", failure.ExitUnknown}, {"token", "/oauth2/token", failure.ExitInterrupted}} {
		t.Run(test.name, func(t *testing.T) {
			noLeaks(t)
			api, err := emulator.New(emulator.Config{})
			if err != nil {
				t.Fatal(err)
			}
			ctx, interrupt := context.WithCancel(t.Context())
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.URL.Path, test.operation) && r.Method == http.MethodPost &&
					!strings.Contains(r.Header.Get("Authorization"), "made-up") {
					_, _ = io.Copy(io.Discard, r.Body)
					interrupt()
					<-r.Context().Done()
					return
				}
				api.ServeHTTP(w, r)
			}))
			t.Cleanup(server.Close)
			reach(t, api, server.URL)
			code, stdout, stderr := run(ctx, nil, "contract", "--start", "--report", "report.md", "--started",
				"started.json")
			if code != test.want || stdout != "" {
				t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
			}
			if unknown := strings.Contains(stderr,
				"request ID  danabio-contract-"); unknown != (test.want == failure.ExitUnknown) {
				t.Errorf("stderr %q", stderr)
			}
			holdsOnly(t, "contract.pdf")
		})
	}
}
