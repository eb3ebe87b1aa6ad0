package contract

import (
	"io"
	"net/http"
)

// Transport returns a RoundTripper that checks each exchange that goes through base, or through
// http.DefaultTransport if base is nil. Request and response pass unchanged. Bodies are watched
// while base reads the request's and the caller reads the response's, never earlier or further. A
// response is judged once its body was read to the end or closed.
func (c *Checker) Transport(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	return &transport{checker: c, base: base}
}

type transport struct {
	checker *Checker
	base    http.RoundTripper
}

func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	sent := message{header: request.Header, declaredLength: request.ContentLength, noBody: request.Body == nil ||
		request.Body == http.NoBody}
	if sent.declaredLength == 0 && !sent.noBody {
		sent.declaredLength = -1 // net/http takes it as unknown
	}
	sent.body = &observedBody{dropped: sent.declaredLength > MaxBody}
	exchange := t.checker.begin(request.Method, request.URL, sent)

	outgoing := request
	if !sent.noBody {
		outgoing = exchange.watchRequest(request)
	}
	response, err := t.base.RoundTrip(outgoing)
	if err != nil {
		exchange.handleNoResponse()
		return response, err
	}
	if response.Request == outgoing {
		response.Request = request
	}
	if response.StatusCode == http.StatusSwitchingProtocols {
		exchange.status = response.StatusCode
		exchange.exemptExchange() // its body is a connection
		return response, nil
	}
	received := message{header: response.Header.Clone(), declaredLength: response.ContentLength,
		body: new(observedBody)}
	received.noBody = request.Method == http.MethodHead || response.StatusCode == http.StatusNoContent ||
		response.StatusCode == http.StatusNotModified
	received.body.dropped = received.declaredLength > MaxBody
	exchange.handleResponse(response.StatusCode, received)
	if received.noBody || received.declaredLength == 0 || response.Body == nil || response.Body == http.NoBody {
		received.body.finish(0, io.EOF)
		exchange.finish()
		return response, nil
	}
	response.Body = &reader{ReadCloser: response.Body, watched: received.body, done: exchange.finish}
	return response, nil
}

// CloseIdleConnections forwards http.Client.CloseIdleConnections to base.
func (t *transport) CloseIdleConnections() {
	if base, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		base.CloseIdleConnections()
	}
}

// watchRequest returns a copy of the request whose body is watched. If net/http sends the body
// again through GetBody, watching starts over. The copy has a GetBody only if the request has one,
// since net/http takes its presence as permission to resend.
func (e *exchange) watchRequest(request *http.Request) *http.Request {
	outgoing := request.WithContext(request.Context())
	outgoing.Body = &reader{ReadCloser: request.Body, watched: e.request.body}
	if request.GetBody != nil {
		outgoing.GetBody = func() (io.ReadCloser, error) {
			again, err := request.GetBody()
			if err != nil {
				return nil, err
			}
			return &reader{ReadCloser: again, watched: e.request.body, attempt: e.request.body.restart()}, nil
		}
	}
	return outgoing
}
