package danabio_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"github.com/danabio/danabio-go/pkg/danabio"
)

func TestStartedCircuit(t *testing.T) {
	content := pdf(100_000)
	var sent struct {
		ID     string
		Signer map[string]string
		Docs   []struct {
			Name    string
			Size    int64
			Content []byte
		}
	}
	s := newScript(t).on(start, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if int64(len(body)) != r.ContentLength || r.TransferEncoding != nil {
			t.Errorf("%d bytes came with Content-Length %d and %q", len(body), r.ContentLength, r.TransferEncoding)
		}
		if err := json.Unmarshal(body, &sent); err != nil {
			t.Error(err)
		}
		started(w, r)
	})
	inBubble(t, s, func(b *bed) {
		began := time.Now()
		c, err := b.client.StartCircuit(b.Context(),
			request(danabio.Bytes("contrato.pdf", content), danabio.Bytes("anexo <1>.pdf", content[:17])))
		if err != nil {
			t.Fatal(err)
		}
		if c.ID != circuit || c.Link.Reveal() != "https://sign.example.com/s/9f3kd81" || c.RequestID != "loan-4711" ||
			c.Channel != channel || !c.StartedAt.Equal(began) {
			t.Errorf("got %+v", c)
		}
		if len(c.Documents) != 2 ||
			c.Documents[0] != (danabio.SentDocument{Name: "contrato.pdf", Size: 100_000, SHA256: digest(content)}) ||
			c.Documents[1].SHA256 != digest(content[:17]) {
			t.Errorf("documents %+v", c.Documents)
		}
		if sent.ID != "loan-4711" || sent.Signer["name"] != "Ana Pérez Ejemplo" ||
			sent.Signer["email"] != "ana@example.com" || sent.Signer["nif"] != "12345678Z" {
			t.Errorf("sent %+v", sent)
		}
		if len(sent.Docs) != 2 || sent.Docs[0].Name != "contrato.pdf" || sent.Docs[0].Size != 100_000 ||
			!bytes.Equal(sent.Docs[0].Content, content) ||
			sent.Docs[1].Name != "anexo <1>.pdf" || !bytes.Equal(sent.Docs[1].Content, content[:17]) {
			t.Error("the documents did not arrive as they were given")
		}
		h := b.header(start, 0)
		if h.Get("Authorization") != "Bearer opaque-token-1" || h.Get("User-Agent") != "danabio-go/"+danabio.Version ||
			h.Get("Idempotency-Key") != "" {
			t.Errorf("headers %v", h)
		}
	})
}

func TestStartWithoutIDGetsARandomOne(t *testing.T) {
	inBubble(t, newScript(t).on(start, started, started), func(b *bed) {
		anonymous := request()
		anonymous.ID = ""
		first, err := b.client.StartCircuit(b.Context(), anonymous)
		if err != nil {
			t.Fatal(err)
		}
		second, err := b.client.StartCircuit(b.Context(), anonymous)
		if err != nil {
			t.Fatal(err)
		}
		if len(first.RequestID) < 20 || first.RequestID == second.RequestID {
			t.Errorf("request ids %q and %q, want two random ones", first.RequestID, second.RequestID)
		}
	})
}

// Once a byte of a start may have arrived, any failure leaves its outcome unknown, and the client
// does not send it again.
func TestStartWhoseOutcomeIsUnknownIsNotSentAgain(t *testing.T) {
	for name, test := range map[string]struct {
		reply  reply
		status int // the answer's status, 0 without an answer
	}{
		"408":                 {status(408, ""), 408},
		"500":                 {status(500, `{"message":"database is down"}`), 500},
		"502":                 {status(502, "<html>"), 502},
		"503 with retry":      {status(503, "", "Retry-After", "1"), 503},
		"504":                 {status(504, ""), 504},
		"connection closed":   {broken(hangUp), 0},
		"cut answer":          {broken(cutJSON), 0},
		"empty body":          {broken(status(200, "")), 0},
		"no circuitId":        {broken(status(200, `{"link":"https://sign.example.com/s/9f3kd81"}`)), 0},
		"empty circuitId":     {broken(status(200, `{"circuitId":""}`)), 0},
		"blank circuitId":     {broken(status(200, `{"circuitId":" "}`)), 0},
		"circuitId is null":   {broken(status(200, `{"circuitId":null}`)), 0},
		"circuitId is a list": {broken(status(201, `{"circuitId":["x"]}`)), 0},
		"HTML under 200":      {broken(status(200, "<html>ok</html>")), 0},
		"too long an answer":  {broken(status(200, `{"circuitId":"`+strings.Repeat("x", 2<<20)+`"}`)), 0},
		"no HTTP":             {broken(garbage), 0},
		"another protocol":    {broken(switchProtocols), 0},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, newScript(t).on(start, test.reply), func(b *bed) {
				began := time.Now()
				_, err := b.client.StartCircuit(b.Context(), request())
				var unknown *danabio.OutcomeUnknownError
				if !errors.As(err, &unknown) {
					t.Fatalf("got %v, want OutcomeUnknownError", err)
				}
				if unknown.RequestID != "loan-4711" || unknown.Channel != channel ||
					unknown.Outcome != danabio.OutcomeUnknown ||
					!unknown.StartedAt.Equal(began) {
					t.Errorf("got %+v", unknown)
				}
				if len(unknown.Documents) != 1 || unknown.Documents[0].Name != "contrato.pdf" ||
					len(unknown.Documents[0].SHA256) != 64 {
					t.Errorf("documents %+v, want the one that was sent", unknown.Documents)
				}
				for _, kind := range []error{danabio.ErrUnavailable, danabio.ErrProtocol, danabio.ErrInvalidRequest} {
					if errors.Is(err, kind) {
						t.Errorf("%v matches %v, on which callers try again", err, kind)
					}
				}
				var answer *danabio.APIError
				if test.status != 0 && (!errors.As(err, &answer) || answer.StatusCode != test.status) {
					t.Errorf("got %v, want an APIError of status %d in it", err, test.status)
				}
				time.Sleep(time.Hour)
				if n := b.calls(start); n != 1 {
					t.Errorf("%d starts arrived, want 1", n)
				}
			})
		})
	}
}

