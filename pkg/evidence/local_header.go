package evidence

import (
	"bytes"
	"encoding/binary"
	"math"
)

// checkGaps checks the central rule: sorted by offset, the first local header is at 0, each entry
// ends exactly where the next begins, and the last ends where the directory begins.
func (l *layout) checkGaps() error {
	order := l.byOffset()
	if len(order) == 0 {
		return nil
	}
	if first := order[0]; first.offset > 0 {
		code, message := CodePrefix, "%d bytes lie in front of it, the first entry"
		raw, err := l.window.at(0, int(min(4, l.size)), 0)
		if err != nil {
			return err
		}
		if len(raw) == 4 && binary.LittleEndian.Uint32(raw) == signatureLocal {
			code, message = CodeHiddenEntry, "the %d bytes before it contain an entry that is not in the directory"
		}
		l.entryFault(first, code, 0, message, first.offset)
	}
	for i, r := range order {
		limit := l.directory
		if i+1 < len(order) {
			limit = min(limit, order[i+1].offset)
			if order[i+1].offset == r.offset {
				l.entryFault(order[i+1], CodeSharedEntry, order[i+1].position,
					"its directory record and that of %q point to one entry", r.name)
				continue
			}
		}
		if err := l.readLocal(r, limit); err != nil {
			return err
		}
	}
	return nil
}

// readLocal reads the local header of an entry that must end at limit, and compares it with the
// directory.
func (l *layout) readLocal(r *record, limit int64) error {
	if r.offset > l.directory-localLength {
		l.entryFault(r, CodeLocalHeader, r.position,
			"its local header would be at %d, which is not in front of the directory", r.offset)
		return nil
	}
	// Reading far ahead pays only if the next header is near.
	ahead := windowSize
	if r.compressed > windowSize/4 {
		ahead = 512
	}
	raw, err := l.window.at(r.offset, localLength, ahead)
	if err != nil {
		return err
	}
	if binary.LittleEndian.Uint32(raw) != signatureLocal {
		l.entryFault(r, CodeLocalHeader, r.offset, "there is no local header where the directory says")
		return nil
	}
	lengths := fields(raw[26:30])
	nameLength, extraLength := int(lengths.uint16()), int(lengths.uint16())
	length := localLength + nameLength + extraLength
	if r.offset+int64(length) > limit {
		l.entryFault(r, CodeOverlap, r.offset, "its local header runs into what follows at %d", limit)
		return nil
	}
	if raw, err = l.window.at(r.offset, length, ahead); err != nil {
		return err
	}
	r.data = r.offset + int64(length)
	l.compare(r, raw, nameLength)
	return l.readEndOf(r, limit)
}

// compare compares the local header with the directory record.
func (l *layout) compare(r *record, raw []byte, nameLength int) {
	header := fields(raw[6:localLength])
	flags, method := header.uint16(), header.uint16()
	header = header[4:] // time and date may differ
	crc, compressed, size := header.uint32(), header.uint32(), header.uint32()
	name := raw[localLength : localLength+nameLength]

	l.checkFlags(r, flags, r.offset, "local header")
	if differ := flags ^ r.flags; differ&flagUTF8 != 0 {
		l.entryFinding(r, CodeNameFlagDiffers, r.offset, "only one of local header and directory calls its name UTF-8")
	} else if differ != 0 {
		l.entryFinding(r, CodeFlagsDiffer, r.offset,
			"its flags are %#04x in the local header and %#04x in the directory",
			flags, r.flags)
	}
	if method != r.method {
		l.entryFinding(r, CodeMethodDiffers, r.offset, "its method is %d in the local header and %d in the directory",
			method,
			r.method)
	}
	if string(name) != r.rawName {
		l.entryFinding(r, CodeNameDiffers, r.offset, "its name is %q in the local header", name)
	}
	if crc != r.crc && !(r.hasDescriptor() && (crc == 0 || crc == sentinel32)) {
		l.entryFinding(r, CodeCRCDiffers, r.offset, "its CRC is %08x in the local header and %08x in the directory",
			crc,
			r.crc)
	}
	extra := l.readExtra(r, raw[localLength+nameLength:], r.offset, "local header")
	l.compareSizes(r, extra, size, compressed)
}

