package danabio_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/danabio/danabio-go/internal/pollgate"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// unreachable lets the first connections through and refuses all others.
func unreachable(through int) func(*danabio.Config) {
	return dialThrough(func(next dial) dial {
		n := 0
		return func(ctx context.Context, network, address string) (net.Conn, error) {
			if n++; n > through {
				return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
			}
			return next(ctx, network, address)
		}
	})
}

// A wait whose polls never reached the server does not report ErrNotReady. Only an answer of the
// server shows that the evidence may still come.
func TestWaitThatNeverReachedTheServerIsUnavailable(t *testing.T) {
	for name, test := range map[string]struct {
		script  func(s *script)
		through int // number of connections
		want    string
	}{
		"nothing, not even the token": {func(*script) {}, 0, "ErrUnavailable"},
		"the token alone":             {func(*script) {}, 1, "ErrUnavailable"},
		"one poll": {func(s *script) { s.on(download, status(404, "")) }, 2,
			"ErrUnavailable + ErrNotReady"},
		"one poll, in an outage": {func(s *script) { s.on(download, status(503, "")) }, 2,
			"ErrUnavailable + ErrNotReady"},
		"the token's outage": {func(s *script) {
			for range 400 {
				s.on(token, status(503, ""))
			}
		}, 1 << 20, "ErrUnavailable + APIError 503"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			test.script(s)
			inBubble(t, s, func(b *bed) {
				began := time.Now()
				_, err := b.client.WaitForEvidence(b.Context(), circuit, target(t),
					danabio.PollPolicy{MaxWait: 4 * time.Minute})
				if got := classes(err); got != test.want || time.Since(began) < 4*time.Minute ||
					time.Since(began) > 5*time.Minute {
					t.Errorf("got %v (%s) after %v, want %s after 4m", err, got, time.Since(began), test.want)
				}
				s.mu.Lock()
				s.replies = nil // the number of token requests does not matter
				s.mu.Unlock()
			}, unreachable(test.through))
		})
	}
	t.Run("its turn does not come again", func(t *testing.T) {
		inBubble(t, newScript(t), func(b *bed) {
			turns := 0
			ctx := pollgate.With(b.Context(), func(ctx context.Context) (func(), error) {
				if turns++; turns > 1 {
					<-ctx.Done()
					return nil, ctx.Err()
				}
				return func() {}, nil
			})
			_, err := b.client.WaitForEvidence(ctx, circuit, target(t), danabio.PollPolicy{MaxWait: time.Minute})
			if classes(err) != "ErrUnavailable" {
				t.Errorf("got %v (%s), want ErrUnavailable", err, classes(err))
			}
		}, unreachable(0))
	})
}

// page is the answer of a gateway in front of the server.
func page(code int) reply {
	return broken(status(code, "<html>blocked</html>", "Content-Type", "text/html"))
}