func cutJSON(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "100")
	_, _ = io.WriteString(w, `{"circuitId":"12ceb3ec`)
	_ = http.NewResponseController(w).Flush() // otherwise the headers would not arrive either
	panic(http.ErrAbortHandler)
}

func garbage(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	conn, _, _ := http.NewResponseController(w).Hijack()
	_, _ = io.WriteString(conn, "+OK canary ana@example.com\r\n\r\n")
	conn.Close()
}

func switchProtocols(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	conn, _, _ := http.NewResponseController(w).Hijack()
	_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n")
	conn.Close()
}

func TestStartThatStallsIsGivenUp(t *testing.T) {
	t.Run("no answer for 120 s", func(t *testing.T) {
		silent := func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		}
		inBubble(t, newScript(t).on(start, broken(silent)), func(b *bed) {
			began := time.Now()
			_, err := b.client.StartCircuit(b.Context(), request())
			b.wantUnknown(err, danabio.OutcomeUnknown)
			if took := time.Since(began); took != 120*time.Second {
				t.Errorf("given up after %v, want 2m0s", took)
			}
		})
	})
	t.Run("answer stands still for 30 s", func(t *testing.T) {
		half := func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"circ`)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}
		inBubble(t, newScript(t).on(start, broken(half)), func(b *bed) {
			began := time.Now()
			_, err := b.client.StartCircuit(b.Context(), request())
			b.wantUnknown(err, danabio.OutcomeUnknown)
			if took := time.Since(began); took != 30*time.Second {
				t.Errorf("given up after %v, want 30s", took)
			}
		})
	})
	t.Run("upload stands still for 30 s", func(t *testing.T) {
		deaf := func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.ReadFull(r.Body, make([]byte, 1000))
			time.Sleep(time.Minute)
		}
		inBubble(t, newScript(t).on(start, broken(deaf)), func(b *bed) {
			began := time.Now()
			_, err := b.client.StartCircuit(b.Context(), request(danabio.Bytes("contrato.pdf", pdf(1<<20))))
			b.wantUnknown(err, danabio.PartlySent)
			if took := time.Since(began); took != 30*time.Second {
				t.Errorf("given up after %v, want 30s", took)
			}
		})
	})
}

func (b *bed) wantUnknown(err error, state danabio.OutcomeState) {
	b.Helper()
	var unknown *danabio.OutcomeUnknownError
	if !errors.As(err, &unknown) || unknown.Outcome != state ||
		(unknown.Documents != nil) != (state == danabio.OutcomeUnknown) {
		b.Errorf("got %v, want an OutcomeUnknownError in state %q", err, state)
	}
	if n := b.calls(start); n != 1 {
		b.Errorf("%d starts arrived, want 1", n)
	}
}

func TestStartThatWasNotSentIsSentAgain(t *testing.T) {
	refusedDial := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	for name, test := range map[string]struct {
		refuse int // connections to refuse after the token's
		starts int
		want   error
	}{
		"three times":    {3, 1, nil},
		"for ever":       {99, 0, danabio.ErrUnavailable},
		"not at all":     {0, 1, nil},
		"only the first": {1, 1, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			for range test.starts {
				s.on(start, started)
			}
			dials := 0
			inBubble(t, s, func(b *bed) {
				b.authenticate()
				_, err := b.client.StartCircuit(b.Context(), request())
				if !errors.Is(err, test.want) {
					t.Errorf("got %v, want %v", err, test.want)
				}
				var unknown *danabio.OutcomeUnknownError
				if errors.As(err, &unknown) {
					t.Errorf("got %v, although nothing was sent", err)
				}
				if want := min(test.refuse+1, 4); dials-1 != want {
					t.Errorf("%d attempts to connect, want %d", dials-1, want)
				}
			}, dialThrough(func(next dial) dial {
				return func(ctx context.Context, network, address string) (net.Conn, error) {
					dials++
					if dials > 1 && dials <= 1+test.refuse {
						return nil, refusedDial
					}
					return next(ctx, network, address)
				}
			}))
		})
	}
}

// A connection that breaks at its first write has taken no byte, so the client sends the start
// again.
func TestStartWhoseFirstWriteFailsIsSentAgain(t *testing.T) {
	dials := 0
	inBubble(t, newScript(t).on(start, started), func(b *bed) {
		b.authenticate()
		b.startOne()
		if dials != 3 {
			t.Errorf("%d connections, want 3: token, broken, start", dials)
		}
	}, dialThrough(func(next dial) dial {
		return func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := next(ctx, network, address)
			if dials++; dials == 2 {
				return deadConn{conn}, err
			}
			return conn, err
		}
	}))
}

