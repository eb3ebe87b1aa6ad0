package danabio

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// accessToken is one token, identified by its address. Tokens are opaque and never parsed (the
// published example is not a JWT).
type accessToken struct {
	value   Secret
	expires time.Time // when it is no longer used; zero if not before the server refuses it
	refresh time.Time // when another one is fetched while this is in use; zero if never
}

func (t *accessToken) valid(now time.Time) bool { return t.expires.IsZero() || now.Before(t.expires) }

func (t *accessToken) stale(now time.Time) bool {
	return !t.refresh.IsZero() && !now.Before(t.refresh)
}

// tokenSource holds the token. At most one exchange is under way, however many callers wait for it.
// Each caller waits on its own context. The exchange depends on none of these contexts, since the
// other callers need it.
type tokenSource struct {
	exchange func(context.Context) (*accessToken, error)

	life context.Context
	end  context.CancelFunc
	wait sync.WaitGroup

	mu      sync.Mutex
	current *accessToken
	pending *exchangeCall
}

type exchangeCall struct {
	done  chan struct{}
	token *accessToken
	err   error
}

func newTokenSource() *tokenSource {
	life, end := context.WithCancel(context.Background())
	return &tokenSource{life: life, end: end}
}

// token returns a valid token, and fetches one if there is none.
func (s *tokenSource) token(ctx context.Context) (*accessToken, error) {
	if err := ctx.Err(); err != nil {
		return nil, operationError(operationToken, "", err)
	}
	s.mu.Lock()
	if s.life.Err() != nil {
		s.mu.Unlock()
		return nil, ErrClosed
	}
	now := time.Now()
	if token := s.current; token != nil && token.valid(now) {
		if token.stale(now) && s.pending == nil {
			s.start()
		}
		s.mu.Unlock()
		return token, nil
	}
	if s.pending == nil {
		s.start()
	}
	call := s.pending
	s.mu.Unlock()

	select {
	case <-call.done:
		if call.err != nil && s.life.Err() != nil {
			return nil, ErrClosed
		}
		return call.token, operationError(operationToken, "", call.err)
	case <-ctx.Done():
		return nil, operationError(operationToken, "", ctx.Err())
	}
}

// drop forgets a token that the server refused. A newer one stays.
func (s *tokenSource) drop(refused *accessToken) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == refused {
		s.current = nil
	}
}

// start begins an exchange. The lock must be held.
func (s *tokenSource) start() {
	call := &exchangeCall{done: make(chan struct{})}
	s.pending = call
	s.wait.Go(func() {
		call.token, call.err = s.exchange(s.life)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.pending = nil
		if call.err == nil {
			s.current = call.token
		} else if s.current != nil {
			// The old token stays in use. The next attempt follows after a tenth to a fifth of its
			// remaining life.
			s.current.refresh = time.Now().Add(jitter(time.Until(s.current.expires)*15/100, 1.0/3))
		}
		close(call.done)
	})
}

func (s *tokenSource) close() {
	s.mu.Lock() // so that no exchange begins after the wait
	s.end()
	s.mu.Unlock()
	s.wait.Wait()
}

const (
	maxLifetime = 24 * time.Hour
	// fallbackLifetime is how long a token is used if its lifetime is missing or makes no sense.
	fallbackLifetime = 5 * time.Minute
)

// newAccessToken returns a token that was requested at the given time. Its use ends a little early,
// so that it is still valid when it arrives, and it is renewed after about four fifths of its life.
func newAccessToken(value string, asked time.Time, lifetime time.Duration) *accessToken {
	if lifetime <= 0 || lifetime > maxLifetime {
		lifetime = fallbackLifetime
	}
	return &accessToken{
		value:   NewSecret(value),
		expires: asked.Add(lifetime - min(lifetime/10, 10*time.Second)),
		refresh: asked.Add(jitter(lifetime*8/10, 1.0/20)),
	}
}

// jitter returns a random duration in d ± part of it.
func jitter(d time.Duration, part float64) time.Duration {
	return d + time.Duration(float64(d)*part*(2*rand.Float64()-1))
}

// checkTokenText rejects a token that cannot stand in an Authorization header.
func checkTokenText(value string) error {
	if value == "" {
		return fmt.Errorf("%w: the token is empty", ErrProtocol)
	}
	for _, r := range value {
		if r <= ' ' || r > '~' {
			return fmt.Errorf("%w: the token contains characters that cannot be in a header", ErrProtocol)
		}
	}
	return nil
}
