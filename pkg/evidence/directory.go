package evidence

import (
	"encoding/binary"
	"math"
)

// readDirectory reads the records between the start of the directory and the end records.
func (l *layout) readDirectory() error {
	l.records = make([]record, 0, min(l.count, uint64(l.end-l.directory)/directoryLength))
	for position := l.directory; position < l.end; {
		length, err := l.readRecord(position)
		if err != nil || l.unreadable {
			return err
		}
		position += length
		if len(l.records) > l.limits.MaxEntries {
			l.fault(CodeTooManyEntries, position, "the directory has more than %d entries", l.limits.MaxEntries)
			return nil
		}
	}
	if uint64(len(l.records)) != l.count {
		l.fault(CodeEntryCount, l.end, "the end record claims %d entries; the directory has %d", l.count,
			len(l.records))
	}
	return nil
}

// readRecord reads the directory record at position and returns its length.
func (l *layout) readRecord(position int64) (int64, error) {
	rest := l.end - position
	if rest < directoryLength {
		l.fault(CodeDirectoryRecord, position, "the directory ends inside a record, or %d bytes follow its last one",
			rest)
		return 0, nil
	}
	raw, err := l.window.at(position, directoryLength, windowSize)
	if err != nil {
		return 0, err
	}
	if signature := binary.LittleEndian.Uint32(raw); signature != signatureDirectory {
		l.fault(CodeDirectoryRecord, position, "there is no directory record, but %#08x", signature)
		return 0, nil
	}
	lengths := fields(raw[28:34])
	nameLength, extraLength, commentLength := int(lengths.uint16()), int(lengths.uint16()), int(lengths.uint16())
	length := directoryLength + nameLength + extraLength + commentLength
	if int64(length) > rest {
		l.fault(CodeDirectoryRecord, position, "a record of %d bytes runs past the directory's end", length)
		return 0, nil
	}
	if raw, err = l.window.at(position, length, windowSize); err != nil {
		return 0, err
	}
	header := fields(raw[6:directoryLength])
	r := record{position: position}
	r.versionNeeded, r.flags, r.method = header.uint16(), header.uint16(), header.uint16()
	r.dosTime, r.dosDate = header.uint16(), header.uint16()
	r.crc = header.uint32()
	compressed, size := header.uint32(), header.uint32()
	header = header[4:]
	r.comment = header.uint16()
	disk := header.uint16()
	header = header[2:] // internal attributes
	r.attributes = header.uint32()
	offset := header.uint32()
	r.rawName = string(raw[directoryLength : directoryLength+nameLength])
	r.name = readName(r.rawName, r.flags&flagUTF8 != 0)

	l.records = append(l.records, r)
	kept := &l.records[len(l.records)-1]
	extra := l.readExtra(kept, raw[directoryLength+nameLength:directoryLength+nameLength+extraLength], position,
		"directory")
	l.applyZIP64(kept, extra, uint64(size), uint64(compressed), uint64(offset), disk)
	return int64(length), nil
}

// applyZIP64 sets the sizes and the offset of a record. It takes them from the ZIP64 extra field if
// a sentinel says so.
func (l *layout) applyZIP64(r *record, extra extraFields, size, compressed, offset uint64, disk uint16) {
	values := []wideValue{
		{size, size == sentinel32, 8}, {compressed, compressed == sentinel32, 8},
		{offset, offset == sentinel32, 8}, {uint64(disk), disk == sentinel16, 4},
	}
	if !l.takeZIP64(r, extra, values, r.position, "directory record") {
		return
	}
	size, compressed, offset = values[0].value, values[1].value, values[2].value
	if max(size, compressed, offset) > math.MaxInt64 {
		l.entryFault(r, CodeZIP64Extra, r.position,
			"its directory record claims sizes or a place that no file can have")
		return
	}
	r.size, r.compressed, r.offset = int64(size), int64(compressed), int64(offset)
	if start := values[3].value; start != 0 {
		l.entryFault(r, CodeDisk, r.position, "it claims to start on disk %d; a ZIP in one piece has disk 0 only",
			start)
	}
}

// checkEntries checks what the directory says about each single entry.
func (l *layout) checkEntries() error {
	for i := range l.records {
		r := &l.records[i]
		l.checkFlags(r, r.flags, r.position, "directory record")
		if r.method != methodStored && r.method != methodDeflated {
			l.entryFinding(r, CodeMethod, r.position,
				"its method is %d; only 0 (stored) and 8 (deflated) are read alike everywhere", r.method)
		}
		if r.method == methodStored && r.size != r.compressed {
			l.entryFinding(r, CodeStoredSize, r.position, "it is stored, but has %d bytes and %d compressed ones",
				r.size,
				r.compressed)
		}
		l.checkType(r, uint16(r.attributes>>16), r.position, "attributes")
		if r.attributes&0x10 != 0 && !r.isFolder() {
			l.entryFinding(r, CodeFolderWithoutSlash, r.position,
				"its attributes call it a folder, but its name does not end in a slash")
		}
		if r.isFolder() && r.size > 0 {
			l.entryFinding(r, CodeFolderWithContent, r.position, "it is a folder, but has %d bytes of content", r.size)
		}
	}
	return nil
}

// checkFlags refuses the flags of encrypted, masked and patched entries.
func (l *layout) checkFlags(r *record, flags uint16, offset int64, where string) {
	if flags&(flagEncrypted|flagStrongEncrypted) != 0 {
		l.entryFinding(r, CodeEncrypted, offset, "its %s says that it is encrypted", where)
	}
	if flags&flagMasked != 0 {
		l.entryFinding(r, CodeMasked, offset, "its %s says that values are masked", where)
	}
	if flags&flagPatchData != 0 {
		l.entryFinding(r, CodePatchData, offset, "its %s says that it is a patch", where)
	}
}

// File types in Unix modes.
const (
	modeType      = 0o170000
	modePipe      = 0o010000
	modeCharacter = 0o020000
	modeFolder    = 0o040000
	modeBlock     = 0o060000
	modeRegular   = 0o100000
	modeSymlink   = 0o120000
	modeSocket    = 0o140000
)

// checkType refuses Unix modes of anything other than files and folders. Readers differ in the
// systems for which they look at the mode, so it counts for all.
func (l *layout) checkType(r *record, mode uint16, offset int64, where string) {
	switch kind := mode & modeType; kind {
	case 0:
	case modeRegular:
		if r.isFolder() {
			l.entryFinding(r, CodeTypeDiffers, offset, "its %s call it a file, but its name ends in a slash", where)
		}
	case modeFolder:
		if !r.isFolder() {
			l.entryFinding(r, CodeFolderWithoutSlash, offset,
				"its %s call it a folder, but its name does not end in a slash",
				where)
		}
	case modeSymlink:
		l.entryFinding(r, CodeSymlink, offset, "its %s call it a symbolic link", where)
	case modePipe:
		// Info-ZIP names what it packed from standard input "-", with the type of its standard
		// input. All readers treat that as a file.
		if r.name == "-" {
			l.entryFinding(r, CodePipeType, offset,
				"its %s call it a pipe, as zip does with what it reads from one; it is a file", where)
			return
		}
		l.entryFinding(r, CodeSpecialFile, offset, "its %s call it a pipe", where)
	case modeCharacter, modeBlock, modeSocket:
		l.entryFinding(r, CodeSpecialFile, offset, "its %s call it a device or a socket", where)
	default:
		l.entryFinding(r, CodeTypeDiffers, offset, "its %s call it something unknown (%#o)", where, kind)
	}
}