func TestWaitSurvivesOneRefusalOnceItWasAccepted(t *testing.T) {
	done := zipReply(smallZIP(t))
	notReady := status(404, "")
	for name, test := range map[string]struct {
		polls []reply
		want  string
		token int // number of token requests
	}{
		"403":                          {[]reply{notReady, page(403), done}, "", 2},
		"401, with the new token too":  {[]reply{notReady, page(401), page(401), done}, "", 2},
		"403 after each that is not":   {[]reply{notReady, page(403), notReady, page(403), done}, "", 3},
		"403 and an outage in between": {[]reply{notReady, page(403), status(503, ""), page(403)}, "APIError 403", 2},
		"403 twice":                    {[]reply{notReady, page(403), page(403)}, "APIError 403", 2},
		"403, then 401": {[]reply{notReady, page(403), page(401), page(401)},
			"ErrUnauthorized + APIError 401", 3},
		"401 twice, each with two tries": {[]reply{notReady, page(401), page(401), page(401), page(401)},
			"ErrUnauthorized + APIError 401", 3},
		"403 at first":        {[]reply{page(403)}, "APIError 403", 1},
		"401 at first":        {[]reply{page(401), page(401)}, "ErrUnauthorized + APIError 401", 2},
		"403 after an outage": {[]reply{status(503, ""), page(403)}, "APIError 403", 1},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, newScript(t).on(download, test.polls...), func(b *bed) {
				_, err := b.client.WaitForEvidence(b.Context(), circuit, target(t), danabio.PollPolicy{})
				if got := classes(err); got != test.want || b.calls(token) != test.token {
					t.Errorf("got %v (%s) with %d tokens, want %q with %d", err, got, b.calls(token), test.want,
						test.token)
				}
			})
		})
	}
	for _, code := range []int{401, 403} {
		t.Run(fmt.Sprint(code, " of the token's endpoint"), func(t *testing.T) {
			s := newScript(t).on(token, tokenReply("opaque-token-0", 12), page(code)).on(download, notReady, done)
			inBubble(t, s, func(b *bed) {
				_, err := b.client.WaitForEvidence(b.Context(), circuit, target(t),
					danabio.PollPolicy{MinInterval: time.Minute})
				if err != nil || b.calls(token) != 3 {
					t.Errorf("got %v with %d tokens, want success with 3", err, b.calls(token))
				}
			})
		})
	}
	t.Run("the next interval is waited for", func(t *testing.T) {
		inBubble(t, newScript(t).on(download, notReady, page(403), done), func(b *bed) {
			if _, err := b.client.WaitForEvidence(b.Context(), circuit, target(t),
				danabio.PollPolicy{MinInterval: time.Minute}); err != nil {
				t.Error(err)
			}
			for _, gap := range b.gaps(download) {
				if gap < 50*time.Second {
					t.Errorf("asked again after %v", gap)
				}
			}
			if before, after := b.header(download, 1).Get("Authorization"),
				b.header(download, 2).Get("Authorization"); before == after {
				t.Error("the token that was refused is used again")
			}
		})
	})
}

