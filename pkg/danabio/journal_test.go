package danabio_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// notebook is a Journal that records its calls and can fail.
type notebook struct {
	mu       sync.Mutex
	intents  []danabio.StartIntent
	results  []danabio.StartResult
	onBegin  func() error
	onEnd    func(ctx context.Context) error
	sequence []string
}

func (n *notebook) Begin(_ context.Context, intent danabio.StartIntent) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.intents = append(n.intents, intent)
	n.sequence = append(n.sequence, "begin")
	if n.onBegin != nil {
		return n.onBegin()
	}
	return nil
}

func (n *notebook) End(ctx context.Context, result danabio.StartResult) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.results = append(n.results, result)
	n.sequence = append(n.sequence, "end")
	if n.onEnd != nil {
		return n.onEnd(ctx)
	}
	return nil
}

func (n *notebook) note(what string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sequence = append(n.sequence, what)
}

func journaled(journal danabio.Journal) func(*danabio.Config) {
	return func(config *danabio.Config) { config.Journal = journal }
}

func TestIntentStandsBeforeTheFirstByteAndTheResultAfter(t *testing.T) {
	n := &notebook{}
	var body []byte
	s := newScript(t).on(start, func(w http.ResponseWriter, r *http.Request) {
		n.note("server")
		body, _ = io.ReadAll(r.Body)
		started(w, r)
	})
	inBubble(t, s, func(b *bed) {
		n.onBegin = func() error {
			if b.dials.Load() != 1 || b.calls(token) != 1 {
				t.Errorf("the intent came with %d connections and %d token requests, want one for the token",
					b.dials.Load(), b.calls(token))
			}
			return nil
		}
		began := time.Now()
		c, err := b.client.StartCircuit(b.Context(),
			request(danabio.Bytes("contrato.pdf", pdf(100_000)), danabio.Bytes("anexo.pdf", pdf(17))))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(body)
		if want := (danabio.StartIntent{RequestID: "loan-4711", Channel: channel,
			BodySHA256: hex.EncodeToString(sum[:]), At: began.UTC()}); len(n.intents) != 1 || n.intents[0] != want {
			t.Errorf("intents %+v, want one: %+v", n.intents, want)
		}
		if want := (danabio.StartResult{RequestID: "loan-4711", Outcome: danabio.Started, CircuitID: c.ID,
			At: began.UTC()}); len(n.results) != 1 || n.results[0] != want {
			t.Errorf("results %+v, want one: %+v", n.results, want)
		}
		if want := []string{"begin", "server", "end"}; !slices.Equal(n.sequence, want) {
			t.Errorf("happened %q, want %q", n.sequence, want)
		}
	}, journaled(n))
}

// failingDials lets the first connections through, such as the token's, and refuses the given
// number after them.
func failingDials(through, refused int) func(*danabio.Config) {
	return func(config *danabio.Config) {
		transport := config.HTTPClient.Transport.(*http.Transport)
		dial, n := transport.DialContext, 0
		transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			if n++; n > through && n <= through+refused {
				return nil, &net.OpError{Op: "dial", Net: network, Err: errors.New("connection refused")}
			}
			return dial(ctx, network, address)
		}
	}
}

