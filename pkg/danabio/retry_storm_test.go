package danabio_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// callers is the number of concurrent calls in a storm.
const callers = 1000

// crowd is a group of callers that run the same operation. It records when the server saw each of
// them.
type crowd struct {
	operation string
	name      func(*http.Request) string // name of the caller that sent the request
	call      func(b *bed, ctx context.Context, n int) error

	mu   sync.Mutex
	seen map[string][]time.Time
}

func callerName(n int) string { return fmt.Sprintf("caller-%03d", n) }

// crowds returns new crowds; each storm needs its own.
func crowds(t *testing.T) map[string]*crowd {
	folder := t.TempDir()
	return map[string]*crowd{
		"downloads": {
			operation: download,
			name:      func(r *http.Request) string { return filepath.Base(r.URL.Path) },
			call: func(b *bed, ctx context.Context, n int) error {
				_, err := b.client.DownloadEvidence(ctx, callerName(n), filepath.Join(folder, callerName(n)+".zip"))
				return err
			},
		},
		"starts": {
			operation: start,
			name: func(r *http.Request) string {
				var body struct{ ID string }
				_ = json.NewDecoder(r.Body).Decode(&body)
				return body.ID
			},
			call: func(b *bed, ctx context.Context, n int) error {
				request := request(danabio.Bytes("contrato.pdf", []byte("%PDF-1.7\n")))
				request.ID = callerName(n)
				_, err := b.client.StartCircuit(ctx, request)
				return err
			},
		},
		// A client asks for one token however many callers wait, so each of these callers has a
		// separate client.
		"tokens": {
			operation: token,
			name: func(r *http.Request) string {
				name, _, _ := r.BasicAuth()
				return name
			},
		},
	}
}

// storm runs a test with a crowd and a server that sends answer to each request.
func storm(t *testing.T, c *crowd, answer reply, test func(b *bed, all func(ctx context.Context, count int) []result)) {
	t.Helper()
	c.seen = map[string][]time.Time{}
	observed := func(w http.ResponseWriter, r *http.Request) {
		name := c.name(r)
		c.mu.Lock()
		c.seen[name] = append(c.seen[name], time.Now())
		c.mu.Unlock()
		answer(w, r)
	}
	s := newScript(t)
	s.optional = observed
	var config danabio.Config
	keep := func(given *danabio.Config) {
		if c.operation == token {
			config = *given
		} else {
			given.Credentials = danabio.TokenSource(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "opaque"}))
		}
	}
	inBubble(t, s, func(b *bed) {
		if c.operation == token {
			for range 2 * 4 * callers {
				s.on(token, observed) // more than the clients may ask for
			}
			defer func() { s.replies = nil }()
			clients := make([]*danabio.Client, callers)
			for n := range clients {
				config.Credentials = danabio.ClientCredentials(callerName(n), "s3cr3t-of-acme")
				clients[n] = newClient(b.T, config)
			}
			defer func() {
				for _, client := range clients {
					_ = client.Close()
				}
			}()
			c.call = func(_ *bed, ctx context.Context, n int) error {
				_, err := clients[n].Authenticate(ctx)
				return err
			}
		}
		test(b, func(ctx context.Context, count int) []result {
			results := make([]result, count)
			var wait sync.WaitGroup
			for n := range results {
				wait.Go(func() {
					err := c.call(b, ctx, n)
					results[n] = result{err, time.Now()}
				})
			}
			wait.Wait()
			return results
		})
	}, keep)
}

type result struct {
	err error
	at  time.Time
}

// wantAttempts checks that the server saw count callers with want attempts each.
func (c *crowd) wantAttempts(t *testing.T, count, want int) {
	t.Helper()
	if len(c.seen) != count {
		t.Errorf("the server saw %d callers, want %d", len(c.seen), count)
	}
	for name, times := range c.seen {
		if len(times) != want {
			t.Fatalf("%s made %d attempts, want %d", name, len(times), want)
		}
	}
}

// wantSpread checks that the delays before attempt n+2 fill the whole interval evenly. With 1,000
// draws, each tenth of the interval gets 100 on average. The probability of less than 40 or more
// than 180 is below 1e-10 (Chernoff bound). A run makes less than 200 of these checks.
func (c *crowd) wantSpread(t *testing.T, n int, from, length time.Duration) {
	t.Helper()
	var slots [10]int
	for name, times := range c.seen {
		gap := times[n+1].Sub(times[n])
		if gap < from || gap > from+length {
			t.Fatalf("%s waited %s before attempt %d, want %s to %s", name, gap, n+2, from, from+length)
		}
		slots[min(9, (gap-from)*10/length)]++
	}
	for i, count := range slots {
		if count < 40 || count > 180 {
			t.Errorf("before attempt %d, %d of %d callers waited for tenth %d of the interval: %v", n+2, count, callers,
				i+1, slots)
		}
	}
}

