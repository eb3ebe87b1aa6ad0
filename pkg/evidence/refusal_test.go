package evidence

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// forge returns the honest ZIP after an edit.
func forge(edit func(f *forgery)) func() []byte {
	return func() []byte {
		f := honest()
		edit(f)
		return f.bytes()
	}
}

// first returns the honest ZIP after an edit of its first entry, a deflated one.
func first(edit func(e *forgedEntry)) func() []byte {
	return forge(func(f *forgery) { edit(f.entries[0]) })
}

// second is like first for the second entry, a stored one.
func second(edit func(e *forgedEntry)) func() []byte {
	return forge(func(f *forgery) { edit(f.entries[1]) })
}

// named renames the last entry.
func named(name string) func() []byte {
	return forge(func(f *forgery) { f.entries[2].name = name })
}

// flagless renames the last entry and does not state the encoding of the name.
func flagless(name string) func() []byte {
	return forge(func(f *forgery) {
		f.entries[2].name = name
		f.entries[2].both = func(h *forgedHeader) { h.flags = 0 }
	})
}

// more appends entries.
func more(entries ...*forgedEntry) func() []byte {
	return forge(func(f *forgery) { f.entries = append(f.entries, entries...) })
}

// local, central and both edit the headers of the first entry.
func local(edit func(h *forgedHeader)) func() []byte {
	return first(func(e *forgedEntry) { e.local = edit })
}
func central(edit func(h *forgedHeader)) func() []byte {
	return first(func(e *forgedEntry) { e.central = edit })
}
func both(edit func(h *forgedHeader)) func() []byte {
	return first(func(e *forgedEntry) { e.both = edit })
}

// ends edits the end record.
func ends(edit func(e *forgedEnd)) func() []byte { return forge(func(f *forgery) { f.end = edit }) }

// wide gives the honest ZIP a ZIP64 end record and edits it.
func wide(edit func(e *forgedEnd)) func() []byte {
	return forge(func(f *forgery) { f.zip64, f.end64 = true, edit })
}

// mode gives the first entry a Unix mode and marks it as made by the given system.
func mode(bits uint32, system uint16) func() []byte {
	return central(func(h *forgedHeader) { h.attributes, h.madeBy = bits<<16, system<<8|20 })
}

// badZIP is a ZIP that must be refused for exactly these codes.
type badZIP struct {
	name  string
	codes string
	build func() []byte
}

// mebibytes returns content that compresses well.
func mebibytes(n int) []byte { return make([]byte, n<<20) }

