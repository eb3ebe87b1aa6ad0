package danabio

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"strings"
	"time"
)

// OpenEvidence opens the evidence of a circuit as a stream, for other sinks than a file. The caller closes it. Reading fails with [ErrTruncated] when
// the evidence breaks off and with [ErrIntegrity] when its length or digest is wrong, instead of ending; what is inside the ZIP is not
// checked. Opening fails as [Client.DownloadEvidence] does, and with ErrIntegrity when what comes is no ZIP.
func (c *Client) OpenEvidence(ctx context.Context, circuit string) (io.ReadCloser, error) {
	stream, err := c.openEvidence(ctx, circuit, c.retry)
	if err == nil {
		stream.begin(transfer{c.told, Progress{Circuit: circuit}})
		if err = stream.sniff(); err != nil {
			stream.Close()
		}
	}
	if err != nil {
		return nil, operationError(operationDownload, circuit, err)
	}
	return stream, nil
}

// openEvidence asks for the evidence until an answer with a body comes.
func (c *core) openEvidence(ctx context.Context, circuit string, policy RetryPolicy) (*evidenceStream, error) {
	if err := checkSegment("circuit", circuit); err != nil {
		return nil, err
	}
	token, err := c.tokens.token(ctx)
	if err != nil {
		return nil, err
	}
	var stream *evidenceStream
	renewed := false
	var try func() *failure
	try = func() *failure {
		asked := time.Now()
		resp, err := c.api.DownloadEvidence(ctx, c.channel, circuit, nil, func(_ context.Context, req *http.Request) error {
			c.dress(req, token, "application/zip, */*;q=0.5")
			// Else the transport may ask for gzip and unpack it, and the length would not be that of the ZIP.
			req.Header.Set("Accept-Encoding", "identity")
			return nil
		})
		if err != nil {
			return failed(ctx, err)
		}
		if resp.StatusCode == http.StatusOK {
			stream = newEvidenceStream(ctx, resp, asked)
			return nil
		}
		refused := refusal(ctx, operationDownload, circuit, resp, c.secrets(token.value.Reveal()))
		var answer *APIError
		if errors.As(refused, &answer) && answer.StatusCode == http.StatusNotFound {
			answer.kind = ErrNotReady
		}
		if resp.StatusCode == http.StatusForbidden {
			c.tokens.drop(token) // what the next call gets may have more rights
		}
		if resp.StatusCode == http.StatusUnauthorized && !renewed {
			renewed = true
			old := token
			c.tokens.drop(old)
			if token, err = c.tokens.token(ctx); err != nil {
				return final(err)
			}
			if token.value.Reveal() != old.value.Reveal() {
				return try()
			}
		}
		return &failure{err: refused, again: errors.Is(refused, ErrUnavailable)}
	}
	if err := c.attempts(ctx, operationDownload, policy, try); err != nil {
		return nil, err
	}
	return stream, nil
}

// evidenceStream is the body of an evidence answer. It ends only when length and digest are right.
type evidenceStream struct {
	ctx     context.Context
	resp    *http.Response
	asked   time.Time
	head    []byte // read by sniff, not yet by the caller
	read    int64
	digest  hash.Hash // of what was read
	claimed [][]byte  // SHA-256 that the server's headers claim
	comes   transfer
	err     error
}

func newEvidenceStream(ctx context.Context, resp *http.Response, asked time.Time) *evidenceStream {
	return &evidenceStream{ctx: ctx, resp: resp, asked: asked, digest: sha256.New(), claimed: claimedDigests(resp.Header)}
}

// begin tells of the stream's progress as that of t.
func (s *evidenceStream) begin(t transfer) {
	s.comes = t
	s.comes.begins(s.resp.ContentLength)
}

// encoded reports whether the body is not the ZIP itself, although nothing else was asked for.
func (s *evidenceStream) encoded() bool {
	encoding := s.resp.Header.Get("Content-Encoding")
	return encoding != "" && !strings.EqualFold(encoding, "identity")
}

// sniff fails when the body is no ZIP by its first bytes.
func (s *evidenceStream) sniff() error {
	if s.encoded() {
		return fmt.Errorf("%w: it came with a Content-Encoding, which was not asked for", ErrIntegrity)
	}
	head := make([]byte, 4)
	n, err := io.ReadFull(s, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	if text := string(head[:n]); text != "PK\x03\x04" && text != "PK\x05\x06" {
		return fmt.Errorf("%w: what came is no ZIP", ErrIntegrity)
	}
	s.head = head
	return nil
}

func (s *evidenceStream) Read(p []byte) (int, error) {
	if len(s.head) > 0 {
		n := copy(p, s.head)
		s.head = s.head[n:]
		return n, nil
	}
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.resp.Body.Read(p)
	s.read += int64(n)
	s.digest.Write(p[:n])
	s.comes.moved(n)
	switch {
	case err == io.EOF:
		s.err = s.check()
	case err != nil:
		s.err = s.broken(err)
	}
	return n, s.err
}

func (s *evidenceStream) check() error {
	read := s.digest.Sum(nil)
	for _, claimed := range s.claimed {
		if !bytes.Equal(claimed, read) {
			return fmt.Errorf("%w: its SHA-256 is not the one that the server's headers give", ErrIntegrity)
		}
	}
	return io.EOF
}

// sha256 is that of what was read so far.
func (s *evidenceStream) sha256() string { return hex.EncodeToString(s.digest.Sum(nil)) }

func (s *evidenceStream) broken(err error) error {
	err = cause(s.ctx, err)
	if s.ctx.Err() != nil {
		return &cutError{s.read, err}
	}
	return fmt.Errorf("%w after %d bytes: %w", ErrTruncated, s.read, unmatched{err, sentinels}.plain())
}

// cutError is that the context ended before the evidence did.
type cutError struct {
	read int64
	err  error
}

func (e *cutError) Error() string { return fmt.Sprintf("%v after %d bytes", e.err, e.read) }
func (e *cutError) Unwrap() error { return e.err }

func (s *evidenceStream) Close() error { return s.resp.Body.Close() }

// claimedDigests finds the SHA-256 of the body in Repr-Digest and Content-Digest (RFC 9530), and Digest (RFC 3230). None of them is published; those
// that are there must be right.
func claimedDigests(h http.Header) [][]byte {
	var claimed [][]byte
	for _, name := range []string{"Content-Digest", "Repr-Digest", "Digest"} {
		for _, member := range strings.Split(strings.Join(h.Values(name), ","), ",") {
			algorithm, value, _ := strings.Cut(strings.TrimSpace(member), "=")
			if !strings.EqualFold(algorithm, "sha-256") {
				continue
			}
			digest, err := base64.StdEncoding.DecodeString(strings.Trim(value, ":"))
			if err == nil && len(digest) == sha256.Size {
				claimed = append(claimed, digest)
			}
		}
	}
	return claimed
}
