package evidence

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// FuzzStructure changes ZIPs arbitrarily. archive/zip, which follows the directory, and a stream
// reader, which follows the local headers, must read every accepted ZIP in the same way.
func FuzzStructure(f *testing.F) {
	seed := func(raw []byte) {
		if len(raw) < 8<<10 {
			f.Add(raw)
		}
	}
	for _, good := range goodZIPs {
		seed(good.build())
	}
	for _, bad := range badZIPs {
		seed(bad.build())
	}
	for _, acceptable := range acceptableZIPs {
		seed(acceptable.raw())
	}
	foreign, err := filepath.Glob(filepath.Join("testdata", "foreign", "*", "*.zip"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range foreign {
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		seed(raw)
	}
	f.Fuzz(readAlike)
}

// FuzzFields sets several header fields of sound ZIPs at once, because blind changes of bytes
// rarely pass a CRC check. Each edit takes three bytes: the header field, the kind of value, and a
// byte for the value.
func FuzzFields(f *testing.F) {
	shapes := mutable(f)
	names := slices.Sorted(maps.Keys(shapes))
	for shape := range names {
		f.Add(byte(shape), []byte{1, 0, 0})
		f.Add(byte(shape), []byte{7, 4, 9, 12, 4, 9, 30, 1, 0})
	}
	f.Fuzz(func(t *testing.T, shape byte, edits []byte) {
		sound := shapes[names[int(shape)%len(names)]]
		places := fieldPlaces(sound)
		raw := bytes.Clone(sound)
		for len(edits) >= 3 {
			place := places[int(edits[0])%len(places)]
			target := raw[place.start : place.start+place.width]
			var wide [8]byte
			copy(wide[:], target)
			value := binary.LittleEndian.Uint64(wide[:])
			switch edits[1] % 6 {
			case 0:
				value = uint64(edits[2])
			case 1:
				value = 1<<(8*place.width) - 1
			case 2:
				value += uint64(edits[2])
			case 3:
				value -= uint64(edits[2])
			case 4:
				value ^= 1 << (int(edits[2]) % (8 * place.width))
			case 5: // the value of another field
				other := places[int(edits[2])%len(places)]
				wide = [8]byte{}
				copy(wide[:], raw[other.start:other.start+other.width])
				value = binary.LittleEndian.Uint64(wide[:])
			}
			binary.LittleEndian.PutUint64(wide[:], value)
			copy(target, wide[:])
			edits = edits[3:]
		}
		readAlike(t, raw)
	})
}

// readAlike fails if an accepted ZIP is ambiguous to other readers, or if its reading differs from
// the one that is defined for the accepted codes.
func readAlike(t *testing.T, raw []byte) {
	readAlikeBy(t, raw, Policy{}, false, asWritten)
	readAlikeBy(t, raw, acceptAll(), true, asRead)
}

// readAlikeBy is readAlike for one policy. padded makes the stream reader skip zeros, and read
// decodes the names.
func readAlikeBy(t *testing.T, raw []byte, policy Policy, padded bool, read nameReading) {
	archive := openBytes(t, raw, Limits{MaxEntrySize: 1 << 20, MaxTotalSize: 4 << 20, MaxEntries: 100})
	report, err := archive.Verify(t.Context(), WithPolicy(policy))
	if report.SHA256 != hashOf(raw) {
		t.Errorf("the SHA-256 of the file is %q", report.SHA256)
	}
	if len(report.Entries)+len(report.RefusedEntries) != len(archive.Entries()) {
		t.Error("an entry is in no list or in both")
	}
	if err != nil {
		if len(report.Refusals()) == 0 {
			t.Errorf("refused without a reason: %v", err)
		}
		return
	}
	got := make(map[string]string)
	for _, entry := range report.Entries {
		got[entry.Name] = entry.SHA256
	}
	if want := goContentsBy(t, raw, read); !maps.Equal(got, want) {
		t.Errorf("archive/zip reads %v; accepted was %v", want, got)
	}
	if streamed, can := streamContents(raw, padded, read); can && !maps.Equal(got, streamed) {
		t.Errorf("a reader of streams reads %v; accepted was %v", streamed, got)
	}
}

// streamContents reads a ZIP like a stream reader: from the front, using only local headers and
// descriptors. If padded, it skips zeros between entries. It cannot read stored content whose
// length is not known in advance.
func streamContents(raw []byte, padded bool, read nameReading) (contents map[string]string, can bool) {
	contents = make(map[string]string)
	for at := 0; at+30 <= len(raw) && binary.LittleEndian.Uint32(raw[at:]) == signatureLocal; {
		header := raw[at:]
		flags, method := binary.LittleEndian.Uint16(header[6:]), binary.LittleEndian.Uint16(header[8:])
		compressed := uint64(binary.LittleEndian.Uint32(header[18:]))
		size := uint64(binary.LittleEndian.Uint32(header[22:]))
		nameLength, extraLength := int(binary.LittleEndian.Uint16(header[26:])),
			int(binary.LittleEndian.Uint16(header[28:]))
		if 30+nameLength+extraLength > len(header) {
			return nil, true
		}
		name := read(string(header[30:30+nameLength]), flags&flagUTF8 != 0)
		for extra := header[30+nameLength : 30+nameLength+extraLength]; len(extra) >= 4; {
			length := int(binary.LittleEndian.Uint16(extra[2:]))
			body := extra[4:][:length]
			if binary.LittleEndian.Uint16(extra) == extraZIP64 {
				if size == sentinel32 && len(body) >= 8 {
					size, body = binary.LittleEndian.Uint64(body), body[8:]
				}
				if compressed == sentinel32 && len(body) >= 8 {
					compressed = binary.LittleEndian.Uint64(body)
				}
			}
			extra = extra[4+length:]
		}
		data := header[30+nameLength+extraLength:]
		var content []byte
		used := 0
		switch {
		case method == methodDeflated:
			source := bytes.NewReader(data)
			all, err := io.ReadAll(flate.NewReader(source))
			if err != nil {
				return nil, true
			}
			content, used = all, len(data)-source.Len()
		case flags&flagDescriptor == 0:
			used = int(compressed)
			content = data[:used]
		default:
			used = endByDescriptor(data, padded)
			if used < 0 {
				return nil, false
			}
			content = data[:used]
		}
		contents[name] = hashOf(content)
		at += 30 + nameLength + extraLength + used
		if flags&flagDescriptor != 0 {
			length := descriptorLength(raw[at:], content, uint64(used), padded)
			if length == 0 {
				return nil, true
			}
			at += length
		}
		for padded && at < len(raw) && raw[at] == 0 {
			at++
		}
	}
	return contents, true
}

// endByDescriptor finds the first descriptor with a signature that matches the data in front of it.
// It returns -1 if there is none.
func endByDescriptor(data []byte, padded bool) int {
	for at := 0; ; at++ {
		next := bytes.Index(data[at:], []byte("PK\x07\x08"))
		if next < 0 {
			return -1
		}
		at += next
		if descriptorLength(data[at:], data[:at], uint64(at), padded) > 0 {
			return at
		}
	}
}

// descriptorLength returns the length of the descriptor at the start of raw, or 0 if it does not
// match this content.
func descriptorLength(raw, content []byte, compressed uint64, padded bool) int {
	crc, size := crc32.ChecksumIEEE(content), uint64(len(content))
	for _, form := range [][]byte{
		little(uint32(signatureDescriptor), crc, compressed, size),
		little(uint32(signatureDescriptor), crc, uint32(compressed), uint32(size)),
		little(crc, compressed, size),
		little(crc, uint32(compressed), uint32(size)),
	} {
		rest, fits := bytes.CutPrefix(raw, form)
		if padded {
			rest = bytes.TrimLeft(rest, "\x00")
		}
		if fits && len(rest) >= 4 && rest[0] == 'P' && rest[1] == 'K' {
			return len(form)
		}
	}
	return 0
}

// FuzzNames packs two names. If they are accepted, they must stay inside the folder by the rules of
// Linux, macOS and Windows and be two different files on each. An extraction must create exactly
// these.
func FuzzNames(f *testing.F) {
	for _, bad := range badZIPs {
		if strings.HasPrefix(bad.codes, "name-") {
			if entries := openBytes(f, bad.build(), Limits{}).Entries(); len(entries) > 1 && len(entries) < 10 {
				f.Add(entries[len(entries)-1].Name, entries[len(entries)-2].Name)
			}
		}
	}
	for _, good := range goodZIPs {
		if entries := openBytes(f, good.build(), Limits{}).Entries(); len(entries) > 1 {
			f.Add(entries[0].Name, entries[len(entries)-1].Name)
		}
	}
	f.Add("a/b", "A/B")
	f.Add("a", "a/b")
	f.Add("\u212a", "k")
	f.Add("x/\u1e9e", "x/SS")
	f.Add(`a\b\..\c`, `A/b/\C\`)
	f.Add(`C:\x`, `\\server\share`)
	f.Add("c\x82dula", "cédula")
	f.Add("LPT\xfd", "\x95\\..\\x")
	f.Fuzz(func(t *testing.T, one, other string) {
		bare := func(h *forgedHeader) { h.flags = 0 }
		said := (&forgery{entries: []*forgedEntry{{name: one}, {name: other}}}).bytes()
		unsaid := (&forgery{entries: []*forgedEntry{{name: one, both: bare}, {name: other, both: bare}}}).bytes()
		placedInside(t, said, Policy{}, one, other)
		placedInside(t, said, acceptAll(), asRead(one, true), asRead(other, true))
		placedInside(t, unsaid, acceptAll(), asRead(one, false), asRead(other, false))
	})
}

// placedInside fails if an accepted ZIP does not have exactly these two names, or if they are not
// safe.
func placedInside(t *testing.T, raw []byte, policy Policy, one, other string) {
	t.Helper()
	archive := openBytes(t, raw, Limits{})
	if _, err := archive.Verify(t.Context(), WithPolicy(policy)); err != nil {
		return
	}
	if entries := archive.Entries(); entries[0].Name != one || entries[1].Name != other {
		t.Errorf("read as %q and %q; want %q and %q", entries[0].Name, entries[1].Name, one, other)
	}
	for _, name := range []string{one, other} {
		insideOnLinux(t, name)
		insideOnLinux(t, strings.ReplaceAll(norm.NFD.String(name), ":", "/")) // as old macOS programs see it
		insideOnWindows(t, name)
		if len(name) > 240 || !utf8.ValidString(name) {
			t.Errorf("%q is too long or no UTF-8", name)
		}
	}
	if sameOnDisk(one, other) {
		t.Errorf("%q and %q are one name on some systems", one, other)
	}
	parent := t.TempDir()
	err := archive.Extract(t.Context(), filepath.Join(parent, "out"), WithPolicy(policy))
	if archive.checkSystemNames(runtime.GOOS) != nil {
		if left, _ := os.ReadDir(parent); !errors.As(err, new(*SystemNameError)) || len(left) > 0 {
			t.Errorf("%v, and %d files are left", err, len(left))
		}
		return
	}
	if err != nil {
		t.Errorf("%q and %q cannot be extracted: %v", one, other, err)
	}
	if made, _ := os.ReadDir(parent); len(made) != 1 {
		t.Errorf("%q and %q made %v", one, other, made)
	}
	for _, name := range []string{one, other} {
		if info, err := os.Lstat(filepath.Join(parent, "out", name)); err != nil ||
			info.IsDir() != strings.HasSuffix(name, "/") {
			t.Errorf("%q was not made: %v", name, err)
		}
	}
}

func insideOnLinux(t *testing.T, name string) {
	t.Helper()
	if name == "" || name[0] == '/' || strings.Contains(name, "\x00") {
		t.Errorf("%q is absolute or no name", name)
	}
	if whole := path.Join("/target/folder", name); !strings.HasPrefix(whole, "/target/folder/") {
		t.Errorf("%q leads to %q", name, whole)
	}
	if strings.TrimSuffix(name, "/") != path.Clean(name) {
		t.Errorf("%q has parts that are none", name)
	}
}

func insideOnWindows(t *testing.T, name string) {
	t.Helper()
	if strings.ContainsAny(name, "\\:\x00") {
		t.Errorf("%q has another meaning on Windows", name)
	}
	depth := 0
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return r == '/' || r == '\\' }) {
		stripped := strings.TrimRight(part, ". ")
		if stripped != part {
			t.Errorf("%q loses the end of %q on Windows", name, part)
		}
		if part == ".." {
			depth--
		} else {
			depth++
		}
		if depth < 1 {
			t.Errorf("%q leaves the folder on Windows", name)
		}
		device := strings.ToLower(strings.TrimRight(strings.SplitN(part, ".", 2)[0], " "))
		devices := []string{"con", "prn", "aux", "nul", "conin$", "conout$"}
		for _, port := range []string{"com", "lpt"} {
			for _, number := range []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "\u00b9", "\u00b2",
				"\u00b3"} {
				devices = append(devices, port+number)
			}
		}
		if slices.Contains(devices, device) {
			t.Errorf("%q is a device on Windows", name)
		}
	}
}

// sameOnDisk reports whether two names collide on a file system that ignores case and composition,
// or whether one is a file and also the folder of the other.
func sameOnDisk(one, other string) bool {
	one, other = norm.NFC.String(one), norm.NFC.String(other)
	a, b := strings.TrimSuffix(one, "/"), strings.TrimSuffix(other, "/")
	if strings.EqualFold(a, b) {
		return true
	}
	inside := func(file, path string) bool {
		parts, folder := strings.Split(path, "/"), strings.Split(file, "/")
		return !strings.HasSuffix(file, "/") && len(folder) < len(parts) &&
			strings.EqualFold(strings.Join(parts[:len(folder)], "/"), file)
	}
	return inside(one, b) || inside(other, a)
}
