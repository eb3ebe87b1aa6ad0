package danabio_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"github.com/danabio/danabio-go/pkg/danabio"
)

func TestTokenRequestIsRetriedWhenTheServiceIsUnavailable(t *testing.T) {
	for name, reply := range map[string]reply{
		"408": status(408, ""), "429": status(429, ""), "500": status(500, ""), "502": status(502, "<html>"),
		"503": status(503, ""), "504": status(504, ""),
		"connection closed": broken(hangUp), "cut answer": broken(cutJSON),
	} {
		t.Run(name+" then success", func(t *testing.T) {
			s := newScript(t).on(token, reply, reply, reply, tokenReply("opaque", 1799))
			inBubble(t, s, func(b *bed) {
				if _, err := b.client.Authenticate(b.Context()); err != nil {
					t.Fatal(err)
				}
			})
		})
		t.Run(name+" for ever", func(t *testing.T) {
			s := newScript(t).on(token, reply, reply, reply, reply)
			inBubble(t, s, func(b *bed) {
				_, err := b.client.Authenticate(b.Context())
				if !errors.Is(err, danabio.ErrUnavailable) {
					t.Fatalf("got %v, want ErrUnavailable", err)
				}
			})
		})
	}
}

func TestTokenRequestIsRetriedWhenConnectingFails(t *testing.T) {
	refused := 0
	inBubble(t, newScript(t), func(b *bed) {
		if _, err := b.client.Authenticate(b.Context()); err != nil {
			t.Fatal(err)
		}
		if refused != 2 || b.calls(token) != 1 {
			t.Errorf("%d refused connections and %d requests, want 2 and 1", refused, b.calls(token))
		}
	}, dialThrough(func(next dial) dial {
		return func(ctx context.Context, network, address string) (net.Conn, error) {
			if refused < 2 {
				refused++
				return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
			}
			return next(ctx, network, address)
		}
	}))
}

type dial = func(ctx context.Context, network, address string) (net.Conn, error)

// dialThrough wraps the transport's DialContext.
func dialThrough(wrap func(dial) dial) func(*danabio.Config) {
	return func(config *danabio.Config) {
		transport := config.HTTPClient.Transport.(*http.Transport)
		transport.DialContext = wrap(transport.DialContext)
	}
}

func TestTokenRefusedIsFinal(t *testing.T) {
	for _, code := range []int{400, 401} {
		s := newScript(t).on(token,
			status(code, `{"error":"invalid_client","error_description":"client authentication failed"}`))
		inBubble(t, s, func(b *bed) {
			_, err := b.client.Authenticate(b.Context())
			if !errors.Is(err, danabio.ErrUnauthorized) {
				t.Fatalf("status %d: got %v, want ErrUnauthorized", code, err)
			}
			var answer *danabio.APIError
			if !errors.As(err, &answer) || answer.Code != "invalid_client" ||
				answer.Message != "client authentication failed" {
				t.Errorf("status %d: got %#v, want code and message of the body", code, answer)
			}
			if b.calls(token) != 1 {
				t.Errorf("status %d: %d requests, want 1: no second try, no other style of authentication", code,
					b.calls(token))
			}
			if _, _, ok := basicAuth(b.header(token, 0)); !ok {
				t.Errorf("status %d: the credentials were not sent as Basic", code)
			}
		})
	}
}

func basicAuth(h http.Header) (user, password string, ok bool) {
	return (&http.Request{Header: h}).BasicAuth()
}

