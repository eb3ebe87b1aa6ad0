package danabio_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danabio/danabio-go/internal/pollgate"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// told collects the progress that a client reports.
type told struct {
	mu  sync.Mutex
	all []danabio.Progress
}

func (p *told) option(config *danabio.Config) {
	config.Progress = func(progress danabio.Progress) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.all = append(p.all, progress)
	}
}

// tries checks that each attempt grows from zero, and returns the last progress of each.
func (p *told) tries(t *testing.T) []danabio.Progress {
	t.Helper()
	var ends []danabio.Progress
	for _, next := range p.all {
		switch {
		case next.Bytes == 0 && (len(ends) == 0 || next.Restarts > ends[len(ends)-1].Restarts):
			ends = append(ends, next)
		case len(ends) == 0 || next.Bytes < ends[len(ends)-1].Bytes || next.Restarts != ends[len(ends)-1].Restarts:
			t.Fatalf("%+v follows on %+v", next, ends)
		default:
			ends[len(ends)-1] = next
		}
	}
	return ends
}

func TestProgressOfAStart(t *testing.T) {
	var p told
	var length int64
	measured := func(next reply) reply {
		return func(w http.ResponseWriter, r *http.Request) {
			length = r.ContentLength
			next(w, r)
		}
	}
	s := newScript(t).on(start, measured(status(429, "")), measured(started))
	inBubble(t, s, func(b *bed) {
		if _, err := b.client.StartCircuit(b.Context(),
			request(danabio.Bytes("contrato.pdf", pdf(100_000)))); err != nil {
			t.Fatal(err)
		}
	}, p.option)
	want := danabio.Progress{RequestID: "loan-4711", Bytes: length, Total: length}
	again := want
	again.Restarts = 1
	if ends := p.tries(t); !slices.Equal(ends, []danabio.Progress{want, again}) {
		t.Errorf("got %+v, want %+v and %+v", ends, want, again)
	}
	if len(p.all) < 10 {
		t.Errorf("told %d times", len(p.all))
	}
}

// The client reads the same body for the journal's digest, but reports no progress, because that is
// not a transfer.
func TestProgressIsNotToldOfTheDigestForTheJournal(t *testing.T) {
	var p told
	inBubble(t, newScript(t).on(start, started), func(b *bed) {
		if _, err := b.client.StartCircuit(b.Context(), request()); err != nil {
			t.Fatal(err)
		}
	}, p.option, func(config *danabio.Config) { config.Journal = silentJournal{} })
	if ends := p.tries(t); len(ends) != 1 || ends[0].Bytes != ends[0].Total {
		t.Errorf("got %+v", ends)
	}
}

type silentJournal struct{}

func (silentJournal) Begin(context.Context, danabio.StartIntent) error { return nil }
func (silentJournal) End(context.Context, danabio.StartResult) error   { return nil }

func TestProgressOfADownload(t *testing.T) {
	content := smallZIP(t)
	size := int64(len(content))
	cut := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/zip")
		w.Header().Set("Content-Length", "1000000")
		_, _ = w.Write(content[:50])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	unannounced := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/zip")
		_ = http.NewResponseController(w).Flush()
		_, _ = w.Write(content)
	}
	at := func(bytes, total int64, restarts int) danabio.Progress {
		return danabio.Progress{Circuit: circuit, Bytes: bytes, Total: total, Restarts: restarts}
	}
	for name, test := range map[string]struct {
		replies []reply
		want    []danabio.Progress
	}{
		"at once": {[]reply{zipReply(content)}, []danabio.Progress{at(size, size, 0)}},
		"after refusals": {[]reply{status(503, ""), zipReply(content)},
			[]danabio.Progress{at(size, size, 0)}},
		"started over": {[]reply{broken(cut), zipReply(content)},
			[]danabio.Progress{at(50, 1_000_000, 0), at(size, size, 1)}},
		"of a length that is unknown": {[]reply{unannounced}, []danabio.Progress{at(size, -1, 0)}},
	} {
		t.Run(name, func(t *testing.T) {
			var p told
			inBubble(t, newScript(t).on(download, test.replies...), func(b *bed) {
				if _, err := b.client.DownloadEvidence(b.Context(), circuit, target(t)); err != nil {
					t.Fatal(err)
				}
			}, p.option)
			if ends := p.tries(t); !slices.Equal(ends, test.want) {
				t.Errorf("got %+v, want %+v", ends, test.want)
			}
		})
	}
}

