package contract_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/pkg/contract"
)

func packed(t *testing.T, writer func(io.Writer) io.WriteCloser, content string) string {
	t.Helper()
	var b bytes.Buffer
	w := writer(&b)
	if _, err := io.WriteString(w, content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func gzipped(t *testing.T, content string) string {
	t.Helper()
	return packed(t, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }, content)
}

func deflated(t *testing.T, content string) string {
	t.Helper()
	return packed(t, func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }, content)
}

// An answer in a coding that was not requested is a separate deviation. Its body is checked as far
// as it can be decoded.
func TestContentEncodings(t *testing.T) {
	type classes = []contract.Class
	const unasked, invalid = contract.ClassContentEncoding, contract.ClassResponseInvalid
	wrong := `{"circuitId":1}`
	for _, test := range []struct {
		name, accept, encoding, answer string
		want                           classes
		depth                          contract.Depth
		says                           string
	}{
		{"gzip", "", "gzip", gzipped(t, startAnswer), classes{unasked}, contract.DepthWhole,
			"the answer has the Content-Encoding gzip, which the request did not ask for; the body was checked as " +
				"what it decodes to"},
		{"gzip around a deviation", "", "gzip", gzipped(t, wrong), classes{unasked, invalid}, contract.DepthWhole,
			"/circuitId must be string, and is number"},
		{"deflate around a deviation", "", "Deflate", deflated(t, wrong), classes{unasked, invalid},
			contract.DepthWhole,
			"/circuitId must be string, and is number"},
		{"one over the other", "", "deflate, gzip", gzipped(t, deflated(t, wrong)), classes{unasked, invalid},
			contract.DepthWhole, "Content-Encoding deflate, gzip, which"},
		{"brotli", "", "br", canary, classes{unasked}, contract.DepthOutline,
			"Content-Encoding br, which the request did not ask for; the body could not be judged, since that cannot " +
				"be decoded here"},
		{"zstd", "", "zstd", canary, classes{unasked}, contract.DepthOutline, "Content-Encoding zstd, which"},
		{"an unknown one", "", canary, canary, classes{unasked}, contract.DepthOutline,
			"Content-Encoding (unknown), which"},
		{"not encoded at all", "", "gzip", startAnswer, classes{unasked}, contract.DepthOutline,
			"the body could not be judged, since it does not decode"},
		{"cut", "", "gzip", gzipped(t, startAnswer)[:30], classes{unasked}, contract.DepthOutline,
			"the body could not be judged, since it does not decode"},
		{"too large", "", "gzip", gzipped(t, `{"circuitId":"`+strings.Repeat("a", 2*contract.MaxBody)+`"}`),
			classes{unasked}, contract.DepthOutline, "since it decodes to more than 1048576 bytes"},
		{"refused by the request", "gzip;q=0, identity", "gzip", gzipped(t, startAnswer), classes{unasked},
			contract.DepthWhole, ""},
		{"identity", "", "identity", startAnswer, nil, contract.DepthWhole, ""},

		{"asked for", "br, gzip", "gzip", gzipped(t, startAnswer), nil, contract.DepthWhole, ""},
		{"asked for, around a deviation", "gzip", "gzip", gzipped(t, wrong), classes{invalid}, contract.DepthWhole,
			"/circuitId must be string, and is number"},
		{"asked for, and damaged", "gzip", "gzip", startAnswer, classes{invalid}, contract.DepthOutline,
			"the answer has the Content-Encoding gzip; the body could not be judged, since it does not decode"},
		{"asked for, and not to be decoded here", "br", "br", canary, nil, contract.DepthOutline, ""},
	} {
		for _, side := range []string{"transport", "handler"} {
			t.Run(test.name+"/"+side, func(t *testing.T) {
				t.Parallel()
				checker, seen := newChecker(t)
				call := startCall(answer(test.answer),
					func(c *call) { c.header = http.Header{"Content-Encoding": {test.encoding}} })
				var handler http.Handler = call
				if side == "handler" {
					handler = checker.Handler(handler)
				}
				url, plain, stop := serve(t, handler, false)
				plain.DisableCompression = true
				var transport http.RoundTripper = plain
				if side == "transport" {
					transport = checker.Transport(plain)
				}
				request := call.request(t, url)
				if test.accept != "" {
					request.Header.Set("Accept-Encoding", test.accept)
				}
				response, err := transport.RoundTrip(request)
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(response.Body)
				response.Body.Close()
				stop()
				if string(got) != test.answer || err != nil ||
					response.Header.Get("Content-Encoding") != test.encoding {
					t.Errorf("the answer was changed: %q, %v", got, err)
				}
				if got := seen.classes(); !slices.Equal(got, test.want) {
					t.Errorf("classes %q, want %q", got, test.want)
				}
				text := seen.text(checker)
				if !strings.Contains(text, test.says) || strings.Contains(text, canary) {
					t.Errorf("%q is not said, or content is shown, in %s", test.says, text)
				}
				if exchange := seen.only(t); exchange.Response != test.depth ||
					exchange.Request != contract.DepthWhole {
					t.Errorf("recorded as %+v", exchange)
				}
			})
		}
	}
}

