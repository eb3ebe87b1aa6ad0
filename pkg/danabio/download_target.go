package danabio

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/danabio/danabio-go/internal/atomicfile"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// target is where evidence will be stored: a file that must not exist, in a folder that must.
type target struct {
	path, folder, name string
}

// maxName leaves room for what is appended to the name on file systems that allow 255 bytes.
const maxName = 200

// newTarget checks the target before any request. If it contains what this download would give,
// newTarget returns its receipt.
func (c *core) newTarget(ctx context.Context, circuit, path string) (target, *Receipt, error) {
	t := target{path, filepath.Dir(path), filepath.Base(path)}
	if path == "" || t.name == "." || t.name == ".." || os.IsPathSeparator(path[len(path)-1]) {
		return t, nil, invalidRequest("target %q names no file; give one such as evidence.zip", path)
	}
	if len(t.name) > maxName {
		return t, nil,
			invalidRequest("target %q...: the name is longer than %d bytes, which leaves no room for those of its "+
				"receipt",
				t.name[:40], maxName)
	}
	switch info, err := os.Stat(t.folder); {
	case errors.Is(err, fs.ErrNotExist):
		return t, nil, invalidRequest("folder %s does not exist; create it first", t.folder)
	case err != nil:
		return t, nil, fmt.Errorf("%w: %w", ErrInvalidRequest, err)
	case !info.IsDir():
		return t, nil, invalidRequest("%s is not a folder", t.folder)
	}
	receipt, err := t.findExisting(ctx, circuit, c.channel)
	if receipt != nil || err != nil {
		return t, receipt, err
	}
	// A receipt without its file was left by a crash. Anything else with that name is not ours to
	// replace.
	if _, err := os.Lstat(ReceiptPath(path)); err == nil {
		switch left, err := ReadReceipt(ReceiptPath(path)); {
		case err != nil:
			return t, nil, otherReceipt(path, "not a receipt")
		case left.Circuit != circuit || left.Channel != c.channel:
			return t, nil, otherReceipt(path, "the receipt of another circuit")
		}
	}
	return t, nil, nil
}

// otherReceipt says what has the name of the receipt. Another download may have put it there.
func otherReceipt(path, what string) error {
	return fmt.Errorf("%w: receipt %s: %w and is %s; move it away", ErrInvalidRequest, ReceiptPath(path), fs.ErrExist,
		what)
}

// findExisting returns nil if the target does not exist, the receipt if target and receipt are what
// this download would give, and otherwise an error.
func (t target) findExisting(ctx context.Context, circuit, channel string) (*Receipt, error) {
	info, err := os.Lstat(t.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalidRequest, err)
	}
	exists := func(why string) error {
		return fmt.Errorf("%w: target %s: %w%s; choose another name or move it away", ErrInvalidRequest, t.path,
			fs.ErrExist, why)
	}
	if !info.Mode().IsRegular() {
		return nil, exists(" and is not a regular file")
	}
	receipt, err := ReadReceipt(ReceiptPath(t.path))
	if err != nil {
		return nil, exists("")
	}
	if receipt.Circuit != circuit || receipt.Channel != channel {
		return nil, exists(", with the evidence of another circuit")
	}
	digest, err := fileDigest(ctx, t.path)
	if err != nil {
		return nil, err
	}
	if receipt.Size != info.Size() || receipt.SHA256 != digest {
		return nil, exists(" and is not what its receipt says: it was changed")
	}
	return receipt, nil
}

func fileDigest(ctx context.Context, path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	digest := sha256.New()
	if _, err := copyEvidence(digest, contextReader{ctx, file}); err != nil {
		return "", err
	}
	return hex.EncodeToString(digest.Sum(nil)), nil
}

// contextReader stops when its context ends.
type contextReader struct {
	ctx    context.Context
	source io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.source.Read(p)
}

func copyEvidence(to io.Writer, from io.Reader) (int64, error) {
	// The wrapper hides methods that would make io.CopyBuffer ignore this buffer.
	return io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{from}, make([]byte, 128<<10))
}

// writeEvidence writes the whole stream, at most limit bytes, and makes it durable.
func writeEvidence(part *atomicfile.File, stream *evidenceStream, limit int64) (int64, error) {
	n, err := copyEvidence(part, io.LimitReader(stream, max(limit, limit+1)))
	switch {
	case err != nil && !errors.Is(err, ErrIntegrity): // with ErrIntegrity it is complete
		return n, err
	case n > limit:
		return n, tooLarge(limit)
	}
	if err := part.Seal(); err != nil {
		return n, err
	}
	return n, err
}

