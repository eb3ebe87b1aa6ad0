package danabio_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/danabio/danabio-go/pkg/danabio"
)

func TestWaitAsksAtGrowingIntervals(t *testing.T) {
	s := newScript(t)
	for range 12 {
		s.on(download, status(404, ""))
	}
	s.on(download, zipReply(smallZIP(t)))
	path := target(t)
	var polls []danabio.Poll
	inBubble(t, s, func(b *bed) {
		receipt, err := b.client.WaitForEvidence(b.Context(), circuit, path,
			danabio.PollPolicy{Notify: func(p danabio.Poll) { polls = append(polls, p) }})
		if err != nil || receipt.Circuit != circuit {
			t.Fatalf("got %v %v", receipt, err)
		}
		want, jittered := 5*time.Second, false
		for i, gap := range b.gaps(download) {
			if gap < want*9/10 || gap > want*11/10 {
				t.Errorf("interval %d is %v, want %v within a tenth", i+1, gap, want)
			}
			jittered = jittered || gap != want
			if polls[i].Number != i+1 || polls[i].Next != gap || !errors.Is(polls[i].Err, danabio.ErrNotReady) {
				t.Errorf("poll %d was told as %+v", i+1, polls[i])
			}
			want = min(want*3/2, 60*time.Second)
		}
		if !jittered {
			t.Error("the intervals have no jitter")
		}
	})
}

func TestWaitOutlivesOutages(t *testing.T) {
	s := newScript(t).on(download, status(503, ""), broken(hangUp), status(404, ""),
		status(429, "", "Retry-After", "3600"), status(500, ""), zipReply(smallZIP(t)))
	inBubble(t, s, func(b *bed) {
		polls := 0
		if _, err := b.client.WaitForEvidence(b.Context(), circuit, target(t),
			danabio.PollPolicy{Notify: func(danabio.Poll) { polls++ }}); err != nil {
			t.Error(err)
		}
		if polls != 5 {
			t.Errorf("%d polls found nothing, want 5", polls)
		}
		if gap := b.gaps(download)[3]; gap < time.Hour {
			t.Errorf("asked again %v after the server asked to wait 1h0m0s", gap)
		}
	})
}

func TestWaitEnds(t *testing.T) {
	t.Run("after MaxWait", func(t *testing.T) {
		s := newScript(t)
		s.optional = status(404, "")
		inBubble(t, s, func(b *bed) {
			began := time.Now()
			_, err := b.client.WaitForEvidence(b.Context(), circuit, target(t), danabio.PollPolicy{})
			if !errors.Is(err, danabio.ErrNotReady) || time.Since(began) != 24*time.Hour {
				t.Errorf("got %v after %v, want ErrNotReady after 24h", err, time.Since(began))
			}
		})
	})
	t.Run("after MaxWait in an outage", func(t *testing.T) {
		s := newScript(t)
		s.optional = status(503, "")
		inBubble(t, s, func(b *bed) {
			began := time.Now()
			_, err := b.client.WaitForEvidence(b.Context(), circuit, target(t),
				danabio.PollPolicy{MaxWait: time.Minute})
			if !errors.Is(err, danabio.ErrNotReady) || time.Since(began) != time.Minute ||
				!strings.Contains(err.Error(), "503") {
				t.Errorf("got %v after %v, want ErrNotReady after 1m that names the last status", err,
					time.Since(began))
			}
		})
	})
	t.Run("with the context", func(t *testing.T) {
		s := newScript(t)
		s.optional = status(404, "")
		inBubble(t, s, func(b *bed) {
			ctx, cancel := context.WithTimeout(b.Context(), 90*time.Second)
			defer cancel()
			began := time.Now()
			_, err := b.client.WaitForEvidence(ctx, circuit, target(t), danabio.PollPolicy{})
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 90*time.Second ||
				!strings.Contains(err.Error(), circuit) {
				t.Errorf("got %v after %v, want the deadline after 1m30s, naming the circuit", err, time.Since(began))
			}
		})
	})
	t.Run("with a context that ends as the answer comes", func(t *testing.T) {
		var cancel context.CancelFunc
		inBubble(t, newScript(t).on(download, status(404, "")), func(b *bed) {
			var ctx context.Context
			ctx, cancel = context.WithCancel(b.Context())
			_, err := b.client.WaitForEvidence(ctx, circuit, target(t), danabio.PollPolicy{})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want the cancellation", err)
			}
		}, func(config *danabio.Config) {
			next := config.HTTPClient.Transport
			config.HTTPClient.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
				resp, err := next.RoundTrip(r)
				if operationOf(r) == download {
					cancel()
				}
				return resp, err
			})
		})
	})
	t.Run("with a final error", func(t *testing.T) {
		for want, replies := range map[error][]reply{
			danabio.ErrUnauthorized: {status(401, ""), status(401, "")},
			danabio.ErrIntegrity:    {status(404, ""), claim([]byte("<html>")), claim([]byte("<html>"))},
		} {
			inBubble(t, newScript(t).on(download, replies...), func(b *bed) {
				if _, err := b.client.WaitForEvidence(b.Context(), circuit, target(t),
					danabio.PollPolicy{}); !errors.Is(err, want) {
					t.Errorf("got %v, want %v", err, want)
				}
			})
		}
	})
}
