package danabio

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"

	"github.com/danabio/danabio-go/internal/message"
)

// SentDocument is what was sent of a document.
type SentDocument struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`   // bytes, before Base64
	SHA256 string `json:"sha256"` // lower-case hexadecimal
}

// outgoing is a start whose documents have been looked at: the JSON around them, and their sizes.
// The documents themselves are read while it is sent.
type outgoing struct {
	documents []Document
	states    []fileState
	bound     []SentDocument // with a journal: what must be sent, since the intent says so
	around    [][]byte       // one more than documents
	length    int64
}

// newOutgoing marshals the message with a mark in the place of each document's content, and cuts
// the JSON at the marks.
func newOutgoing(request CircuitRequest) (*outgoing, error) {
	out := &outgoing{documents: request.Documents}
	body := message.Start{
		ID:     request.ID,
		Signer: message.Signer{Name: request.Signer.Name, Email: request.Signer.Email, NIF: request.Signer.NIF},
	}
	var marks [][]byte
	for _, document := range request.Documents {
		state, err := document.check()
		if err != nil {
			return nil, err
		}
		out.states = append(out.states, state)
		mark := make([]byte, 24)
		_, _ = rand.Read(mark) // never fails
		marks = append(marks, mark)
		body.Docs = append(body.Docs, message.Document{Name: document.name, Size: state.size, Content: mark})
	}
	rest, err := json.Marshal(body)
	if err != nil {
		return nil, invalid("the request cannot be written as JSON: %w", err)
	}
	for i, mark := range marks {
		before, after, found := bytes.Cut(rest, []byte(base64.StdEncoding.EncodeToString(mark)))
		if !found {
			return nil, fmt.Errorf("the request's JSON lacks the place of document %q", request.Documents[i].name)
		}
		out.around = append(out.around, before)
		out.length += int64(len(before)) + encodedLen(out.states[i].size)
		rest = after
	}
	out.around = append(out.around, rest)
	out.length += int64(len(rest))
	return out, nil
}

func encodedLen(n int64) int64 { return (n + 2) / 3 * 4 }

// startBody reads an outgoing request, encoding the documents on the way. The transport may still
// read or close it after the request has failed, hence the lock.
type startBody struct {
	out *outgoing

	mu     sync.Mutex
	sends  transfer
	at     int // which of out.around is next
	text   []byte
	source *encodedSource
	sent   []SentDocument
	read   bool
	closed bool
	err    error
}

func (o *outgoing) body() *startBody { return &startBody{out: o, text: o.around[0]} }

// touched reports whether anything was read.
func (b *startBody) touched() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.read
}

// wholly reports whether all was read.
func (b *startBody) wholly() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.at == len(b.out.documents) && len(b.text) == 0
}

// documents returns what was sent, once the body was read wholly.
func (b *startBody) documents() []SentDocument {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sent
}

// failure returns the error that reading met, if any.
func (b *startBody) failure() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == io.EOF {
		return nil
	}
	return b.err
}

// chunk is the most that one Read gives, so that a slow connection shows progress.
const chunk = 16 << 10

// Read fills p as far as it can, since each Read becomes a packet.
func (b *startBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.read = true
	if b.closed {
		return 0, errors.New("read of a closed body")
	}
	p = p[:min(len(p), chunk)]
	filled := 0
	for filled < len(p) && b.err == nil {
		n, err := b.next(p[filled:])
		filled += n
		b.err = err
	}
	if filled > 0 {
		b.sends.moved(filled)
		return filled, nil
	}
	return 0, b.err
}

// next reads of the text or document that it has come to, or goes on to the next of them.
func (b *startBody) next(p []byte) (int, error) {
	switch {
	case len(b.text) > 0:
		n := copy(p, b.text)
		b.text = b.text[n:]
		return n, nil
	case b.source != nil:
		n, err := b.source.Read(p)
		if err == io.EOF {
			b.sent = append(b.sent, b.source.sent())
			_ = b.source.Close() // it was only read
			b.source = nil
			b.at++
			b.text = b.out.around[b.at]
			return n, nil
		}
		return n, b.sourceError(err)
	case b.at < len(b.out.documents):
		source, err := b.out.open(b.at)
		b.source = source
		return 0, b.sourceError(err)
	}
	return 0, io.EOF
}

func (b *startBody) sourceError(err error) error {
	if err == nil {
		return nil
	}
	return &sourceError{b.out.documents[b.at].name, withoutPath(err)}
}

func (b *startBody) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	if b.source != nil {
		err := b.source.Close()
		b.source = nil
		return err
	}
	return nil
}

// encodedSource reads a document as Base64, hashing it, and fails unless it is what was looked at
// before. That it is unchanged is known before its last bytes are given out, so that a request with
// a changed document never becomes whole.
type encodedSource struct {
	document Document
	state    fileState
	source   io.ReadCloser
	bound    *SentDocument // what it must be, if that is known
	left     int64
	digest   hash.Hash
	raw      [chunk / 4 * 3]byte
	held     [4]byte // encoded, for readers with less room
	pending  []byte
}

func (o *outgoing) open(i int) (*encodedSource, error) {
	document, state := o.documents[i], o.states[i]
	source, now, err := document.open()
	if err != nil {
		return nil, err
	}
	if !now.is(state) {
		source.Close()
		return nil, errChanged
	}
	encoded := &encodedSource{document: document, state: state, source: source, left: state.size, digest: sha256.New()}
	if o.bound != nil {
		encoded.bound = &o.bound[i]
	}
	return encoded, nil
}

func (s *encodedSource) Read(p []byte) (int, error) {
	if len(s.pending) > 0 {
		n := copy(p, s.pending)
		s.pending = s.pending[n:]
		return n, nil
	}
	if s.left == 0 {
		return 0, io.EOF
	}
	if len(p) < 4 {
		n, err := s.encode(s.held[:])
		s.pending = s.held[:n]
		if err != nil {
			return 0, err
		}
		n = copy(p, s.pending)
		s.pending = s.pending[n:]
		return n, nil
	}
	return s.encode(p)
}

// encode fills p, which has room for four bytes at least, with whole groups of four.
func (s *encodedSource) encode(p []byte) (int, error) {
	want := int(min(int64(len(p)/4*3), int64(len(s.raw)), s.left))
	n, err := io.ReadFull(s.source, s.raw[:want])
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return 0, errChanged
	}
	if err != nil {
		return 0, err
	}
	s.digest.Write(s.raw[:n])
	if s.left -= int64(n); s.left == 0 {
		if err := s.unchanged(); err != nil {
			return 0, err
		}
	}
	base64.StdEncoding.Encode(p, s.raw[:n])
	return base64.StdEncoding.EncodedLen(n), nil
}

func (s *encodedSource) unchanged() error {
	if _, err := io.ReadFull(s.source, make([]byte, 1)); err != io.EOF {
		return errChanged
	}
	again, now, err := s.document.open()
	if err != nil {
		return errChanged
	}
	again.Close()
	if !now.is(s.state) || s.bound != nil && *s.bound != s.sent() {
		return errChanged
	}
	return nil
}

func (s *encodedSource) sent() SentDocument {
	return SentDocument{Name: s.document.name, Size: s.state.size, SHA256: hex.EncodeToString(s.digest.Sum(nil))}
}

func (s *encodedSource) Close() error { return s.source.Close() }