func TestEachStartIsOneIntentWithOneResult(t *testing.T) {
	nothing := func(*danabio.Config) {}
	for name, test := range map[string]struct {
		replies []reply
		option  func(*danabio.Config)
		outcome danabio.OutcomeState
		fails   error // nil if the start succeeds
	}{
		"started":                {[]reply{started}, nothing, danabio.Started, nil},
		"429, then started":      {[]reply{status(429, ""), started}, nothing, danabio.Started, nil},
		"401, then started":      {[]reply{status(401, ""), started}, nothing, danabio.Started, nil},
		"not sent, then started": {[]reply{started}, failingDials(1, 2), danabio.Started, nil},
		"not sent":               {nil, failingDials(1, 4), danabio.NotSent, danabio.ErrUnavailable},
		"429, then not sent": {[]reply{status(429, "")}, failingDials(2, 3), danabio.Refused,
			danabio.ErrUnavailable},
		"400": {[]reply{status(400, "")}, nothing, danabio.Refused, errAny},
		"429 four times": {[]reply{status(429, ""), status(429, ""), status(429, ""), status(429, "")},
			nothing, danabio.Refused, danabio.ErrUnavailable},
		"401 twice": {[]reply{status(401, ""), status(401, "")}, nothing, danabio.Refused,
			danabio.ErrUnauthorized},
		"429, then 500": {[]reply{status(429, ""), status(500, "")}, nothing, danabio.OutcomeUnknown,
			errAny},
		"408":                   {[]reply{status(408, "")}, nothing, danabio.OutcomeUnknown, errAny},
		"503":                   {[]reply{status(503, "")}, nothing, danabio.OutcomeUnknown, errAny},
		"connection closed":     {[]reply{broken(hangUp)}, nothing, danabio.OutcomeUnknown, errAny},
		"200 without circuitId": {[]reply{broken(status(200, "{}"))}, nothing, danabio.OutcomeUnknown, errAny},
		"another protocol":      {[]reply{broken(switchProtocols)}, nothing, danabio.OutcomeUnknown, errAny},
		"redirect that may follow work": {[]reply{broken(status(303, "", "Location", "/done"))}, nothing,
			danabio.OutcomeUnknown, danabio.ErrRedirected},
	} {
		t.Run(name, func(t *testing.T) {
			n := &notebook{}
			inBubble(t, newScript(t).on(start, test.replies...), func(b *bed) {
				c, err := b.client.StartCircuit(b.Context(), request())
				if (c != nil) != (test.fails == nil) || (err == nil) != (test.fails == nil) {
					t.Fatalf("got %v, %v", c, err)
				}
				if test.fails != nil && test.fails != errAny && !errors.Is(err, test.fails) {
					t.Errorf("got %v, want %v", err, test.fails)
				}
				if want := []string{"begin", "end"}; !slices.Equal(n.sequence, want) {
					t.Fatalf("the journal saw %q, want %q", n.sequence, want)
				}
				if got := n.results[0]; got.Outcome != test.outcome ||
					(got.CircuitID == circuit) != (test.outcome == danabio.Started) {
					t.Errorf("result %+v, want %q", got, test.outcome)
				}
				var unknown *danabio.OutcomeUnknownError
				if errors.As(err, &unknown) && unknown.Outcome != n.results[0].Outcome {
					t.Errorf("the error says %q, the journal %q", unknown.Outcome, n.results[0].Outcome)
				}
			}, journaled(n), test.option)
		})
	}
}

var errAny = errors.New("any")

// The client does not ask the journal as long as it has nothing to send.
func TestStartThatCannotBeSentHasNoIntent(t *testing.T) {
	t.Run("bad input", func(t *testing.T) {
		n := &notebook{}
		inBubble(t, newScript(t), func(b *bed) {
			if _, err := b.client.StartCircuit(b.Context(), request(danabio.Bytes("void.pdf", nil))); !errors.Is(err,
				danabio.ErrInvalidRequest) || len(n.sequence) != 0 {
				t.Errorf("got %v and %q", err, n.sequence)
			}
		}, journaled(n))
	})
	t.Run("no token", func(t *testing.T) {
		n := &notebook{}
		inBubble(t, newScript(t).on(token, status(401, "")), func(b *bed) {
			if _, err := b.client.StartCircuit(b.Context(), request()); !errors.Is(err, danabio.ErrUnauthorized) ||
				len(n.sequence) != 0 {
				t.Errorf("got %v and %q", err, n.sequence)
			}
		}, journaled(n))
	})
}

func TestJournalThatFailsToBeginStopsTheStart(t *testing.T) {
	full := errors.New("no space left on device")
	n := &notebook{onBegin: func() error { return full }}
	inBubble(t, newScript(t), func(b *bed) {
		c, err := b.client.StartCircuit(b.Context(), request())
		var journal *danabio.JournalError
		if c != nil || !errors.Is(err, full) || !errors.As(err, &journal) {
			t.Fatalf("got %v, %v, want a JournalError", c, err)
		}
		if journal.Method != "Begin" || journal.RequestID != "loan-4711" || journal.Outcome != danabio.NotSent {
			t.Errorf("got %+v", journal)
		}
		if text := err.Error(); !strings.Contains(text, "not sent") || !strings.Contains(text, "loan-4711") ||
			!strings.Contains(text, "no space left") {
			t.Errorf("%q does not say enough", text)
		}
		if b.dials.Load() != 1 || !slices.Equal(n.sequence, []string{"begin"}) {
			t.Errorf("%d connections, want the token's only; the journal saw %q", b.dials.Load(), n.sequence)
		}
	}, journaled(n))
}

