package evidence

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// goodZIP is a ZIP that must be accepted with exactly these notices.
type goodZIP struct {
	name    string
	notices string
	build   func() []byte
}

// streamedAs gives all entries a data descriptor of this form.
func streamedAs(form string) func() []byte {
	return forge(func(f *forgery) {
		for _, e := range f.entries {
			e.descriptor = form
		}
	})
}

// goMade builds a ZIP with archive/zip.
func goMade(add func(w *zip.Writer)) func() []byte {
	return func() []byte {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		add(w)
		if err := w.Close(); err != nil {
			panic(err)
		}
		return out.Bytes()
	}
}

func goFile(w *zip.Writer, header *zip.FileHeader, content string) {
	file, err := w.CreateHeader(header)
	if err != nil {
		panic(err)
	}
	io.WriteString(file, content)
}

var goodZIPs = []goodZIP{
	{"nothing forged", "", forge(func(*forgery) {})},
	{"descriptors of 32 bits with signature", "", streamedAs("sig32")},
	{"descriptors of 32 bits without signature", "", streamedAs("plain32")},
	{"descriptors of 64 bits with signature", "", streamedAs("sig64")},
	{"descriptors of 64 bits without signature", "", streamedAs("plain64")},
	{"descriptor and true values in the local header", "", first(func(e *forgedEntry) {
		e.descriptor = "sig32"
		e.local = func(h *forgedHeader) {
			h.crc, h.size, h.compressed = crc32.ChecksumIEEE(e.content), uint32(len(e.content)),
				uint32(len(deflated(e.content)))
		}
	})},
	{"descriptor and sentinels in the local header", "", first(func(e *forgedEntry) {
		e.descriptor = "sig32"
		e.local = func(h *forgedHeader) { h.crc, h.size, h.compressed = sentinel32, sentinel32, sentinel32 }
	})},
	{"descriptor and an empty ZIP64 field in the local header", "", first(func(e *forgedEntry) {
		e.descriptor = "sig64"
		e.local = func(h *forgedHeader) {
			h.size, h.compressed = sentinel32, sentinel32
			h.extra = field64(uint64(0), uint64(0))
		}
	})},
	{"descriptor and the true size in a ZIP64 field", "", first(func(e *forgedEntry) {
		e.descriptor = "sig64"
		e.local = func(h *forgedHeader) {
			h.size, h.compressed = sentinel32, sentinel32
			h.extra = field64(uint64(len(e.content)), uint64(0))
		}
	})},
	{"ZIP64 end record not called for", "", wide(func(*forgedEnd) {})},
	{"ZIP64 end record called for by all fields", "", forge(func(f *forgery) {
		f.zip64, f.end = true, func(e *forgedEnd) {
			e.disk, e.directoryDisk, e.here, e.count = sentinel16, sentinel16, sentinel16, sentinel16
			e.size, e.offset = sentinel32, sentinel32
		}
	})},
	{"ZIP64 fields for all values", "", both(func(h *forgedHeader) {
		if h.signature == signatureLocal {
			h.extra = field64(uint64(h.size), uint64(h.compressed))
		} else {
			h.extra = field64(uint64(h.size), uint64(h.compressed), uint64(h.offset), uint32(0))
			h.offset, h.disk = sentinel32, sentinel16
		}
		h.size, h.compressed = sentinel32, sentinel32
	})},
	{"ZIP64 field with more than is called for, as archive/zip writes it", "", central(func(h *forgedHeader) {
		h.extra = field64(uint64(h.size), uint64(h.compressed), uint64(h.offset))
		h.size, h.compressed = sentinel32, sentinel32
	})},
	{"descriptor and all ones in a ZIP64 field", "", first(func(e *forgedEntry) {
		e.descriptor = "sig64"
		e.local = func(h *forgedHeader) {
			h.size, h.compressed = sentinel32, sentinel32
			h.extra = field64(^uint64(0), ^uint64(0))
		}
	})},
	{"ZIP64 field reserved in the local header", "", local(func(h *forgedHeader) {
		h.extra = field64(uint64(h.size), uint64(h.compressed))
		h.size, h.compressed = sentinel32, sentinel32
	})},
	{"directory in another order than the entries", "", forge(func(f *forgery) {
		all := f.bytes()
		start := bytes.Index(all, []byte("PK\x01\x02"))
		length := 46 + len(f.entries[0].name)
		f.finished = func(all []byte) []byte {
			end := len(all) - 22
			return slices.Concat(all[:start], all[start+length:end], all[start:start+length], all[end:])
		}
	})},
	{"other times and version in the local header", "",
		local(func(h *forgedHeader) { h.time, h.date, h.needed = 1, 0x2345, 10 })},
	{"folders with and without empty deflate stream", "", more(
		&forgedEntry{name: "a/"}, &forgedEntry{name: "b/", method: 8},
		&forgedEntry{name: "c/", method: 8, descriptor: "sig32"})},
	{"empty files, stored and deflated", "", more(&forgedEntry{name: "a"}, &forgedEntry{name: "b", method: 8})},
	{"folder behind what lies in it", "", more(&forgedEntry{name: "documents/"})},
	{"stored content with a descriptor and a descriptor's signature", "", more(&forgedEntry{
		name: "a.bin", content: []byte("PK\x07\x08 is no descriptor here"), descriptor: "sig32",
	})},
	{"Unicode name with flag", "",
		more(&forgedEntry{name: "identidad/c\u00e9dula de Jos\u00e9.json", content: []byte("{}")})},
	{"Unicode path with the same name", "", both(func(h *forgedHeader) {
		h.extra = field(0x7075, append(little(byte(1), crc32.ChecksumIEEE(h.name)), h.name...)...)
	})},
	{"decomposed Unicode name with flag", "", more(&forgedEntry{name: "identidad/ce\u0301dula.json"})},
	{"UTF-8 flag with an ASCII name", "", both(func(h *forgedHeader) { h.flags |= 1 << 11 })},
	{"name of 240 bytes", "", named(strings.Repeat("a", 240))},
	{"32 levels", "", named(strings.Repeat("a/", 31) + "a")},
	{"folder of 32 levels", "", more(&forgedEntry{name: strings.Repeat("a/", 32)})},
	{"dots, dashes and tildes inside names", "", named("-a..b/.hidden/c~1 d.tar.gz")},
	{"names that only start like devices", "", more(&forgedEntry{name: "console.txt"}, &forgedEntry{name: "com10"},
		&forgedEntry{name: "lpt"})},
	{"archive comment", "archive-comment",
		forge(func(f *forgery) { f.comment = []byte("made by PK\x05 and PK\x03\x04") })},
	{"entry comment", "entry-comment", central(func(h *forgedHeader) { h.comment = []byte("PK\x01\x02 hello") })},
	{"unknown extra field", "unknown-extra", both(func(h *forgedHeader) { h.extra = field(0x7777, 1, 2, 3) })},
	{"owner", "owner", both(func(h *forgedHeader) { h.extra = field(0x7875, 1, 4, 0, 0, 0, 0, 4, 0, 0, 0, 0) })},
	{"setuid", "setuid", mode(0o104755, 3)},
	{"odd date", "odd-date", both(func(h *forgedHeader) { h.date = 0xffff })},
	{"no date", "", both(func(h *forgedHeader) { h.date, h.time = 0, 0 })},
	{"unknown flags", "unknown-flags", both(func(h *forgedHeader) { h.flags |= 1 << 14 })},
	{"version needed 6.3", "version-needed", both(func(h *forgedHeader) { h.needed = 63 })},
	{"characters that Windows forbids", "name-unportable", named(`who?.json`)},
	{"nested ZIP, stored at the end", "nested-zip", more(&forgedEntry{name: "inner.zip", content: honest().bytes()})},
	{"nested ZIP, streamed", "nested-zip",
		more(&forgedEntry{name: "inner.zip", content: streamedAs("sig32")(), descriptor: "sig32"})},
	{"nested ZIP with ZIP64 ends", "nested-zip",
		more(&forgedEntry{name: "inner.zip", content: wide(func(*forgedEnd) {})()})},
	{"Go, deflated", "", goMade(func(w *zip.Writer) {
		for i := range 20 {
			goFile(w, &zip.FileHeader{Name: fmt.Sprintf("documents/%d.pdf", i), Method: zip.Deflate},
				strings.Repeat("%PDF-1.4 ", i*500))
		}
	})},
	{"Go, stored with descriptors", "", goMade(func(w *zip.Writer) {
		goFile(w, &zip.FileHeader{Name: "a.bin", Method: zip.Store}, strings.Repeat("a", chunkSize+1))
	})},
	{"Go, with folders and times", "", goMade(func(w *zip.Writer) {
		goFile(w, &zip.FileHeader{Name: "a/"}, "")
		header := &zip.FileHeader{Name: "a/b.json", Method: zip.Deflate}
		header.SetMode(0o640)
		goFile(w, header, "{}")
	})},
	{"Go, raw copies without descriptors", "", goMade(func(w *zip.Writer) {
		file, err := w.CreateRaw(&zip.FileHeader{Name: "a", CRC32: crc32.ChecksumIEEE([]byte("abc")),
			CompressedSize64: 3, UncompressedSize64: 3})
		if err != nil {
			panic(err)
		}
		io.WriteString(file, "abc")
	})},
	{"large entries, stored and deflated", "", more(
		&forgedEntry{name: "large.bin", content: noise(3*chunkSize + 7)},
		&forgedEntry{name: "large.txt", content: []byte(hex.EncodeToString(noise(2 * chunkSize))), method: 8},
		&forgedEntry{name: "streamed.txt", content: []byte(hex.EncodeToString(noise(2 * chunkSize))), method: 8,
			descriptor: "plain32"},
	)},
	{"ratio over 200 below 1 MiB", "", more(&forgedEntry{name: "zeros.bin", content: mebibytes(1), method: 8})},
}

