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
	"slices"
	"strings"
	"time"
)

// OpenEvidence opens the evidence of a circuit as a stream, for destinations other than a file. The
// caller must close it. Instead of ending, reading fails with [ErrTruncated] if the evidence breaks
// off, and with [ErrIntegrity] if its length or digest is wrong. The content of the ZIP is not
// checked. Opening fails as [Client.DownloadEvidence] does, and with ErrIntegrity if the answer is
// not a ZIP.
func (c *Client) OpenEvidence(ctx context.Context, circuit string) (io.ReadCloser, error) {
	stream, err := c.openEvidence(ctx, circuit, c.retry)
	if err == nil {
		stream.begin(transfer{c.onProgress, Progress{Circuit: circuit}})
		if err = stream.sniff(); err != nil {
			stream.Close()
		}
	}
	if err != nil {
		return nil, operationError(operationDownload, circuit, err)
	}
	return stream, nil
}

// openEvidence requests the evidence until a response with a body arrives.
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
	var try func() *attemptError
	try = func() *attemptError {
		asked := time.Now()
		resp, err := c.api.DownloadEvidence(ctx, c.channel, circuit, nil,
			func(_ context.Context, req *http.Request) error {
				c.setHeaders(req, token, "application/zip, */*;q=0.5")
				// Otherwise the transport may ask for gzip and decompress it, and the length would
				// not be that of the ZIP.
				req.Header.Set("Accept-Encoding", "identity")
				return nil
			})
		if err != nil {
			return classifyTransport(ctx, err)
		}
		if resp.StatusCode == http.StatusOK {
			stream = newEvidenceStream(ctx, resp, asked)
			if label := resp.Header.Get("Content-Encoding"); label != "" && !strings.EqualFold(label, "identity") {
				stream.contentEncoding = newMask(c.secrets(token.value.Reveal())).clean(label, maxCode)
			}
			return nil
		}
		refused := errorFromResponse(ctx, operationDownload, circuit, resp, c.secrets(token.value.Reveal()))
		var answer *APIError
		if errors.As(refused, &answer) && answer.StatusCode == http.StatusNotFound {
			answer.kind = ErrNotReady
		}
		if resp.StatusCode == http.StatusForbidden {
			c.tokens.drop(token) // the next token may have more rights
		}
		if resp.StatusCode == http.StatusUnauthorized && !renewed {
			renewed = true
			old := token
			c.tokens.drop(old)
			if token, err = c.tokens.token(ctx); err != nil {
				return permanent(err)
			}
			if token.value.Reveal() != old.value.Reveal() {
				return try()
			}
		}
		return &attemptError{err: refused, retryable: errors.Is(refused, ErrUnavailable)}
	}
	if err := c.retryLoop(ctx, operationDownload, policy, try); err != nil {
		return nil, err
	}
	return stream, nil
}

// evidenceStream is the body of an evidence response. It only ends if length and digest are right.
type evidenceStream struct {
	ctx             context.Context
	resp            *http.Response
	requestedAt     time.Time
	contentEncoding string // a Content-Encoding that nobody asked for; the bytes show whether it is true
	first           []byte // enough of the beginning to recognize the format
	head            []byte // read by sniff, but not yet by the caller
	bytesRead       int64
	digest          hash.Hash // of what was read
	claimedDigests  [][]byte  // SHA-256 digests that the server's headers claim
	transfer        transfer
	err             error
}

func newEvidenceStream(ctx context.Context, resp *http.Response, asked time.Time) *evidenceStream {
	return &evidenceStream{ctx: ctx, resp: resp, requestedAt: asked, digest: sha256.New(),
		claimedDigests: parseDigests(resp.Header)}
}

// begin reports the stream's progress through t.
func (s *evidenceStream) begin(t transfer) {
	s.transfer = t
	s.transfer.begin(s.resp.ContentLength)
}

// firstBytes is how much of the beginning is kept to recognize the format.
const firstBytes = 512

