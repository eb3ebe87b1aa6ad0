package danabio

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"
)

const (
	operationToken    = "get token"
	operationStart    = "start circuit"
	operationDownload = "download evidence"

	maxAnswer  = 1 << 20  // of a JSON answer that is needed, in bytes
	maxError   = 64 << 10 // of an error body, which only yields a message, in bytes
	maxMessage = 300      // in characters
	maxCode    = 64
)

// readBody reads an answer that must be small. On error it returns what arrived.
func readBody(resp *http.Response) ([]byte, error) {
	defer time.AfterFunc(2*stallTimeout, func() { resp.Body.Close() }).Stop()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return body, err
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("%w: the answer is longer than %d bytes", ErrProtocol, maxAnswer)
	}
	return body, nil
}

// errorFromResponse turns a response with an unwanted status into an error, and closes it. No other
// function does so. The error contains the server's own short message, because the user needs it,
// with the values that the request carried masked.
func errorFromResponse(ctx context.Context, operation, circuit string, resp *http.Response, carried []string) error {
	defer resp.Body.Close()
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		host := "nowhere"
		if target, err := resp.Location(); err == nil {
			host = newWholeValueMask(carried).clean(target.Host, 255)
		}
		return fmt.Errorf("%w: the server answered %d, to %s; check the environment or base URL", ErrRedirected,
			resp.StatusCode, host)
	}
	mask := newMask(carried)
	e := &APIError{
		Operation:       operation,
		Method:          resp.Request.Method,
		URL:             withoutQuery(resp.Request),
		StatusCode:      resp.StatusCode,
		Circuit:         circuit,
		MediaType:       mask.clean(mediaType(resp.Header), maxCode),
		ServerRequestID: mask.clean(requestID(resp.Header), maxCode*2),
		RetryAfter:      retryAfter(resp.Header.Get("Retry-After"), time.Now()),
	}
	switch {
	case resp.StatusCode == http.StatusUnauthorized:
		e.kind = ErrUnauthorized
	case resp.StatusCode == http.StatusRequestTimeout, resp.StatusCode == http.StatusTooManyRequests,
		resp.StatusCode >= 500:
		e.kind = ErrUnavailable
	case resp.StatusCode == http.StatusProxyAuthRequired: // from a proxy for plain HTTP
		e.kind = ErrProxy
	case resp.StatusCode < 300:
		err := fmt.Errorf("%w: the server answered %d where 200 was expected", ErrProtocol, resp.StatusCode)
		if resp.StatusCode == http.StatusAccepted || resp.StatusCode == http.StatusNoContent {
			return uncertainError{err} // it may mean "not yet"
		}
		return err
	}
	// A body that breaks off may still contain the message. A body that arrives slowly is not worth
	// waiting for.
	defer time.AfterFunc(stallTimeout, func() { resp.Body.Close() }).Stop()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxError))
	if resp.StatusCode == http.StatusBadRequest && resp.Request.URL.Scheme == "http" && isTLSRequiredPage(body) {
		return fmt.Errorf("%w: the server speaks TLS on this port, and got plain HTTP; give the base URL with https",
			ErrTLS)
	}
	if ctx.Err() == nil {
		code, message := parseErrorBody(body, resp.Header.Get("Content-Type"))
		e.Code, e.Message = mask.clean(code, maxCode), mask.clean(message, maxMessage)
	}
	return e
}

// isTLSRequiredPage reports whether a body is the message with which servers by Go, nginx and
// Apache answer plain HTTP on a TLS port.
func isTLSRequiredPage(body []byte) bool {
	for _, words := range []string{
		"HTTP request to an HTTPS server", "plain HTTP request was sent to HTTPS port",
		"speaking plain HTTP to an SSL-enabled server port",
	} {
		if bytes.Contains(body, []byte(words)) {
			return true
		}
	}
	return false
}

func withoutQuery(req *http.Request) string {
	u := *req.URL
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

// mediaType returns the media type of the body without parameters, or "".
func mediaType(h http.Header) string {
	found, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return ""
	}
	return found
}

// requestID returns the server's ID of the request. The header is not published; these are the
// usual ones.
func requestID(h http.Header) string {
	for _, name := range []string{"X-Request-Id", "X-Correlation-Id", "X-Amzn-Requestid", "X-Amz-Cf-Id", "Cf-Ray"} {
		if id := h.Get(name); id != "" {
			return id
		}
	}
	return ""
}