func TestEarlierIntentIsToldAsItIs(t *testing.T) {
	earlier := danabio.StartIntent{RequestID: "loan-4711", At: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	for name, test := range map[string]struct {
		result  danabio.StartResult
		outcome danabio.OutcomeState
		says    string
	}{
		"no result": {danabio.StartResult{}, danabio.OutcomeUnknown,
			"may have started a circuit on 2026-03-01T12:00:00Z"},
		"unknown": {danabio.StartResult{Outcome: danabio.PartlySent}, danabio.PartlySent,
			"may have started a circuit"},
		"started": {danabio.StartResult{Outcome: danabio.Started, CircuitID: "c-1"}, danabio.Started,
			`started circuit "c-1"`},
	} {
		t.Run(name, func(t *testing.T) {
			n := &notebook{onBegin: func() error {
				return fmt.Errorf("wrapped: %w", &danabio.IntentExistsError{Intent: earlier, Result: test.result})
			}}
			inBubble(t, newScript(t), func(b *bed) {
				_, err := b.client.StartCircuit(b.Context(), request())
				var exists *danabio.IntentExistsError
				if !errors.As(err, &exists) || exists.Intent != earlier || exists.Outcome() != test.outcome {
					t.Fatalf("got %v (%+v)", err, exists)
				}
				if !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), "was not sent") {
					t.Errorf("%q does not say %q", err, test.says)
				}
				var lines bytes.Buffer
				slog.New(slog.NewTextHandler(&lines, nil)).Info("x", "err", exists)
				if !strings.Contains(lines.String(), "state=\""+string(test.outcome)+"\"") &&
					!strings.Contains(lines.String(), "state="+string(test.outcome)) {
					t.Errorf("log %q", lines.String())
				}
				if errors.As(err, new(*danabio.JournalError)) {
					t.Error("a journal that works is called failed")
				}
				if len(n.results) != 0 || b.dials.Load() != 1 {
					t.Errorf("%d results, %d connections", len(n.results), b.dials.Load())
				}
			}, journaled(n))
		})
	}
}

func TestCircuitIsNotLostToAJournalThatFailsToEnd(t *testing.T) {
	full := errors.New("no space left on device")
	inBubble(t, newScript(t).on(start, started, status(500, "")), func(b *bed) {
		c, err := b.client.StartCircuit(b.Context(), request())
		var journal *danabio.JournalError
		if c == nil || c.ID != circuit || c.Link.Reveal() == "" {
			t.Fatalf("the circuit is lost: %v, %v", c, err)
		}
		if !errors.As(err, &journal) || !errors.Is(err, full) || journal.Method != "End" ||
			journal.Outcome != danabio.Started {
			t.Errorf("got %v, want a JournalError", err)
		}
		c, err = b.client.StartCircuit(b.Context(), request())
		var unknown *danabio.OutcomeUnknownError
		if c != nil || !errors.As(err, &journal) || !errors.As(err, &unknown) ||
			journal.Outcome != danabio.OutcomeUnknown {
			t.Errorf("got %v, %v, want both errors", c, err)
		}
	}, journaled(&notebook{onEnd: func(context.Context) error { return full }}))
}

func TestResultIsWrittenThoughTheCallersContextHasEnded(t *testing.T) {
	var cancel context.CancelFunc
	n := &notebook{onEnd: func(ctx context.Context) error {
		deadline, limited := ctx.Deadline()
		if ctx.Err() != nil || !limited || time.Until(deadline) != 30*time.Second {
			t.Errorf("End got a context with error %v and deadline in %v (%v)", ctx.Err(), time.Until(deadline),
				limited)
		}
		return nil
	}}
	inBubble(t, newScript(t).on(start, broken(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	})), func(b *bed) {
		var ctx context.Context
		ctx, cancel = context.WithCancel(b.Context())
		_, err := b.client.StartCircuit(ctx, request())
		if !errors.Is(err, context.Canceled) || len(n.results) != 1 || n.results[0].Outcome != danabio.OutcomeUnknown {
			t.Errorf("got %v and %+v", err, n.results)
		}
	}, journaled(n))
}

