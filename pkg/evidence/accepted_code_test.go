package evidence

import (
	"bytes"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// highCP437 holds the characters of the bytes 0x80 to 0xff in CP437.
const highCP437 = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀" +
	"αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0"

// nameReading decodes a name.
type nameReading func(written string, utf8Flag bool) string

// asWritten decodes names that all programs decode in the same way.
func asWritten(written string, _ bool) string { return written }

// asRead decodes names as docs/evidence.md describes.
func asRead(written string, utf8Flag bool) string {
	var read []rune
	for _, b := range []byte(written) {
		if b < 0x80 {
			read = append(read, rune(b))
		} else {
			read = append(read, []rune(highCP437)[b-0x80])
		}
	}
	if utf8Flag || utf8.ValidString(written) {
		return strings.Join(strings.Split(written, `\`), "/")
	}
	return strings.Join(strings.Split(string(read), `\`), "/")
}

// acceptAll accepts every code for a ZIP that has only one defined reading.
func acceptAll() Policy {
	return Policy{Accept: []Code{CodeNameCharset, CodeNameBackslash, CodeExtraPadding, CodeGapPadding}}
}

func byteRange(first, last int) string {
	var all []byte
	for b := first; b <= last; b++ {
		all = append(all, byte(b))
	}
	return string(all)
}

// unicodePath returns the extra field that gives a header's name in UTF-8.
func unicodePath(h *forgedHeader, name string) []byte {
	return field(0x7075, append(little(byte(1), crc32.ChecksumIEEE(h.name)), name...)...)
}

// withPath is like flagless and adds a Unicode path.
func withPath(written, path string) func() []byte {
	return forge(func(f *forgery) {
		f.entries[2].name = written
		f.entries[2].both = func(h *forgedHeader) { h.flags, h.extra = 0, unicodePath(h, path) }
	})
}

// afterDescriptor appends bytes to the first entry, which has a descriptor.
func afterDescriptor(form string, after ...byte) func() []byte {
	return first(func(e *forgedEntry) { e.descriptor, e.after = form, after })
}

var acceptableZIPs = []struct {
	name string
	code Code
	read string // the decoded name of the last entry
	raw  func() []byte
}{
	{"UTF-8 without the flag", CodeNameCharset, "cédula.json", flagless("cédula.json")},
	{"decomposed UTF-8 without the flag", CodeNameCharset, "ce\u0301dula.json", flagless("ce\u0301dula.json")},
	{"CP437", CodeNameCharset, "cédula.json", flagless("c\x82dula.json")},
	{"first half of what CP437 adds to ASCII", CodeNameCharset, string([]rune(highCP437)[:64]),
		flagless(byteRange(0x80, 0xbf))},
	{"second half of what CP437 adds to ASCII", CodeNameCharset, string([]rune(highCP437)[64:]),
		flagless(byteRange(0xc0, 0xff))},
	{"CP437 folder", CodeNameCharset, "identificación/", more(&forgedEntry{
		name: "identificaci\xa2n/", both: func(h *forgedHeader) { h.flags = 0 }})},
	{"CP437 with a Unicode path", CodeNameCharset, "cédula.json", withPath("c\x82dula.json", "cédula.json")},
	{"UTF-8 without the flag, with a Unicode path", CodeNameCharset, "cédula.json",
		withPath("cédula.json", "cédula.json")},
	{"backslashes", CodeNameBackslash, "identity/back/id.json", named(`identity\back\id.json`)},
	{"backslashes and a slash", CodeNameBackslash, "identity/back/id.json", named(`identity/back\id.json`)},
	{"folder with a backslash at its end", CodeNameBackslash, "empty/", more(&forgedEntry{
		name: `empty\`, central: func(h *forgedHeader) { h.attributes = 0x10 }})},
	{"backslashes with a Unicode path", CodeNameBackslash, "identity/id.json",
		withPath(`identity\id.json`, `identity\id.json`)},
	{"backslashes with slashes in a Unicode path", CodeNameBackslash, "identity/id.json",
		withPath(`identity\id.json`, "identity/id.json")},
	{"one zero as an extra field", CodeExtraPadding, "audit.json",
		local(func(h *forgedHeader) { h.extra = []byte{0} })},
	{"three zeros behind an extra field, in both headers", CodeExtraPadding, "audit.json", both(func(h *forgedHeader) {
		h.extra = append(field(0x5455, 0), 0, 0, 0)
	})},
	{"16,383 zeros as an extra field", CodeExtraPadding, "audit.json",
		local(func(h *forgedHeader) { h.extra = make([]byte, 16_383) })},
	{"zeros behind a ZIP64 field", CodeExtraPadding, "audit.json", both(func(h *forgedHeader) {
		h.extra = append(field64(uint64(h.size), uint64(h.compressed)), make([]byte, 13)...)
		h.size, h.compressed = sentinel32, sentinel32
	})},
	{"a zero behind an entry", CodeGapPadding, "audit.json", first(func(e *forgedEntry) { e.after = []byte{0} })},
	{"16,383 zeros behind an entry", CodeGapPadding, "audit.json",
		second(func(e *forgedEntry) { e.after = make([]byte, 16_383) })},
	{"zeros in front of the directory", CodeGapPadding, "audit.json",
		forge(func(f *forgery) { f.gap = make([]byte, 7) })},
	{"zeros behind an empty entry", CodeGapPadding, "empty",
		more(&forgedEntry{name: "empty", after: make([]byte, 12)})},
	{"four zeros behind a descriptor of 12 bytes", CodeGapPadding, "audit.json",
		afterDescriptor("plain32", make([]byte, 4)...)},
	{"four zeros behind a descriptor of 16 bytes", CodeGapPadding, "audit.json",
		afterDescriptor("sig32", make([]byte, 4)...)},
	{"four zeros behind a descriptor of 20 bytes", CodeGapPadding, "audit.json",
		afterDescriptor("plain64", make([]byte, 4)...)},
	{"16,383 zeros behind a descriptor of 24 bytes", CodeGapPadding, "audit.json",
		afterDescriptor("sig64", make([]byte, 16_383)...)},
}

// Each acceptable kind is refused by default. If it is accepted, the report, the file system and
// the extraction use the same defined name.
func TestAcceptedKindHasOneReading(t *testing.T) {
	for _, test := range acceptableZIPs {
		t.Run(test.name, func(t *testing.T) {
			raw := test.raw()
			refused, err := openBytes(t, raw, Limits{}).Verify(t.Context())
			if got := refusalCodes(refused); err == nil || got != string(test.code) {
				t.Errorf("refused with %q; want %q", got, test.code)
			}
			report := checkGoodBy(t, raw, test.code, "", asRead)
			last := report.Entries[len(report.Entries)-1]
			if last.Name != test.read || last.Folder != strings.HasSuffix(test.read, "/") {
				t.Errorf("the last entry is %q; want %q", last.Name, test.read)
			}
		})
	}
}

// Even if all codes are accepted, the rules for names apply. They apply to the decoded name.
func TestAcceptanceOpensNoHole(t *testing.T) {
	bare := func(h *forgedHeader) { h.flags = 0 }
	for _, test := range []struct {
		name, codes string
		raw         func() []byte
	}{
		{"traversal", "name-dot-dot", named(`..\..\x`)},
		{"traversal further in", "name-dot-dot", named(`a\b\..\..\..\x`)},
		{"traversal by both slashes", "name-dot-dot", named(`a/..\../x`)},
		{"dot", "name-dot", named(`.\x`)},
		{"drive", "name-drive", named(`C:\x`)},
		{"colon further in", "name-colon", named(`a\b:c`)},
		{"absolute", "name-absolute", named(`\x`)},
		{"UNC path", "name-absolute", named(`\\server\share\x`)},
		{"device path", "name-absolute name-colon", named(`\\?\C:\x`)},
		{"empty part", "name-empty", named(`a\\b`)},
		{"device in a folder", "name-reserved", named(`a\con\b`)},
		{"trailing dot in a folder", "name-trailing", named(`a.\b`)},
		{"too deep", "name-too-deep", named(strings.Repeat(`a\`, 32) + "a")},
		{"device by CP437", "name-reserved", flagless("LPT\xfd.txt")},
		{"control character in CP437", "name-control", flagless("c\x82dula\n")},
		{"too long as CP437", "name-too-long", flagless(strings.Repeat("\xb0", 81))},
		{"traversal in CP437", "name-dot-dot", flagless("..\\c\x82dula")},
		{"second byte of Shift-JIS that is a backslash", "name-dot-dot", flagless("\x95\\..\\..\\x")},
		{"broken UTF-8 with its flag", "name-utf8", named("c\x82dula")},
		{"slash and backslash are one name", "name-twice", named(`documents\contract.pdf`)},
		{"other case behind a backslash", "name-twice-folded", named(`Documents\Contract.pdf`)},
		{"CP437 and UTF-8 are one name", "name-twice", more(
			&forgedEntry{name: "cédula"}, &forgedEntry{name: "c\x82dula", both: bare})},
		{"UTF-8 with and without its flag are one name", "name-twice", more(
			&forgedEntry{name: "cédula"}, &forgedEntry{name: "cédula", both: bare})},
		{"CP437 in another composition", "name-twice-folded", more(
			&forgedEntry{name: "ce\u0301dula"}, &forgedEntry{name: "c\x82dula", both: bare})},
		{"CP437 in another case", "name-twice-folded", more(
			&forgedEntry{name: "c\x82dula", both: bare}, &forgedEntry{name: "c\x90dula", both: bare})},
		{"file in a file", "name-file-and-folder", named(`documents\contract.pdf\x`)},
		{"folder with content", "folder-with-content", more(&forgedEntry{
			name: `a\`, content: []byte("hidden"), central: func(h *forgedHeader) { h.attributes = 0 }})},
		{"file whose name ends in a backslash", "type-differs", more(&forgedEntry{name: `a\`})},
		{"other bytes in the local header", "name-differs", forge(func(f *forgery) {
			f.entries[2].name = `identity\id.json`
			f.entries[2].local = func(h *forgedHeader) { h.name = []byte("identity/id.json") }
		})},
		{"other encoding in the local header", "name-differs", forge(func(f *forgery) {
			f.entries[2].name, f.entries[2].both = "c\x82dula", bare
			f.entries[2].local = func(h *forgedHeader) { h.name = []byte("cédula") }
		})},
		{"flag in the local header only", "name-flag-differs", forge(func(f *forgery) {
			f.entries[2].name, f.entries[2].central = "cédula", bare
		})},
		{"zeros and one other byte behind extra fields", "extra-length",
			local(func(h *forgedHeader) { h.extra = []byte{0, 0, 0, 0, 0, 1} })},
		{"one byte behind extra fields", "extra-length", local(func(h *forgedHeader) { h.extra = []byte{1} })},
		{"extra field that runs past the zeros", "extra-length", local(func(h *forgedHeader) {
			h.extra = append(little(uint16(0x5455), uint16(8)), make([]byte, 7)...)
		})},
		{"16,385 zeros as an extra field", "extra-length",
			local(func(h *forgedHeader) { h.extra = make([]byte, 16_385) })},
		{"ZIP64 field behind two zeros", "zip64-extra", central(func(h *forgedHeader) {
			h.extra = append([]byte{0, 0}, field64(uint64(h.size))...)
			h.size = sentinel32
		})},
		{"second ZIP64 field behind four zeros", "zip64-extra-twice", local(func(h *forgedHeader) {
			wide := field64(uint64(h.size), uint64(h.compressed))
			h.extra = slices.Concat(wide, make([]byte, 4), wide, []byte{0})
			h.size, h.compressed = sentinel32, sentinel32
		})},
		{"ZIP64 field with another size in front of zeros", "size-differs", local(func(h *forgedHeader) {
			h.extra = append(field64(uint64(h.size)+1, uint64(h.compressed)), 0)
			h.size, h.compressed = sentinel32, sentinel32
		})},
		{"zeros in place of a ZIP64 field", "zip64-extra",
			central(func(h *forgedHeader) { h.size, h.extra = sentinel32, make([]byte, 21) })},
		{"Unicode path in front of zeros", "name-unicode-path", local(func(h *forgedHeader) {
			h.extra = append(unicodePath(h, "other.pdf"), 0)
		})},
		{"16,384 zeros behind an entry", "gap", second(func(e *forgedEntry) { e.after = make([]byte, 16_384) })},
		{"16,384 zeros behind a descriptor", "gap", afterDescriptor("sig32", make([]byte, 16_384)...)},
		{"other bytes behind an entry", "gap", second(func(e *forgedEntry) { e.after = []byte{0, 0, 0, 1} })},
		{"other bytes behind a descriptor", "descriptor", afterDescriptor("sig32", 0, 0, 0, 1)},
		{"entry behind zeros", "gap",
			second(func(e *forgedEntry) { e.after = append(make([]byte, 8), hiddenEntry()...) })},
		{"entry in front of zeros", "hidden-entry",
			second(func(e *forgedEntry) { e.after = append(hiddenEntry(), make([]byte, 8)...) })},
		{"directory behind zeros", "gap", forge(func(f *forgery) {
			f.gap = append(make([]byte, 8), hiddenDirectory()...)
		})},
		{"zeros in place of a descriptor", "descriptor", forge(func(f *forgery) {
			f.entries[1].descriptor = "sig32"
			f.entries[1].describe = func(d []byte) []byte { return make([]byte, len(d)) }
		})},
		{"half a descriptor and zeros", "descriptor", forge(func(f *forgery) {
			f.entries[1].descriptor = "sig32"
			f.entries[1].describe = func(d []byte) []byte { return append(d[:8:8], make([]byte, 8)...) }
		})},
		{"zeros in front of the first entry", "prefix",
			forge(func(f *forgery) { f.entries[0].before = make([]byte, 4) })},
		{"zeros in front of everything", "prefix", forge(func(f *forgery) { f.prefix = make([]byte, 4) })},
		{"zeros behind everything", "trailing-bytes", forge(func(f *forgery) { f.trailing = make([]byte, 4) })},
		{"zeros behind the directory", "directory-place", forge(func(f *forgery) { f.extra = make([]byte, 4) })},
		{"Unicode path with another name", "name-unicode-path", withPath("c\x82dula", "cedula")},
		{"Unicode path in CP437", "name-unicode-path", withPath("c\x82dula", "c\x82dula")},
		{"Unicode path in another composition", "name-unicode-path", withPath("c\x82dula", "ce\u0301dula")},
		{"Unicode path with other separators", "name-unicode-path", withPath(`a\b/c`, `a/b\c`)},
		{"Unicode path with a backslash that the name has not", "name-unicode-path", withPath("a/b", `a\b`)},
	} {
		t.Run(test.name, func(t *testing.T) {
			checkRefused(t, test.raw(), acceptAll(), test.codes)
		})
	}
}

// hiddenEntry returns an entry without its directory, hiddenDirectory only the directory.
func hiddenEntry() []byte     { return hidden()[:bytes.Index(hidden(), []byte("PK\x01\x02"))] }
func hiddenDirectory() []byte { return hidden()[bytes.Index(hidden(), []byte("PK\x01\x02")):] }

func hidden() []byte {
	return (&forgery{entries: []*forgedEntry{{name: "hidden.txt", content: []byte("hidden")}}}).bytes()
}

// checkRefused fails unless a ZIP is refused with exactly these codes and none of it can be read.
func checkRefused(t *testing.T, raw []byte, policy Policy, codes string) {
	t.Helper()
	archive := openBytes(t, raw, Limits{})
	report, err := archive.Verify(t.Context(), WithPolicy(policy))
	if got := refusalCodes(report); err == nil || got != codes {
		t.Errorf("refused with %q; want %q: %v", got, codes, err)
	}
	folder := t.TempDir()
	if err := archive.Extract(t.Context(), filepath.Join(folder, "out"), WithPolicy(policy)); err == nil {
		t.Error("it was extracted")
	}
	if left, _ := os.ReadDir(folder); len(left) > 0 {
		t.Errorf("the extraction left %v", left)
	}
	if _, err := archive.Open("identity/selfie.png"); err == nil {
		t.Error("a file of it could be opened")
	}
}

// This checks the statements of docs/evidence.md about CP850.
func TestSpanishLettersOfCP850(t *testing.T) {
	for letters, same := range map[string]bool{"áéíóúüñÉÜÑ": true, "Á": false, "Í": false, "Ó": false, "Ú": false} {
		written, err := charmap.CodePage850.NewEncoder().String(letters)
		if read := readName(written, false); err != nil || (read == letters) != same {
			t.Errorf("%q is read as %q, %v", letters, read, err)
		}
	}
}

// The finding about zeros reports where they begin.
func TestGapPaddingIsFoundWhereItBegins(t *testing.T) {
	for form, descriptor := range map[string]int{"": 0, "plain32": 12, "sig32": 16, "plain64": 20, "sig64": 24} {
		raw := afterDescriptor(form, make([]byte, 9)...)()
		report, _ := openBytes(t, raw, Limits{}).Verify(t.Context())
		first := honest().entries[0]
		begin := int64(30 + len(first.name) + len(deflated(first.content)) + descriptor)
		found := report.Refusals()
		if len(found) != 1 || found[0].Code != CodeGapPadding || found[0].Offset != begin {
			t.Errorf("descriptor %q: %v; want %s at %d", form, found, CodeGapPadding, begin)
		}
	}
}

// Reading a name that needs no decoding allocates nothing.
func TestReadingOfPlainNamesAllocatesNothing(t *testing.T) {
	for _, name := range []string{"documents/contract.pdf", "identidad/cédula.json"} {
		if n := testing.AllocsPerRun(100, func() { readName(name, true) }); n > 0 {
			t.Errorf("%q: %v allocations", name, n)
		}
	}
}