// All requests fail for a minute. The callers retry at different times, and after the minute each
// succeeds at the first attempt.
func TestStormOfRetriesIsSpread(t *testing.T) {
	evidence := zipReply(smallZIP(t))
	success := map[string]reply{"downloads": evidence, "starts": started, "tokens": tokenReply("opaque", 1799)}
	for _, test := range []struct {
		who     string
		code    int
		headers []string
		from    time.Duration    // start of each interval
		lengths [3]time.Duration // lengths of the intervals before attempts 2, 3 and 4
		want    error
	}{
		{"downloads", 503, nil, 0, [3]time.Duration{250 * time.Millisecond, 500 * time.Millisecond, time.Second},
			danabio.ErrUnavailable},
		{"tokens", 503, nil, 0, [3]time.Duration{250 * time.Millisecond, 500 * time.Millisecond, time.Second},
			danabio.ErrUnavailable},
		{"starts", 429, nil, 0, [3]time.Duration{time.Second, 2 * time.Second, 4 * time.Second}, nil},
		// All callers get the same Retry-After, so some jitter remains.
		{"downloads", 503, []string{"Retry-After", "5"}, 5 * time.Second,
			[3]time.Duration{250 * time.Millisecond, 250 * time.Millisecond, 250 * time.Millisecond},
			danabio.ErrUnavailable},
	} {
		t.Run(strings.Join(append([]string{test.who, fmt.Sprint(test.code)}, test.headers...), " "),
			func(t *testing.T) {
				t.Parallel()
				c := crowds(t)[test.who]
				var over time.Time
				storm(t, c, func(w http.ResponseWriter, r *http.Request) {
					if time.Now().Before(over) {
						status(test.code, "", test.headers...)(w, r)
						return
					}
					_, _ = io.Copy(io.Discard, r.Body)
					success[test.who](w, r)
				}, func(b *bed, all func(ctx context.Context, count int) []result) {
					over = time.Now().Add(time.Minute)
					for n, result := range all(b.Context(), callers) {
						var answer *danabio.APIError
						if !errors.As(result.err, &answer) || answer.StatusCode != test.code || test.want != nil &&
							!errors.Is(result.err, test.want) {
							b.Fatalf("caller %d got %v, want status %d", n, result.err, test.code)
						}
					}
					c.wantAttempts(b.T, callers, 4)
					for n, length := range test.lengths {
						c.wantSpread(b.T, n, test.from, length)
					}
					time.Sleep(time.Until(over))
					c.seen = map[string][]time.Time{}
					for n, result := range all(b.Context(), 100) {
						if result.err != nil {
							b.Fatalf("after the storm, caller %d got %v", n, result.err)
						}
					}
					c.wantAttempts(b.T, 100, 1)
				})
			})
	}
}

// Callers of one client share its token, so the token endpoint gets one request at a time.
func TestStormOfCallersOfOneClientIsOneTokenRequestAtATime(t *testing.T) {
	unavailable := status(503, "")
	inBubble(t, newScript(t).on(token, unavailable, unavailable, unavailable, unavailable), func(b *bed) {
		var all sync.WaitGroup
		for range callers {
			all.Go(func() {
				if _, err := b.client.Authenticate(b.Context()); !errors.Is(err, danabio.ErrUnavailable) {
					t.Errorf("got %v, want ErrUnavailable", err)
				}
			})
		}
		all.Wait()
		if n := b.calls(token); n != 4 {
			t.Errorf("%d token requests, want 4", n)
		}
	})
}

// Every call returns at the moment of the cancellation, whether it waits for an answer or for the
// next attempt. The bubble checks that no goroutine is left.
func TestStormIsCancelledAtOnce(t *testing.T) {
	never := broken(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	for _, who := range []string{"downloads", "starts", "tokens"} {
		code := 503
		if who == "starts" {
			code = 429
		}
		later := status(code, "", "Retry-After", "30")
		answer := func(w http.ResponseWriter, r *http.Request) {
			if rand.N(2) == 0 {
				never(w, r)
			} else {
				later(w, r)
			}
		}
		t.Run(who, func(t *testing.T) {
			c := crowds(t)[who]
			storm(t, c, answer, func(b *bed, all func(ctx context.Context, count int) []result) {
				ctx, cancel := context.WithCancel(b.Context())
				defer cancel()
				var cancelled time.Time
				time.AfterFunc(10*time.Second, func() {
					synctest.Wait() // all calls are waiting now
					cancelled = time.Now()
					cancel()
				})
				for n, result := range all(ctx, callers) {
					if !errors.Is(result.err, context.Canceled) || !result.at.Equal(cancelled) {
						b.Fatalf("caller %d got %v %s after the cancellation, want it at once", n, result.err,
							result.at.Sub(cancelled))
					}
				}
				c.wantAttempts(b.T, callers, 1)
			})
		})
	}
}