type deadConn struct{ net.Conn }

func (deadConn) Write([]byte) (int, error) {
	return 0, &net.OpError{Op: "write", Net: "tcp", Err: syscall.EPIPE}
}

// The client must not repeat a start of which a single byte was sent.
func TestStartWhoseFirstWriteIsCutIsNotSentAgain(t *testing.T) {
	dials := 0
	inBubble(t, newScript(t), func(b *bed) {
		b.authenticate()
		_, err := b.client.StartCircuit(b.Context(), request(danabio.Bytes("contrato.pdf", pdf(50_000))))
		var unknown *danabio.OutcomeUnknownError
		if !errors.As(err, &unknown) || unknown.Outcome != danabio.PartlySent {
			t.Errorf("got %v, want OutcomeUnknownError in state %q", err, danabio.PartlySent)
		}
		if dials != 2 {
			t.Errorf("%d connections, want 2", dials)
		}
	}, dialThrough(func(next dial) dial {
		return func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := next(ctx, network, address)
			if dials++; dials == 2 {
				return oneByteConn{conn}, err
			}
			return conn, err
		}
	}))
}

type oneByteConn struct{ net.Conn }

func (c oneByteConn) Write(p []byte) (int, error) {
	n, _ := c.Conn.Write(p[:1])
	return n, &net.OpError{Op: "write", Net: "tcp", Err: syscall.ECONNRESET}
}

func TestStartThrottledIsSentAgainAfterTheDelay(t *testing.T) {
	t.Run("drawn from a second", func(t *testing.T) {
		var longest [3]time.Duration
		for range 20 {
			inBubble(t, newScript(t).on(start, status(429, ""), status(429, ""), status(429, ""), started),
				func(b *bed) {
					b.startOne()
					for i, gap := range b.gaps(start) {
						longest[i] = max(longest[i], gap)
					}
				})
		}
		for i, longest := range longest {
			if bound := time.Second << i; longest > bound || longest < bound/2 {
				t.Errorf("the longest of delays %d is %v, want it close below %v", i+1, longest, bound)
			}
		}
	})
	t.Run("as the server asks", func(t *testing.T) {
		seen := map[time.Duration]bool{}
		for range 5 {
			inBubble(t, newScript(t).on(start, status(429, "", "Retry-After", "60"), started), func(b *bed) {
				b.startOne()
				gap := b.gaps(start)[0]
				if gap < time.Minute || gap > 61*time.Second {
					t.Errorf("waited %v, want the 60s of the server and little more", gap)
				}
				seen[gap] = true
			})
		}
		if len(seen) == 1 {
			t.Error("all waited equally long; want some jitter, since many may have been told the same")
		}
	})
	t.Run("as the server asks by date", func(t *testing.T) {
		soon := func(w http.ResponseWriter, r *http.Request) {
			status(429, "", "Retry-After", time.Now().Add(40*time.Second).UTC().Format(http.TimeFormat))(w, r)
		}
		inBubble(t, newScript(t).on(start, soon, started), func(b *bed) {
			b.startOne()
			if gap := b.gaps(start)[0]; gap < 39*time.Second || gap > 42*time.Second {
				t.Errorf("waited %v, want the 40s of the server and little more", gap)
			}
		})
	})
	t.Run("unless that is longer than can be read", func(t *testing.T) {
		for _, value := range []string{"9999999999999", "99999999999999999999999"} {
			inBubble(t, newScript(t).on(start, status(429, "", "Retry-After", value)), func(b *bed) {
				_, err := b.client.StartCircuit(b.Context(), request())
				var answer *danabio.APIError
				if !errors.As(err, &answer) || answer.RetryAfter < 24*time.Hour {
					t.Errorf("Retry-After %s: got %v, want an APIError that says a long delay", value, err)
				}
			})
		}
	})
	t.Run("unless that is too long", func(t *testing.T) {
		inBubble(t, newScript(t).on(start, status(429, "", "Retry-After", "61")), func(b *bed) {
			began := time.Now()
			_, err := b.client.StartCircuit(b.Context(), request())
			var answer *danabio.APIError
			if !errors.As(err, &answer) || answer.StatusCode != 429 || answer.RetryAfter != 61*time.Second ||
				!strings.Contains(err.Error(), "1m1s") {
				t.Errorf("got %v, want an APIError that says the delay", err)
			}
			if time.Since(began) != 0 {
				t.Errorf("failed after %v, want at once", time.Since(began))
			}
		})
	})
	t.Run("four times at most", func(t *testing.T) {
		throttled := status(429, `{"message":"slow down"}`)
		inBubble(t, newScript(t).on(start, throttled, throttled, throttled, throttled), func(b *bed) {
			_, err := b.client.StartCircuit(b.Context(), request())
			var answer *danabio.APIError
			var unknown *danabio.OutcomeUnknownError
			if !errors.As(err, &answer) || answer.StatusCode != 429 || errors.As(err, &unknown) {
				t.Errorf("got %v, want an APIError of status 429", err)
			}
		})
	})
}

