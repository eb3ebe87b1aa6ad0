package probe_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/internal/probe"
)

// spoken writes a server's answer to each request for an operation: "token", "start" or "download".
// The connection ends when it returns.
type spoken func(operation string, request *http.Request, connection io.Writer)

// probePipes runs the probes in a bubble against a server at the other end of pipes. It passes the
// time by the bubble's clock to check.
func probePipes(t *testing.T, speak spoken, change func(*probe.Config),
	check func(t *testing.T, result *probe.Result, took time.Duration)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		dial := func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			go func() {
				defer there.Close()
				request, err := http.ReadRequest(bufio.NewReader(there))
				if err != nil {
					return
				}
				if request.Header.Get("Expect") == "" { // otherwise the body arrives later
					_, _ = io.Copy(io.Discard, request.Body)
				} else {
					go io.Copy(io.Discard, request.Body)
				}
				operation := "download"
				switch {
				case strings.Contains(request.URL.Path, "/oauth2/token"):
					operation = "token"
				case strings.Contains(request.URL.Path, "/start_circuit/"):
					operation = "start"
				}
				speak(operation, request, there)
			}()
			return here, nil
		}
		config := probe.Config{
			BaseURL: "http://api.example.com", Server: "pipes", Library: "danabio-go/test", Channel: "c", ClientID: "i",
			ClientSecret: "s",
			Transport:    &http.Transport{DialContext: dial},
		}
		config.SetSpec(frozenSpec)
		if change != nil {
			change(&config)
		}
		began := time.Now()
		result, err := probe.Run(t.Context(), config)
		took := time.Since(began)
		if err != nil {
			t.Fatal(err)
		}
		check(t, result, took)
		time.Sleep(time.Hour) // servers that still drip then find a closed pipe
	})
}

// token answers token requests and passes other requests to next.
func token(next spoken) spoken {
	return func(operation string, request *http.Request, w io.Writer) {
		if _, secret, _ := request.BasicAuth(); operation == "token" && secret == "s" &&
			request.Method == http.MethodPost {
			io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"+
				`{"access_token": "a", "token_type": "Bearer", "expires_in": 60}`)
			return
		}
		next(operation, request, w)
	}
}

// drip writes a piece repeatedly until the connection is closed.
func drip(w io.Writer, piece string, every time.Duration) {
	for {
		if _, err := io.WriteString(w, piece); err != nil {
			return
		}
		time.Sleep(every)
	}
}

func TestTimeAndMemoryAreBounded(t *testing.T) {
	const head = "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n"
	hang := func(string, *http.Request, io.Writer) { time.Sleep(time.Hour) }
	tests := []struct {
		name  string
		speak spoken
		most  time.Duration
		want  string // the explanation of the download of an unknown circuit, or the class of its deviation
	}{
		// A server that does not answer the first request gets no further requests.
		{"nothing is ever answered", hang, 30 * time.Second, "no answer came within 30s"},
		{"only the token is answered", token(hang), 9 * 30 * time.Second, "no answer came within 30s"},
		{"headers drip", token(func(_ string, _ *http.Request, w io.Writer) {
			io.WriteString(w, head)
			drip(w, "X-A: b\r\n", time.Second)
		}), 9 * 30 * time.Second, "no answer came within 30s"},
		{"headers do not end", token(func(_ string, _ *http.Request, w io.Writer) {
			io.WriteString(w, head)
			for range 1 << 20 {
				if _, err := io.WriteString(w, "X-A: "+strings.Repeat("b", 1000)+"\r\n"); err != nil {
					return
				}
			}
		}), 0, "the answer is not readable HTTP"},
		{"early hints do not end", token(func(_ string, _ *http.Request, w io.Writer) {
			for range 1 << 20 {
				if _, err := io.WriteString(w, "HTTP/1.1 103 Early Hints\r\n\r\n"); err != nil {
					return
				}
			}
		}), 0, "the answer is not readable HTTP"},
		{"a body drips", token(func(_ string, _ *http.Request, w io.Writer) {
			io.WriteString(w, head+"\r\n")
			drip(w, " ", time.Second)
		}), 9 * 30 * time.Second, "the answer's body did not end within 30s"},
		{"a body does not end", token(func(_ string, _ *http.Request, w io.Writer) {
			io.WriteString(w, head+"\r\n")
			piece := strings.Repeat(" ", 32<<10)
			for {
				if _, err := io.WriteString(w, piece); err != nil {
					return
				}
			}
		}), 0, "too-long"},
		{"a body is shorter than it says", token(func(_ string, _ *http.Request, w io.Writer) {
			io.WriteString(w, head+"Content-Length: 100\r\n\r\n{}")
		}), 0, "length"},
		{"no HTTP", token(func(_ string, _ *http.Request, w io.Writer) { io.WriteString(w, "SSH-2.0-none\r\n") }), 0,
			"the answer is not readable HTTP"},
		{"nothing but an end", token(func(string, *http.Request, io.Writer) {}), 0,
			"the connection was closed before the answer was complete"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			probePipes(t, test.speak, nil, func(t *testing.T, result *probe.Result, took time.Duration) {
				unknown := result.Probe("download-unknown")
				got := unknown.Explanation
				if len(unknown.Deviations) > 0 {
					got = string(unknown.Deviations[0].Class)
				}
				if got != test.want && !(test.name == "nothing is ever answered" && got == "there is no token for it") {
					t.Errorf("got %q, want %q", got, test.want)
				}
				if took > test.most {
					t.Errorf("it took %s, want %s at most", took, test.most)
				}
				if test.most == 30*time.Second && result.Probe("token").Explanation != test.want {
					t.Errorf("token: %q", result.Probe("token").Explanation)
				}
			})
		})
	}
}

