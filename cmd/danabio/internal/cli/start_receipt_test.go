package cli

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/pkg/danabio"
)

func sentAt(t *testing.T, path string) danabio.StartReceipt {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var sent danabio.StartReceipt
	if err := json.Unmarshal(content, &sent); err != nil {
		t.Fatalf("%v: %s", err, content)
	}
	return sent
}

// While the start is in progress, the receipt has its name, and enough disk space is reserved for
// its content.
func TestReceiptIsReservedBeforeAnythingIsSent(t *testing.T) {
	room := int64(0)
	api := watched(t, func(*http.Request) {
		sent := sentAt(t, "sent.json")
		if sent.State != danabio.OutcomeUnknown || sent.RequestID == "" || sent.Channel == "" ||
			sent.StartedAt.IsZero() || sent.CircuitID != "" || sent.Documents != nil {
			t.Errorf("reserved by %+v", sent)
		}
		parts, err := filepath.Glob(".sent.json.*.part")
		if err != nil || len(parts) != 1 {
			t.Fatalf("%q, %v", parts, err)
		}
		info, err := os.Stat(parts[0])
		if err != nil {
			t.Fatal(err)
		}
		room = info.Size()
	})
	code, stdout, stderr := run(t.Context(), nil,
		append([]string{"start", "--signer-name", canaryName, "--signer-email", canaryEmail, "--signer-nif", canaryNIF},
			"--receipt", "sent.json", "contract.pdf")...) // without --id
	if code != failure.ExitDone || stderr != "" {
		t.Fatalf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	sent := sentAt(t, "sent.json")
	if sent.State != failure.StateStarted || !strings.HasPrefix(sent.BaseURL, "http://") ||
		sent.CircuitID != api.Circuits()[0].ID || sent.RequestID == "" ||
		len(sent.Documents) != 1 {
		t.Errorf("the receipt is %+v", sent)
	}
	if info, err := os.Stat("sent.json"); err != nil || info.Size() > room || room == 0 {
		t.Errorf("%d bytes were reserved for %d, %v", room, info.Size(), err)
	}
	holdsOnly(t, "contract.pdf", "sent.json")
}

// A start that the server refuses leaves no receipt, and neither does an invalid request.
func TestReceiptThatIsNotNeededIsGone(t *testing.T) {
	served(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	if code, _,
		stderr := run(t.Context(), nil,
		startWith("--receipt", "sent.json", "contract.pdf")...); code != failure.ExitRefused {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
	if code, _,
		stderr := run(t.Context(), nil,
		startWith("--receipt", "sent.json", "nosuch.pdf")...); code != failure.ExitUsage {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
	holdsOnly(t, "contract.pdf")
}

// The file for the id and link of a circuit that "contract" starts is reserved like a receipt.
func TestStartedFileIsReservedBeforeAnythingIsSent(t *testing.T) {
	seen := false
	watched(t, func(r *http.Request) {
		if content, err := os.ReadFile("started.json"); err == nil {
			seen = seen || string(content) == "{\"state\":\"outcome unknown\"}\n"
		}
	})
	if code, _, stderr := run(t.Context(), nil, "contract", "--start", "--started",
		"started.json"); code != failure.ExitDone {
		t.Fatalf("exit code %d, stderr %q", code, stderr)
	}
	content, err := os.ReadFile("started.json")
	if !seen || err != nil || !strings.Contains(string(content), `"link": "http`) {
		t.Errorf("seen on its way: %v, then %s, %v", seen, content, err)
	}
	holdsOnly(t, "contract.pdf", "started.json")
}