func TestStartRefusedForItsTokenGetsOneNewToken(t *testing.T) {
	t.Run("accepted with it", func(t *testing.T) {
		inBubble(t, newScript(t).on(start, status(401, ""), started), func(b *bed) {
			b.startOne()
			if b.header(start, 0).Get("Authorization") != "Bearer opaque-token-1" ||
				b.header(start, 1).Get("Authorization") != "Bearer opaque-token-2" {
				t.Error("the second start did not carry a new token")
			}
		})
	})
	t.Run("refused again", func(t *testing.T) {
		inBubble(t, newScript(t).on(start, status(401, ""), status(401, "")), func(b *bed) {
			_, err := b.client.StartCircuit(b.Context(), request())
			var unknown *danabio.OutcomeUnknownError
			if !errors.Is(err, danabio.ErrUnauthorized) || errors.As(err, &unknown) {
				t.Errorf("got %v, want ErrUnauthorized", err)
			}
		})
	})
	t.Run("not with the same one", func(t *testing.T) {
		inBubble(t, newScript(t).on(start, status(401, "")), func(b *bed) {
			if _, err := b.client.StartCircuit(b.Context(), request()); !errors.Is(err, danabio.ErrUnauthorized) {
				t.Errorf("got %v, want ErrUnauthorized", err)
			}
		}, func(config *danabio.Config) {
			config.Credentials =
				danabio.TokenSource(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "the-only-one"}))
		})
	})
	t.Run("that cannot be had", func(t *testing.T) {
		s := newScript(t).on(start, status(401, "")).on(token, tokenReply("first", 1799), status(503, ""),
			status(503, ""), status(503, ""), status(503, ""))
		inBubble(t, s, func(b *bed) {
			_, err := b.client.StartCircuit(b.Context(), request())
			var unknown *danabio.OutcomeUnknownError
			if !errors.Is(err, danabio.ErrUnavailable) || errors.As(err, &unknown) {
				t.Errorf("got %v, want ErrUnavailable", err)
			}
		})
	})
}

// The circuit exists, and its ID is lost for good unless the client reads it from the odd answer.
func TestTheCircuitIsReadOutOfAnOddAnswer(t *testing.T) {
	const id, link = "12ceb3ec-7b76", "https://sign.example.com/s/9f3kd81"
	const whole = `{"circuitId":"` + id + `","link":"` + link + `"}`
	for name, test := range map[string]struct {
		body, id, link string
		notices        []string
	}{
		"as published": {whole, id, link, nil},
		"more fields": {`{"status":{"code":0},"circuitId":"` + id + `","link":"` + link + `","tags":[1,[2]]}`,
			id, link, nil},
		"a number for the id": {`{"circuitId":4711,"link":"` + link + `"}`, "4711", link,
			[]string{"circuitId is a number"}},
		"a huge number": {`{"circuitId":900719925474099312345,"link":"` + link + `"}`, "900719925474099312345",
			link, []string{"circuitId is a number"}},
		"no link":       {`{"circuitId":"` + id + `"}`, id, "", []string{"no link"}},
		"link is null":  {`{"circuitId":"` + id + `","link":null}`, id, "", []string{"no link"}},
		"link is empty": {`{"circuitId":"` + id + `","link":""}`, id, "", []string{"no link"}},
		"link is an object": {`{"link":{"href":"` + link + `"},"circuitId":"` + id + `"}`, id, "",
			[]string{"link is not text", "no link"}},
		"link is a list": {`{"link":["` + link + `"],"circuitId":"` + id + `"}`, id, "",
			[]string{"link is not text", "no link"}},
		"byte order mark": {"\ufeff" + whole, id, link, []string{"byte order mark"}},
		"text behind it":  {whole + "\nserved by node 7", id, link, []string{"text follows"}},
		"JSON behind it":  {whole + whole, id, link, []string{"text follows"}},
		"inside data": {`{"status":"OK","data":` + whole + `}`, id, link,
			[]string{"circuitId is inside", "link is inside"}},
		"inside a list": {`[` + whole + `]`, id, link,
			[]string{"circuitId is inside", "link is inside"}},
		"far inside": {`{"a":{"b":[{"c":` + whole + `}]}}`, id, link,
			[]string{"circuitId is inside", "link is inside"}},
		"nearest to the top": {`{"previous":{"circuitId":"other","link":"x"},"circuitId":"` + id + `","link":"` +
			link + `"}`, id, link, nil},
		"its own name first": {`{"circuit_id":"other","circuitId":"` + id + `","link":"` + link + `"}`, id, link,
			nil},
		"snake case": {`{"circuit_id":"` + id + `","link":"` + link + `"}`, id, link,
			[]string{"circuitId has another spelling"}},
		"twice the same": {`{"circuitId":"` + id + `","circuitId":"` + id + `","link":"` + link + `"}`, id, link,
			nil},
		"two links": {`{"circuitId":"` + id + `","link":"` + link +
			`","link":"https://sign.example.com/s/2"}`, id, "",
			[]string{"link occurs in it more than once", "no link"}},
		"cut behind the id":    {`{"circuitId":"` + id + `","li`, id, "", []string{"not complete JSON", "no link"}},
		"broken behind the id": {`{"circuitId":"` + id + `",}`, id, "", []string{"not complete JSON", "no link"}},
		"link not in UTF-8": {`{"circuitId":"` + id + `","link":"https://sign.example.com/s/\xff"}`, id, "",
			[]string{"not UTF-8", "link is not text", "no link"}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t,
				newScript(t).on(start,
					broken(status(200, strings.ReplaceAll(test.body, `\xff`, "\xff"), "Content-Type",
						"application/json"))), func(b *bed) {
					circuit, err := b.client.StartCircuit(b.Context(), request())
					if err != nil {
						t.Fatal(err)
					}
					if circuit.ID != test.id || circuit.Link.Reveal() != test.link {
						t.Errorf("circuit %q with link %q, want %q with %q", circuit.ID, circuit.Link.Reveal(), test.id,
							test.link)
					}
					if len(circuit.Notices) != len(test.notices) {
						t.Fatalf("notices %q, want %q", circuit.Notices, test.notices)
					}
					for i, want := range test.notices {
						if !strings.Contains(circuit.Notices[i], want) {
							t.Errorf("notice %q, want one of %q", circuit.Notices[i], want)
						}
						if strings.Contains(circuit.Notices[i], "sign.example.com") {
							t.Errorf("notice %q quotes the answer", circuit.Notices[i])
						}
					}
				})
		})
	}
}