var badZIPs = []badZIP{
	// Method, sizes, CRCs.
	{"other method in the local header", "method-differs", local(func(h *forgedHeader) { h.method = 0 })},
	{"other method in the directory", "method-differs stored-size", central(func(h *forgedHeader) { h.method = 0 })},
	{"stored called deflated on both sides", "data-corrupt",
		second(func(e *forgedEntry) { e.both = func(h *forgedHeader) { h.method = 8 } })},
	{"deflated called stored on both sides", "stored-size", both(func(h *forgedHeader) { h.method = 0 })},
	{"deflated called stored with the deflated size", "crc",
		both(func(h *forgedHeader) { h.method, h.size = 0, h.compressed })},
	{"method deflate64", "method", both(func(h *forgedHeader) { h.method = 9 })},
	{"method bzip2", "method", both(func(h *forgedHeader) { h.method = 12 })},
	{"method LZMA", "method", both(func(h *forgedHeader) { h.method = 14 })},
	{"method AE-x", "method", both(func(h *forgedHeader) { h.method = 99 })},
	{"method implode", "method", both(func(h *forgedHeader) { h.method = 6 })},
	{"stored with two sizes", "stored-size",
		second(func(e *forgedEntry) { e.both = func(h *forgedHeader) { h.size-- } })},
	{"other flags in the local header", "flags-differ", local(func(h *forgedHeader) { h.flags |= 2 })},
	{"descriptor flag in the local header only", "flags-differ", local(func(h *forgedHeader) { h.flags |= 8 })},
	{"descriptor flag in the directory only", "descriptor flags-differ",
		central(func(h *forgedHeader) { h.flags |= 8 })},
	{"other CRC in the local header", "crc-differs", local(func(h *forgedHeader) { h.crc++ })},
	{"CRC zero in the local header without descriptor", "crc-differs", local(func(h *forgedHeader) { h.crc = 0 })},
	{"other CRC in the directory", "crc-differs", central(func(h *forgedHeader) { h.crc ^= 1 << 31 })},
	{"wrong CRC on both sides", "crc", both(func(h *forgedHeader) { h.crc++ })},
	{"CRC zero on both sides", "crc", both(func(h *forgedHeader) { h.crc = 0 })},
	{"wrong CRC of a stored entry", "crc", second(func(e *forgedEntry) { e.both = func(h *forgedHeader) { h.crc++ } })},
	{"other size in the local header", "size-differs", local(func(h *forgedHeader) { h.size++ })},
	{"other compressed size in the local header", "size-differs", local(func(h *forgedHeader) { h.compressed-- })},
	{"sizes zero in the local header without descriptor", "size-differs",
		local(func(h *forgedHeader) { h.size, h.compressed = 0, 0 })},
	{"other size in the directory", "size-differs", central(func(h *forgedHeader) { h.size++ })},
	{"smaller compressed size in the directory", "gap size-differs", central(func(h *forgedHeader) { h.compressed-- })},
	{"larger compressed size in the directory", "overlap size-differs",
		central(func(h *forgedHeader) { h.compressed++ })},
	{"content shorter than claimed", "data-short", both(func(h *forgedHeader) { h.size++ })},
	{"content longer than claimed", "data-long", both(func(h *forgedHeader) { h.size-- })},
	{"content claimed to be empty", "data-long", both(func(h *forgedHeader) { h.size = 0 })},
	{"half true sizes in a streamed local header", "size-differs", first(func(e *forgedEntry) {
		e.descriptor = "sig32"
		e.local = func(h *forgedHeader) { h.size = 7 }
	})},
	{"other CRC in a streamed local header", "crc-differs", first(func(e *forgedEntry) {
		e.descriptor = "sig32"
		e.local = func(h *forgedHeader) { h.crc = 7 }
	})},
	{"descriptor missing", "descriptor", first(func(e *forgedEntry) {
		e.descriptor = "sig32"
		e.describe = func([]byte) []byte { return nil }
	})},
	{"descriptor without the flag", "gap", first(func(e *forgedEntry) {
		e.after = little(uint32(signatureDescriptor), uint32(1), uint32(2), uint32(3))
	})},
	{"descriptor with another CRC", "descriptor", first(func(e *forgedEntry) {
		e.descriptor = "sig32"
		e.describe = func(d []byte) []byte { d[4]++; return d }
	})},
	{"descriptor with another compressed size", "descriptor", first(func(e *forgedEntry) {
		e.descriptor = "sig32"
		e.describe = func(d []byte) []byte { d[8]++; return d }
	})},
	{"descriptor with another size", "descriptor", first(func(e *forgedEntry) {
		e.descriptor = "sig32"
		e.describe = func(d []byte) []byte { d[12]++; return d }
	})},
	{"descriptor with zeros", "descriptor", first(func(e *forgedEntry) {
		e.descriptor = "sig32"
		e.describe = func(d []byte) []byte { return little(uint32(signatureDescriptor), uint64(0), uint32(0)) }
	})},
	{"descriptor without signature, with another CRC", "descriptor", first(func(e *forgedEntry) {
		e.descriptor = "plain32"
		e.describe = func(d []byte) []byte { d[3] ^= 1; return d }
	})},
	{"wide descriptor with another size", "descriptor", first(func(e *forgedEntry) {
		e.descriptor = "sig64"
		e.describe = func(d []byte) []byte { d[20] = 1; return d }
	})},
	{"wide descriptor without signature, with another compressed size", "descriptor", first(func(e *forgedEntry) {
		e.descriptor = "plain64"
		e.describe = func(d []byte) []byte { d[8] = 1; return d }
	})},
	{"descriptor with another signature", "descriptor", first(func(e *forgedEntry) {
		e.descriptor = "sig32"
		e.describe = func(d []byte) []byte { d[0] = 'Q'; return d }
	})},
	{"descriptor with bytes behind it", "gap",
		first(func(e *forgedEntry) { e.descriptor, e.after = "sig32", []byte("junk!") })},
	{"stored content with a descriptor for its first half", "descriptor-inside", more(func() *forgedEntry {
		half := []byte("what a reader of streams sees")
		inside := little(uint32(signatureDescriptor), crc32.ChecksumIEEE(half), uint32(len(half)), uint32(len(half)))
		content := slices.Concat(half, inside, []byte("what others see too"))
		return &forgedEntry{name: "two-ends.txt", content: content, descriptor: "sig32"}
	}())},
	{"stored content that starts with a descriptor", "descriptor-inside", more(&forgedEntry{
		name: "no-start.txt", content: append(little(uint32(signatureDescriptor), uint64(0), uint32(0)), "hidden"...),
		descriptor: "sig32",
	})},
	{"a byte behind the last deflate block", "data-trailing",
		first(func(e *forgedEntry) { e.data = append(deflated(e.content), 0) })},
	{"a second deflate stream behind the first", "data-trailing", first(func(e *forgedEntry) {
		e.data = append(deflated(e.content), deflated([]byte("more"))...)
	})},
	{"many bytes behind the last deflate block", "data-trailing", first(func(e *forgedEntry) {
		e.data = append(deflated(e.content), make([]byte, 2*chunkSize)...)
	})},
	{"a byte behind the last block of a large deflate stream", "data-trailing", first(func(e *forgedEntry) {
		e.content = noise(2 * chunkSize)
		e.data = append(deflated(e.content), 0)
	})},
	{"deflate stream without its last byte", "data-truncated", first(func(e *forgedEntry) {
		data := deflated(e.content)
		e.data = data[:len(data)-1]
	})},
	{"deflate stream without a last block", "data-truncated", first(func(e *forgedEntry) {
		var out bytes.Buffer
		w, _ := flate.NewWriter(&out, 6)
		w.Write(e.content)
		w.Flush()
		e.data = out.Bytes()
	})},
	{"deflated without any data", "data-truncated", first(func(e *forgedEntry) { e.content, e.data = nil, []byte{} })},
	{"deflate block of a reserved type", "data-corrupt",
		first(func(e *forgedEntry) { e.data = []byte{0x07, 0, 0, 0} })},
	{"deflate distance in front of the content", "data-corrupt",
		first(func(e *forgedEntry) { e.data = []byte{0x4b, 0x04, 0x72, 0x00} })},
	{"deflate stored block with a wrong complement", "data-corrupt",
		first(func(e *forgedEntry) { e.data = []byte{0x01, 1, 0, 0, 0, 'a'} })},

	// Names.
	{"other name in the local header", "name-differs",
		local(func(h *forgedHeader) { h.name = []byte("documents/contrast.pdf") })},
	{"longer name in the local header", "name-differs", local(func(h *forgedHeader) { h.name = append(h.name, 'x') })},
	{"empty name in the local header", "name-differs", local(func(h *forgedHeader) { h.name = nil })},
	{"other case in the local header", "name-differs", local(func(h *forgedHeader) { h.name = bytes.ToUpper(h.name) })},
	{"Unicode path with another name in the directory", "name-unicode-path", central(func(h *forgedHeader) {
		h.extra = field(0x7075, append(little(byte(1), crc32.ChecksumIEEE(h.name)), "other.pdf"...)...)
	})},
	{"Unicode path with another name in the local header", "name-unicode-path", local(func(h *forgedHeader) {
		h.extra = field(0x7075, append(little(byte(1), crc32.ChecksumIEEE(h.name)), "other.pdf"...)...)
	})},
	{"Unicode path with another name and a stale CRC", "name-unicode-path", both(func(h *forgedHeader) {
		h.extra = field(0x7075, append(little(byte(1), uint32(0)), "other.pdf"...)...)
	})},
	{"Unicode path cut short", "name-unicode-path", both(func(h *forgedHeader) { h.extra = field(0x7075, 1, 2) })},
	{"second Unicode path with another name", "name-unicode-path", both(func(h *forgedHeader) {
		h.extra = slices.Concat(field(0x7075, append(little(byte(1), crc32.ChecksumIEEE(h.name)), h.name...)...),
			field(0x7075, append(little(byte(1), crc32.ChecksumIEEE(h.name)), "x"...)...))
	})},
	{"UTF-8 flag in the local header only", "name-flag-differs", local(func(h *forgedHeader) { h.flags |= 1 << 11 })},
	{"UTF-8 flag in the directory only", "name-flag-differs", central(func(h *forgedHeader) { h.flags |= 1 << 11 })},
	{"not ASCII without the UTF-8 flag", "name-charset", flagless("cédula.json")},
	{"CP437 name", "name-utf8", forge(func(f *forgery) { f.entries[2].name = "c\x82dula.json" })},
	{"CP437 without the UTF-8 flag", "name-charset", flagless("c\x82dula.json")},
	{"overlong UTF-8", "name-utf8", named("a\xc0\xafb")},
	{"UTF-8 surrogate", "name-utf8", named("a\xed\xa0\x80b")},
	{"zero byte in a name", "name-control", named("a.pdf\x00.exe")},
	{"line feed in a name", "name-control", named("a\nb")},
	{"escape in a name", "name-control", named("a\x1b[2Jb")},
	{"DEL in a name", "name-control", named("a\x7fb")},
	{"C1 control in a name", "name-control", named("a\u0085b")},
	{"line separator in a name", "name-control", named("a\u2028b")},
	{"right-to-left override in a name", "name-bidi", named("a\u202efdp.exe")},
	{"bidi isolate in a name", "name-bidi", named("a\u2066b")},
	{"zero-width joiner in a name", "name-format", named("a\u200db")},
	{"byte order mark in a name", "name-format", named("\ufeffa")},
	{"soft hyphen in a name", "name-format", named("a\u00adb")},
	{"tag character in a name", "name-format", named("a\U000e0041b")},
	{"backslash", "name-backslash", named(`documents\report.pdf`)},
	{"backslash that makes another entry's name", "name-backslash name-twice", named(`documents\contract.pdf`)},
	{"backslash traversal", "name-backslash name-dot-dot", named(`..\..\x`)},
	{"colon", "name-colon", named("audit.json:stream")},
	{"drive", "name-drive", named("C:audit.json")},
	{"drive with slash", "name-drive", named("c:/audit.json")},
	{"absolute", "name-absolute", named("/etc/passwd")},
	{"UNC path", "name-absolute", named("//server/share/x")},
	{"traversal", "name-dot-dot", named("../audit.json")},
	{"traversal further in", "name-dot-dot", named("a/b/../../../x")},
	{"traversal at the end", "name-dot-dot", named("a/..")},
	{"folder named ..", "name-dot-dot", more(&forgedEntry{name: "../"})},
	{"dot at the start", "name-dot", named("./audit.json")},
	{"dot inside", "name-dot", named("a/./b")},
	{"empty part", "name-empty", named("a//b")},
	{"two slashes at the end", "name-empty", more(&forgedEntry{name: "a//"})},
	{"empty name", "name-empty", named("")},
	{"only a slash", "name-absolute", more(&forgedEntry{name: "/"})},
	{"dot at the end", "name-trailing", named("audit.json.")},
	{"space at the end", "name-trailing", named("audit.json ")},
	{"folder with a dot at the end", "name-trailing", named("a./b")},
	{"three dots", "name-trailing", named(".../b")},
	{"device CON", "name-reserved", named("con")},
	{"device NUL with extension", "name-reserved", named("nul.json")},
	{"device COM1 as a folder", "name-reserved", named("COM1/x")},
	{"device LPT with superscript", "name-reserved", named("lpt².txt")},
	{"device with a space in front of the extension", "name-reserved", named("aux .txt")},
	{"name over 240 bytes", "name-too-long", named(strings.Repeat("a", 241))},
	{"33 levels", "name-too-deep", named(strings.Repeat("a/", 32) + "a")},
	{"same name twice", "name-twice", more(&forgedEntry{name: "audit.json", content: []byte("{}")})},
	{"same folder twice", "name-twice", more(&forgedEntry{name: "a/"}, &forgedEntry{name: "a/"})},
	{"same name in another case", "name-twice-folded", more(&forgedEntry{name: "Audit.JSON"})},
	{"same name in another composition", "name-twice-folded",
		more(&forgedEntry{name: "c\u00e9dula"}, &forgedEntry{name: "ce\u0301dula"})},
	{"same name with sharp s", "name-twice-folded",
		more(&forgedEntry{name: "stra\u00dfe"}, &forgedEntry{name: "STRASSE"})},
	{"same name with Greek sigma", "name-twice-folded",
		more(&forgedEntry{name: "\u03c3\u03c3"}, &forgedEntry{name: "\u03a3\u03c2"})},
	{"file that is a folder", "name-file-and-folder", more(&forgedEntry{name: "documents"})},
	{"file that is a folder in another case", "name-file-and-folder", more(&forgedEntry{name: "DOCUMENTS"})},
	{"file that is a folder further up", "name-file-and-folder",
		more(&forgedEntry{name: "x/y/z"}, &forgedEntry{name: "x"})},
	{"file and folder of one name", "name-file-and-folder", more(&forgedEntry{name: "x"}, &forgedEntry{name: "x/"})},

	// Types.
	{"encrypted", "encrypted", both(func(h *forgedHeader) { h.flags |= 1 })},
	{"encrypted in the local header only", "encrypted flags-differ", local(func(h *forgedHeader) { h.flags |= 1 })},
	{"encrypted in the directory only", "encrypted flags-differ", central(func(h *forgedHeader) { h.flags |= 1 })},
	{"strongly encrypted", "encrypted", both(func(h *forgedHeader) { h.flags |= 1 << 6 })},
	{"masked", "masked", both(func(h *forgedHeader) { h.flags |= 1 << 13 })},
	{"masked in the local header only", "flags-differ masked", local(func(h *forgedHeader) { h.flags |= 1 << 13 })},
	{"patch data", "patch-data", both(func(h *forgedHeader) { h.flags |= 1 << 5 })},
	{"AES field", "encrypted", both(func(h *forgedHeader) { h.extra = field(0x9901, 2, 0, 'A', 'E', 3, 8, 0) })},
	{"strong encryption field", "encrypted",
		central(func(h *forgedHeader) { h.extra = field(0x0017, make([]byte, 8)...) })},
	{"symlink", "symlink", mode(0o120777, 3)},
	{"symlink made by macOS", "symlink", mode(0o120777, 19)},
	{"symlink made by DOS", "symlink", mode(0o120777, 0)},
	{"character device", "special-file", mode(0o020666, 3)},
	{"block device", "special-file", mode(0o060660, 3)},
	{"FIFO", "special-file", mode(0o010644, 3)},
	{"socket", "special-file", mode(0o140755, 3)},
	{"unknown type", "type-differs", mode(0o150644, 3)},
	{"symlink in an ASi field", "symlink", both(func(h *forgedHeader) {
		h.extra = field(0x756e, slices.Concat(little(uint32(0), uint16(0o120777), uint32(4), uint16(0), uint16(0)),
			[]byte("/etc"))...)
	})},
	{"link in a PKWARE Unix field", "symlink",
		local(func(h *forgedHeader) { h.extra = field(0x000d, append(make([]byte, 12), "/etc/passwd"...)...) })},
	{"other attributes in libarchive's field", "type-differs", local(func(h *forgedHeader) {
		h.extra = field(0x6c78, little(byte(4), uint32(0o120777<<16))...)
	})},
	{"DOS folder flag without a slash", "folder-without-slash",
		central(func(h *forgedHeader) { h.attributes |= 0x10 })},
	{"folder mode without a slash", "folder-without-slash", mode(0o040755, 3)},
	{"file mode with a slash", "type-differs",
		more(&forgedEntry{name: "a/", central: func(h *forgedHeader) { h.attributes = 0o100644 << 16 }})},
	{"folder with stored content", "folder-with-content", more(&forgedEntry{name: "a/", content: []byte("hidden")})},
	{"folder with deflated content", "folder-with-content",
		more(&forgedEntry{name: "a/", content: []byte("hidden"), method: 8})},
	{"folder with content that it does not claim", "data-long", more(&forgedEntry{
		name: "a/", content: []byte("hidden"), method: 8, both: func(h *forgedHeader) { h.size, h.crc = 0, 0 },
	})},
	{"extra field that overruns in the directory", "extra-length",
		central(func(h *forgedHeader) { h.extra = []byte{0x34, 0x12, 9, 0, 1} })},
	{"extra field that overruns in the local header", "extra-length",
		local(func(h *forgedHeader) { h.extra = []byte{0x34, 0x12, 9, 0, 1} })},
	{"bytes left over behind the extra fields", "extra-length",
		both(func(h *forgedHeader) { h.extra = append(field(0x5455, 0), 0, 1) })},
	{"zeros left over behind the extra fields", "extra-padding",
		both(func(h *forgedHeader) { h.extra = append(field(0x5455, 0), 0, 0) })},
	{"zeros behind an entry", "gap-padding", second(func(e *forgedEntry) { e.after = make([]byte, 3) })},

	// Hidden and duplicate entries.
	{"no entries", "empty-archive", forge(func(f *forgery) { f.entries = nil })},
	{"no bytes", "no-end-record", func() []byte { return nil }},
	{"no ZIP", "no-end-record", func() []byte { return []byte("<html><body>502 Bad Gateway</body></html>") }},
	{"only local entries", "no-end-record", forge(func(f *forgery) {
		f.finished = func(all []byte) []byte { return all[:bytes.Index(all, []byte("PK\x01\x02"))] }
	})},
	{"cut in the end record", "no-end-record",
		forge(func(f *forgery) { f.finished = func(all []byte) []byte { return all[:len(all)-1] } })},
	{"cut comment", "comment-length", forge(func(f *forgery) {
		f.comment = []byte("a comment")
		f.finished = func(all []byte) []byte { return all[:len(all)-1] }
	})},
	{"entry without directory record at the start", "hidden-entry",
		forge(func(f *forgery) { f.entries[0].noCentral = true })},
	{"entry without directory record in the middle", "hidden-entry",
		forge(func(f *forgery) { f.entries[1].noCentral = true })},
	{"entry without directory record at the end", "hidden-entry",
		forge(func(f *forgery) { f.entries[2].noCentral = true })},
	{"entry without directory record behind a streamed one", "hidden-entry", forge(func(f *forgery) {
		f.entries[0].descriptor = "sig32"
		f.entries[1].noCentral = true
	})},
	{"directory record without entry", "local-header", forge(func(f *forgery) { f.entries[2].noLocal = true })},
	{"directory record that points behind the file", "hidden-entry local-header", forge(func(f *forgery) {
		f.entries[2].central = func(h *forgedHeader) { h.offset = 1 << 30 }
	})},
	{"directory record that points into content", "hidden-entry local-header", forge(func(f *forgery) {
		f.entries[1].central = func(h *forgedHeader) { h.offset += 5 }
	})},
	{"two records for one entry", "name-differs shared-entry", forge(func(f *forgery) {
		copied := *f.entries[2]
		copied.name, copied.noLocal = "copy.json", true
		offset := uint32(bytes.Index(f.bytes(), []byte("audit.json")) - 30)
		f.entries = append(f.entries, &copied)
		copied.central = func(h *forgedHeader) { h.offset = offset }
	})},
	{"entry inside a stored entry", "overlap", forge(nested)},
	{"entry that runs into the next", "overlap", forge(func(f *forgery) {
		f.entries[1].both = func(h *forgedHeader) { h.compressed += 10; h.size += 10 }
	})},
	{"entry that runs into the directory", "overlap", forge(func(f *forgery) {
		f.entries[2].both = func(h *forgedHeader) { h.compressed += 40 }
	})},
	{"local header that runs into the next", "overlap", forge(func(f *forgery) {
		f.entries[1].local = func(h *forgedHeader) { h.extraExcess = 500 }
	})},
	{"gap between entries", "gap", forge(func(f *forgery) { f.entries[1].before = []byte("?") })},
	{"gap in front of the directory", "gap", forge(func(f *forgery) { f.gap = []byte("secret") })},
	{"gap of zeros", "gap-padding", forge(func(f *forgery) { f.gap = make([]byte, 4096) })},
	{"larger gap of zeros", "gap", forge(func(f *forgery) { f.gap = make([]byte, 16_384) })},
	{"archive extra data record", "gap",
		forge(func(f *forgery) { f.gap = little(uint32(0x08064b50), uint32(2), uint16(0)) })},
	{"second directory", "second-directory", forge(func(f *forgery) {
		all := f.bytes()
		at := bytes.Index(all, []byte("PK\x01\x02"))
		f.gap = all[at : len(all)-22]
	})},
	{"prefix that offsets count", "prefix",
		forge(func(f *forgery) { f.entries[0].before = []byte("#!/bin/sh\nexit\n") })},
	{"prefix that offsets do not count", "prefix", forge(func(f *forgery) { f.prefix = []byte("MZ self-extracting") })},
	{"spanning marker", "prefix", forge(func(f *forgery) { f.entries[0].before = []byte("PK00") })},
	{"trailing byte", "trailing-bytes", forge(func(f *forgery) { f.trailing = []byte{0} })},
	{"trailing block of zeros", "trailing-bytes", forge(func(f *forgery) { f.trailing = make([]byte, 9000) })},
	{"trailing text far behind", "trailing-bytes",
		forge(func(f *forgery) { f.trailing = bytes.Repeat([]byte("x"), 60000) })},
	{"trailing bytes farther than a comment", "no-end-record",
		forge(func(f *forgery) { f.trailing = make([]byte, 70000) })},
	{"two ZIPs joined", "prefix", forge(func(f *forgery) { f.prefix = honest().bytes() })},
	{"two ZIPs joined with offsets corrected", "hidden-entry",
		forge(func(f *forgery) { f.entries[0].before = honest().bytes() })},
	{"end record inside the comment", "end-in-comment", forge(func(f *forgery) {
		f.comment = append([]byte("see "), little(uint32(signatureEnd), uint64(0), uint64(0), uint16(0))...)
	})},
	{"end record inside the comment that reaches no end", "trailing-bytes", forge(func(f *forgery) {
		f.comment = append(little(uint32(signatureEnd), uint64(0), uint64(0), uint16(0)), "tail"...)
		f.end = func(e *forgedEnd) { e.commentExcess = -4 }
	})},
	{"second end record in front", "directory-place", forge(func(f *forgery) {
		all := f.bytes()
		f.beforeIt = all[len(all)-22:]
	})},
	{"too few entries claimed", "entry-count", ends(func(e *forgedEnd) { e.count--; e.here-- })},
	{"too many entries claimed", "entry-count", ends(func(e *forgedEnd) { e.count++; e.here++ })},
	{"no entries claimed", "entry-count", ends(func(e *forgedEnd) { e.count, e.here = 0, 0 })},
	{"two counts", "entry-count", ends(func(e *forgedEnd) { e.here-- })},
	{"smaller directory", "directory-place", ends(func(e *forgedEnd) { e.size-- })},
	{"larger directory", "directory-place", ends(func(e *forgedEnd) { e.size++ })},
	{"directory a byte later", "directory-place", ends(func(e *forgedEnd) { e.offset++ })},
	{"directory behind the file", "directory-place", ends(func(e *forgedEnd) { e.offset = 1 << 31 })},
	{"directory of no bytes", "directory-place", ends(func(e *forgedEnd) { e.size = 0 })},
	{"directory a byte longer on both ends", "directory-record", ends(func(e *forgedEnd) { e.offset--; e.size++ })},
	{"directory without its first record", "entry-count", forge(func(f *forgery) {
		length := uint64(46 + len(f.entries[0].name))
		f.end = func(e *forgedEnd) { e.offset += length; e.size -= length }
	})},
	{"bytes behind the directory", "directory-place",
		forge(func(f *forgery) { f.extra = []byte("digital signature") })},
	{"signature record in the directory", "directory-record", forge(func(f *forgery) {
		signature := little(uint32(0x05054b50), uint16(60), make([]byte, 60))
		f.extra = signature
		f.end = func(e *forgedEnd) { e.size += uint64(len(signature)) }
	})},
	{"damaged directory record", "directory-record", central(func(h *forgedHeader) { h.signature ^= 1 })},
	{"directory record with a name past the end", "directory-record", forge(func(f *forgery) {
		f.entries[2].central = func(h *forgedHeader) { h.nameLength = 60000 }
	})},
	{"damaged local header", "local-header", local(func(h *forgedHeader) { h.signature ^= 1 << 8 })},
	{"disk number in the end record", "disk", ends(func(e *forgedEnd) { e.disk = 1 })},
	{"disk of the directory", "disk", ends(func(e *forgedEnd) { e.directoryDisk = 1 })},
	{"disk of an entry", "disk", central(func(h *forgedHeader) { h.disk = 1 })},

	// ZIP64.
	{"sentinel count without ZIP64", "zip64-missing",
		ends(func(e *forgedEnd) { e.count, e.here = sentinel16, sentinel16 })},
	{"sentinel offset without ZIP64", "zip64-missing", ends(func(e *forgedEnd) { e.offset = sentinel32 })},
	{"sentinel size without ZIP64", "zip64-missing", ends(func(e *forgedEnd) { e.size = sentinel32 })},
	{"sentinel disk without ZIP64", "zip64-missing", ends(func(e *forgedEnd) { e.disk = sentinel16 })},
	{"ZIP64 count disagrees", "zip64-disagrees", wide(func(e *forgedEnd) { e.count--; e.here-- })},
	{"ZIP64 count here disagrees", "entry-count zip64-disagrees", wide(func(e *forgedEnd) { e.here-- })},
	{"ZIP64 size disagrees", "directory-place zip64-disagrees", wide(func(e *forgedEnd) { e.size++ })},
	{"ZIP64 offset disagrees", "directory-place zip64-disagrees", wide(func(e *forgedEnd) { e.offset++ })},
	{"ZIP64 disk disagrees", "disk zip64-disagrees", wide(func(e *forgedEnd) { e.disk = 1 })},
	{"ZIP64 offset beyond any file", "directory-place", forge(func(f *forgery) {
		f.zip64, f.end64, f.end = true, func(e *forgedEnd) { e.offset = 1 << 63 },
			func(e *forgedEnd) { e.offset = sentinel32 }
	})},
	{"ZIP64 end record with another signature", "zip64-end", wide(func(e *forgedEnd) { e.signature++ })},
	{"ZIP64 end record of another size", "zip64-end", wide(func(e *forgedEnd) { e.recordSize = 56 })},
	{"bytes between ZIP64 end record and locator", "zip64-locator",
		forge(func(f *forgery) { f.zip64, f.between = true, []byte("between") })},
	{"locator to another place", "zip64-locator", forge(func(f *forgery) {
		f.zip64, f.locator = true, func(l *forgedLocator) { l.offset-- }
	})},
	{"locator to another disk", "disk",
		forge(func(f *forgery) { f.zip64, f.locator = true, func(l *forgedLocator) { l.disk = 1 } })},
	{"locator of two disks", "disk",
		forge(func(f *forgery) { f.zip64, f.locator = true, func(l *forgedLocator) { l.disks = 2 } })},
	{"locator damaged and not called for", "directory-place", forge(func(f *forgery) {
		f.zip64, f.locator = true, func(l *forgedLocator) { l.signature++ }
	})},
	{"bytes between locator and end record", "directory-place",
		forge(func(f *forgery) { f.zip64, f.beforeIt = true, []byte("x") })},
	{"locator in the last comment of the directory", "zip64-locator", forge(func(f *forgery) {
		f.entries[2].central = func(h *forgedHeader) {
			h.comment = little(uint32(signatureZIP64Locator), uint32(0), uint64(0), uint32(1))
		}
	})},
	{"ZIP64 field twice", "zip64-extra-twice", central(func(h *forgedHeader) {
		f := field64(uint64(h.size))
		h.size, h.extra = sentinel32, slices.Concat(f, f)
	})},
	{"ZIP64 field not called for in the directory", "zip64-extra-uncalled",
		central(func(h *forgedHeader) { h.extra = field64(uint64(h.size)) })},
	{"ZIP64 field not called for in the local header", "zip64-extra-uncalled",
		local(func(h *forgedHeader) { h.extra = field64(uint64(h.size), uint64(h.compressed)) })},
	{"empty ZIP64 field", "zip64-extra-uncalled", both(func(h *forgedHeader) { h.extra = field64() })},
	{"sentinel size without ZIP64 field", "zip64-extra", both(func(h *forgedHeader) { h.size = sentinel32 })},
	{"sentinel offset without ZIP64 field", "zip64-extra", central(func(h *forgedHeader) { h.offset = sentinel32 })},
	{"ZIP64 field with more than is called for, which disagrees", "zip64-extra", central(func(h *forgedHeader) {
		h.extra = field64(uint64(h.size), uint64(h.compressed)+1)
		h.size = sentinel32
	})},
	{"ZIP64 field with more than is called for, in front", "zip64-extra", central(func(h *forgedHeader) {
		h.extra = field64(uint64(h.size), uint64(h.compressed))
		h.compressed = sentinel32
	})},
	{"ZIP64 field with more than there can be", "zip64-extra", central(func(h *forgedHeader) {
		h.extra = field64(uint64(h.size), uint64(h.compressed), uint64(h.offset), uint32(0), uint32(0))
		h.size = sentinel32
	})},
	{"ZIP64 field with half a value", "zip64-extra", central(func(h *forgedHeader) {
		h.extra = field64(uint64(h.size), uint32(h.compressed))
		h.size = sentinel32
	})},
	{"ZIP64 field not called for that disagrees", "zip64-extra",
		local(func(h *forgedHeader) { h.extra = field64(uint64(h.size)+1, uint64(h.compressed)) })},
	{"ZIP64 field cut", "zip64-extra",
		central(func(h *forgedHeader) { h.size, h.extra = sentinel32, field64(uint32(1)) })},
	{"ZIP64 size disagrees with the local header", "size-differs", central(func(h *forgedHeader) {
		h.extra = field64(uint64(h.size) + 1)
		h.size = sentinel32
	})},
	{"ZIP64 size in the local header disagrees", "size-differs", local(func(h *forgedHeader) {
		h.extra = field64(uint64(h.size)+1<<32, uint64(h.compressed))
		h.size, h.compressed = sentinel32, sentinel32
	})},
	{"ZIP64 size beyond any file", "zip64-extra", central(func(h *forgedHeader) {
		h.extra = field64(uint64(1) << 63)
		h.size = sentinel32
	})},
	{"ZIP64 start on another disk", "disk",
		central(func(h *forgedHeader) { h.disk, h.extra = sentinel16, field64(uint32(2)) })},
	{"ZIP64 offset to another entry", "hidden-entry local-header", central(func(h *forgedHeader) {
		h.offset, h.extra = sentinel32, field64(uint64(7))
	})},

	// Bombs.
	{"entry over 1 GiB", "entry-too-large ratio", both(func(h *forgedHeader) {
		h.extra = field64(uint64(1<<30+1), uint64(h.compressed))
		h.size, h.compressed = sentinel32, sentinel32
	})},
	{"ratio over 200", "ratio", more(&forgedEntry{name: "zeros.bin", content: mebibytes(2), method: 8})},
	{"too many entries claimed than allowed", "too-many-entries", forge(func(f *forgery) {
		f.end = func(e *forgedEnd) { e.count, e.here = 10_001, 10_001 }
	})},
	{"more entries than claimed and allowed", "too-many-entries", forge(func(f *forgery) {
		for i := range 10_001 {
			f.entries = append(f.entries, &forgedEntry{name: fmt.Sprint(i)})
		}
		f.end = func(e *forgedEnd) { e.count, e.here = 9, 9 }
	})},
	{"five entries of 1 GiB", "ratio total-too-large", forge(func(f *forgery) {
		for i := range 5 {
			f.entries = append(f.entries, &forgedEntry{name: fmt.Sprint(i), method: 8, content: []byte("x"),
				both: func(h *forgedHeader) {
					h.size = 1 << 30
				}})
		}
	})},
}