// noise returns n bytes that do not compress. They are the same on each call.
func noise(n int) []byte {
	out := make([]byte, 0, n+sha256.Size)
	for sum := sha256.Sum256(nil); len(out) < n; sum = sha256.Sum256(sum[:]) {
		out = append(out, sum[:]...)
	}
	return out[:n]
}

func TestAcceptsEveryGoodZIP(t *testing.T) {
	for _, good := range goodZIPs {
		t.Run(good.name, func(t *testing.T) {
			checkGood(t, good.build(), good.notices)
		})
	}
}

// checkGood fails unless the ZIP is accepted with the same content that archive/zip reads, also
// after extraction.
func checkGood(t *testing.T, raw []byte, notices string) *Report {
	t.Helper()
	return checkGoodBy(t, raw, "", notices, asWritten)
}

// checkGoodBy is like checkGood for a ZIP that is accepted only with the code accept. It decodes
// names with read.
func checkGoodBy(t *testing.T, raw []byte, accept Code, notices string, read nameReading) *Report {
	t.Helper()
	var policy Policy
	if accept != "" {
		policy.Accept = []Code{accept}
	}
	archive := openBytes(t, raw, Limits{})
	report, err := archive.Verify(t.Context(), WithPolicy(policy))
	if err != nil {
		t.Fatalf("a good ZIP was refused: %v", err)
	}
	var codes []string
	taken := accept == ""
	for _, finding := range report.Findings {
		if finding.Code == accept && finding.Severity == SeverityAccepted {
			taken = true
			continue
		}
		if finding.Severity != SeverityNotice {
			t.Errorf("%s is a %s", finding.Code, finding.Severity)
		}
		codes = append(codes, string(finding.Code))
	}
	if !taken {
		t.Errorf("the report does not say that %s was accepted", accept)
	}
	slices.Sort(codes)
	if got := strings.Join(slices.Compact(codes), " "); got != notices {
		t.Errorf("noticed %q; want %q", got, notices)
	}
	if len(report.RefusedEntries) > 0 {
		t.Errorf("an accepted ZIP has refused entries: %v", report.RefusedEntries)
	}
	want := goContentsBy(t, raw, read)
	got, named := make(map[string]string), make(map[string]bool)
	for _, entry := range report.Entries {
		got[entry.Name], named[entry.Name] = entry.SHA256, true
	}
	compareContents(t, "the report", got, want)
	for _, entry := range archive.Entries() {
		if !named[entry.Name] {
			t.Errorf("the list has %q, which the report has not", entry.Name)
		}
		path := strings.TrimSuffix(entry.Name, "/")
		if info, err := fs.Stat(archive, path); err != nil || info.IsDir() != entry.Folder {
			t.Errorf("the file system has %q not as it is: %v", path, err)
			continue
		}
		if entry.Folder {
			continue
		}
		if content, err := fs.ReadFile(archive, path); err != nil || hashOf(content) != want[entry.Name] {
			t.Errorf("the file system reads %q with the SHA-256 %s, %v", path, hashOf(content), err)
		}
	}

	folder := filepath.Join(t.TempDir(), "out")
	err = archive.Extract(t.Context(), folder, WithPolicy(policy))
	if archive.checkSystemNames(runtime.GOOS) != nil {
		if _, made := os.Lstat(folder); !errors.As(err, new(*SystemNameError)) || made == nil {
			t.Errorf("%v, and there is a folder: %v", err, made == nil)
		}
		return report
	}
	if err != nil {
		t.Fatal(err)
	}
	got = make(map[string]string)
	err = filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(folder, path)
		got[filepath.ToSlash(name)] = hashOf(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range want {
		if bare, isFolder := strings.CutSuffix(name, "/"); isFolder {
			delete(want, name)
			if info, err := os.Stat(filepath.Join(folder, bare)); err != nil || !info.IsDir() {
				t.Errorf("the folder %q was not made", name)
			}
		}
	}
	compareContents(t, "the extraction", got, want)
	return report
}

func hashOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func compareContents(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	for name, sum := range want {
		if got[name] != sum {
			t.Errorf("%s gives %q the SHA-256 %q; want %q", what, name, got[name], sum)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s has %d entries; want %d", what, len(got), len(want))
	}
}

// goContents returns the SHA-256 of each entry as archive/zip reads it.
func goContents(t testing.TB, raw []byte) map[string]string {
	t.Helper()
	return goContentsBy(t, raw, asWritten)
}

// goContentsBy is like goContents but decodes the names with read, because archive/zip does not
// decode them in the same way.
func goContentsBy(t testing.TB, raw []byte, read nameReading) map[string]string {
	t.Helper()
	reader, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatalf("archive/zip cannot read what was accepted: %v", err)
	}
	contents := make(map[string]string)
	for _, file := range reader.File {
		opened, err := file.Open()
		if err != nil {
			t.Fatalf("archive/zip cannot open %q: %v", file.Name, err)
		}
		content, err := io.ReadAll(opened)
		if err != nil {
			t.Fatalf("archive/zip cannot read %q: %v", file.Name, err)
		}
		opened.Close()
		name := read(file.Name, file.Flags&flagUTF8 != 0)
		if _, twice := contents[name]; twice {
			t.Fatalf("archive/zip reads %q twice", name)
		}
		contents[name] = hashOf(content)
	}
	return contents
}

// foreignContents lists the files in the ZIPs that other programs made. testdata/foreign/README.md
// describes how they were made.
var foreignContents = map[string]string{
	"documents/contract.pdf": "e4f8543f2ca8c979e3adccbddc5e4396a6053a33a9158361e5be76f28b013a7c",
	"identity/selfie.png":    "882fa14eb67c26412103d4cab34974e3e94f9019218a5efa29cdd4103c936326",
	"cédula.json":            "8a074c542311dfffde37bb74b49dfe67b1616b061cfbfa5a80614a1c67448d87",
	"empty.txt":              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"-":                      "e4f8543f2ca8c979e3adccbddc5e4396a6053a33a9158361e5be76f28b013a7c",
}

func TestAcceptsGoodZIPsByOtherPrograms(t *testing.T) {
	paths := foreignZIPs(t, "good", 24)
	notices := map[string]string{
		"infozip": "owner", "infozip-comment": "archive-comment", "infozip-stdin": "",
		"infozip-stdin-pipe": "pipe-type",
		"infozip-filter":     "pipe-type", "bsdtar": "owner",
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".zip")
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want, known := notices[name]
			if !known {
				family, _, _ := strings.Cut(name, "-")
				want = notices[family]
			}
			report := checkGood(t, raw, want)
			files := 0
			for _, entry := range report.Entries {
				if entry.Folder || strings.HasPrefix(entry.Name, "META-INF/") {
					continue
				}
				files++
				if entry.SHA256 != foreignContents[entry.Name] {
					t.Errorf("%q has the SHA-256 %s", entry.Name, entry.SHA256)
				}
			}
			if files == 0 {
				t.Error("it has no files")
			}
		})
	}
}