func TestAnAnswerWithoutOneCircuitLeavesTheOutcomeUnknown(t *testing.T) {
	for name, body := range map[string]string{
		"none":                  `{"status":"OK"}`,
		"two circuits":          `[{"circuitId":"1"},{"circuitId":"2"}]`,
		"two ids":               `{"circuitId":"1","circuitId":"2"}`,
		"an object":             `{"circuitId":{"value":"1"}}`,
		"a list":                `{"circuitId":["1"]}`,
		"true":                  `{"circuitId":true}`,
		"a text alone":          `"12ceb3ec-7b76"`,
		"cut within the id":     `{"circuitId":"12ceb3ec`,
		"cut within the number": `{"circuitId":4711`,
		"not in UTF-8":          "{\"circuitId\":\"12\xff\"}",
		"HTML":                  `<html>circuitId</html>`,
		"nothing":               ``,
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, newScript(t).on(start, broken(status(200, body, "Content-Type", "application/json"))),
				func(b *bed) {
					circuit, err := b.client.StartCircuit(b.Context(), request())
					var unknown *danabio.OutcomeUnknownError
					if circuit != nil || !errors.As(err, &unknown) || !errors.Is(unknown.Err, danabio.ErrProtocol) {
						t.Errorf("circuit %v, %v", circuit, err)
					}
				})
		})
	}
}

func TestStartRefusedIsFinal(t *testing.T) {
	for _, code := range []int{400, 403, 404, 405, 410, 413, 415, 422} {
		inBubble(t, newScript(t).on(start, status(code, `{"code":"E42","message":"channel is not active"}`)),
			func(b *bed) {
				_, err := b.client.StartCircuit(b.Context(), request())
				var answer *danabio.APIError
				if !errors.As(err, &answer) || answer.StatusCode != code || answer.Code != "E42" ||
					answer.Message != "channel is not active" {
					t.Fatalf("status %d: got %v, want an APIError with code and message", code, err)
				}
				for _, kind := range []error{danabio.ErrInvalidRequest, danabio.ErrUnauthorized, danabio.ErrUnavailable,
					danabio.ErrNotReady} {
					if errors.Is(err, kind) {
						t.Errorf("status %d matches %v", code, kind)
					}
				}
				var unknown *danabio.OutcomeUnknownError
				if errors.As(err, &unknown) {
					t.Errorf("status %d: the outcome is said to be unknown", code)
				}
			})
	}
}

