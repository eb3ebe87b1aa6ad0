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
	"github.com/danabio/danabio-go/pkg/evidence"
)

// SentDocument describes a document that was sent.
type SentDocument = evidence.SentDocument

// startMessage is a start whose documents have been checked: the JSON around them, and their sizes.
// The documents themselves are read during sending.
type startMessage struct {
	documents []Document
	states    []fileState
	digested  []SentDocument // with a journal: what must be sent, since the intent says so
	jsonParts [][]byte       // one more than documents
	length    int64
}

// newStartMessage marshals the message with a placeholder for the content of each document, and
// splits the JSON at the placeholders.
func newStartMessage(request CircuitRequest) (*startMessage, error) {
	out := &startMessage{documents: request.Documents}
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
		return nil, invalidRequest("the request cannot be written as JSON: %w", err)
	}
	for i, mark := range marks {
		before, after, found := bytes.Cut(rest, []byte(base64.StdEncoding.EncodeToString(mark)))
		if !found {
			return nil, fmt.Errorf("the request's JSON lacks the place of document %q", request.Documents[i].name)
		}
		out.jsonParts = append(out.jsonParts, before)
		out.length += int64(len(before)) + encodedLen(out.states[i].size)
		rest = after
	}
	out.jsonParts = append(out.jsonParts, rest)
	out.length += int64(len(rest))
	return out, nil
}

func encodedLen(n int64) int64 { return (n + 2) / 3 * 4 }

// startBody reads an outgoing request and encodes the documents on the way. The lock is needed
// because the transport may still read or close it after the request has failed.
type startBody struct {
	message *startMessage

	mu          sync.Mutex
	transfer    transfer
	part        int // index of the next element of out.around
	pending     []byte
	source      *documentEncoder
	sent        []SentDocument
	readStarted bool
	closed      bool
	err         error
}

func (o *startMessage) body() *startBody { return &startBody{message: o, pending: o.jsonParts[0]} }

// started reports whether anything was read.
func (b *startBody) started() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.readStarted
}

// complete reports whether everything was read.
func (b *startBody) complete() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.part == len(b.message.documents) && len(b.pending) == 0
}

// documents returns the documents that were sent, once the body was read completely.
func (b *startBody) documents() []SentDocument {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sent
}

// readError returns the read error, if any.
func (b *startBody) readError() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == io.EOF {
		return nil
	}
	return b.err
}

// chunk is the most that one Read returns, so that a slow connection shows progress.
const chunk = 16 << 10

// Read fills p as far as possible, since each Read becomes a packet.
func (b *startBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.readStarted = true
	if b.closed {
		return 0, errors.New("read of a closed body")
	}
	p = p[:min(len(p), chunk)]
	filled := 0
	for filled < len(p) && b.err == nil {
		n, err := b.readPart(p[filled:])
		filled += n
		b.err = err
	}
	if filled > 0 {
		b.transfer.add(filled)
		return filled, nil
	}
	return 0, b.err
}

// readPart reads from the current text or document, or advances to the next one.
func (b *startBody) readPart(p []byte) (int, error) {
	switch {
	case len(b.pending) > 0:
		n := copy(p, b.pending)
		b.pending = b.pending[n:]
		return n, nil
	case b.source != nil:
		n, err := b.source.Read(p)
		if err == io.EOF {
			b.sent = append(b.sent, b.source.sentDocument())
			_ = b.source.Close() // nothing was written
			b.source = nil
			b.part++
			b.pending = b.message.jsonParts[b.part]
			return n, nil
		}
		return n, b.sourceError(err)
	case b.part < len(b.message.documents):
		source, err := b.message.open(b.part)
		b.source = source
		return 0, b.sourceError(err)
	}
	return 0, io.EOF
}

func (b *startBody) sourceError(err error) error {
	if err == nil {
		return nil
	}
	return &sourceError{b.message.documents[b.part].name, trimPath(err)}
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

// documentEncoder reads a document as Base64 and hashes it. It fails unless the document is still
// what was checked before. It finds that out before it returns the last bytes, so that a request
// with a changed document never becomes complete.
type documentEncoder struct {
	document  Document
	state     fileState
	source    io.ReadCloser
	expected  *SentDocument // what the document must be, if known
	remaining int64
	digest    hash.Hash
	raw       [chunk / 4 * 3]byte
	group     [4]byte // encoded bytes, for readers with less room
	pending   []byte
}

func (o *startMessage) open(i int) (*documentEncoder, error) {
	document, state := o.documents[i], o.states[i]
	source, now, err := document.open()
	if err != nil {
		return nil, err
	}
	if !now.equal(state) {
		source.Close()
		return nil, errChanged
	}
	encoded := &documentEncoder{document: document, state: state, source: source, remaining: state.size,
		digest: sha256.New()}
	if o.digested != nil {
		encoded.expected = &o.digested[i]
	}
	return encoded, nil
}

func (s *documentEncoder) Read(p []byte) (int, error) {
	if len(s.pending) > 0 {
		n := copy(p, s.pending)
		s.pending = s.pending[n:]
		return n, nil
	}
	if s.remaining == 0 {
		return 0, io.EOF
	}
	if len(p) < 4 {
		n, err := s.encode(s.group[:])
		s.pending = s.group[:n]
		if err != nil {
			return 0, err
		}
		n = copy(p, s.pending)
		s.pending = s.pending[n:]
		return n, nil
	}
	return s.encode(p)
}

// encode fills p, which has room for at least four bytes, with complete groups of four.
func (s *documentEncoder) encode(p []byte) (int, error) {
	want := int(min(int64(len(p)/4*3), int64(len(s.raw)), s.remaining))
	n, err := io.ReadFull(s.source, s.raw[:want])
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return 0, errChanged
	}
	if err != nil {
		return 0, err
	}
	s.digest.Write(s.raw[:n])
	if s.remaining -= int64(n); s.remaining == 0 {
		if err := s.checkUnchanged(); err != nil {
			return 0, err
		}
	}
	base64.StdEncoding.Encode(p, s.raw[:n])
	return base64.StdEncoding.EncodedLen(n), nil
}

func (s *documentEncoder) checkUnchanged() error {
	if _, err := io.ReadFull(s.source, make([]byte, 1)); err != io.EOF {
		return errChanged
	}
	again, now, err := s.document.open()
	if err != nil {
		return errChanged
	}
	again.Close()
	if !now.equal(s.state) || s.expected != nil && *s.expected != s.sentDocument() {
		return errChanged
	}
	return nil
}

func (s *documentEncoder) sentDocument() SentDocument {
	return SentDocument{Name: s.document.name, Size: s.state.size, SHA256: hex.EncodeToString(s.digest.Sum(nil))}
}

func (s *documentEncoder) Close() error { return s.source.Close() }