// compareSizes compares the sizes in the local header with the directory. A streaming writer, which
// puts a descriptor after the content, may have left zero or the sentinel, also in the ZIP64 extra
// field.
func (l *layout) compareSizes(r *record, extra extraFields, size, compressed uint32) {
	values := []wideValue{
		{uint64(size), size == sentinel32, 8},
		{uint64(compressed), compressed == sentinel32, 8},
	}
	// With a descriptor, the sentinel may stand there without asking for a ZIP64 field.
	left := r.hasDescriptor() && !extra.hasZIP64
	if !left && !l.takeZIP64(r, extra, values, r.offset, "local header") {
		return
	}
	for i, directory := range []int64{r.size, r.compressed} {
		value := values[i].value
		if value == uint64(directory) || r.hasDescriptor() &&
			(value == 0 || values[i].required && (left || value == math.MaxUint64)) {
			continue
		}
		name := [...]string{"size", "compressed size"}[i]
		l.entryFinding(r, CodeSizeDiffers, r.offset, "its %s is %d in the local header and %d in the directory", name,
			value,
			directory)
	}
}

// readEndOf checks that an entry's content, with its descriptor if it has one, ends at limit.
func (l *layout) readEndOf(r *record, limit int64) error {
	if r.compressed > limit-r.data {
		l.entryFault(r, CodeOverlap, r.offset, "its %d bytes run into what follows at %d", r.compressed, limit)
		return nil
	}
	end := r.data + r.compressed
	rest := limit - end
	if !r.hasDescriptor() && rest == 0 {
		return nil
	}
	raw, err := l.window.at(end, int(min(rest, 24+maxPadding+1)), windowSize)
	if err != nil {
		return err
	}
	sized := r.hasDescriptor() && (rest == 12 || rest == 16 || rest == 20 || rest == 24)
	if sized && descriptorAgrees(r, raw) {
		return nil
	}
	zeros := paddingLength(r, raw)
	switch {
	case zeros > 0:
		l.entryFault(r, CodeGapPadding, limit-int64(zeros), "%d bytes, all zero, that belong to nothing follow it",
			zeros)
		return nil
	case sized:
		l.entryFault(r, CodeDescriptor, end, "its data descriptor does not agree with the directory")
		return nil
	case r.hasDescriptor() && rest == 0:
		l.entryFault(r, CodeDescriptor, end, "its flags promise a data descriptor, but there is none")
		return nil
	}
	for _, length := range [...]int{0, 12, 16, 20, 24} {
		if len(raw) < length+4 || length > 0 && !descriptorAgrees(r, raw[:length]) {
			continue
		}
		switch binary.LittleEndian.Uint32(raw[length:]) {
		case signatureLocal:
			l.entryFault(r, CodeHiddenEntry, end+int64(length), "an entry that is not in the directory follows it")
			return nil
		case signatureDirectory:
			l.entryFault(r, CodeSecondDirectory, end+int64(length), "a second directory follows it")
			return nil
		}
	}
	l.entryFault(r, CodeGap, end, "%d bytes that belong to nothing follow it", rest)
	return nil
}

// paddingLength returns the number of zeros after an entry's content and descriptor. It returns 0
// if anything else follows, or more than zipalign needs.
func paddingLength(r *record, raw []byte) int {
	for _, length := range [...]int{0, 12, 16, 20, 24} {
		switch rest := len(raw) - length; {
		case r.hasDescriptor() != (length > 0), rest < 1, rest > maxPadding:
		case length > 0 && !descriptorAgrees(r, raw[:length]):
		case len(bytes.TrimLeft(raw[length:], "\x00")) == 0:
			return rest
		}
	}
	return 0
}

// descriptorAgrees compares a descriptor with the directory. Its length determines its form: 32 or
// 64 bits, with or without a signature.
func descriptorAgrees(r *record, raw []byte) bool {
	descriptor := fields(raw)
	if len(raw) == 16 || len(raw) == 24 {
		if descriptor.uint32() != signatureDescriptor {
			return false
		}
	}
	if descriptor.uint32() != r.crc {
		return false
	}
	if len(descriptor) == 8 {
		return int64(descriptor.uint32()) == r.compressed && int64(descriptor.uint32()) == r.size
	}
	return descriptor.uint64() == uint64(r.compressed) && descriptor.uint64() == uint64(r.size)
}