func TestExpectContinue(t *testing.T) {
	large := func() danabio.CircuitRequest { return request(danabio.Bytes("contrato.pdf", pdf(64<<10))) }
	t.Run("asked above 64 KiB only", func(t *testing.T) {
		inBubble(t, newScript(t).on(start, started, started), func(b *bed) {
			b.startOne()
			if _, err := b.client.StartCircuit(b.Context(), large()); err != nil {
				t.Fatal(err)
			}
			if b.header(start, 0).Get("Expect") != "" || b.header(start, 1).Get("Expect") != "100-continue" {
				t.Error("want Expect at the large start only")
			}
		})
	})
	t.Run("at just 64 KiB not yet", func(t *testing.T) {
		var length int64
		note := func(w http.ResponseWriter, r *http.Request) {
			length = r.ContentLength
			started(w, r)
		}
		inBubble(t, newScript(t).on(start, note, note, note), func(b *bed) {
			r := request(danabio.Bytes("contrato.pdf", pdf(48_900)))
			for _, want := range []struct {
				length int64
				expect string
			}{{0, ""}, {64 << 10, ""}, {64<<10 + 1, "100-continue"}} {
				if want.length > 0 {
					r.ID += strings.Repeat("x", int(want.length-length))
				}
				if _, err := b.client.StartCircuit(b.Context(), r); err != nil {
					t.Fatal(err)
				}
				if expect := b.header(start, b.calls(start)-1).Get("Expect"); expect != want.expect ||
					want.length > 0 && length != want.length {
					t.Errorf("a start of %d bytes had Expect %q, want %q", length, expect, want.expect)
				}
			}
		})
	})
	t.Run("nothing is uploaded to a server that refuses at once", func(t *testing.T) {
		refuse := func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		}
		inBubble(t, newScript(t).on(start, broken(refuse)), func(b *bed) {
			opened := 0
			document := danabio.FS(countingFS{pdf(8 << 20), &opened}, "contrato.pdf")
			_, err := b.client.StartCircuit(b.Context(), request(document))
			var answer *danabio.APIError
			if !errors.As(err, &answer) || answer.StatusCode != 413 {
				t.Errorf("got %v, want an APIError of status 413", err)
			}
			if opened != 1 {
				t.Errorf("the document was opened %d times, want once, for the check", opened)
			}
		})
	})
	t.Run("a server that keeps silent gets the body after a second", func(t *testing.T) {
		silent := func(w http.ResponseWriter, r *http.Request) {
			conn, buffered, _ := http.NewResponseController(w).Hijack()
			defer conn.Close()
			began := time.Now()
			if _, err := buffered.ReadByte(); err != nil || time.Since(began) != time.Second {
				t.Errorf("the body began after %v (%v), want 1s", time.Since(began), err)
			}
			_, _ = io.CopyN(io.Discard, buffered, r.ContentLength-1)
			_, _ = io.WriteString(conn,
				"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n"+`{"circuitId":"1"}`)
		}
		inBubble(t, newScript(t).on(start, broken(silent)), func(b *bed) {
			if _, err := b.client.StartCircuit(b.Context(), large()); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("once more without it after a 417", func(t *testing.T) {
		inBubble(t, newScript(t).on(start, broken(refuseExpectation), started), func(b *bed) {
			if _, err := b.client.StartCircuit(b.Context(), large()); err != nil {
				t.Fatal(err)
			}
			if b.header(start, 0).Get("Expect") == "" || b.header(start, 1).Get("Expect") != "" {
				t.Error("want Expect at the first only")
			}
		})
	})
}

func refuseExpectation(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(417) }

func TestEarlyFailureOfALargeStartIsPartlySent(t *testing.T) {
	early := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadFull(r.Body, make([]byte, 100_000))
		w.Header().Set("Connection", "close")
		w.WriteHeader(503)
		_ = http.NewResponseController(w).Flush()
		time.Sleep(time.Second)
	}
	inBubble(t, newScript(t).on(start, broken(early)), func(b *bed) {
		_, err := b.client.StartCircuit(b.Context(), request(danabio.Bytes("contrato.pdf", pdf(8<<20))))
		b.wantUnknown(err, danabio.PartlySent)
	})
}

func TestRedirectIsNotFollowed(t *testing.T) {
	for _, code := range []int{301, 302, 303, 307, 308} {
		redirect := status(code, "", "Location", "https://elsewhere.example.com/take")
		inBubble(t, newScript(t).on(token, redirect), func(b *bed) {
			_, err := b.client.Authenticate(b.Context())
			b.wantRedirected(err)
		})
		inBubble(t, newScript(t).on(start, redirect), func(b *bed) {
			_, err := b.client.StartCircuit(b.Context(), request())
			b.wantRedirected(err)
		})
		inBubble(t, newScript(t).on(download, redirect), func(b *bed) {
			_, err := b.client.OpenEvidence(b.Context(), circuit)
			b.wantRedirected(err)
		})
	}
}

func (b *bed) wantRedirected(err error) {
	b.Helper()
	if !errors.Is(err, danabio.ErrRedirected) || !strings.Contains(err.Error(), "elsewhere.example.com") {
		b.Errorf("got %v, want ErrRedirected that names the host", err)
	}
}

func TestUnknownHostIsFinal(t *testing.T) {
	dials := 0
	inBubble(t, newScript(t), func(b *bed) {
		_, err := b.client.Authenticate(b.Context())
		if !errors.Is(err, danabio.ErrUnknownHost) || dials != 1 {
			t.Errorf("got %v after %d connections, want ErrUnknownHost after 1", err, dials)
		}
	}, dialThrough(func(dial) dial {
		return func(context.Context, string, string) (net.Conn, error) {
			dials++
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "localhost",
				IsNotFound: true}}
		}
	}))
}

// A name server that cannot answer now does not prove that the host does not exist.
func TestTemporaryFailureOfTheNameServerIsTriedAgain(t *testing.T) {
	for name, failure := range map[string]*net.DNSError{
		"no answer":          {Err: "i/o timeout", Name: "localhost", IsTimeout: true, IsTemporary: true},
		"server misbehaving": {Err: "server misbehaving", Name: "localhost", IsTemporary: true},
		"not found, for now": {Err: "no such host", Name: "localhost", IsNotFound: true, IsTemporary: true},
		"of an unknown sort": {Err: "broken", Name: "localhost"},
	} {
		t.Run(name, func(t *testing.T) {
			dials := 0
			inBubble(t, newScript(t), func(b *bed) {
				_, err := b.client.Authenticate(b.Context())
				if !errors.Is(err, danabio.ErrUnavailable) || errors.Is(err, danabio.ErrUnknownHost) || dials != 4 {
					t.Errorf("got %v after %d connections, want ErrUnavailable after 4", err, dials)
				}
			}, dialThrough(func(dial) dial {
				return func(context.Context, string, string) (net.Conn, error) {
					dials++
					return nil, &net.OpError{Op: "dial", Net: "tcp", Err: failure}
				}
			}))
		})
	}
}