// nested puts a complete local entry into the stored one and adds a directory record for it.
func nested(f *forgery) {
	inner := &forgedEntry{name: "inner.txt", content: []byte("inner")}
	whole := (&forgery{entries: []*forgedEntry{inner}}).bytes()
	f.entries[1].content = whole[:bytes.Index(whole, []byte("PK\x01\x02"))]
	offset := uint32(bytes.Index(f.bytes(), []byte("inner.txt")) - 30)
	f.entries = append(f.entries, &forgedEntry{name: "inner.txt", content: []byte("inner"), noLocal: true,
		central: func(h *forgedHeader) { h.offset = offset }})
}

func TestRefusesEveryBadZIP(t *testing.T) {
	if len(badZIPs) < 110 {
		t.Fatalf("the table has %d bad ZIPs only", len(badZIPs))
	}
	for _, bad := range badZIPs {
		t.Run(bad.name, func(t *testing.T) {
			raw := bad.build()
			archive := openBytes(t, raw, Limits{})
			report, err := archive.Verify(t.Context())
			if !errors.Is(err, ErrRefused) || report.Verdict != VerdictRefused {
				t.Fatalf("verdict %q, error %v; want a refusal with %s", report.Verdict, err, bad.codes)
			}
			if got := refusalCodes(report); got != bad.codes {
				t.Errorf("refused with %q; want %q\n%v", got, bad.codes, err)
			}
			sum := sha256.Sum256(raw)
			if want := hex.EncodeToString(sum[:]); report.SHA256 != want {
				t.Errorf("SHA-256 of the file is %s; want %s", report.SHA256, want)
			}
			if got, want := len(report.Entries)+len(report.RefusedEntries), len(archive.Entries()); got != want {
				t.Errorf("%d entries are in the two lists; want %d", got, want)
			}
			folder := t.TempDir()
			if err := archive.Extract(t.Context(), filepath.Join(folder, "out")); !errors.Is(err, ErrRefused) {
				t.Errorf("extraction gave %v; want a refusal", err)
			}
			if left, _ := os.ReadDir(folder); len(left) > 0 {
				t.Errorf("a refused extraction left %v", left)
			}
			if _, err := archive.Open("audit.json"); err == nil {
				t.Error("a file of a refused archive could be opened")
			}
		})
	}
}

