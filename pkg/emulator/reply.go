package emulator

import (
	"encoding/json"
	"net/http"
)

// reply is a complete response, ready to be sent, delayed or damaged.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// newReply returns an answer with the given media type.
func newReply(status int, mediaType string, body []byte) *reply {
	return &reply{status: status, header: http.Header{"Content-Type": {mediaType}}, body: body}
}

// refuse returns an error answer. The vendor publishes no schema for error bodies (assumed).
func refuse(status int, message string) *reply {
	body, _ := json.Marshal(map[string]string{"message": message}) // strings can always be encoded
	return newReply(status, "application/json", append(body, '\n'))
}

// with sets a header field.
func (a *reply) with(key, value string) *reply {
	a.header.Set(key, value)
	return a
}

// send writes the answer unchanged.
func (a *reply) send(w http.ResponseWriter) {
	a.declare(w, int64(len(a.body)))
	w.WriteHeader(a.status)
	w.Write(a.body)
}
