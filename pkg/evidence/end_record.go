package evidence

import (
	"bytes"
	"encoding/binary"
)

// maxComment is the longest possible archive comment, in bytes.
const maxComment = 1<<16 - 1

// readEnds finds the end record and, if there is one, the ZIP64 end record, and takes the position
// of the directory from them. Some readers search the end record from the end, others from the
// start of the last 64 KiB, so it must be the only one that either could find.
func (l *layout) readEnds() error {
	if l.size < endLength {
		l.fault(CodeNoEndRecord, 0, "the file has %d bytes, too few for a ZIP", l.size)
		return nil
	}
	tail := make([]byte, min(l.size, endLength+maxComment))
	base := l.size - int64(len(tail))
	if err := readFullAt(l.window.source, tail, base); err != nil {
		return err
	}
	signature := []byte("PK\x05\x06")
	at := bytes.LastIndex(tail[:len(tail)-endLength+len(signature)], signature)
	if at < 0 {
		l.fault(CodeNoEndRecord, base, "there is no end record, so this is not a ZIP or a truncated one")
		return nil
	}
	for other := 0; ; other++ {
		next := bytes.Index(tail[other:at], signature)
		if next < 0 {
			break
		}
		other += next
		if other+endLength+int(binary.LittleEndian.Uint16(tail[other+20:])) == len(tail) {
			l.fault(CodeEndInComment, base+int64(other), "the end record at %d has the one at %d inside its comment",
				base+int64(other), base+int64(at))
			return nil
		}
	}
	position := base + int64(at)
	comment := int(binary.LittleEndian.Uint16(tail[at+20:]))
	switch rest := len(tail) - at - endLength; {
	case comment < rest:
		l.fault(CodeTrailingBytes, position+endLength+int64(comment), "%d bytes follow the end record", rest-comment)
		return nil
	case comment > rest:
		l.fault(CodeCommentLength, position+20,
			"the comment claims %d bytes, but only %d follow: the file was cut, or the length is wrong", comment, rest)
		return nil
	case comment > 0:
		l.findings.add(CodeArchiveComment, "", position+endLength, "the ZIP has a comment of %d bytes", comment)
	}
	return l.readEnd(tail[at:at+endLength], position)
}

// readEnd parses the end record and reconciles it with the ZIP64 end record.
func (l *layout) readEnd(record fields, position int64) error {
	record.uint32()
	disk, directoryDisk := record.uint16(), record.uint16()
	countHere, count := record.uint16(), record.uint16()
	size, offset := record.uint32(), record.uint32()

	var zip64 zip64End
	if position >= zip64LocatorLength {
		found, err := l.readZIP64(position-zip64LocatorLength, &zip64)
		if err != nil || l.unreadable {
			return err
		}
		if found {
			l.compareZIP64(position, "number of this disk", uint64(disk), sentinel16, uint64(zip64.disk))
			l.compareZIP64(position, "disk of the directory", uint64(directoryDisk), sentinel16,
				uint64(zip64.directoryDisk))
			l.compareZIP64(position, "number of entries here", uint64(countHere), sentinel16, zip64.countHere)
			l.compareZIP64(position, "number of entries", uint64(count), sentinel16, zip64.count)
			l.compareZIP64(position, "size of the directory", uint64(size), sentinel32, zip64.size)
			l.compareZIP64(position, "place of the directory", uint64(offset), sentinel32, zip64.offset)
			return l.locateDirectory(&zip64)
		}
	}
	if disk == sentinel16 || directoryDisk == sentinel16 || countHere == sentinel16 || count == sentinel16 ||
		size == sentinel32 || offset == sentinel32 {
		l.fault(CodeZIP64Missing, position, "the end record refers to a ZIP64 end record, which is not in front of it")
		return nil
	}
	return l.locateDirectory(&zip64End{
		position: position, disk: uint32(disk), directoryDisk: uint32(directoryDisk),
		countHere: uint64(countHere), count: uint64(count), size: uint64(size), offset: uint64(offset),
	})
}