// A wait tolerates unclear answers for an hour.
func TestWaitOutlivesUnclearAnswersForAnHour(t *testing.T) {
	done := zipReply(smallZIP(t))
	for _, test := range []struct {
		name  string
		reply reply
		want  string
	}{
		{"202", broken(status(202, "")), "ErrProtocol"},
		{"204", broken(status(204, "")), "ErrProtocol"},
		{"409", broken(status(409, "")), "APIError 409"},
		{"425", broken(status(425, "")), "APIError 425"},
		{"no HTTP", broken(garbage), "ErrProtocol"},
	} {
		t.Run(test.name+", then the evidence", func(t *testing.T) {
			inBubble(t, newScript(t).on(download, test.reply, test.reply, done), func(b *bed) {
				if _, err := b.client.WaitForEvidence(b.Context(), circuit, target(t),
					danabio.PollPolicy{}); err != nil {
					t.Error(err)
				}
			})
		})
		t.Run(test.name+" for ever", func(t *testing.T) {
			s := newScript(t)
			s.optional = test.reply
			inBubble(t, s, func(b *bed) {
				began := time.Now()
				_, err := b.client.WaitForEvidence(b.Context(), circuit, target(t), danabio.PollPolicy{})
				if got, took := classes(err), time.Since(began); got != test.want || took < time.Hour ||
					took > time.Hour+2*time.Minute {
					t.Errorf("got %v (%s) after %v, want %s after an hour", err, got, took, test.want)
				}
			})
		})
	}
	t.Run("404 begins the hour anew", func(t *testing.T) {
		s := newScript(t)
		for range 3 {
			s.on(download, slices.Repeat([]reply{broken(status(409, ""))}, 3)...)
			s.on(download, status(404, ""))
		}
		s.on(download, done)
		inBubble(t, s, func(b *bed) {
			if _, err := b.client.WaitForEvidence(b.Context(), circuit, target(t),
				danabio.PollPolicy{MinInterval: 20 * time.Minute}); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("longer intervals", func(t *testing.T) {
		inBubble(t, newScript(t).on(download, broken(status(409, "")), broken(status(409, ""))), func(b *bed) {
			_, err := b.client.WaitForEvidence(b.Context(), circuit, target(t),
				danabio.PollPolicy{MinInterval: 2 * time.Hour})
			if classes(err) != "APIError 409" {
				t.Errorf("got %v, want the second 409", err)
			}
		})
	})
}

// A wait tolerates an outage of the caller's token source for a day, and any other error of it for
// an hour.
func TestWaitOutlivesACallersTokenSource(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	for name, test := range map[string]struct {
		err  error
		ends time.Duration
	}{
		"unknown":                {errors.New("vault is sealed"), time.Hour},
		"status 403":             {&oauth2.RetrieveError{Response: &http.Response{StatusCode: 403}}, time.Hour},
		"status 503":             {&oauth2.RetrieveError{Response: &http.Response{StatusCode: 503}}, 24 * time.Hour},
		"connection was refused": {refused, 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, newScript(t), func(b *bed) {
				began := time.Now()
				_, err := b.client.WaitForEvidence(b.Context(), circuit, target(t), danabio.PollPolicy{})
				if took := time.Since(began); classes(err) != "ErrUnavailable" || took < test.ends || took > test.ends+
					2*time.Minute {
					t.Errorf("got %v (%s) after %v, want ErrUnavailable after %v", err, classes(err), took, test.ends)
				}
			}, func(config *danabio.Config) {
				config.Credentials = danabio.TokenSource(sourceFunc(func() (*oauth2.Token, error) {
					return nil,
						test.err
				}))
			})
		})
	}
}

// MaxWait also ends an answer that arrives in small pieces, 10 minutes later at most.
func TestMaxWaitEndsWhatDrips(t *testing.T) {
	content := smallZIP(t)
	drips := func(pause time.Duration) reply {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(content)))
			for i := range content {
				if _, err := w.Write(content[i : i+1]); err != nil {
					return
				}
				_ = http.NewResponseController(w).Flush()
				time.Sleep(pause)
			}
		}
	}
	headers := rawReply("HTTP/1.1 200 OK\r\n", func(conn net.Conn, _ *http.Request) {
		for i := 0; ; i++ {
			if _, err := fmt.Fprintf(conn, "X-%d: drip\r\n", i); err != nil {
				return
			}
			time.Sleep(20 * time.Second)
		}
	})
	const most = 5 * time.Minute
	for _, test := range []struct {
		name        string
		reply       reply
		config      func(*danabio.Config)
		want        string
		least, last time.Duration
	}{
		{"body", drips(29 * time.Second), func(*danabio.Config) {}, "ErrTruncated", most + 10*time.Minute, most +
			10*time.Minute},
		{"body that is whole in time", drips(10 * time.Minute / time.Duration(len(content))), func(*danabio.Config) {},
			"", most, most + 10*time.Minute},
		{"headers", headers, func(*danabio.Config) {}, "ErrUnavailable", most, most + 10*time.Minute},
		{"headers, which nobody but the caller's transport limits", headers, func(config *danabio.Config) {
			config.HTTPClient.Transport.(*http.Transport).ResponseHeaderTimeout = 24 * time.Hour
		}, "ErrUnavailable", most + 10*time.Minute, most + 10*time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := target(t)
			s := newScript(t)
			s.optional = broken(test.reply)
			inBubble(t, s, func(b *bed) {
				began := time.Now()
				_, err := b.client.WaitForEvidence(b.Context(), circuit, path, danabio.PollPolicy{MaxWait: most})
				if got, took := classes(err), time.Since(began); got != test.want || took < test.least ||
					took > test.last {
					t.Errorf("got %v (%s) after %v, want %q after %v to %v", err, got, took, test.want, test.least,
						test.last)
				}
				if err != nil && !errors.Is(err, danabio.ErrTruncated) &&
					!strings.Contains(err.Error(), "no poll reached the server") {
					t.Errorf("got %v", err)
				}
			}, test.config)
			if test.want == "" {
				wantFiles(t, path, stored...)
			} else {
				wantFiles(t, path)
			}
		})
	}
}