// sniff fails if the first bytes are not those of a ZIP.
func (s *evidenceStream) sniff() error {
	head := make([]byte, 4)
	n, err := io.ReadFull(s, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	if !isZIP(head[:n]) {
		_, _ = io.CopyN(io.Discard, s, firstBytes) // to recognize what it is instead
		return s.notZIPError()
	}
	s.head = head
	return s.checkEncoding()
}

func isZIP(content []byte) bool {
	return bytes.HasPrefix(content, []byte("PK\x03\x04")) || bytes.HasPrefix(content, []byte("PK\x05\x06"))
}

// contentCodings are the registered HTTP content codings (IANA). Under one of them the bytes mean
// something else. Other labels, such as "utf-8", "binary" or S3's "aws-chunked", say nothing about
// the bytes.
var contentCodings = []string{
	"gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress", "dcb", "dcz", "exi", "pack200-gzip",
}

// checkEncoding fails if the label says that the bytes are not the ZIP itself.
func (s *evidenceStream) checkEncoding() error {
	for coding := range strings.SplitSeq(strings.ToLower(s.contentEncoding), ",") {
		if slices.Contains(contentCodings, strings.TrimSpace(coding)) {
			return fmt.Errorf("%w: it was labelled Content-Encoding: %s, which was not requested", ErrIntegrity,
				s.contentEncoding)
		}
	}
	return nil
}

// notZIPError returns an error that says what came instead of a ZIP.
func (s *evidenceStream) notZIPError() error {
	return fmt.Errorf("%w: the answer is %s", ErrIntegrity, s.describeContent())
}

// describeContent describes a body that does not begin like a ZIP.
func (s *evidenceStream) describeContent() string {
	text := bytes.TrimSpace(bytes.TrimPrefix(s.first, []byte("\xef\xbb\xbf")))
	is := func(beginning string) bool { return bytes.HasPrefix(text, []byte(beginning)) }
	const zipBase64 = "UEsD" // "PK\x03" in Base64
	switch {
	case bytes.HasPrefix(s.first, []byte("\x1f\x8b")):
		return "gzip data, not the ZIP itself"
	case bytes.HasPrefix(s.first, []byte("\x28\xb5\x2f\xfd")):
		return "zstd data, not the ZIP itself"
	case is(zipBase64), bytes.Contains(text, []byte(`"`+zipBase64)), bytes.Contains(text, []byte("base64,"+zipBase64)):
		return "Base64 of a ZIP, not the ZIP itself"
	case bytes.Contains(text, []byte(";chunk-signature=")):
		return "in the framing of aws-chunked, not the ZIP itself"
	case is("<"):
		return "an HTML or XML page, not a ZIP"
	case is("{"), is("["):
		return "JSON, not a ZIP"
	case is("%PDF-"):
		return "a PDF, not a ZIP"
	case len(s.first) == 0:
		return "empty, not a ZIP"
	}
	return "not a ZIP"
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
	s.bytesRead += int64(n)
	s.digest.Write(p[:n])
	if room := firstBytes - len(s.first); room > 0 {
		s.first = append(s.first, p[:min(n, room)]...)
	}
	s.transfer.add(n)
	switch {
	case err == io.EOF:
		s.err = s.checkDigest()
	case err != nil:
		s.err = s.readError(err)
	}
	return n, s.err
}

func (s *evidenceStream) checkDigest() error {
	read := s.digest.Sum(nil)
	for _, claimed := range s.claimedDigests {
		if !bytes.Equal(claimed, read) {
			return fmt.Errorf("%w: its SHA-256 is not the one that the server's headers give", ErrIntegrity)
		}
	}
	return io.EOF
}

// sha256 returns the digest of what was read so far.
func (s *evidenceStream) sha256() string { return hex.EncodeToString(s.digest.Sum(nil)) }

func (s *evidenceStream) readError(err error) error {
	err = transportError(s.ctx, err)
	if s.ctx.Err() != nil {
		return &interruptedError{s.bytesRead, err}
	}
	return fmt.Errorf("%w after %d bytes: %w", ErrTruncated, s.bytesRead, hiddenError{err, sentinels}.simplify())
}

// interruptedError means that the context ended before the evidence did.
type interruptedError struct {
	bytesRead int64
	err       error
}

func (e *interruptedError) Error() string {
	return fmt.Sprintf("%v after %d bytes", e.err, e.bytesRead)
}
func (e *interruptedError) Unwrap() error { return e.err }

func (s *evidenceStream) Close() error { return s.resp.Body.Close() }

// parseDigests returns the SHA-256 digests of the body in Repr-Digest and Content-Digest (RFC
// 9530), and Digest (RFC 3230). None of these headers is published. Those that are present must be
// right.
func parseDigests(h http.Header) [][]byte {
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
