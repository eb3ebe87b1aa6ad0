// Package journal keeps the journal of starts in a file, so that after a crash a start that was
// never sent can be told from one whose outcome is unknown.
//
// Call [Open], and give the result to the client as danabio.Config.Journal. After a restart
// [Journal.Lookup] says of each request what is known: without an entry it was never sent; with a
// result that is what became of it; without one it may have arrived, and is among
// [Journal.Unfinished]. Such a request is never sent again under the same ID: ask the vendor about
// it, and write what they say with [Journal.End].
//
// # The file
//
// It is JSON lines, one for each intent and each result, and is only ever appended to. Each line
// ends in a checksum of what stands before it. It holds request IDs, channels, SHA-256 digests of
// request bodies, outcomes, circuit IDs and times: no personal data, unless request IDs are made of
// such, and no link.
//
// A line is synced to the disk before the call that wrote it returns. The next Open removes a last
// line that is cut off, if it is a result, or ends in the zeros of a power loss. A cut intent may
// also come from a copy that was made while the file grew: then its start may have been sent. It is
// a [*DamageError], as other damage is, and [RemoveCut] removes it once you know. All entries are
// held in memory too, about 500 bytes each; to begin anew, move the file away while nobody has it
// open, and keep it: the new file does not know the old request IDs.
//
// What may live here: the file and its lock. What a journal is to the client stands in package
// danabio.
package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/danabio/danabio-go/internal/atomicfile"
	"github.com/danabio/danabio-go/pkg/danabio"
)

var (
	// ErrLocked: another process, or another Journal of this one, has the file open.
	ErrLocked = errors.New("journal is in use")
	// ErrClosed: the journal is closed.
	ErrClosed = errors.New("journal is closed")
)

// DamageError says where a file is no journal, or no longer one.
type DamageError struct {
	Path string
	Line int // the first is 1
	// Cut says that the last line is an intent of which only a part is there, and the rest is
	// whole.
	Cut bool
	// RequestID is that of the cut intent; empty if it is cut off too.
	RequestID string
	Err       error
}

func (e *DamageError) Error() string {
	if e.Cut {
		id := ""
		if e.RequestID != "" {
			id = fmt.Sprintf(" of request %q", e.RequestID)
		}
		return fmt.Sprintf("line %d: %v%s; if a crash cut it nothing was sent, but if the file was cut or restored "+
			"from a copy its start may have been: "+
			"find out, then remove the line by journal.RemoveCut or \"danabio journal settle FILE --cut\"", e.Line,
			e.Err, id)
	}
	return fmt.Sprintf("line %d: %v; the file is left as it is: restore it, or move it away and begin a new one, and "+
		"send no request again that may stand in it",
		e.Line, e.Err)
}

// Unwrap returns what is wrong with the line.
func (e *DamageError) Unwrap() error { return e.Err }

// Journal is a file of starts. It is safe for use by several goroutines.
type Journal struct {
	path string

	mu      sync.Mutex
	file    file
	size    int64 // of what is whole
	history history
	broken  error // why nothing can be written any more
}

var _ danabio.Journal = (*Journal)(nil)

// file is what a Journal needs of an [os.File].
type file interface {
	io.WriterAt
	io.Closer
	Sync() error
	Truncate(size int64) error
}

// Open opens the journal at path and creates it, with mode 0600, if it does not exist; its folder
// must. One Journal at a time can have a file open: the error matches [ErrLocked] if another has.
// Systems that have neither flock nor LockFileEx (Solaris, AIX) keep out other Journals of the same
// process only.
func Open(path string) (*Journal, error) {
	j, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("open journal %s: %w", path, withoutPath(err))
	}
	return j, nil
}

// RemoveCut removes the last line of the journal at path if it is an intent of which only a part is
// there. Call it when you know what became of that start: from then on its request ID can be sent
// again. It fails, and changes nothing, if the file has no such line.
func RemoveCut(path string) error {
	if err := removeCut(path); err != nil {
		return fmt.Errorf("remove the cut line of journal %s: %w", path, withoutPath(err))
	}
	return nil
}

