package contract_test

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"slices"
	"sync"
	"testing"

	"github.com/danabio/danabio-go/pkg/contract"
)

func TestHandlerStreamsWhatIsFlushed(t *testing.T) {
	for _, flush := range map[string]func(http.ResponseWriter){
		"controller": func(w http.ResponseWriter) {
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
		},
		"assertion": func(w http.ResponseWriter) { w.(http.Flusher).Flush() },
	} {
		for _, h2 := range []bool{false, true} {
			checker, seen := newChecker(t)
			gate := make(chan struct{})
			url, plain, stop := serve(t, checker.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", zipType)
				io.WriteString(w, "PK")
				flush(w)
				<-gate
				io.WriteString(w, "\x05\x06")
			})), h2)
			response, err := plain.RoundTrip(downloadCall().request(t, url))
			if err != nil {
				t.Fatal(err)
			}
			first := make([]byte, 2)
			if _, err := io.ReadFull(response.Body, first); err != nil {
				t.Error(err)
			}
			close(gate)
			rest, err := io.ReadAll(response.Body)
			response.Body.Close()
			stop()
			if string(first)+string(rest) != "PK\x05\x06" || err != nil {
				t.Errorf("%q %q %v", first, rest, err)
			}
			if len(seen.findings) != 0 {
				t.Errorf("findings %v", seen.findings)
			}
		}
	}
}

func TestHijackedAndAbortedAndSkippedExchangesAreNotChecked(t *testing.T) {
	hijack := func(t *testing.T, w http.ResponseWriter) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		connection.Close()
	}
	for name, handle := range map[string]func(*testing.T, http.ResponseWriter, *http.Request){
		"hijacked": func(t *testing.T, w http.ResponseWriter, _ *http.Request) { hijack(t, w) },
		"hijacked by assertion": func(t *testing.T, w http.ResponseWriter, _ *http.Request) {
			c, _, _ := w.(http.Hijacker).Hijack()
			c.Close()
		},
		"hijacked after a header": func(t *testing.T, w http.ResponseWriter,
			_ *http.Request) {
			w.WriteHeader(299)
			hijack(t, w)
		},
		"aborted": func(*testing.T, http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"aborted while writing": func(_ *testing.T, w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(299)
			panic(http.ErrAbortHandler)
		},
		"skipped before it writes": func(_ *testing.T, w http.ResponseWriter,
			r *http.Request) {
			contract.Exempt(r)
			w.WriteHeader(299)
		},
		"skipped after it wrote": func(_ *testing.T, w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(299)
			contract.Exempt(r.Clone(r.Context()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			over := make(chan struct{})
			checker, seen := newChecker(t)
			checked := checker.Handler(http.HandlerFunc(func(w http.ResponseWriter,
				r *http.Request) {
				handle(t, w, r)
			}))
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer close(over) // the server does not wait for handlers that hijack
				checked.ServeHTTP(w, r)
			}))
			response, err := server.Client().Transport.RoundTrip(downloadCall(auth("")).request(t, server.URL))
			if err == nil {
				response.Body.Close()
			}
			<-over
			server.Close()
			if got := seen.only(t); got.Request != contract.DepthSkipped || got.Response != contract.DepthSkipped ||
				got.Findings != 0 || got.Operation != "downloadEvidence" {
				t.Errorf("recorded as %+v, %v", got, seen.findings)
			}
		})
	}
}

func TestSkipWithoutCheckerDoesNothing(t *testing.T) {
	contract.Exempt(httptest.NewRequest("GET", "/", nil))
}

func TestHijackOverH2IsNotSupported(t *testing.T) {
	checker, seen := newChecker(t)
	url, plain, stop := serve(t, checker.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, _, err := http.NewResponseController(w).Hijack(); err == nil {
			t.Error("hijacked")
		}
		w.WriteHeader(http.StatusNotFound)
	})), true)
	downloadCall(answers(404, "", "")).exchange(t, plain, url)
	stop()
	if got := seen.only(t); got.Response != contract.DepthWhole {
		t.Errorf("recorded as %+v", got)
	}
}

