package evidence

import (
	"io"
	"os"
	"slices"
	"sync"
)

// spool keeps what inspectors will want to see while it is checked, so that it is decompressed only once: in one private
// temporary file. What it does not keep, because there is no room or it cannot be written, is decompressed again.
type spool struct {
	inspectors []Inspector
	rules      []Rule
	room       int64 // bytes that may yet be kept

	mu     sync.Mutex
	file   *os.File
	remove func() // closes and removes the file; nil if there is none
	failed bool
	end    int64
	places map[string]int64 // where the content of an entry is, by its name
}

// spoolRoom bounds what all entries together take of the temporary folder.
const spoolRoom = 256 << 20

// newSpool makes a spool, which needs no closing if there are no inspectors.
func newSpool(inspectors []Inspector, rules []Rule) *spool {
	return &spool{inspectors: inspectors, rules: rules, room: spoolRoom, places: make(map[string]int64)}
}

// close removes what was kept.
func (s *spool) close() {
	if s.remove != nil {
		s.remove()
	}
}

// temporary makes a private temporary file, which has no name any more where the system allows that: not even a kill leaves it behind then.
// remove closes and removes it.
func temporary() (file *os.File, remove func(), err error) {
	file, err = os.CreateTemp("", ".evidence.*.part") // 0600
	if err != nil {
		return nil, nil, err
	}
	named := os.Remove(file.Name()) != nil
	return file, func() {
		file.Close()
		if named {
			os.Remove(file.Name())
		}
	}, nil
}

// content returns what was kept of an entry, nil if nothing was.
func (s *spool) content(r *record) io.ReaderAt {
	place, kept := s.places[r.name]
	if !kept {
		return nil
	}
	return io.NewSectionReader(s.file, place, r.size)
}

// wanted says whether an inspector wants the entry, and where its content has its place. Of the entry, only what the
// headers and the first bytes of its content say is known.
func (s *spool) wanted(r *record, head []byte) (int64, bool) {
	entry := entryOf(r)
	entry.MediaType = mediaTypeOf(head)
	entry.Kind, entry.Rule = classify(s.rules, entry.MediaType, r.name)
	if !slices.ContainsFunc(s.inspectors, func(one Inspector) bool { return one.Wants(entry) }) {
		return 0, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed || r.size > s.room {
		return 0, false
	}
	if s.file == nil {
		var err error
		if s.file, s.remove, err = temporary(); err != nil {
			s.failed = true
			return 0, false
		}
	}
	place := s.end
	s.end, s.room = s.end+r.size, s.room-r.size
	return place, true
}

// keep notes that the content of an entry is in its place, and is what the directory claims.
func (s *spool) keep(r *record, place int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.places[r.name] = place
}

// fail gives the spool up.
func (s *spool) fail() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed = true
}

// spooled takes the content of one entry on its way into the spool, and drops it if nobody wants it.
type spooled struct {
	spool   *spool
	record  *record
	place   int64
	written int64
	asked   bool
	taken   bool
}

// Write never fails, since the content can be had again.
func (w *spooled) Write(p []byte) (int, error) {
	if !w.asked {
		w.asked = true
		// A shorter piece does not tell the type.
		if int64(len(p)) >= min(headLength, w.record.size) {
			w.place, w.taken = w.spool.wanted(w.record, p[:min(headLength, len(p))])
		}
	}
	if w.taken {
		if _, err := w.spool.file.WriteAt(p, w.place+w.written); err != nil {
			w.taken = false
			w.spool.fail()
		}
		w.written += int64(len(p))
	}
	return len(p), nil
}

// restart has the content come again from its beginning, into the same place.
func (w *spooled) restart() error {
	w.written = 0
	return nil
}

// done is called when the content was right.
func (w *spooled) done() {
	if w.taken {
		w.spool.keep(w.record, w.place)
	}
}
