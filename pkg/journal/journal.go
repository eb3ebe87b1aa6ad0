// Package journal records starts in a file. After a crash it tells a start that was never sent from
// one whose outcome is unknown.
//
// Call [Open], and pass the result to the client as danabio.Config.Journal. After a restart,
// [Journal.Lookup] returns what is known about a request. A request without an entry was never
// sent. A request with a result had that outcome. A request without a result may have arrived, and
// [Journal.Unfinished] lists it. It is never sent again under the same ID: ask the vendor about it,
// and record the answer with [Journal.End].
//
// # The file
//
// The file is JSON lines, one for each intent and one for each result. It is only ever appended to.
// Each line ends in a checksum of what precedes it. A line holds request IDs, channels, SHA-256
// digests of request bodies, outcomes, circuit IDs and times. It holds no links, and no personal
// data unless request IDs contain some.
//
// A line is synced to the disk before the call that wrote it returns. Open removes an incomplete
// last line if it is a result, or if it ends in the zeros that a power loss leaves. An incomplete
// intent may also come from a copy that was made while the file grew, and then its start may have
// been sent. Open therefore returns a [*DamageError] for it, as for other damage. Once you know
// what became of the start, [RemoveCut] removes the line.
//
// All entries are also held in memory, about 500 bytes each. To start afresh, move the file away
// while nobody has it open, and keep it: the new file does not know the old request IDs.
//
// This package contains the file and its lock. Package danabio documents what a journal means to
// the client.
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
	// ErrLocked means that another process, or another Journal of this process, has the file open.
	ErrLocked = errors.New("journal is in use")
	// ErrClosed means that the journal is closed.
	ErrClosed = errors.New("journal is closed")
)

// DamageError says that a file is not a journal, or is damaged, and where.
type DamageError struct {
	Path string
	Line int // from 1
	// Cut is true if the last line is an incomplete intent and the rest of the file is intact.
	Cut bool
	// RequestID is the request ID of the incomplete intent, or empty if it is missing too.
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
			"from a copy its start may have been: find out, then remove the line by journal.RemoveCut or \"danabio "+
			"journal settle FILE --cut\"", e.Line,
			e.Err, id)
	}
	return fmt.Sprintf("line %d: %v; the file is left as it is: restore it, or move it away and begin a new one, and "+
		"send no request again that may be in it",
		e.Line, e.Err)
}

// Unwrap returns what is wrong with the line.
func (e *DamageError) Unwrap() error { return e.Err }

// Journal is a file of starts. It is safe for concurrent use.
type Journal struct {
	path string

	mu      sync.Mutex
	file    file
	size    int64 // of the complete lines
	history history
	broken  error // why nothing can be written any more
}

var _ danabio.Journal = (*Journal)(nil)

// file is the part of [os.File] that a Journal needs.
type file interface {
	io.WriterAt
	io.Closer
	Sync() error
	Truncate(size int64) error
}

// Open opens the journal at path. If the file does not exist, Open creates it with mode 0600; its
// folder must exist. Only one Journal at a time can have a file open: if another has it, the error
// matches [ErrLocked]. Systems with neither flock nor LockFileEx (Solaris, AIX) only keep out other
// Journals of the same process.
func Open(path string) (*Journal, error) {
	j, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("open journal %s: %w", path, withoutPath(err))
	}
	return j, nil
}

// RemoveCut removes the last line of the journal at path if it is an incomplete intent. Call it
// once you know what became of that start: afterwards its request ID can be sent again. If the file
// has no such line, RemoveCut fails and changes nothing.
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
	// Check before opening: opening a pipe would wait for its writer.
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, errors.New("is not a regular file")
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
	// What a killed process wrote, and the name of a new file, may not have reached the disk yet.
	if err := locked.Sync(); err != nil {
		return nil, err
	}
	if err := atomicfile.SyncFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	return j, nil
}

// Begin implements [danabio.Journal]. A request ID may begin again if its earlier start was refused
// or not sent. Otherwise the error is a [*danabio.IntentExistsError].
func (j *Journal) Begin(ctx context.Context, intent danabio.StartIntent) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return j.add(intentRecord(intent))
}

// End implements [danabio.Journal]. The result must belong to an intent. An existing result can be
// replaced only if it says that the outcome is unknown, which is how to record the vendor's answer
// about such a start.
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

// append writes a line durably, or leaves the file unchanged. If it can do neither, the journal
// stays closed to writing: a line after an incomplete one would be damage.
func (j *Journal) append(line []byte) error {
	_, err := j.file.WriteAt(line, j.size)
	if err == nil {
		// After a failed sync the system may consider pages clean that never reached the disk, so
		// retrying would prove nothing.
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

// Lookup returns what is known about a request ID. A request without an entry was never sent. If it
// began more than once, the latest start counts.
func (j *Journal) Lookup(requestID string) (entry Entry, ok bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.history.lookup(requestID)
}

// Unfinished returns the intents without a result, in the order in which their IDs first began.
// After a restart these are the starts whose outcome is unknown. While a client runs, they include
// the starts under way.
func (j *Journal) Unfinished() []danabio.StartIntent {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.history.unfinishedIntents()
}

// Entries returns the entries of all request IDs, in the order in which they first began.
func (j *Journal) Entries() []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.history.entries()
}

// Close closes the file and unlocks it. Later writes, and a second Close, fail with [ErrClosed].
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

// withoutPath strips the operation and path from a file error, since the caller's message names the
// path already.
func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
