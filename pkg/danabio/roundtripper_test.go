package danabio_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// answering sets a RoundTripper that calls a handler, as tests and in-process gateways do.
func answering(change func(*http.Response)) func(*danabio.Config) {
	return func(config *danabio.Config) {
		config.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			w := httptest.NewRecorder()
			if operationOf(r) == token {
				tokenReply("opaque", 1799)(w, r)
				return w.Result(), nil
			}
			w.WriteHeader(404)
			resp := w.Result()
			change(resp)
			return resp, nil
		})}
	}
}

// The client accepts the same answers of a RoundTripper as http.Client does.
func TestAnswersOfOtherRoundTrippers(t *testing.T) {
	for name, change := range map[string]func(*http.Response){
		"without a request": func(resp *http.Response) { resp.Request = nil },
		"without a body":    func(resp *http.Response) { resp.Body = nil },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, newScript(t), func(b *bed) {
				if _, err := b.client.OpenEvidence(b.Context(), circuit); !errors.Is(err, danabio.ErrNotReady) {
					t.Errorf("got %v, want ErrNotReady", err)
				}
			}, answering(change))
		})
	}
}

// net/http does not limit the time that a proxy takes to establish the connection.
func TestProxyThatSaysNothing(t *testing.T) {
	for _, scheme := range []string{"http", "socks5"} {
		t.Run(scheme, func(t *testing.T) {
			inBubble(t, newScript(t), func(b *bed) {
				began := time.Now()
				_, err := b.client.Authenticate(b.Context())
				if took := time.Since(began); !errors.Is(err, danabio.ErrUnavailable) || took > 3*time.Minute {
					t.Errorf("got %v after %v, want ErrUnavailable within 3m0s", err, took)
				}
			}, func(config *danabio.Config) {
				config.Environment = danabio.Sandbox
				config.Retry.MaxAttempts = 1
				config.HTTPClient.Transport = &http.Transport{
					Proxy: http.ProxyURL(&url.URL{Scheme: scheme, Host: "127.0.0.1:1080"}),
					DialContext: func(context.Context, string, string) (net.Conn, error) {
						client, server := net.Pipe()
						go func() {
							buffer := make([]byte, 1024)
							for {
								if _, err := server.Read(buffer); err != nil {
									return
								}
							}
						}()
						return client, nil
					},
				}
			})
		})
	}
}

func TestAnswerThatDripsIsNotWaitedFor(t *testing.T) {
	drip := func(code int) reply {
		return broken(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(code)
			for http.NewResponseController(w).Flush() == nil {
				time.Sleep(29 * time.Second)
				if _, err := w.Write([]byte(" ")); err != nil {
					return
				}
			}
		})
	}
	for name, test := range map[string]struct {
		operation string
		code      int
		most      time.Duration
	}{
		"an error body": {download, 409, 30 * time.Second},
		"a start":       {start, 200, time.Minute},
		"a token":       {token, 200, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, newScript(t).on(test.operation, drip(test.code)), func(b *bed) {
				began := time.Now()
				var err error
				if test.operation == start {
					_, err = b.client.StartCircuit(b.Context(), request())
				} else {
					_, err = b.client.OpenEvidence(b.Context(), circuit)
				}
				if took := time.Since(began); err == nil || took > test.most {
					t.Errorf("got %v after %v, want an error within %v", err, took, test.most)
				}
			}, func(config *danabio.Config) { config.Retry.MaxAttempts = 1 })
		})
	}
}

// A transport that repeats a request cannot read its body a second time.
func TestATransportThatSendsAStartAgainCannotReadItsBody(t *testing.T) {
	for _, how := range []string{"after an error", "after its end"} {
		t.Run(how, func(t *testing.T) {
			var whole, second int
			client, err := danabio.New(danabio.Config{
				Environment: danabio.CustomEnvironment("http://localhost"),
				Channel:     channel,
				Credentials: danabio.ClientCredentials("acme", "s3cr3t-of-acme"),
				HTTPClient: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
					w := httptest.NewRecorder()
					if operationOf(r) == token {
						tokenReply("opaque", 1799)(w, r)
						return w.Result(), nil
					}
					if r.GetBody != nil {
						t.Error("the request offers its body once more")
					}
					first, err := io.ReadAll(r.Body)
					if err != nil {
						return nil, err
					}
					if whole++; how == "after an error" {
						_ = r.Body.Close()
					}
					again, err := io.ReadAll(r.Body)
					if second += len(again); how == "after an error" && err == nil || len(first) == 0 {
						t.Errorf("%d bytes, then %d and %v", len(first), len(again), err)
					}
					return nil, errors.New("connection reset")
				})},
			})
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			var unknown *danabio.OutcomeUnknownError
			if _, err := client.StartCircuit(t.Context(), request()); !errors.As(err, &unknown) {
				t.Errorf("got %v, want that the outcome is unknown", err)
			}
			if whole != 1 || second != 0 {
				t.Errorf("the body was read whole %d times, and %d bytes the second time", whole, second)
			}
		})
	}
}