// openBytes opens a ZIP in memory.
func openBytes(t testing.TB, raw []byte, limits Limits) *Archive {
	t.Helper()
	archive, err := OpenReader(bytes.NewReader(raw), int64(len(raw)), limits)
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

// refusalCodes returns the codes of a report's refusals, sorted, each once.
func refusalCodes(report *Report) string {
	var codes []string
	for _, finding := range report.Refusals() {
		codes = append(codes, string(finding.Code))
	}
	slices.Sort(codes)
	return strings.Join(slices.Compact(codes), " ")
}

func TestRefusedErrorNamesFirstReasonsAndCountsTheRest(t *testing.T) {
	f := honest()
	for i := range 120 {
		f.entries = append(f.entries, &forgedEntry{name: fmt.Sprintf("a\\%d", i)})
	}
	report, err := openBytes(t, f.bytes(), Limits{}).Verify(t.Context())
	var refused *RefusedError
	if !errors.As(err, &refused) {
		t.Fatalf("got %v", err)
	}
	if got := err.Error(); strings.Count(got, "name-backslash") != 3 || !strings.HasSuffix(got, "; and 117 more") {
		t.Errorf("the error reads %q", got)
	}
	if len(refused.Findings) != 100 || refused.Omitted != 20 || report.OmittedFindings[CodeNameBackslash] != 20 {
		t.Errorf("%d findings, %d omitted, report says %v", len(refused.Findings), refused.Omitted,
			report.OmittedFindings)
	}
	if got := len(report.RefusedEntries); got != 120 {
		t.Errorf("%d entries are refused; want 120", got)
	}
	if got := len(report.Entries); got != 3 {
		t.Errorf("%d entries are not refused; want 3", got)
	}
}

func TestDescriptorInsideIsFoundAcrossPieces(t *testing.T) {
	for _, piece := range []int{1, 2, 3, 7, 11, 12, 13, 40, 1000} {
		for _, at := range []int{0, 1, 5, 11, 12, 13, 29, 300} {
			content := bytes.Repeat([]byte("a"), 400)
			copy(content[at:], little(uint32(signatureDescriptor), uint32(0)))
			binary.LittleEndian.PutUint32(content[at+8:], uint32(at))
			sum := newSink()
			sum.reset(t.Context(), int64(len(content)), nil)
			sum.searchDescriptors = true
			for rest := content; len(rest) > 0; {
				n := min(piece, len(rest))
				sum.Write(rest[:n])
				rest = rest[n:]
			}
			if sum.descriptorAt != int64(at) {
				t.Errorf("in pieces of %d, a descriptor at %d was found at %d", piece, at, sum.descriptorAt)
			}
		}
	}
}
