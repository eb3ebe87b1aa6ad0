package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/flate"
)

// errUnverified says why nothing can be read yet.
var errUnverified = errors.New("the archive was not verified, or not accepted")

// Open opens a file or folder of the archive, which makes Archive an [fs.FS]. It fails unless a
// verification has accepted the archive. Reading returns a file's last bytes only if the whole
// content has the SHA-256 that was verified. Modes are 0400 and 0500 and times are zero, whatever
// the ZIP says.
func (a *Archive) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	tree := a.verifiedTree()
	if tree == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errUnverified}
	}
	node, known := tree.nodes[name]
	if !known {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if node.IsDir() {
		return &openFolder{node: node}, nil
	}
	return newOpenFile(a, node), nil
}

// verifiedTree returns the tree of an accepted archive, and nil for any other.
func (a *Archive) verifiedTree() *tree {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.report == nil || a.report.Verdict != VerdictAccepted {
		return nil
	}
	if a.tree == nil {
		a.tree = newTree(a.layout.records, a.report.Entries)
	}
	return a.tree
}

// tree is the archive as files and folders, including folders that occur only in names.
type tree struct{ nodes map[string]*node }

// node is a file or folder. It is also its own fs.DirEntry and fs.FileInfo.
type node struct {
	name     string // last element of its path
	record   *record
	sha256   string
	folder   bool
	children []fs.DirEntry // sorted by name
}

func (n *node) Name() string               { return n.name }
func (n *node) IsDir() bool                { return n.folder }
func (n *node) ModTime() time.Time         { return time.Time{} }
func (n *node) Sys() any                   { return nil }
func (n *node) Type() fs.FileMode          { return n.Mode().Type() }
func (n *node) Info() (fs.FileInfo, error) { return n, nil }

func (n *node) Size() int64 {
	if n.folder {
		return 0
	}
	return n.record.size
}

func (n *node) Mode() fs.FileMode {
	if n.folder {
		return fs.ModeDir | 0o500
	}
	return 0o400
}

// newTree returns the tree of an accepted archive. Its records and entries have the same order.
func newTree(records []record, entries []EntryReport) *tree {
	t := &tree{nodes: map[string]*node{".": {name: ".", folder: true}}}
	for i := range records {
		name := strings.TrimSuffix(records[i].name, "/")
		if records[i].isFolder() {
			t.folder(name)
			continue
		}
		file := &node{name: path.Base(name), record: &records[i], sha256: entries[i].SHA256}
		t.nodes[name] = file
		parent := t.folder(path.Dir(name))
		parent.children = append(parent.children, file)
	}
	for _, n := range t.nodes {
		slices.SortFunc(n.children, func(x, y fs.DirEntry) int { return strings.Compare(x.Name(), y.Name()) })
	}
	return t
}

// folder returns the folder with this path, and creates it if it is new.
func (t *tree) folder(name string) *node {
	if known := t.nodes[name]; known != nil {
		return known
	}
	made := &node{name: path.Base(name), folder: true}
	t.nodes[name] = made
	parent := t.folder(path.Dir(name))
	parent.children = append(parent.children, made)
	return made
}

// openFolder lists a folder.
type openFolder struct {
	node *node
	next int
}

func (f *openFolder) Stat() (fs.FileInfo, error) { return f.node, nil }
func (f *openFolder) Close() error               { return nil }

func (f *openFolder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.node.name, Err: errors.New("it is a folder")}
}

func (f *openFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	rest := f.node.children[f.next:]
	if n > 0 {
		if len(rest) == 0 {
			return nil, io.EOF
		}
		rest = rest[:min(n, len(rest))]
	}
	f.next += len(rest)
	return slices.Clone(rest), nil
}

// openFile reads a file. Its content passes through the same sink as in a verification.
type openFile struct {
	node    *node
	section section
	content io.Reader
	sum     *sink
	err     error
}

func newOpenFile(a *Archive, n *node) *openFile {
	r := n.record
	f := &openFile{node: n, section: section{source: a.source, offset: r.data, remaining: r.compressed}}
	f.sum = newSink()
	f.sum.reset(context.Background(), r.size, nil)
	f.content = &f.section
	if r.method == methodDeflated {
		f.content = flate.NewReader(&f.section)
	}
	return f
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.node, nil }

func (f *openFile) Close() error {
	f.err = fs.ErrClosed
	return nil
}

func (f *openFile) Read(p []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	if len(p) == 0 {
		return 0, nil
	}
	left := f.node.record.size - f.sum.size
	n := 0
	if left > 0 {
		var err error
		n, err = io.ReadFull(f.content, p[:min(int64(len(p)), left)])
		if err != nil {
			return 0, f.fail(err)
		}
		f.sum.Write(p[:n])
	}
	if int64(n) < left {
		return n, nil
	}
	// Everything was read: return the last bytes only if the whole is what was verified.
	if f.sum.sha256() != f.node.sha256 {
		return 0, f.fail(errors.New("the content is no longer the one that was verified"))
	}
	f.err = io.EOF
	if n > 0 {
		return n, nil
	}
	return 0, io.EOF
}

// fail ends reading with an error that names the file.
func (f *openFile) fail(err error) error {
	f.err = fmt.Errorf("read evidence: %s: %w", f.node.name, err)
	return f.err
}