// A coding that net/http requests and decodes itself is not a deviation. The checker checks the
// decoded body that the caller gets.
func TestCompressionOfNetHTTPIsNoDeviation(t *testing.T) {
	for _, side := range []string{"transport", "handler"} {
		checker, seen := newChecker(t)
		call := startCall(answer(gzipped(t, `{"circuitId":1}`)),
			func(c *call) { c.header = http.Header{"Content-Encoding": {"gzip"}} })
		var handler http.Handler = call
		if side == "handler" {
			handler = checker.Handler(handler)
		}
		url, plain, stop := serve(t, handler, false)
		var transport http.RoundTripper = plain
		if side == "transport" {
			transport = checker.Transport(plain)
		}
		response, err := transport.RoundTrip(call.request(t, url))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(response.Body)
		response.Body.Close()
		stop()
		if string(got) != `{"circuitId":1}` || err != nil {
			t.Errorf("%s: %q, %v", side, got, err)
		}
		if got := seen.classes(); !slices.Equal(got, []contract.Class{contract.ClassResponseInvalid}) ||
			seen.only(t).Response != contract.DepthWhole {
			t.Errorf("%s: %v, %+v", side, seen.findings, seen.exchanges)
		}
	}
}

func TestContentEncodingOfEvidenceAndErrorsAndRequests(t *testing.T) {
	encoded := func(c *call) { c.header = http.Header{"Content-Encoding": {"gzip"}} }
	for name, test := range map[string]struct {
		call    call
		request http.Header
		want    contract.Depth
		says    string
	}{
		"evidence": {downloadCall(answer(gzipped(t, "PK\x05\x06")), encoded), nil, contract.DepthOutline,
			"the answer has the Content-Encoding gzip, which the request did not ask for"},
		"an error": {downloadCall(answers(404, jsonType, gzipped(t, "{}")), encoded), nil, contract.DepthWhole,
			"the body was checked as what it decodes to"},
		"nothing": {downloadCall(answers(404, "", ""), encoded), nil, contract.DepthWhole,
			"the body was checked as what it decodes to"},
		"a request": {startCall(sends(gzipped(t, startBody))), http.Header{"Content-Encoding": {"gzip"}},
			contract.DepthWhole,
			"the request has the Content-Encoding gzip, which the spec does not name; the body was checked as what " +
				"it decodes to"},
		"a request that is none": {startCall(sends(startBody)), http.Header{"Content-Encoding": {"gzip"}},
			contract.DepthWhole,
			"the request has the Content-Encoding gzip, which the spec does not name; the body could not be judged, " +
				"since it does not decode"},
	} {
		t.Run(name, func(t *testing.T) {
			checker, seen := newChecker(t)
			url, plain, _ := serve(t, test.call, false)
			plain.DisableCompression = true
			request := test.call.request(t, url)
			for name, values := range test.request {
				request.Header[name] = values
			}
			response, err := checker.Transport(plain).RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, response.Body)
			response.Body.Close()
			if got := seen.classes(); !slices.Equal(got, []contract.Class{contract.ClassContentEncoding}) ||
				!strings.Contains(seen.findings[0].Message, test.says) {
				t.Errorf("%v, want %q", seen.findings, test.says)
			}
			if got := seen.only(t).Response; got != test.want {
				t.Errorf("recorded as %q", got)
			}
		})
	}
}

// A future spec may name a coding, which is then not reported as unrequested.
func TestContentEncodingThatTheSpecNamesIsNoDeviation(t *testing.T) {
	const description = `"description": "Biometric circuit successfully initiated"`
	spec := strings.Replace(string(frozenSpec), description,
		`"headers": {"content-encoding": {"schema": {"type": "string"}}}, `+description, 1)
	spec = strings.Replace(spec, `"/api/v1/biometric/start_circuit/{channel}": {`,
		`"/api/v1/biometric/start_circuit/{channel}": {
		"parameters": [{"name": "content-encoding", "in": "header", "schema": {"type": "string"}}],`, 1)
	for name, test := range map[string]struct {
		body, answer string
		want         []contract.Class
	}{
		"right": {gzipped(t, startBody), gzipped(t, startAnswer), nil},
		"wrong within": {gzipped(t, "[]"), gzipped(t, "[]"),
			[]contract.Class{contract.ClassRequestInvalid, contract.ClassResponseInvalid}},
		"that does not decode": {startBody, startAnswer,
			[]contract.Class{contract.ClassRequestInvalid, contract.ClassResponseInvalid}},
	} {
		t.Run(name, func(t *testing.T) {
			checker, seen := newChecker(t, func(c *contract.Config) { c.Spec = []byte(spec) })
			call := startCall(sends(test.body), answer(test.answer),
				func(c *call) { c.header = http.Header{"Content-Encoding": {"gzip"}} })
			url, plain, _ := serve(t, call, false)
			plain.DisableCompression = true
			request := call.request(t, url)
			request.Header.Set("Content-Encoding", "gzip")
			response, err := checker.Transport(plain).RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, response.Body)
			response.Body.Close()
			if got := seen.classes(); !slices.Equal(got, test.want) {
				t.Errorf("%v, want %q", seen.findings, test.want)
			}
		})
	}
}
