package emulator

import (
	"encoding/json"
	"net/http"
)

// answer is a whole response, ready to be sent, delayed or damaged.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// newAnswer returns an answer with the media type given.
func newAnswer(status int, mediaType string, body []byte) *answer {
	return &answer{status: status, header: http.Header{"Content-Type": {mediaType}}, body: body}
}

// refuse returns an error answer. The vendor publishes no schema for error bodies (assumed).
func refuse(status int, message string) *answer {
	body, _ := json.Marshal(map[string]string{"message": message}) // text can always be encoded
	return newAnswer(status, "application/json", append(body, '\n'))
}

// with sets a header field.
func (a *answer) with(key, value string) *answer {
	a.header.Set(key, value)
	return a
}

// send writes the answer as it is.
func (a *answer) send(w http.ResponseWriter) {
	a.declare(w, int64(len(a.body)))
	w.WriteHeader(a.status)
	w.Write(a.body)
}
