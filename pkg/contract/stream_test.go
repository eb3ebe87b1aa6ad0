package contract_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/danabio/danabio-go/pkg/contract"
)

const large = 64 << 20

// The length of block differs from that of any buffer, so misplaced bytes are noticed.
var block = func() []byte {
	text := make([]byte, 65521)
	for i := range text {
		text[i] = byte(i ^ i>>8)
	}
	return text
}()

// pattern returns size bytes that are cheap to produce and do not depend on how they are read.
func pattern(size int64) io.Reader { return io.LimitReader(&repeated{}, size) }

type repeated struct{ at int }

func (r *repeated) Read(p []byte) (int, error) {
	n := copy(p, block[r.at:])
	r.at = (r.at + n) % len(block)
	return n, nil
}

func digest(t *testing.T, r io.Reader) [32]byte {
	t.Helper()
	hash := sha256.New()
	if _, err := io.CopyBuffer(hash, struct{ io.Reader }{r}, make([]byte, 32<<10)); err != nil {
		t.Error(err)
	}
	return [32]byte(hash.Sum(nil))
}

// gauge measures the live heap every 16 MiB while a body is produced and keeps the maximum.
type gauge struct {
	io.Reader
	peak       *atomic.Uint64
	unmeasured int
}

func (g *gauge) Read(p []byte) (int, error) {
	n, err := g.Reader.Read(p)
	if g.unmeasured += n; g.unmeasured > 16<<20 {
		g.unmeasured = 0
		if live := liveHeap(); live > g.peak.Load() {
			g.peak.Store(live)
		}
	}
	return n, err
}

func liveHeap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func TestLargeBodiesAreStreamedThroughUnchanged(t *testing.T) {
	want := digest(t, pattern(large))
	for _, h2 := range []bool{false, true} {
		for _, declared := range []bool{true, false} {
			t.Run(map[bool]string{true: "h2", false: "h1"}[h2]+
				map[bool]string{true: " declared", false: " chunked"}[declared], func(t *testing.T) {
				checker, seen := newChecker(t)
				var peak atomic.Uint64
				before := liveHeap()
				var arrived [32]byte
				var length int64
				handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					length = r.ContentLength
					arrived = digest(t, r.Body)
					w.Header().Set("Content-Type", jsonType)
					if declared {
						w.Header().Set("Content-Length", "67108864")
					}
					w.Header().Set("Trailer", "X-Sum")
					io.CopyBuffer(struct{ io.Writer }{w}, &gauge{Reader: pattern(large), peak: &peak},
						make([]byte, 32<<10))
					w.Header().Set("X-Sum", "1")
				})
				url, plain, stop := serve(t, checker.Handler(handler), h2)
				request := startCall().request(t, url)
				request.Body, request.GetBody,
					request.ContentLength = io.NopCloser(&gauge{Reader: pattern(large), peak: &peak}), nil, -1
				if declared {
					request.ContentLength = large
				}
				response, err := checker.Transport(plain).RoundTrip(request)
				if err != nil {
					t.Fatal(err)
				}
				if digest(t, response.Body) != want {
					t.Error("the answer was changed")
				}
				response.Body.Close()
				stop()
				if arrived != want || length != request.ContentLength {
					t.Errorf("the request was changed, its length came as %d", length)
				}
				if declared && response.ContentLength != large {
					t.Errorf("the answer's length came as %d", response.ContentLength)
				}
				if !declared && response.Trailer.Get("X-Sum") != "1" {
					t.Errorf("trailer: %v", response.Trailer)
				}
				if used := int64(peak.Load()) - int64(before); used > large/4 {
					t.Errorf("%d bytes were held for bodies of %d", used, large)
				}
				if len(seen.findings) != 0 {
					t.Errorf("findings: %v", seen.findings)
				}
				for _, exchange := range seen.exchanges {
					if exchange.Request != contract.DepthOutline || exchange.Response != contract.DepthOutline {
						t.Errorf("recorded as %+v", exchange)
					}
				}
			})
		}
	}
}

func TestBodiesUpToTheLimitAreValidated(t *testing.T) {
	for _, test := range []struct {
		size int
		want contract.Depth
	}{{contract.MaxBody, contract.DepthWhole}, {contract.MaxBody + 1, contract.DepthOutline}} {
		frame := `{"link":1,"circuitId":""}`
		call := startCall(answer(strings.Replace(frame, `""`, `"`+strings.Repeat("x", test.size-len(frame))+`"`, 1)))
		checker, seen := newChecker(t)
		url, plain, _ := serve(t, call, false)
		call.exchange(t, checker.Transport(plain), url)
		exchange := seen.only(t)
		if exchange.Response != test.want || exchange.Request != contract.DepthWhole {
			t.Errorf("%d bytes: %+v", test.size, exchange)
		}
		if found := exchange.Findings == 1; found != (test.want == contract.DepthWhole) {
			t.Errorf("%d bytes: findings %v", test.size, seen.findings)
		}
	}
}