func TestRefusesBadZIPsByOtherPrograms(t *testing.T) {
	codes := map[string]string{
		"infozip-symlink": "symlink", "infozip-encrypted": "encrypted", "infozip-bzip2": "method",
		"infozip-utf8-without-flag": "name-charset", "infozip-filter-zip64": "zip64-missing",
		"7z-aes": "encrypted method", "7z-lzma": "method", "bsdtar-dot": "name-dot", "bsdtar-padded": "trailing-bytes",
	}
	for _, path := range foreignZIPs(t, "bad", len(codes)) {
		name := strings.TrimSuffix(filepath.Base(path), ".zip")
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			report, err := openBytes(t, raw, Limits{}).Verify(t.Context())
			if got := refusalCodes(report); err == nil || got != codes[name] {
				t.Errorf("refused with %q; want %q", got, codes[name])
			}
		})
	}
}

// foreignZIPs lists the ZIPs of a folder and fails if there are fewer than atLeast.
func foreignZIPs(t *testing.T, folder string, atLeast int) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", "foreign", folder, "*.zip"))
	if err != nil || len(paths) < atLeast {
		t.Fatalf("%d ZIPs are in testdata/foreign/%s; want %d at least (%v)", len(paths), folder, atLeast, err)
	}
	return paths
}
