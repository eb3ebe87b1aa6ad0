package danabio_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// Files of earlier versions say "circuit" instead of "circuitId". Users keep them for years.
func TestFilesWithTheOldKeyOfTheCircuitAreRead(t *testing.T) {
	const hash = "845728955df261ce90c36a9408761cbc31bd1fec6f4d354ea5ee7fc17a97f2f8"
	kinds := map[string]struct {
		file string // %s stands for the key and the circuit
		read func(path string) (circuit, channel string, err error)
	}{
		"receipt": {
			`{"version": 1, %s, "channel": "acme", "file": "evidence.zip", "size": 3, "sha256": "` + hash + `"}`,
			func(path string) (string, string, error) {
				r, err := danabio.ReadReceipt(path)
				if err != nil {
					return "", "", err
				}
				return r.Circuit, r.Channel, nil
			},
		},
		"start receipt": {
			`{"version": 1, "state": "started", %s, "requestId": "loan-1", "channel": "acme", "library": "danabio-go 0.0.1"}`,
			func(path string) (string, string, error) {
				r, err := danabio.ReadStartReceipt(path)
				if err != nil {
					return "", "", err
				}
				return r.CircuitID, r.Channel, nil
			},
		},
		"rejected": {
			`{%s, "channel": "acme", "reason": "evidence is not acceptable"}`,
			func(path string) (string, string, error) {
				var r danabio.Rejected
				content, err := os.ReadFile(path)
				if err == nil {
					err = json.Unmarshal(content, &r)
				}
				return r.Circuit, r.Channel, err
			},
		},
	}
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file.json")
			read := func(key string) (circuit, channel string, err error) {
				if err := os.WriteFile(path, fmt.Appendf(nil, kind.file, key), 0o600); err != nil {
					t.Fatal(err)
				}
				return kind.read(path)
			}
			for _, key := range []string{`"circuit": "c-1"`, `"circuitId": "c-1"`,
				`"circuitId": "c-1", "circuit": "c-1"`} {
				if circuit, channel, err := read(key); circuit != "c-1" || channel != "acme" || err != nil {
					t.Errorf("with %s: circuit %q, channel %q, %v", key, circuit, channel, err)
				}
			}
			if _, _, err := read(`"circuitId": "c-1", "circuit": "c-2"`); err == nil {
				t.Error("a file that names two circuits was read")
			}
		})
	}
}

// ReadStartReceipt refuses a file that is not a start receipt.
func TestReadStartReceiptRefusesWhatIsNone(t *testing.T) {
	for name, content := range map[string]string{
		"no JSON":         "started",
		"another version": `{"version": 2, "state": "started"}`,
		"no state":        `{"version": 1, "circuitId": "c-1"}`,
	} {
		path := filepath.Join(t.TempDir(), "start.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if r, err := danabio.ReadStartReceipt(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

// A receipt must show whether its evidence comes from an emulator or from production, even when
// nobody remembers.
func TestReceiptsNameTheServer(t *testing.T) {
	path := target(t)
	content := smallZIP(t)
	const server = "http://localhost"
	inBubble(t, newScript(t).on(start, started).on(download, zipReply(content)), func(b *bed) {
		begun, err := b.client.StartCircuit(b.Context(), request())
		if err != nil {
			t.Fatal(err)
		}
		sent, err := json.Marshal(b.client.StartReceipt(begun))
		if err != nil {
			t.Fatal(err)
		}
		sentPath := filepath.Join(t.TempDir(), "start.json")
		if err := os.WriteFile(sentPath, sent, 0o600); err != nil {
			t.Fatal(err)
		}
		read, err := danabio.ReadStartReceipt(sentPath)
		if err != nil || read.BaseURL != server || read.State != danabio.Started || read.CircuitID != begun.ID ||
			read.RequestID != begun.RequestID || len(read.Documents) != len(begun.Documents) ||
			!strings.Contains(read.Library, danabio.Version) {
			t.Errorf("start receipt %+v, %v", read, err)
		}
		unknown := b.client.UnknownStartReceipt(&danabio.OutcomeUnknownError{RequestID: "loan-1",
			Outcome: danabio.PartlySent})
		if unknown.BaseURL != server || unknown.State != danabio.PartlySent || unknown.RequestID != "loan-1" {
			t.Errorf("start receipt of an unknown outcome %+v", unknown)
		}
		receipt, err := b.client.DownloadEvidence(b.Context(), circuit, path)
		if err != nil || receipt.BaseURL != server {
			t.Errorf("receipt %+v, %v", receipt, err)
		}
	})
	stored, err := os.ReadFile(danabio.ReceiptPath(path))
	if err != nil || !strings.Contains(string(stored), `"circuitId": "`+circuit+`"`) ||
		strings.Contains(string(stored), `"circuit":`) ||
		!strings.Contains(string(stored), `"baseUrl": "`+server+`"`) ||
		strings.Contains(string(stored), `"commit"`) { // a test does not know its commit
		t.Errorf("%v: %s", err, stored)
	}
}