// base is a transport that calls a function.
type base func(*http.Request) (*http.Response, error)

func (b base) RoundTrip(r *http.Request) (*http.Response, error) { return b(r) }

func TestBrokenBodiesBreakOffAtTheSamePlaceWithTheSameError(t *testing.T) {
	reset := errors.New("connection reset")
	for _, test := range []struct {
		name     string
		err      error
		declared int64
		want     []contract.Class
	}{
		{"reset", reset, 100, nil},
		{"cut", io.ErrUnexpectedEOF, 100, []contract.Class{contract.ClassLength}},
		{"cut while chunked", io.ErrUnexpectedEOF, -1, []contract.Class{contract.ClassLength}},
		{"short", io.EOF, 100, []contract.Class{contract.ClassLength}},
	} {
		for _, slow := range []bool{false, true} {
			t.Run(test.name, func(t *testing.T) {
				checker, seen := newChecker(t)
				transport := checker.Transport(base(func(r *http.Request) (*http.Response, error) {
					var body io.Reader = io.MultiReader(strings.NewReader(startAnswer[:20]), iotest.ErrReader(test.err))
					if slow {
						body = iotest.OneByteReader(body)
					}
					io.Copy(io.Discard, r.Body)
					r.Body.Close()
					return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {jsonType}},
						ContentLength: test.declared, Body: io.NopCloser(body), Request: r}, nil
				}))
				request := startCall().request(t, "http://localhost")
				response, err := transport.RoundTrip(request)
				if err != nil {
					t.Fatal(err)
				}
				if response.Request != request {
					t.Error("the answer names another request than the caller's")
				}
				got, err := io.ReadAll(response.Body)
				response.Body.Close()
				want := test.err
				if want == io.EOF {
					want = nil
				}
				if string(got) != startAnswer[:20] || err != want {
					t.Errorf("read %q and %v", got, err)
				}
				// A body that is cut off but read to its end is also invalid JSON.
				if classes := slices.DeleteFunc(seen.classes(),
					func(c contract.Class) bool { return c == contract.ClassResponseInvalid }); !slices.Equal(classes,
					test.want) {
					t.Errorf("findings %v, want %q", seen.findings, test.want)
				}
				if exchange := seen.only(t); want != nil && exchange.Response != contract.DepthUnread {
					t.Errorf("recorded as %+v", exchange)
				}
			})
		}
	}
}

func TestAnswersThatAreNotReadToTheirEnd(t *testing.T) {
	body := func(text string) io.ReadCloser { return io.NopCloser(iotest.OneByteReader(strings.NewReader(text))) }
	read := func(t *testing.T, text string, length int64, read func(io.Reader)) contract.Exchange {
		checker, seen := newChecker(t)
		response, err := checker.Transport(base(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {jsonType}},
				ContentLength: length, Body: body(text), Request: r}, nil
		})).RoundTrip(tokenCall(sends("")).request(t, "http://localhost"))
		if err != nil {
			t.Fatal(err)
		}
		read(response.Body)
		response.Body.Close()
		response.Body.Close()
		return seen.only(t)
	}
	decode := func(r io.Reader) {
		var value any
		if err := json.NewDecoder(r).Decode(&value); err != nil {
			t.Error(err)
		}
	}
	for _, test := range []struct {
		name   string
		text   string
		length int64
		read   func(io.Reader)
		want   contract.Depth
	}{
		{"not read at all", tokenAnswer, -1, func(io.Reader) {}, contract.DepthUnread},
		{"read by half", tokenAnswer, int64(len(tokenAnswer)), func(r io.Reader) { io.CopyN(io.Discard, r, 9) },
			contract.DepthUnread},
		{"decoded, which stops before the end", tokenAnswer, -1, decode, contract.DepthWhole},
		{"read as far as declared", tokenAnswer, int64(len(tokenAnswer)),
			func(r io.Reader) { io.CopyN(io.Discard, r, int64(len(tokenAnswer))) }, contract.DepthWhole},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := read(t, test.text, test.length, test.read); got.Response != test.want {
				t.Errorf("recorded as %+v, want %q", got, test.want)
			}
		})
	}
}