var errTooLarge = fmt.Errorf("%w: it is too large", ErrIntegrity)

func tooLarge(limit int64) error {
	return fmt.Errorf("%w; Config.EvidenceLimits allows %d bytes", errTooLarge, limit)
}

// place puts the receipt and then the evidence in place, overwriting neither. If another process
// was faster, existing decides.
func (t target) place(ctx context.Context, part *atomicfile.File, receipt *Receipt) (*Receipt, error) {
	unlock, err := lockFolder(ctx, t.folder)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if found, err := t.findExisting(ctx, receipt.Circuit, receipt.Channel); found != nil || err != nil {
		return found, err
	}
	content, err := marshalIndented(receipt)
	if err != nil {
		return nil, err
	}
	if err := atomicfile.Overwrite(ReceiptPath(t.path), content); err != nil {
		return nil, t.keepUnplaced(part, err)
	}
	switch err := part.Place(t.path); {
	case errors.Is(err, fs.ErrExist): // another program was faster; its file may need the receipt to be recognized
		return t.findExisting(ctx, receipt.Circuit, receipt.Channel)
	case err != nil:
		return nil, t.keepUnplaced(part, err)
	}
	return receipt, nil
}

// UnplacedError means that evidence arrived complete but could not get its name in the folder. It
// is in the folder under another name. Its receipt is beside the intended name, if it could be
// written. For evidence that is not acceptable the error also matches [ErrIntegrity].
type UnplacedError struct {
	Kept string // path of the evidence
	Err  error  // the system's error
}

func (e *UnplacedError) Error() string {
	return fmt.Sprintf("%v; the evidence is complete, in %s", e.Err, e.Kept)
}

// Unwrap returns the system's error.
func (e *UnplacedError) Unwrap() error { return e.Err }

// keepUnplaced keeps what was received under its temporary name if a second attempt would fail too.
// It discards it if another name or more space would help.
func (t target) keepUnplaced(part *atomicfile.File, err error) error {
	err = nameTarget(err, t.path)
	if atomicfile.NoSpace(err) || errors.Is(err, syscall.EFBIG) || errors.Is(err, fs.ErrExist) {
		return err
	}
	part.Keep()
	return &UnplacedError{part.Name(), err}
}

// Rejected says why complete evidence was kept aside: beside the target, under its name with
// ".rejected" appended (".rejected-2" and so on if that is taken). It is stored as JSON under the
// same name with ".json" appended.
type Rejected struct {
	Circuit string           `json:"circuitId"`
	Channel string           `json:"channel"`
	BaseURL string           `json:"baseUrl,omitempty"` // of the server; absent in files of earlier versions
	Reason  string           `json:"reason"`
	Report  *evidence.Report `json:"report,omitempty"`
	Library string           `json:"library,omitempty"` // name and version; absent in files of earlier versions
	Commit  string           `json:"commit,omitempty"`  // of the library; absent if it is not known
}

// UnmarshalJSON implements [json.Unmarshaler]. It also reads the key "circuit" of earlier versions.
func (r *Rejected) UnmarshalJSON(content []byte) error {
	type fields Rejected
	file := struct {
		*fields
		Circuit string `json:"circuit"`
	}{fields: (*fields)(r)}
	if err := json.Unmarshal(content, &file); err != nil {
		return err
	}
	return mergeCircuitID(&r.Circuit, file.Circuit)
}

// reject keeps the evidence aside under the first free name, so that no earlier one is lost, and
// returns its path.
func (t target) reject(ctx context.Context, part *atomicfile.File, why Rejected) (string, error) {
	unlock, err := lockFolder(ctx, t.folder)
	if err != nil {
		return "", err
	}
	defer unlock()
	path := t.path + ".rejected"
	for n := 2; exists(path) || exists(path+".json"); n++ {
		path = fmt.Sprintf("%s.rejected-%d", t.path, n)
	}
	content, err := marshalIndented(why)
	if err != nil {
		return "", err
	}
	if err := atomicfile.Overwrite(path+".json", content); err != nil {
		return "", err
	}
	if err := part.Place(path); err != nil {
		_ = os.Remove(path + ".json")
		return "", err
	}
	return path, nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
