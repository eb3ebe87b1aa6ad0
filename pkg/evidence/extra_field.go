package evidence

import (
	"bytes"
	"encoding/binary"
	"slices"
	"unicode/utf8"
)

// IDs of extra fields that some reader interprets.
const (
	extraZIP64            = 0x0001
	extraNTFS             = 0x000a
	extraPKWAREUnix       = 0x000d
	extraStrongEncryption = 0x0017
	extraTime             = 0x5455
	extraUnixOld          = 0x5855
	extraUnixOwner        = 0x7855
	extraUnixOwnerNew     = 0x7875
	extraUnicodePath      = 0x7075
	extraUnicodeComment   = 0x6375
	extraASiUnix          = 0x756e
	extraLibarchive       = 0x6c78
	extraAES              = 0x9901
	extraJava             = 0xcafe
)

// maxPadding is the largest number of zeros that may pad an extra field, or the space between two
// entries, so that content begins at a page. The largest page on Android is 16 KiB.
const maxPadding = 16<<10 - 1

// extraFields is what is kept of the extra fields of one header. zip64 is valid until the window
// moves.
type extraFields struct {
	hasZIP64 bool
	zip64    []byte
}

// readExtra walks the extra fields of a header. It refuses those that give an entry another name,
// type or form than its header does, and keeps unknown ones for a notice.
func (l *layout) readExtra(r *record, extra []byte, offset int64, where string) extraFields {
	var kept extraFields
	zeros := len(extra) - len(bytes.TrimRight(extra, "\x00"))
	for len(extra) > 0 {
		// zipalign pads with any number of zeros. Four of them can also be read as an empty field.
		if len(extra) <= zeros && len(extra)%4 != 0 {
			code := CodeExtraPadding
			if len(extra) > maxPadding {
				code = CodeExtraLength
			}
			l.entryFault(r, code, offset, "%d bytes, all zero, follow its extra fields (%s)", len(extra), where)
			return kept
		}
		if len(extra) < 4 {
			l.entryFault(r, CodeExtraLength, offset, "%d bytes are left over behind its extra fields (%s)", len(extra),
				where)
			return kept
		}
		id, length := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if length > len(extra)-4 {
			l.entryFault(r, CodeExtraLength, offset, "its extra field %#04x claims %d bytes, but %d are there (%s)", id,
				length, len(extra)-4, where)
			return kept
		}
		body := extra[4 : 4+length]
		extra = extra[4+length:]
		if id == extraZIP64 {
			if kept.hasZIP64 {
				l.entryFault(r, CodeZIP64ExtraTwice, offset, "it has two ZIP64 extra fields (%s)", where)
			}
			kept.hasZIP64, kept.zip64 = true, body
			continue
		}
		l.checkExtra(r, id, body, offset, where)
	}
	return kept
}

// checkExtra judges one extra field other than ZIP64.
func (l *layout) checkExtra(r *record, id uint16, body []byte, offset int64, where string) {
	switch id {
	case extraNTFS, extraTime, extraUnicodeComment, extraJava:
	case extraUnixOwnerNew:
		r.owner = true
	case extraUnixOld, extraUnixOwner:
		// Both contain an owner only in the local header, and only at full length.
		r.owner = r.owner || len(body) == 12 || len(body) == 4
	case extraUnicodePath:
		// A version byte and a CRC of the header's name come first. Some readers check them and
		// others do not, so the name must be the same in any case.
		if len(body) < 5 || !r.unicodePathMatches(body[5:]) {
			l.entryFinding(r, CodeNameUnicodePath, offset,
				"its Unicode path field has another name than its header (%s)",
				where)
		}
	case extraStrongEncryption, extraAES:
		l.entryFinding(r, CodeEncrypted, offset, "its extra field %#04x says that it is encrypted (%s)", id, where)
	case extraPKWAREUnix:
		r.owner = true
		if len(body) > 12 {
			l.entryFinding(r, CodeSymlink, offset, "its extra field %#04x names a link or a device (%s)", id, where)
		}
	case extraASiUnix:
		r.owner = true
		if len(body) >= 6 {
			l.checkType(r, binary.LittleEndian.Uint16(body[4:]), offset, "ASi extra field's mode")
		}
		if len(body) > 14 {
			l.entryFinding(r, CodeSymlink, offset, "its extra field %#04x names a link (%s)", id, where)
		}
	case extraLibarchive:
		l.checkLibarchive(r, body, offset)
	default:
		if !slices.Contains(r.unknownExtra, id) {
			r.unknownExtra = append(r.unknownExtra, id)
		}
	}
}

// unicodePathMatches reports whether a Unicode path, which is always UTF-8, equals the decoded
// name. The path may have the backslashes of the name as written.
func (r *record) unicodePathMatches(path []byte) bool {
	return string(path) == r.name || string(path) == r.rawName && utf8.Valid(path)
}

// checkLibarchive compares the attributes that libarchive's experimental field repeats for
// streaming readers.
func (l *layout) checkLibarchive(r *record, body []byte, offset int64) {
	if len(body) < 1 {
		return
	}
	present, rest := body[0], body[1:]
	for bit, length := range []int{2, 2, 4} { // version made by, internal attributes, external attributes
		if present&(1<<bit) == 0 {
			continue
		}
		if len(rest) < length {
			l.entryFinding(r, CodeExtraLength, offset,
				"its extra field %#04x is too short for what it claims to contain",
				extraLibarchive)
			return
		}
		if length == 4 {
			if binary.LittleEndian.Uint32(rest) != r.attributes {
				l.entryFinding(r, CodeTypeDiffers, offset,
					"its extra field %#04x has other attributes than the directory",
					extraLibarchive)
			}
		}
		rest = rest[length:]
	}
}

// wideValue is a header value that a ZIP64 extra field contains if it is the sentinel.
type wideValue struct {
	value    uint64
	required bool
	width    int // in the extra field, in bytes
}

// takeZIP64 replaces the values that are sentinels, and reports whether all values could be
// settled. An extra field may contain more values than needed, as archive/zip writes it, if no
// reader can mistake one value for another: the needed ones must come first, and the others must
// match the header.
func (l *layout) takeZIP64(r *record, extra extraFields, values []wideValue, offset int64, where string) bool {
	rest := extra.zip64
	needed, some, ordered, agrees := 0, false, true, true
	for i := range values {
		v := &values[i]
		if v.required {
			needed += v.width
			ordered = ordered && (i == 0 || values[i-1].required)
			some = true
		}
	}
	if some && !extra.hasZIP64 || len(rest) < needed || len(rest) > needed && !ordered {
		l.entryFault(r, CodeZIP64Extra, offset, "the ZIP64 extra field of its %s has %d bytes; %d are called for",
			where,
			len(rest), needed)
		return false
	}
	for i := range values {
		v := &values[i]
		if !v.required && (len(extra.zip64) == needed || len(rest) == 0) {
			continue
		}
		if len(rest) < v.width {
			agrees = false
			break
		}
		value := uint64(binary.LittleEndian.Uint32(rest))
		if v.width == 8 {
			value = binary.LittleEndian.Uint64(rest)
		}
		rest = rest[v.width:]
		if v.required {
			v.value = value
		} else if v.value != value {
			agrees = false
		}
	}
	if !agrees || len(rest) > 0 {
		l.entryFault(r, CodeZIP64Extra, offset, "the ZIP64 extra field of its %s has other values than the header",
			where)
		return false
	}
	if !some && extra.hasZIP64 {
		l.entryFault(r, CodeZIP64ExtraUncalled, offset, "its %s has a ZIP64 extra field that no other field calls for",
			where)
	}
	return true
}