func TestContextEndsAStart(t *testing.T) {
	t.Run("while the server thinks", func(t *testing.T) {
		thinking := func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		}
		inBubble(t, newScript(t).on(start, broken(thinking)), func(b *bed) {
			ctx, cancel := context.WithTimeout(b.Context(), 7*time.Second)
			defer cancel()
			began := time.Now()
			_, err := b.client.StartCircuit(ctx, request())
			b.wantUnknown(err, danabio.OutcomeUnknown)
			if !errors.Is(err, context.DeadlineExceeded) ||
				!strings.Contains(err.Error(), "context deadline exceeded") || time.Since(began) != 7*time.Second {
				t.Errorf("got %v after %v, want the deadline after 7s", err, time.Since(began))
			}
		})
	})
	t.Run("while it waits to try again", func(t *testing.T) {
		inBubble(t, newScript(t).on(start, status(429, "", "Retry-After", "50")), func(b *bed) {
			ctx, cancel := context.WithCancel(b.Context())
			time.AfterFunc(20*time.Second, cancel)
			began := time.Now()
			_, err := b.client.StartCircuit(ctx, request())
			if !errors.Is(err, context.Canceled) || time.Since(began) != 20*time.Second {
				t.Errorf("got %v after %v, want the cancellation after 20s", err, time.Since(began))
			}
			var unknown *danabio.OutcomeUnknownError
			if errors.As(err, &unknown) {
				t.Errorf("got %v, although the server had refused it", err)
			}
		})
	})
	t.Run("while it connects", func(t *testing.T) {
		connecting := false
		inBubble(t, newScript(t), func(b *bed) {
			b.authenticate()
			connecting = true
			ctx, cancel := context.WithTimeout(b.Context(), time.Second)
			defer cancel()
			_, err := b.client.StartCircuit(ctx, request())
			var unknown *danabio.OutcomeUnknownError
			if !errors.Is(err, context.DeadlineExceeded) || errors.As(err, &unknown) ||
				errors.Is(err, danabio.ErrUnavailable) {
				t.Errorf("got %v, want the deadline and no unknown outcome", err)
			}
			synctest.Wait()
		}, dialThrough(func(next dial) dial {
			return func(ctx context.Context, network, address string) (net.Conn, error) {
				if connecting {
					<-ctx.Done()
					return nil, ctx.Err()
				}
				return next(ctx, network, address)
			}
		}))
	})
	t.Run("before it begins", func(t *testing.T) {
		inBubble(t, newScript(t), func(b *bed) {
			ctx, cancel := context.WithCancel(b.Context())
			cancel()
			if _, err := b.client.StartCircuit(ctx, request()); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want the cancellation", err)
			}
			synctest.Wait()
			if b.dials.Load() != 0 {
				t.Errorf("%d connections were made", b.dials.Load())
			}
		})
	})
	t.Run("while the answer comes", func(t *testing.T) {
		half := func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"circ`)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}
		inBubble(t, newScript(t).on(start, broken(half)), func(b *bed) {
			ctx, cancel := context.WithTimeout(b.Context(), 7*time.Second)
			defer cancel()
			began := time.Now()
			_, err := b.client.StartCircuit(ctx, request())
			b.wantUnknown(err, danabio.OutcomeUnknown)
			if !errors.Is(err, context.DeadlineExceeded) ||
				!strings.Contains(err.Error(), "context deadline exceeded") || time.Since(began) != 7*time.Second {
				t.Errorf("got %v after %v, want the deadline after 7s", err, time.Since(began))
			}
		})
	})
}

// The transport reports that it wrote the headers while they are still in its buffer.
func TestStartGivenUpBeforeItsFirstByteLeftWasNotSent(t *testing.T) {
	inBubble(t, newScript(t), func(b *bed) {
		b.authenticate()
		ctx, cancel := context.WithCancel(b.Context())
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() {
			cancel()
			time.Sleep(time.Second)
		}})
		_, err := b.client.StartCircuit(ctx, request())
		var unknown *danabio.OutcomeUnknownError
		if !errors.Is(err, context.Canceled) || errors.As(err, &unknown) {
			t.Errorf("got %v, want the cancellation and no unknown outcome", err)
		}
		time.Sleep(time.Minute)
	})
}

func TestBlackHoledConnectIsTriedFourTimes(t *testing.T) {
	dials := 0
	inBubble(t, newScript(t), func(b *bed) {
		began := time.Now()
		_, err := b.client.Authenticate(b.Context())
		if took := time.Since(began); !errors.Is(err, danabio.ErrUnavailable) || dials != 4 || took < 2*time.Minute ||
			took > 2*time.Minute+2*time.Second {
			t.Errorf("got %v after %v and %d connections, want ErrUnavailable after 4 of 30s each", err, took, dials)
		}
	}, dialThrough(func(dial) dial {
		return func(ctx context.Context, _, _ string) (net.Conn, error) {
			dials++
			<-ctx.Done()
			return nil, ctx.Err()
		}
	}))
}

func TestHandshakeThatStallsIsGivenUp(t *testing.T) {
	dials := 0
	inBubble(t, newScript(t), func(b *bed) {
		began := time.Now()
		_, err := b.client.Authenticate(b.Context())
		if took := time.Since(began); !errors.Is(err, danabio.ErrUnavailable) || dials != 4 || took < 40*time.Second ||
			took > 42*time.Second {
			t.Errorf("got %v after %v and %d connections, want ErrUnavailable after 4 of 10s each", err, took, dials)
		}
	}, func(config *danabio.Config) { config.Environment = danabio.CustomEnvironment("https://localhost") },
		dialThrough(func(dial) dial {
			return func(context.Context, string, string) (net.Conn, error) {
				dials++
				client, _ := net.Pipe()
				return client, nil
			}
		}))
}