func TestTokenAnswerThatIsNoTokenIsAProtocolError(t *testing.T) {
	for name, answer := range map[string]struct{ mediaType, body string }{
		"HTML":         {"text/html", "<html><body>welcome</body></html>"},
		"form-encoded": {"text/plain", "access_token=abc&token_type=bearer&expires_in=1799"},
		"empty body":   {"application/json", ""},
		"a list":       {"application/json", `["abc"]`},
		"cut JSON":     {"application/json", `{"access_token":"abc","token_ty`},
		"longer than 1 MiB": {"application/json", `{"access_token":"abc","token_type":"Bearer"}` +
			strings.Repeat(" ", 1<<20)},
		"no token":                {"application/json", `{"token_type":"Bearer"}`},
		"empty token":             {"application/json", `{"access_token":"","token_type":"Bearer"}`},
		"token with a line break": {"application/json", `{"access_token":"abc\ndef","token_type":"Bearer"}`},
		"token that is a number":  {"application/json", `{"access_token":5,"token_type":"Bearer"}`},
		"not Bearer":              {"application/json", `{"access_token":"abc","token_type":"mac"}`},
		"two tokens":              {"application/json", `{"access_token":"abc","access_token":"abd"}`},
		"expires_in is a word": {"application/json",
			`{"access_token":"abc","token_type":"Bearer","expires_in":"soon"}`},
		"expires_in is true": {"application/json",
			`{"access_token":"abc","token_type":"Bearer","expires_in":true}`},
		"expires_in is a list": {"application/json",
			`{"access_token":"abc","token_type":"Bearer","expires_in":[1799]}`},
		"expires_in is empty": {"application/json",
			`{"access_token":"abc","token_type":"Bearer","expires_in":""}`},
		"expires_in is NaN in text": {"application/json",
			`{"access_token":"abc","token_type":"Bearer","expires_in":"NaN"}`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t).on(token, broken(status(200, answer.body, "Content-Type", answer.mediaType)))
			inBubble(t, s, func(b *bed) {
				_, err := b.client.Authenticate(b.Context())
				if !errors.Is(err, danabio.ErrProtocol) {
					t.Fatalf("got %v, want ErrProtocol", err)
				}
				if strings.Contains(err.Error(), "abc") {
					t.Errorf("the error quotes the answer: %v", err)
				}
			})
		})
	}
}

// Many servers send such answers, and the token in each is usable.
func TestOddTokenAnswersAreTaken(t *testing.T) {
	for name, body := range map[string]string{
		"no type":          `{"access_token":"abc","expires_in":1799}`,
		"empty type":       `{"access_token":"abc","token_type":"","expires_in":1799}`,
		"type BearerToken": `{"access_token":"abc","token_type":"BearerToken","expires_in":1799}`,
		"type in capitals": `{"access_token":"abc","token_type":"BEARER","expires_in":1799}`,
		"byte order mark":  "\ufeff" + `{"access_token":"abc","expires_in":1799}`,
		"text behind it":   `{"access_token":"abc","expires_in":1799} <!-- served by node 7 -->`,
		"inside data":      `{"status":"ok","data":{"access_token":"abc","expires_in":1799}}`,
		"other spelling":   `{"accessToken":"abc","expiresIn":1799}`,
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, newScript(t).on(token, broken(status(200, body, "Content-Type", "application/json"))),
				func(b *bed) {
					info, err := b.client.Authenticate(b.Context())
					if err != nil {
						t.Fatal(err)
					}
					if life := time.Until(info.ExpiresAt); life < 25*time.Minute {
						t.Errorf("the token serves %v", life)
					}
				})
		})
	}
}

// Some servers refuse the client with status 200. Another attempt will not help.
func TestARefusalWithStatus200IsUnauthorized(t *testing.T) {
	reply := broken(status(200, `{"error":"invalid_client","error_description":"unknown client acme"}`, "Content-Type",
		"application/json"))
	inBubble(t, newScript(t).on(token, reply), func(b *bed) {
		if _, err := b.client.Authenticate(b.Context()); !errors.Is(err, danabio.ErrUnauthorized) ||
			strings.Contains(err.Error(), "acme") {
			t.Errorf("got %v, want ErrUnauthorized", err)
		}
	})
}