func TestHandlerFindsWrongLengths(t *testing.T) {
	for name, test := range map[string]struct {
		declared string
		body     []string
		want     []contract.Class
	}{
		"right":               {"4", []string{"PK", "\x05\x06"}, nil},
		"too few":             {"10", []string{"PK\x05\x06"}, []contract.Class{contract.ClassLength}},
		"too many":            {"2", []string{"PK\x05\x06"}, []contract.Class{contract.ClassLength}},
		"too many at the end": {"2", []string{"PK", "\x05\x06"}, []contract.Class{contract.ClassLength}},
		"none":                {"10", nil, []contract.Class{contract.ClassLength}},
	} {
		t.Run(name, func(t *testing.T) {
			checker, seen := newChecker(t)
			server := httptest.NewUnstartedServer(
				checker.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Type", zipType)
					w.Header().Set("Content-Length", test.declared)
					for _, part := range test.body {
						io.WriteString(w, part)
					}
				})))
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.Start()
			response, err := server.Client().Transport.RoundTrip(downloadCall().request(t, server.URL))
			if err == nil {
				io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}
			server.Close()
			if got := seen.classes(); !slices.Equal(got, test.want) {
				t.Errorf("findings %v", seen.findings)
			}
		})
	}
}

func TestTransportFindsACutBody(t *testing.T) {
	checker, seen := newChecker(t)
	url, plain, _ := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", zipType)
		w.Header().Set("Content-Length", "10")
		io.WriteString(w, "PK\x05\x06")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}), false)
	response, err := checker.Transport(plain).RoundTrip(downloadCall().request(t, url))
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.ReadAll(response.Body)
	response.Body.Close()
	if err != io.ErrUnexpectedEOF {
		t.Errorf("read error %v", err)
	}
	if got := seen.classes(); !slices.Equal(got, []contract.Class{contract.ClassLength}) {
		t.Errorf("findings %v", seen.findings)
	}
}

func TestHandlerSeesTheMediaTypeThatNetHTTPGuesses(t *testing.T) {
	checker, seen := newChecker(t)
	server := httptest.NewServer(checker.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "PK\x03\x04")
	})))
	response, err := server.Client().Transport.RoundTrip(downloadCall().request(t, server.URL))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	server.Close()
	if got := response.Header.Get("Content-Type"); got != zipType || len(seen.findings) != 0 {
		t.Errorf("net/http guessed %q, findings %v", got, seen.findings)
	}
}

func TestInterimAnswersPass(t *testing.T) {
	checker, seen := newChecker(t)
	url, plain, stop := serve(t, checker.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusNotFound)
	})), false)
	var interim []int
	request := downloadCall().request(t, url)
	request = request.WithContext(httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, _ textproto.MIMEHeader) error { interim = append(interim, code); return nil },
	}))
	response, err := checker.Transport(plain).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	stop()
	if !slices.Equal(interim, []int{103}) || response.StatusCode != 404 || len(seen.findings) != 0 {
		t.Errorf("interim %v, then %d, findings %v", interim, response.StatusCode, seen.findings)
	}
}

func TestClientThatLeavesIsNoDeviation(t *testing.T) {
	started := make(chan struct{})
	checker, seen := newChecker(t)
	server := httptest.NewServer(checker.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(started)
		io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusBadRequest)
	})))
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(connection, "POST "+startPath+
		" HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: "+bearer+
		"\r\nContent-Length: 1000\r\n\r\n"+startBody)
	<-started
	connection.Close()
	server.Close()
	if got := seen.only(t); got.Findings != 0 || got.Request != contract.DepthUnread {
		t.Errorf("recorded as %+v, %v", got, seen.findings)
	}
}

func TestManyExchangesAtOnce(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		checker, seen := newChecker(t)
		bad := startCall(answer(`{"circuitId":1}`))
		url, plain, stop := serve(t, checker.Handler(bad), h2)
		transport := checker.Transport(plain)
		var group sync.WaitGroup
		for range 100 {
			group.Go(func() { bad.exchange(t, transport, url) })
		}
		group.Wait()
		stop()
		if len(seen.findings) != 200 {
			t.Errorf("%d findings, want one on each side of 100 exchanges", len(seen.findings))
		}
		summary := checker.Summary()
		if len(summary.Exchanges) != 1 || summary.Exchanges[0].Count != 200 {
			t.Errorf("summary:\n%s", summary)
		}
		if want := []string{"getToken", "downloadEvidence"}; !slices.Equal(summary.Untouched, want) {
			t.Errorf("untouched %q, want %q", summary.Untouched, want)
		}
	}
}