func TestEvidenceHasLimitsOfItsOwn(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\n\r\n"
	tests := []struct {
		name        string
		every       time.Duration
		least, most time.Duration
	}{
		{"it stands still", time.Hour, 30 * time.Second, 30 * time.Second},
		{"it drips too slowly", 31 * time.Second, 30 * time.Second, 30 * time.Second},
		{"it drips for ever", 29 * time.Second, 10 * time.Minute, 10 * time.Minute},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			speak := token(func(_ string, request *http.Request, w io.Writer) {
				if !strings.HasSuffix(request.URL.Path, "/circuit/done") {
					io.WriteString(w, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
					return
				}
				io.WriteString(w, head)
				drip(w, "P", test.every)
			})
			probePipes(t, speak, func(config *probe.Config) { config.Circuit = "done" },
				func(t *testing.T, result *probe.Result, took time.Duration) {
					finished := result.Probe("download-finished")
					if want :=
						"the evidence stalled for 30s, or took longer than 10m0s"; finished.Explanation != want {
						t.Errorf("%+v, want %q", finished, want)
					}
					if took < test.least || took > test.most {
						t.Errorf("it took %s, want %s to %s", took, test.least, test.most)
					}
				})
		})
	}
}

func TestTheClockIsComparedAsFarAsItCanBe(t *testing.T) {
	tests := []struct {
		name string
		off  time.Duration
		late time.Duration // delay of the answer
		want string
	}{
		{"no difference", 0, 0, "no difference, give or take 1.0 s"},
		{"ahead", time.Hour, 0, "3600.5 s ahead, give or take 0.5 s"},
		{"behind", -time.Minute, 0, "59.5 s behind, give or take 0.5 s"},
		{"slow answers", -time.Minute, 4 * time.Second, "57.5 s behind, give or take 2.5 s"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			speak := func(_ string, _ *http.Request, w io.Writer) {
				time.Sleep(test.late)
				fmt.Fprintf(w, "HTTP/1.1 404 Not Found\r\nDate: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
					time.Now().Add(test.off).UTC().Format(http.TimeFormat))
			}
			probePipes(t, speak, nil, func(t *testing.T, result *probe.Result, _ time.Duration) {
				if clock := point(t, result, "clock"); clock.Details[0] != test.want {
					t.Errorf("%q, want %q", clock.Details[0], test.want)
				}
			})
		})
	}
}

func point(t *testing.T, result *probe.Result, name string) probe.Point {
	t.Helper()
	for _, point := range result.Open {
		if point.Name == name {
			return point
		}
	}
	t.Fatalf("there is no point %q", name)
	return probe.Point{}
}