// A token with a plausible lifetime serves nearly that long, and the client renews it before its
// end. Any other token serves five minutes at most.
func TestTokenLifetime(t *testing.T) {
	const odd = 5 * time.Minute
	for expires, want := range map[string]time.Duration{
		`"expires_in":1799`:      1799 * time.Second,
		`"expires_in":"1799"`:    1799 * time.Second,
		`"expires_in":1799.5`:    1799 * time.Second,
		`"expires_in":86400`:     24 * time.Hour,
		`"expires_in":86401`:     odd,
		`"expires_in":1e300`:     odd,
		`"expires_in":1e999`:     odd,
		`"expires_in":0`:         odd,
		`"expires_in":-1`:        odd,
		`"expires_in":-1e300`:    odd,
		`"expires_in":null`:      odd,
		`"scope":"none"`:         odd,
		`"expires_in":99999999`:  odd,
		`"expires_in":"9999999"`: odd,
	} {
		t.Run(expires, func(t *testing.T) {
			body := `{"access_token":"first","token_type":"bearer",` + expires + `}`
			s := newScript(t).on(token, broken(status(200, body)))
			inBubble(t, s, func(b *bed) {
				asked := time.Now()
				info, err := b.client.Authenticate(b.Context())
				if err != nil {
					t.Fatal(err)
				}
				if life := info.ExpiresAt.Sub(asked); life >= want || life < want*9/10 {
					t.Errorf("the token serves %v, want a little less than %v", life, want)
				}
				time.Sleep(want * 74 / 100)
				b.authenticate()
				synctest.Wait()
				if n := b.calls(token); n != 1 {
					t.Errorf("%d requests after 74 %% of its life, want 1", n)
				}
				time.Sleep(want * 12 / 100)
				b.authenticate()
				synctest.Wait()
				if n := b.calls(token); n != 2 {
					t.Errorf("%d requests after 86 %% of its life, want 2: it should be renewed early", n)
				}
			})
		})
	}
}

// A token's lifetime begins with the request, because the server may have issued it then.
func TestTokenLifetimeBeginsWithTheRequest(t *testing.T) {
	slow := func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(20 * time.Second)
		tokenReply("first", 1799)(w, r)
	}
	inBubble(t, newScript(t).on(token, slow), func(b *bed) {
		asked := time.Now()
		info, err := b.client.Authenticate(b.Context())
		if life := info.ExpiresAt.Sub(asked); err != nil || life > 1799*time.Second {
			t.Errorf("the token serves %v (%v), want less than 1799s", life, err)
		}
	})
}

// Many clients that start at the same moment do not renew their tokens at the same moment.
func TestRenewalsAreSpread(t *testing.T) {
	earliest, latest := time.Hour, time.Duration(0)
	for range 20 {
		inBubble(t, newScript(t).on(token, tokenReply("first", 1000)), func(b *bed) {
			for b.calls(token) < 2 {
				b.authenticate()
				time.Sleep(time.Second)
			}
			gap := b.gaps(token)[0]
			earliest, latest = min(earliest, gap), max(latest, gap)
		})
	}
	if earliest < 760*time.Second || latest > 841*time.Second || latest-earliest < 10*time.Second {
		t.Errorf("renewed after %v to %v, want 760s to 840s of 1000s", earliest, latest)
	}
}

func (b *bed) authenticate() {
	b.Helper()
	if _, err := b.client.Authenticate(b.Context()); err != nil {
		b.Fatal(err)
	}
}

func TestOldTokenServesWhileRenewalFails(t *testing.T) {
	s := newScript(t).on(token, tokenReply("first", 1000))
	for range 8 {
		s.on(token, status(503, ""))
	}
	s.on(token, tokenReply("second", 1000)).on(start, started, started)
	inBubble(t, s, func(b *bed) {
		b.authenticate()
		time.Sleep(860 * time.Second)
		b.authenticate() // starts a renewal that fails four times
		time.Sleep(10 * time.Second)
		b.authenticate() // starts no other renewal yet
		synctest.Wait()
		if n := b.calls(token); n != 5 {
			t.Errorf("%d token requests soon after a failed renewal, want 5", n)
		}
		time.Sleep(90 * time.Second)
		b.startOne() // the old token still serves; the next renewal fails four times
		time.Sleep(40 * time.Second)
		b.startOne() // the old token has expired
		if got := b.header(start, 0).Get("Authorization"); got != "Bearer first" {
			t.Error("the first start went out with another token than the old one")
		}
		if got := b.header(start, 1).Get("Authorization"); got != "Bearer second" {
			t.Error("the second start went out with another token than the new one")
		}
	})
}