func TestCallersOwnTimeForHeadersIsKept(t *testing.T) {
	silent := broken(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	for operation, call := range map[string]func(*bed) error{
		start:    func(b *bed) error { _, err := b.client.StartCircuit(b.Context(), request()); return err },
		download: func(b *bed) error { _, err := b.client.OpenEvidence(b.Context(), circuit); return err },
	} {
		inBubble(t, newScript(t).on(operation, silent), func(b *bed) {
			began := time.Now()
			if err := call(b); err == nil || time.Since(began) != 7*time.Second {
				t.Errorf("%s: got %v after %v, want an error after 7s", operation, err, time.Since(began))
			}
			synctest.Wait() // wait for the handler
		}, func(config *danabio.Config) {
			config.HTTPClient.Transport.(*http.Transport).ResponseHeaderTimeout = 7 * time.Second
			config.Retry.MaxAttempts = 1
		})
	}
}

// The client cannot look into a RoundTripper other than *http.Transport, so its errors leave the
// outcome unknown.
func TestStartThroughAnotherRoundTripper(t *testing.T) {
	posts := 0
	inBubble(t, newScript(t), func(b *bed) {
		b.authenticate()
		_, err := b.client.StartCircuit(b.Context(), request())
		var unknown *danabio.OutcomeUnknownError
		if !errors.As(err, &unknown) || posts != 1 {
			t.Errorf("got %v after %d posts, want OutcomeUnknownError after 1", err, posts)
		}
	}, func(config *danabio.Config) {
		next := config.HTTPClient.Transport
		config.HTTPClient.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			if operationOf(r) == start {
				posts++
				if r.GetBody != nil {
					t.Error("the start could be sent again by whoever holds it")
				}
				return nil, errors.New("broken")
			}
			return next.RoundTrip(r)
		})
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestStartThroughAnotherRoundTripperThatStalls(t *testing.T) {
	inBubble(t, newScript(t), func(b *bed) {
		b.authenticate()
		began := time.Now()
		_, err := b.client.StartCircuit(b.Context(), request())
		var unknown *danabio.OutcomeUnknownError
		if took := time.Since(began); !errors.As(err, &unknown) || took != 160*time.Second {
			t.Errorf("got %v after %v, want OutcomeUnknownError after 160s", err, took)
		}
	}, func(config *danabio.Config) {
		next := config.HTTPClient.Transport
		config.HTTPClient.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			if operationOf(r) == start {
				_, _ = io.Copy(io.Discard, bufio.NewReader(r.Body))
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return next.RoundTrip(r)
		})
	})
}

// The reports of another RoundTripper never prove that nothing was sent, and neither does their
// absence.
func TestStartThroughAnotherRoundTripperIsNeverProvablyUnsent(t *testing.T) {
	for name, fail := range map[string]func(next http.RoundTripper, r *http.Request) (*http.Response, error){
		"that reports nothing": func(_ http.RoundTripper, _ *http.Request) (*http.Response, error) {
			return nil,
				errors.New("broken")
		},
		"that has read the body": func(_ http.RoundTripper, r *http.Request) (*http.Response, error) {
			httptrace.ContextClientTrace(r.Context()).GetConn("localhost:80")
			_, _ = io.Copy(io.Discard, r.Body)
			return nil, errors.New("broken")
		},
		"whose connection is not counted": func(_ http.RoundTripper, r *http.Request) (*http.Response, error) {
			httptrace.ContextClientTrace(r.Context()).GetConn("localhost:80")
			conn, other := net.Pipe()
			defer conn.Close()
			defer other.Close()
			httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{Conn: conn})
			return nil, errors.New("broken")
		},
	} {
		t.Run(name, func(t *testing.T) {
			posts := 0
			inBubble(t, newScript(t), func(b *bed) {
				_, err := b.client.StartCircuit(b.Context(), request())
				var unknown *danabio.OutcomeUnknownError
				if !errors.As(err, &unknown) || posts != 1 {
					t.Errorf("got %v after %d posts, want OutcomeUnknownError after 1", err, posts)
				}
			}, func(config *danabio.Config) {
				next := config.HTTPClient.Transport
				config.HTTPClient.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
					if operationOf(r) == start {
						posts++
						return fail(next, r)
					}
					return next.RoundTrip(r)
				})
			})
		})
	}
}

// A slow upload is not a stalled one, and its time does not count against the limit for the answer.
func TestSlowUploadIsNotGivenUp(t *testing.T) {
	slow := func(w http.ResponseWriter, r *http.Request) {
		for {
			time.Sleep(20 * time.Second)
			if _, err := io.ReadFull(r.Body, make([]byte, 32<<10)); err != nil {
				break
			}
		}
		started(w, r)
	}
	inBubble(t, newScript(t).on(start, slow), func(b *bed) {
		began := time.Now()
		if _, err := b.client.StartCircuit(b.Context(),
			request(danabio.Bytes("contrato.pdf", pdf(300_000)))); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took < 3*time.Minute {
			t.Errorf("took %v, want more than the time for the answer", took)
		}
	})
}

func TestDownloadThroughAnotherRoundTripperThatStalls(t *testing.T) {
	inBubble(t, newScript(t), func(b *bed) {
		b.authenticate()
		began := time.Now()
		_, err := b.client.OpenEvidence(b.Context(), circuit)
		if took := time.Since(began); !errors.Is(err, danabio.ErrUnavailable) || took != 100*time.Second {
			t.Errorf("got %v after %v, want ErrUnavailable after 100s", err, took)
		}
	}, func(config *danabio.Config) {
		config.Retry.MaxAttempts = 1
		next := config.HTTPClient.Transport
		config.HTTPClient.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			if operationOf(r) == download {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return next.RoundTrip(r)
		})
	})
}