func removeCut(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	locked, err := lock(f)
	if err != nil {
		_ = f.Close()
		return err
	}
	defer locked.Close()
	_, size, _, err := read(f)
	var damage *DamageError
	switch {
	case errors.As(err, &damage) && damage.Cut:
	case err != nil:
		return err
	default:
		return errors.New("no line is cut off")
	}
	if err := locked.Truncate(size); err != nil {
		return err
	}
	return locked.Sync()
}

func open(path string) (_ *Journal, err error) {
	// Asked before opening, since opening a pipe would wait for its writer.
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, errors.New("is no regular file")
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	locked, err := lock(f)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = locked.Close()
		}
	}()
	j := &Journal{path: path, file: locked}
	torn := false
	if j.history, j.size, torn, err = read(f); err != nil {
		if damage := (*DamageError)(nil); errors.As(err, &damage) {
			damage.Path = path
		}
		return nil, err
	}
	if torn {
		if err := locked.Truncate(j.size); err != nil {
			return nil, err
		}
	}
	// What a killed process wrote, and the name of a new file, may not be on the disk yet.
	if err := locked.Sync(); err != nil {
		return nil, err
	}
	if err := atomicfile.SyncFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	return j, nil
}

// Begin implements [danabio.Journal]. A request ID may begin again once its earlier start was
// refused or not sent; else the error is a [*danabio.IntentExistsError].
func (j *Journal) Begin(ctx context.Context, intent danabio.StartIntent) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return j.add(intentRecord(intent))
}

// End implements [danabio.Journal]. The result must have an intent. One that stands already can be
// replaced only if it says that the outcome is not known: this is how to write down what the vendor
// says of such a start.
func (j *Journal) End(_ context.Context, result danabio.StartResult) error {
	return j.add(resultRecord(result))
}

func (j *Journal) add(r record) error {
	line, err := r.encode()
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return j.broken
	}
	if err := j.history.check(r); err != nil {
		return err
	}
	if err := j.append(line); err != nil {
		return fmt.Errorf("write journal %s: %w", j.path, withoutPath(err))
	}
	j.history.add(r)
	return nil
}

// append writes a line and has it on the disk, or leaves the file as it was. If neither can be
// done, nothing more is written: a line behind half of one would be damage.
func (j *Journal) append(line []byte) error {
	_, err := j.file.WriteAt(line, j.size)
	if err == nil {
		// After a failed sync the system may hold for clean what never reached the disk, so there
		// is no second try.
		if err = j.file.Sync(); err == nil {
			j.size += int64(len(line))
			return nil
		}
		j.broken = fmt.Errorf("journal %s is not written any more, since an earlier write failed: %w; open it again",
			j.path, withoutPath(err))
	}
	if cut := j.file.Truncate(j.size); cut != nil && j.broken == nil {
		j.broken = fmt.Errorf("journal %s is not written any more, since an earlier write failed: %w; open it again",
			j.path, withoutPath(cut))
	}
	return err
}

// Lookup returns what is known of a request ID; without an entry it was never sent. If it began
// more than once, the latest counts.
func (j *Journal) Lookup(requestID string) (entry Entry, ok bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.history.lookup(requestID)
}

// Unfinished returns the intents without a result, in the order in which their IDs first began:
// after a restart, the starts whose outcome is unknown. While a client runs, those under way are
// among them.
func (j *Journal) Unfinished() []danabio.StartIntent {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.history.unfinishedIntents()
}

// Entries returns what is known of all request IDs, in the order in which they first began.
func (j *Journal) Entries() []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.history.entries()
}

// Close closes the file and lets others open it. Later writes fail with [ErrClosed]; a second Close
// does too.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if errors.Is(j.broken, ErrClosed) {
		return ErrClosed
	}
	j.broken = ErrClosed
	if err := j.file.Close(); err != nil {
		return fmt.Errorf("close journal %s: %w", j.path, withoutPath(err))
	}
	return nil
}

// withoutPath leaves the operation and path of a file error out: the path stands before it already.
func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