func (b *bed) startOne() {
	b.Helper()
	if _, err := b.client.StartCircuit(b.Context(), request()); err != nil {
		b.Fatal(err)
	}
}

func TestConcurrentFirstCallsShareOneTokenRequest(t *testing.T) {
	slow := func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Second)
		tokenReply("first", 1799)(w, r)
	}
	inBubble(t, newScript(t).on(token, slow), func(b *bed) {
		var all sync.WaitGroup
		for range 1000 {
			all.Go(func() {
				if _, err := b.client.Authenticate(b.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := b.calls(token); n != 1 {
			t.Errorf("%d token requests, want 1", n)
		}
	})
}

func TestConcurrentCallersShareOneRenewal(t *testing.T) {
	slow := func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Second)
		tokenReply("second", 1000)(w, r)
	}
	inBubble(t, newScript(t).on(token, tokenReply("first", 1000), slow), func(b *bed) {
		b.authenticate()
		time.Sleep(860 * time.Second)
		for range 100 {
			b.authenticate()
		}
		time.Sleep(time.Minute)
		if n := b.calls(token); n != 2 {
			t.Errorf("%d token requests, want 2", n)
		}
	})
}

func TestConcurrentRefusalsShareOneNewToken(t *testing.T) {
	s := newScript(t).on(token, tokenReply("first", 1799), tokenReply("second", 1799))
	for range 2000 {
		s.on(download, func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Second)
			if r.Header.Get("Authorization") == "Bearer first" {
				status(401, "")(w, r)
			} else {
				status(404, "")(w, r)
			}
		})
	}
	inBubble(t, s, func(b *bed) {
		b.authenticate()
		var all sync.WaitGroup
		for range 1000 {
			all.Go(func() {
				if _, err := b.client.OpenEvidence(b.Context(), circuit); !errors.Is(err, danabio.ErrNotReady) {
					t.Errorf("got %v, want ErrNotReady", err)
				}
			})
		}
		all.Wait()
		if n := b.calls(token); n != 2 {
			t.Errorf("%d token requests, want 2: one at first and one for all refusals", n)
		}
	})
}

func TestCallerWaitsForTheTokenOnItsOwnContext(t *testing.T) {
	slow := func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(10 * time.Second)
		tokenReply("first", 1799)(w, r)
	}
	inBubble(t, newScript(t).on(token, slow), func(b *bed) {
		patient := make(chan error)
		began := time.Now()
		hasty, cancel := context.WithTimeout(b.Context(), time.Second)
		defer cancel()
		_, err := b.client.Authenticate(hasty) // the first caller, which started the exchange
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("the hasty caller got %v after %v, want its own deadline after 1s", err, time.Since(began))
		}
		go func() {
			_, err := b.client.Authenticate(b.Context())
			patient <- err
		}()
		if err := <-patient; err != nil || b.calls(token) != 1 {
			t.Errorf("the patient caller got %v after %d requests, want the token of the one under way", err,
				b.calls(token))
		}
	})
}

func TestCredentialsAreFormEncodedInTheBasicHeader(t *testing.T) {
	const id, secret = "acmé id", "p+s:w%rd/ä"
	for _, raw := range []bool{false, true} {
		inBubble(t, newScript(t), func(b *bed) {
			b.authenticate()
			user, password, _ := basicAuth(b.header(token, 0))
			wantUser, wantPassword := "acm%C3%A9+id", "p%2Bs%3Aw%25rd%2F%C3%A4"
			if raw {
				wantUser, wantPassword = id, secret
			}
			if user != wantUser || password != wantPassword {
				t.Errorf("raw %v: sent %q and %q, want %q and %q", raw, user, password, wantUser, wantPassword)
			}
		}, func(config *danabio.Config) {
			config.Credentials = danabio.ClientCredentials(id, secret)
			config.RawBasicAuth = raw
		})
	}
}

