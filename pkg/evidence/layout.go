package evidence

import (
	"io"
	"slices"
)

const (
	signatureLocal        = 0x04034b50
	signatureDescriptor   = 0x08074b50
	signatureDirectory    = 0x02014b50
	signatureEnd          = 0x06054b50
	signatureZIP64End     = 0x06064b50
	signatureZIP64Locator = 0x07064b50

	localLength        = 30
	directoryLength    = 46
	endLength          = 22
	zip64EndLength     = 56
	zip64LocatorLength = 20

	methodStored   = 0
	methodDeflated = 8

	flagEncrypted       = 1 << 0
	flagDescriptor      = 1 << 3
	flagPatchData       = 1 << 5
	flagStrongEncrypted = 1 << 6
	flagUTF8            = 1 << 11
	flagMasked          = 1 << 13
	// flagsKnown are the flags with a meaning for stored and deflated entries; bits 1 and 2 give
	// the compression level.
	flagsKnown = flagEncrypted | 1<<1 | 1<<2 | flagDescriptor | flagPatchData | flagStrongEncrypted | flagUTF8 |
		flagMasked

	sentinel16 = 0xffff
	sentinel32 = 0xffffffff
)

// layout is the structure of a ZIP: what its directory and headers say, before any content is read.
type layout struct {
	limits    Limits
	findings  *findings
	window    readWindow
	size      int64
	directory int64 // where the directory starts
	end       int64 // where it ends
	count     uint64
	records   []record
	// unreadable is true if the positions of the entries are not certain, so that no content may be
	// read.
	unreadable    bool
	checkStarted  bool // check was called
	checkComplete bool // and completed
}

// record is one entry of the directory, with additions from its local header.
type record struct {
	name          string // decoded
	rawName       string // the bytes in the directory
	position      int64  // of the directory record
	offset        int64  // of the local header
	data          int64  // of the content
	compressed    int64
	size          int64
	crc           uint32
	attributes    uint32
	flags         uint16
	method        uint16
	versionNeeded uint16
	dosTime       uint16
	dosDate       uint16
	comment       uint16   // length of the comment
	unknownExtra  []uint16 // IDs of unknown extra fields
	owner         bool     // an extra field names the owner
	refused       bool
}

func (r *record) isFolder() bool      { return len(r.name) > 0 && r.name[len(r.name)-1] == '/' }
func (r *record) hasDescriptor() bool { return r.flags&flagDescriptor != 0 }

// readLayout reads end records and directory. The error is the source's. Faults of the ZIP go into
// the findings.
func readLayout(source io.ReaderAt, size int64, limits Limits, policy *Policy) (*layout, error) {
	l := &layout{limits: limits, size: size, window: readWindow{source: source, size: size}}
	l.findings = newFindings(policy)
	if size > limits.MaxFileSize {
		l.fault(CodeFileTooLarge, 0, "the ZIP has %d bytes; the limit is %d", size, limits.MaxFileSize)
	}
	return l, l.runSteps(l.readEnds, l.readDirectory)
}

// check checks what the directory says for consistency and against the local headers, which it
// reads. It does so once. If the source fails, the layout can no longer be used.
func (l *layout) check() error {
	if l.checkComplete {
		return nil
	}
	l.checkStarted = true
	err := l.runSteps(l.checkLimits, l.checkEntries, l.checkNames, l.checkGaps, l.notices)
	l.checkComplete = err == nil
	return err
}

// runSteps runs steps until one leaves the positions of the entries uncertain.
func (l *layout) runSteps(steps ...func() error) error {
	defer func() { l.window.buffer = nil }()
	for _, step := range steps {
		if l.unreadable {
			break
		}
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// fault adds a finding about the ZIP as a whole.
func (l *layout) fault(code Code, offset int64, format string, values ...any) {
	if l.findings.add(code, "", offset, format, values...) {
		l.unreadable = true
	}
}

// entryFault adds a finding about the position of an entry.
func (l *layout) entryFault(r *record, code Code, offset int64, format string, values ...any) {
	if l.findings.add(code, r.name, offset, format, values...) {
		r.refused, l.unreadable = true, true
	}
}

// entryFinding adds a finding about an entry that leaves the others readable.
func (l *layout) entryFinding(r *record, code Code, offset int64, format string, values ...any) {
	if l.findings.add(code, r.name, offset, format, values...) {
		r.refused = true
	}
}

// checkLimits compares the sizes that the directory claims with the limits. Decoding stops at the
// claimed size, so a ZIP cannot evade the limits by claiming less.
func (l *layout) checkLimits() error {
	var total int64
	for i := range l.records {
		r := &l.records[i]
		if r.size > l.limits.MaxEntrySize {
			l.entryFinding(r, CodeEntryTooLarge, r.position, "it has %d bytes; the limit is %d", r.size,
				l.limits.MaxEntrySize)
		}
		if r.size > ratioFloor && r.size/int64(l.limits.MaxRatio) > r.compressed {
			l.entryFinding(r, CodeRatio, r.position, "%d bytes grow to %d, more than %d times", r.compressed, r.size,
				l.limits.MaxRatio)
		}
		if total > l.limits.MaxTotalSize-min(r.size, l.limits.MaxTotalSize) {
			l.fault(CodeTotalTooLarge, r.position, "all entries together have more than %d bytes",
				l.limits.MaxTotalSize)
			break
		}
		total += r.size
	}
	return nil
}

// notices reports oddities of entries that every reader reads in the same way.
func (l *layout) notices() error {
	for i := range l.records {
		r := &l.records[i]
		if r.comment > 0 {
			l.entryFinding(r, CodeEntryComment, r.position, "it has a comment of %d bytes", r.comment)
		}
		if len(r.unknownExtra) > 0 {
			l.entryFinding(r, CodeUnknownExtra, r.position, "it has extra fields of unknown kinds: %#04x",
				r.unknownExtra)
		}
		if unknown := r.flags &^ flagsKnown; unknown != 0 {
			l.entryFinding(r, CodeUnknownFlags, r.position, "it has flags without a meaning: %#04x", unknown)
		}
		if version := r.versionNeeded & 0xff; version > 45 {
			l.entryFinding(r, CodeVersionNeeded, r.position,
				"it claims to need version %d.%d; what it uses needs 4.5 at most",
				version/10, version%10)
		}
		if r.attributes>>16&0o7000 != 0 {
			l.entryFinding(r, CodeSetuid, r.position, "it has setuid, setgid or sticky bits; extraction ignores them")
		}
		if r.owner {
			l.entryFinding(r, CodeOwner, r.position, "it names its owner; extraction ignores that")
		}
		if isOddDate(r.dosDate, r.dosTime) {
			l.entryFinding(r, CodeOddDate, r.position, "its date %#04x %#04x is not valid", r.dosDate, r.dosTime)
		}
	}
	return nil
}

// isOddDate reports whether a DOS date and time are invalid. All zeros mean "no date", which is
// common.
func isOddDate(date, clock uint16) bool {
	if date == 0 && clock == 0 {
		return false
	}
	month, day := date>>5&0xf, date&0x1f
	return month < 1 || month > 12 || day < 1 || clock>>11 > 23 || clock>>5&0x3f > 59 || clock&0x1f > 29
}

// byOffset returns the records in file order.
func (l *layout) byOffset() []*record {
	order := make([]*record, len(l.records))
	for i := range l.records {
		order[i] = &l.records[i]
	}
	slices.SortStableFunc(order, func(a, b *record) int {
		switch {
		case a.offset < b.offset:
			return -1
		case a.offset > b.offset:
			return 1
		}
		return 0
	})
	return order
}