// flippingFS returns a file whose content changes from the given opening on. Its size and time stay
// the same.
func flippingFS(content []byte, from int) *changingFS {
	return &changingFS{content: content, change: func(opened int, file *fstest.MapFile) {
		if opened >= from {
			file.Data = slices.Clone(file.Data)
			file.Data[len(file.Data)/2] ^= 1
		}
	}}
}

// Size and time do not show every change, but the intent's digest does.
func TestWhatIsSentIsWhatTheIntentSays(t *testing.T) {
	// The client opens the file for the check, for the digest, after the digest, and for sending.
	n := &notebook{}
	s := newScript(t).on(start, broken(func(_ http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			t.Error("the server got a whole request")
		}
	}))
	inBubble(t, s, func(b *bed) {
		_, err := b.client.StartCircuit(b.Context(), request(danabio.FS(flippingFS(pdf(100_000), 4), "contrato.pdf")))
		if !errors.As(err, new(*danabio.OutcomeUnknownError)) ||
			!strings.Contains(err.Error(), "changed while it was sent") {
			t.Errorf("got %v", err)
		}
		if len(n.results) != 1 || n.results[0].Outcome != danabio.PartlySent {
			t.Errorf("results %+v, want partly sent", n.results)
		}
	}, journaled(n))
}

func TestDocumentThatChangesUnderTheDigestIsNotSent(t *testing.T) {
	n := &notebook{}
	inBubble(t, newScript(t), func(b *bed) {
		source := &changingFS{content: pdf(100_000), change: func(opened int,
			f *fstest.MapFile) {
			f.ModTime = f.ModTime.Add(time.Duration(opened/2) * time.Second)
		}}
		_, err := b.client.StartCircuit(b.Context(), request(danabio.FS(source, "contrato.pdf")))
		if !errors.Is(err, danabio.ErrInvalidRequest) ||
			!strings.Contains(err.Error(), `document "contrato.pdf": changed before it was sent`) {
			t.Errorf("got %v", err)
		}
		if len(n.sequence) != 0 || b.dials.Load() != 1 {
			t.Errorf("the journal saw %q, and %d connections were made", n.sequence, b.dials.Load())
		}
	}, journaled(n))
}

// Each attempt sends exactly the intent's body, or fails.
func TestEveryAttemptIsHeldAgainstTheIntent(t *testing.T) {
	n := &notebook{}
	s := newScript(t).on(start, status(429, ""), broken(func(_ http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			t.Error("the server got a whole request")
		}
	}))
	inBubble(t, s, func(b *bed) {
		// The first attempt opens the file twice more.
		_, err := b.client.StartCircuit(b.Context(), request(danabio.FS(flippingFS(pdf(1000), 6), "contrato.pdf")))
		if !errors.As(err, new(*danabio.OutcomeUnknownError)) || len(n.results) != 1 ||
			n.results[0].Outcome != danabio.PartlySent {
			t.Errorf("got %v, results %+v", err, n.results)
		}
	}, journaled(n))
}

// The journal contains nothing about the signer.
func TestJournalGetsNothingPersonal(t *testing.T) {
	n := &notebook{}
	inBubble(t, newScript(t).on(start, status(200, `{"circuitId":"`+circuit+`","link":"`+canaryLink+`"}`)),
		func(b *bed) {
			personal := request(danabio.Bytes("contrato de Canaria.pdf", append(pdf(100), canaryBody...)))
			personal.Signer = danabio.Signer{Name: canaryName, Email: canaryEmail, NIF: canaryNIF}
			if _, err := b.client.StartCircuit(b.Context(), personal); err != nil {
				t.Fatal(err)
			}
			wantNoCanary(t, "journal", fmt.Sprintf("%+v %+v", n.intents, n.results))
		}, journaled(n))
}