// zip64End is the content of an end record in the wider of its two forms.
type zip64End struct {
	position            int64
	disk, directoryDisk uint32
	countHere, count    uint64
	size, offset        uint64
}

// compareZIP64 compares a field of the end record with its wider form.
func (l *layout) compareZIP64(position int64, field string, narrow, sentinel, wide uint64) {
	if narrow != sentinel && narrow != wide {
		l.fault(CodeZIP64Disagrees, position, "the %s is %d in the end record and %d in the ZIP64 end record", field,
			narrow, wide)
	}
}

// readZIP64 reads the ZIP64 locator at position, if there is one, and the ZIP64 end record that
// must directly precede it. Some readers always look for the locator, others only if a field of the
// end record asks for it, so a locator that is there must be right.
func (l *layout) readZIP64(position int64, end *zip64End) (bool, error) {
	raw, err := l.window.at(position, zip64LocatorLength, 0)
	if err != nil {
		return false, err
	}
	locator := fields(raw)
	if locator.uint32() != signatureZIP64Locator {
		return false, nil
	}
	disk, offset, disks := locator.uint32(), locator.uint64(), locator.uint32()
	if disk != 0 || disks != 1 {
		l.fault(CodeDisk, position, "the ZIP64 locator names disk %d of %d; a ZIP in one piece has disk 0 of 1", disk,
			disks)
	}
	end.position = position - zip64EndLength
	if end.position < 0 || offset != uint64(end.position) {
		l.fault(CodeZIP64Locator, position,
			"the ZIP64 locator points to %d; the record must start at %d, right in front of it", offset, end.position)
		return true, nil
	}
	raw, err = l.window.at(end.position, zip64EndLength, 0)
	if err != nil {
		return false, err
	}
	record := fields(raw)
	if record.uint32() != signatureZIP64End {
		l.fault(CodeZIP64End, end.position, "there is no ZIP64 end record where the locator points")
		return true, nil
	}
	if length := record.uint64(); length != zip64EndLength-12 {
		l.fault(CodeZIP64End, end.position, "the ZIP64 end record claims %d bytes; it must have %d", length,
			zip64EndLength-12)
		return true, nil
	}
	record.uint32() // versions
	end.disk, end.directoryDisk = record.uint32(), record.uint32()
	end.countHere, end.count = record.uint64(), record.uint64()
	end.size, end.offset = record.uint64(), record.uint64()
	return true, nil
}

// locateDirectory checks what the end records say about the directory and sets its position.
func (l *layout) locateDirectory(end *zip64End) error {
	if end.disk != 0 || end.directoryDisk != 0 {
		l.fault(CodeDisk, end.position, "the ZIP claims to be on disk %d, its directory on disk %d; both must be 0",
			end.disk, end.directoryDisk)
	}
	if end.countHere != end.count {
		l.fault(CodeEntryCount, end.position, "the end record claims %d entries here and %d in all", end.countHere,
			end.count)
	}
	limit := uint64(end.position)
	if end.offset <= limit && end.size <= limit && end.offset+end.size == limit {
		l.directory, l.end, l.count = int64(end.offset), end.position, end.count
		if end.count > uint64(l.limits.MaxEntries) {
			l.fault(CodeTooManyEntries, end.position, "the ZIP claims %d entries; the limit is %d", end.count,
				l.limits.MaxEntries)
		}
		if end.count == 0 && end.size == 0 {
			l.fault(CodeEmptyArchive, end.position, "the ZIP has no entries")
		}
		return nil
	}
	if end.size >= directoryLength && end.size <= limit && end.offset <= limit-end.size {
		real := int64(limit - end.size)
		raw, err := l.window.at(real, 4, 0)
		if err != nil {
			return err
		}
		if binary.LittleEndian.Uint32(raw) == signatureDirectory {
			l.fault(CodePrefix, 0, "the directory starts %d bytes after the position in the end record: something "+
				"was put in front of the ZIP, or into it", real-int64(end.offset))
			return nil
		}
	}
	l.fault(CodeDirectoryPlace, end.position, "the directory of %d bytes at %d does not end at %d, where the end "+
		"record starts", end.size, end.offset, end.position)
	return nil
}