type sourceFunc func() (*oauth2.Token, error)

func (f sourceFunc) Token() (*oauth2.Token, error) { return f() }

func TestCallersTokenSource(t *testing.T) {
	given := []string{"from-caller-1", "from-caller-2", "from-caller-2"}
	asked := 0
	source := sourceFunc(func() (*oauth2.Token, error) {
		asked++
		return &oauth2.Token{AccessToken: given[asked-1], Expiry: time.Now().Add(time.Hour)}, nil
	})
	s := newScript(t).on(download, status(404, ""), status(401, ""), status(404, ""), status(401, ""))
	inBubble(t, s, func(b *bed) {
		for i, want := range []error{danabio.ErrNotReady, danabio.ErrNotReady, danabio.ErrUnauthorized} {
			if _, err := b.client.OpenEvidence(b.Context(), circuit); !errors.Is(err, want) {
				t.Errorf("call %d: got %v, want %v", i+1, err, want)
			}
		}
		// The server refuses the second token in the third call, and the source has no other.
		if asked != 3 || b.calls(download) != 4 || b.calls(token) != 0 {
			t.Errorf("source asked %d times, %d downloads, %d token requests; want 3, 4, 0", asked, b.calls(download),
				b.calls(token))
		}
	}, func(config *danabio.Config) { config.Credentials = danabio.TokenSource(source) })
}

// The clock of this machine or of the token's issuer is an hour off. The client uses a token that
// seems to have expired, and it renews a token that seems to be valid when the server refuses it.
func TestCallersTokenSourceWhileAClockIsAnHourOff(t *testing.T) {
	for name, off := range map[string]time.Duration{"ahead": -time.Hour, "behind": time.Hour} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			source := sourceFunc(func() (*oauth2.Token, error) {
				asked++
				// No monotonic clock, as in a time from a file or from the network.
				return &oauth2.Token{AccessToken: fmt.Sprintf("from-caller-%d", asked),
					Expiry: time.Now().Add(10 * time.Minute).Add(off).Round(0)}, nil
			})
			s := newScript(t).on(download, status(404, ""), status(401, ""), status(404, ""))
			inBubble(t, s, func(b *bed) {
				for range 2 {
					if _, err := b.client.OpenEvidence(b.Context(), circuit); !errors.Is(err, danabio.ErrNotReady) {
						t.Errorf("got %v, want ErrNotReady", err)
					}
				}
				want := 2 // the first token, and the one after the 401
				if off < 0 {
					want = 3
				}
				if asked != want {
					t.Errorf("the source was asked %d times, want %d", asked, want)
				}
			}, func(config *danabio.Config) { config.Credentials = danabio.TokenSource(source) })
		})
	}
}

func TestErrorOfCallersTokenSourceIsNotQuoted(t *testing.T) {
	for _, test := range []struct {
		err  error
		want error
	}{
		{&oauth2.RetrieveError{Response: &http.Response{StatusCode: 401}, Body: []byte("canary")},
			danabio.ErrUnauthorized},
		{&oauth2.RetrieveError{Response: &http.Response{StatusCode: 503}, Body: []byte("canary")},
			danabio.ErrUnavailable},
		{errors.New("canary"), danabio.ErrUnavailable},
	} {
		inBubble(t, newScript(t), func(b *bed) {
			_, err := b.client.Authenticate(b.Context())
			if !errors.Is(err, test.want) || !errors.Is(err, test.err) {
				t.Errorf("got %v, want %v that wraps the source's error", err, test.want)
			}
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("the source's error is quoted: %v", err)
			}
		}, func(config *danabio.Config) {
			config.Credentials = danabio.TokenSource(sourceFunc(func() (*oauth2.Token, error) { return nil, test.err }))
		})
	}
}