// The client reports a restart when it decides on it, before the pause.
func TestProgressTellsOfARestartAtOnce(t *testing.T) {
	var cutAt, restarted time.Time
	content := smallZIP(t)
	cut := broken(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000000")
		_, _ = w.Write(content[:50])
		_ = http.NewResponseController(w).Flush()
		cutAt = time.Now()
		panic(http.ErrAbortHandler)
	})
	inBubble(t, newScript(t).on(download, cut, zipReply(content)), func(b *bed) {
		if _, err := b.client.DownloadEvidence(b.Context(), circuit, target(t)); err != nil {
			t.Fatal(err)
		}
	}, func(config *danabio.Config) {
		config.Retry.MinDelay, config.Retry.MaxDelay = 10*time.Second, 10*time.Second
		config.Progress = func(p danabio.Progress) {
			if p.Restarts == 1 && restarted.IsZero() {
				restarted = time.Now()
			}
		}
	})
	if !restarted.Equal(cutAt) {
		t.Errorf("told %v after the cut", restarted.Sub(cutAt))
	}
}

func TestProgressOfAStream(t *testing.T) {
	var p told
	content := smallZIP(t)
	inBubble(t, newScript(t).on(download, zipReply(content)), func(b *bed) {
		stream, err := b.client.OpenEvidence(b.Context(), circuit)
		if err != nil {
			t.Fatal(err)
		}
		defer stream.Close()
		if got, err := io.ReadAll(stream); err != nil || !bytes.Equal(got, content) {
			t.Fatalf("%d bytes, %v", len(got), err)
		}
	}, p.option)
	if ends := p.tries(t); len(ends) != 1 || ends[0].Bytes != int64(len(content)) {
		t.Errorf("got %+v", ends)
	}
}

func TestWaitTakesTurns(t *testing.T) {
	inside, most := 0, 0
	var turns []string
	gate := func(context.Context) (func(), error) {
		inside++
		most = max(most, inside)
		turns = append(turns, "in")
		return func() { inside--; turns = append(turns, "out") }, nil
	}
	s := newScript(t).on(download, status(404, ""), status(503, ""), zipReply(smallZIP(t)))
	inBubble(t, s, func(b *bed) {
		if _, err := b.client.WaitForEvidence(pollgate.With(b.Context(), gate), circuit, target(t),
			danabio.PollPolicy{}); err != nil {
			t.Fatal(err)
		}
	})
	if most != 1 || inside != 0 || len(turns) != 6 {
		t.Errorf("turns %q, at most %d inside, %d left there", turns, most, inside)
	}
}

func TestWaitEndsWithItsTurn(t *testing.T) {
	closed := errors.New("closed for today")
	inBubble(t, newScript(t), func(b *bed) {
		ctx := pollgate.With(b.Context(), func(context.Context) (func(), error) { return nil, closed })
		_, err := b.client.WaitForEvidence(ctx, circuit, target(t), danabio.PollPolicy{})
		if !errors.Is(err, closed) {
			t.Errorf("got %v, want the error of the gate", err)
		}
	})
}

// The wait for a turn obeys the same limits as the wait for the evidence.
func TestWaitForATurnEndsToo(t *testing.T) {
	for name, test := range map[string]struct {
		polls int
		after time.Duration // when the context ends; 0 if it does not
		took  time.Duration
		want  error
	}{
		"after MaxWait, with no poll":   {0, 0, time.Minute, danabio.ErrNotReady},
		"after MaxWait, with some":      {2, 0, time.Minute, danabio.ErrNotReady},
		"with the context":              {0, 30 * time.Second, 30 * time.Second, context.DeadlineExceeded},
		"with the context, after a few": {2, 30 * time.Second, 30 * time.Second, context.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			s.optional = status(404, "")
			inBubble(t, s, func(b *bed) {
				ctx := b.Context()
				if test.after > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, test.after)
					defer cancel()
				}
				turns, began := 0, time.Now()
				gated := pollgate.With(ctx, func(ctx context.Context) (func(), error) {
					if turns++; turns <= test.polls {
						return func() {}, nil
					}
					<-ctx.Done()
					return nil, ctx.Err()
				})
				_, err := b.client.WaitForEvidence(gated, circuit, target(t), danabio.PollPolicy{MaxWait: time.Minute})
				if !errors.Is(err, test.want) || errors.Is(err, danabio.ErrNotReady) != (test.after == 0) ||
					time.Since(began) != test.took {
					t.Errorf("got %v after %v, want %v after %v", err, time.Since(began), test.want, test.took)
				}
				if says := fmt.Sprintf("after 1m0s and %d polls", test.polls); test.after == 0 &&
					!strings.Contains(err.Error(), says) || b.calls(download) != test.polls {
					t.Errorf("%d polls, %v; want %q", b.calls(download), err, says)
				}
			})
		})
	}
}