func TestRequestIsNotReadBeforeTheBaseReadsIt(t *testing.T) {
	checker, seen := newChecker(t)
	var touched bool
	body := &touching{Reader: strings.NewReader(startBody), touched: &touched}
	transport := checker.Transport(base(func(r *http.Request) (*http.Response, error) {
		if touched {
			t.Error("the body was read before its time")
		}
		if r.GetBody != nil || r.ContentLength != int64(len(startBody)) {
			t.Errorf("GetBody %v, length %d", r.GetBody != nil, r.ContentLength)
		}
		r.Body.Close()
		return &http.Response{StatusCode: 401, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
	}))
	request := startCall().request(t, "http://localhost")
	request.Body, request.GetBody = body, nil
	if _, err := transport.RoundTrip(request); err != nil {
		t.Fatal(err)
	}
	if touched || !body.closed {
		t.Errorf("read: %v, closed: %v", touched, body.closed)
	}
	if request.Body != body {
		t.Error("the caller's request was changed")
	}
	if got := seen.only(t); got.Request != contract.DepthUnread || got.Response != contract.DepthWhole ||
		got.Findings != 0 {
		t.Errorf("recorded as %+v", got)
	}
}

type touching struct {
	io.Reader
	touched *bool
	closed  bool
}

func (r *touching) Read(p []byte) (int, error) { *r.touched = true; return r.Reader.Read(p) }
func (r *touching) Close() error               { r.closed = true; return nil }

func TestExpectContinueIsLeftToTheServer(t *testing.T) {
	checker, seen := newChecker(t)
	url, plain, stop := serve(t, checker.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusUnauthorized) // without reading the body
	})), false)
	plain.ExpectContinueTimeout = 1 << 40
	var touched bool
	request := startCall().request(t, url)
	request.Header.Set("Expect", "100-continue")
	request.Body, request.GetBody = &touching{Reader: strings.NewReader(startBody), touched: &touched}, nil
	response, err := checker.Transport(plain).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, response.Body)
	response.Body.Close()
	stop()
	if touched || len(seen.findings) != 0 {
		t.Errorf("read: %v, findings %v", touched, seen.findings)
	}
	for _, exchange := range seen.exchanges {
		if exchange.Request != contract.DepthUnread {
			t.Errorf("recorded as %+v", exchange)
		}
	}
}

func TestRequestThatIsSentAgainIsJudgedByItsLastSending(t *testing.T) {
	checker, seen := newChecker(t)
	transport := checker.Transport(base(func(r *http.Request) (*http.Response, error) {
		io.CopyN(io.Discard, r.Body, 10)
		again, err := r.GetBody()
		if err != nil {
			t.Fatal(err)
		}
		io.CopyN(io.Discard, r.Body, 10) // the first request is still being sent
		got, err := io.ReadAll(again)
		if err != nil || string(got) != startBody {
			t.Errorf("sent again: %q, %v", got, err)
		}
		return &http.Response{StatusCode: 401, Body: http.NoBody, Header: http.Header{}}, nil
	}))
	if _, err := transport.RoundTrip(startCall().request(t, "http://localhost")); err != nil {
		t.Fatal(err)
	}
	if got := seen.only(t); got.Request != contract.DepthWhole || got.Findings != 0 {
		t.Errorf("recorded as %+v, %v", got, seen.findings)
	}
}

func TestRequestWithoutAnswerIsCheckedToo(t *testing.T) {
	checker, seen := newChecker(t)
	refused := errors.New("refused")
	_, err := checker.Transport(base(func(r *http.Request) (*http.Response, error) {
		io.Copy(io.Discard, r.Body)
		return nil, refused
	})).RoundTrip(startCall(auth(""), sends(`{}`)).request(t, "http://localhost"))
	if err != refused {
		t.Errorf("the error came as %v", err)
	}
	if got := seen.only(t); got.Response != contract.DepthNone || got.Findings != 3 || got.Status != 0 {
		t.Errorf("recorded as %+v, %v", got, seen.findings)
	}
}

func TestRequestOfWrongLengthIsFound(t *testing.T) {
	checker, seen := newChecker(t)
	url, plain, _ := serve(t, startCall(), false)
	request := startCall().request(t, url)
	request.ContentLength, request.Body = 500, io.NopCloser(bytes.NewReader([]byte(startBody)))
	if _, err := checker.Transport(plain).RoundTrip(request); err == nil {
		t.Fatal("net/http sent it")
	}
	if got := seen.classes(); !slices.Equal(got, []contract.Class{contract.ClassLength}) {
		t.Errorf("findings %v", seen.findings)
	}
}