// The client hides these errors of the source, because a caller would draw the wrong conclusion:
// nobody ended the call, and no request asked for the circuit.
func TestErrorOfTheCallersTokenSourceMatchesNothingThatCallersDecideOn(t *testing.T) {
	for _, hidden := range []error{context.Canceled, context.DeadlineExceeded, danabio.ErrNotReady,
		danabio.ErrIntegrity} {
		inBubble(t, newScript(t), func(b *bed) {
			_, err := b.client.Authenticate(b.Context())
			if !errors.Is(err, danabio.ErrUnavailable) || errors.Is(err, hidden) {
				t.Errorf("got %v for a source that fails with %q, want ErrUnavailable alone", err, hidden)
			}
		}, func(config *danabio.Config) {
			config.Credentials = danabio.TokenSource(sourceFunc(func() (*oauth2.Token, error) {
				return nil,
					fmt.Errorf("source: %w", hidden)
			}))
		})
	}
}

func TestClosedClientMakesNoRequest(t *testing.T) {
	inBubble(t, newScript(t), func(b *bed) {
		b.authenticate()
		_ = b.client.Close()
		if _, err := b.client.Authenticate(b.Context()); !errors.Is(err, danabio.ErrClosed) {
			t.Errorf("got %v, want ErrClosed", err)
		}
	})
}

func TestCloseEndsTheExchangeUnderWay(t *testing.T) {
	never := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}
	inBubble(t, newScript(t).on(token, broken(never)), func(b *bed) {
		result := make(chan error)
		go func() {
			_, err := b.client.Authenticate(b.Context())
			result <- err
		}()
		synctest.Wait()
		began := time.Now()
		_ = b.client.Close()
		if err := <-result; !errors.Is(err, danabio.ErrClosed) || time.Since(began) > 0 {
			t.Errorf("got %v after %v, want ErrClosed at once", err, time.Since(began))
		}
	})
}

func TestCloseWaitsForTheCallersTokenSource(t *testing.T) {
	slow := sourceFunc(func() (*oauth2.Token, error) {
		time.Sleep(5 * time.Second)
		return &oauth2.Token{AccessToken: "late"}, nil
	})
	inBubble(t, newScript(t), func(b *bed) {
		go func() { _, _ = b.client.Authenticate(b.Context()) }()
		synctest.Wait()
		began := time.Now()
		if _ = b.client.Close(); time.Since(began) != 5*time.Second {
			t.Errorf("closed after %v, want when the source has returned, after 5s", time.Since(began))
		}
	}, func(config *danabio.Config) { config.Credentials = danabio.TokenSource(slow) })
}

// A connection that is established after its request was abandoned waits for another request until
// the client is closed.
func TestCloseEndsConnectionsThatNobodyWaitsFor(t *testing.T) {
	var late *closedConn
	inBubble(t, newScript(t), func(b *bed) {
		ctx, cancel := context.WithTimeout(b.Context(), time.Second)
		defer cancel()
		if _, err := b.client.OpenEvidence(ctx, circuit); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the deadline", err)
		}
		time.Sleep(5 * time.Second)
		_ = b.client.Close()
		synctest.Wait()
		if late == nil || !late.closed.Load() {
			t.Error("the connection is still open")
		}
	}, func(config *danabio.Config) {
		config.Credentials = danabio.TokenSource(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "opaque"}))
	}, dialThrough(func(next dial) dial {
		return func(_ context.Context, network, address string) (net.Conn, error) {
			time.Sleep(2 * time.Second)
			conn, err := next(context.Background(), network, address)
			late = &closedConn{Conn: conn}
			return late, err
		}
	}))
}

type closedConn struct {
	net.Conn
	closed atomic.Bool
}

func (c *closedConn) Close() error {
	c.closed.Store(true)
	return c.Conn.Close()
}
