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

	maxAnswer  = 1 << 20  // of a JSON answer that is needed
	maxError   = 64 << 10 // of an error body, which only gives a message
	maxMessage = 300      // characters
	maxCode    = 64
)

// readBody reads a whole answer that must be small. With an error it returns what came.
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

// errorFromResponse turns an answer whose status is not the wanted one into an error, and closes
// it. It is the only place that does so. The server's own short message is shown, since the user
// needs it, but for the values that the request carried.
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
	case resp.StatusCode == http.StatusProxyAuthRequired: // of a proxy for plain HTTP
		e.kind = ErrProxy
	case resp.StatusCode < 300:
		err := fmt.Errorf("%w: the server answered %d where 200 was expected", ErrProtocol, resp.StatusCode)
		if resp.StatusCode == http.StatusAccepted || resp.StatusCode == http.StatusNoContent {
			return uncertainError{err} // perhaps it means "not yet"
		}
		return err
	}
	// A body that breaks off still may hold the message. One that drips is not waited for: it only
	// gives a message.
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

// isTLSRequiredPage reports whether an answer is what the servers of Go, nginx and Apache say of
// plain HTTP on a port of TLS.
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

// mediaType is that of the body, without parameters, or empty.
func mediaType(h http.Header) string {
	found, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return ""
	}
	return found
}

// requestID finds the server's id of the request. Which header carries it is not published; these
// are the usual ones.
func requestID(h http.Header) string {
	for _, name := range []string{"X-Request-Id", "X-Correlation-Id", "X-Amzn-Requestid", "X-Amz-Cf-Id", "Cf-Ray"} {
		if id := h.Get(name); id != "" {
			return id
		}
	}
	return ""
}
