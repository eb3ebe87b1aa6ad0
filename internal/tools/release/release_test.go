package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"debug/buildinfo"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	when   = "1790000001"
	commit = "0123456789abcdef0123456789abcdef01234567"
)

// small returns a release of a small program for two systems. Its module is in a new folder.
func small(t *testing.T) *release {
	t.Helper()
	source := filepath.Join(t.TempDir(), "a module's folder")
	for name, content := range map[string]string{
		"go.mod": "module example.com/small\n\ngo 1.26.0\n",
		"main.go": "package main\n\nimport \"os\"\n\nvar commit string\n\nfunc main() {\n\tif len(os.Args) == 1 " +
			"{\n\t\tpanic(commit)\n\t}\n\t_, _ = os.Stdout.WriteString(os.Args[1] + \" for \" + os.Args[2])\n}\n",
		"LICENSE":      "Permission is hereby granted, free of charge, to any person\n  obtaining a copy",
		"README.md":    "# small\n",
		"README.es.md": "# pequeño\n",
		"CHANGELOG.md": "# Changelog\n",
	} {
		if err := os.MkdirAll(source, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(source, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("SOURCE_DATE_EPOCH", when)
	t.Setenv("SOURCE_COMMIT", commit)
	return &release{
		source: source, program: "small", main: ".", commitVariable: "main.commit", version: "1.2.3",
		out:     filepath.Join(t.TempDir(), "dist"),
		log:     io.Discard,
		systems: []system{{"linux", "amd64"}, {"windows", "amd64"}},
	}
}

func (r *release) made(t *testing.T) map[string][]byte {
	t.Helper()
	if err := r.make(t.Context()); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(r.out)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, entry := range entries {
		if files[entry.Name()], err = os.ReadFile(filepath.Join(r.out, entry.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// The test builds two releases from two folders, the second one over an earlier release. A failing
// release then leaves the second one unchanged.
func TestRelease(t *testing.T) {
	if testing.Short() {
		t.Skip("a release is built; a run without -short does it")
	}
	one, two := small(t), small(t)
	mine := filepath.Join(two.out, "mine")
	if err := os.Mkdir(two.out, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(mine, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := two.make(t.Context()); err == nil ||
		!strings.Contains(err.Error(), "contains something other than a release") {
		t.Errorf("error %v", err)
	}
	if err := os.Rename(mine, filepath.Join(two.out, sums)); err != nil { // simulates an earlier release
		t.Fatal(err)
	}
	first, second := one.made(t), two.made(t)
	t.Run("is the same from another folder", func(t *testing.T) {
		if len(first) != 5 || len(second) != len(first) {
			t.Errorf("%d and %d files", len(first), len(second))
		}
		for name, content := range first {
			if !bytes.Equal(content, second[name]) {
				t.Errorf("%s differs", name)
			}
		}
		program := contentsOf(t, first["small_1.2.3_linux_amd64.tar.gz"])["small_1.2.3_linux_amd64/small"]
		root, err := one.goEnv(t.Context(), "GOROOT")
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(program, []byte(commit)) {
			t.Error("the program does not know its commit")
		}
		for _, path := range []string{one.source, filepath.Dir(one.out), root} {
			if bytes.Contains(program, []byte(path)) {
				t.Errorf("the program holds the path %s", path)
			}
		}
	})
	t.Run("holds what belongs to a program", func(t *testing.T) { holdsWhatBelongsToAProgram(t, first) })
	t.Run("that fails leaves nothing", func(t *testing.T) {
		two.systems = append(two.systems[:1], system{"plan9", "nosuch"})
		if err := two.make(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "plan9_nosuch: build .: ") {
			t.Errorf("error %v", err)
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(two.out), ".*")); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
		if content, err := os.ReadFile(filepath.Join(two.out, sums)); err != nil ||
			!bytes.Equal(content, second[sums]) {
			t.Errorf("the earlier release: %v", err)
		}
	})
}

// contentsOf returns the files of a tar.gz and fails the test if the archive is not formed as
// required.
func contentsOf(t *testing.T, archive []byte) map[string][]byte {
	t.Helper()
	decompressed, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	reader, files := tar.NewReader(decompressed), map[string][]byte{}
	for {
		header, err := reader.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		mode := int64(0o644)
		if header.Name == "small_1.2.3_linux_amd64/small" {
			mode = 0o755
		}
		if header.Mode != mode || header.ModTime.Unix() != 1790000001 || header.Uid != 0 || header.Uname != "" {
			t.Errorf("header of %s: %+v", header.Name, header)
		}
		if files[header.Name], err = io.ReadAll(reader); err != nil {
			t.Fatal(err)
		}
	}
}

func holdsWhatBelongsToAProgram(t *testing.T, files map[string][]byte) {
	want := []string{
		"CHANGELOG.md", "LICENSE", "README.es.md", "README.md", "THIRD-PARTY-LICENSES.txt",
		"completions/_small", "completions/small.bash", "completions/small.fish", "completions/small.ps1",
	}
	contents := contentsOf(t, files["small_1.2.3_linux_amd64.tar.gz"])
	var names []string
	for name := range contents {
		names = append(names, strings.TrimPrefix(name, "small_1.2.3_linux_amd64/"))
	}
	slices.Sort(names)
	if !slices.Equal(names, append(slices.Clone(want), "small")) {
		t.Errorf("the tar holds %q", names)
	}
	if got := string(contents["small_1.2.3_linux_amd64/completions/small.fish"]); got != "completion for fish" {
		t.Errorf("completions: %q", got)
	}
	if got := string(contents["small_1.2.3_linux_amd64/THIRD-PARTY-LICENSES.txt"]); !strings.HasPrefix(got, "std 1.") ||
		!strings.Contains(got, "The Go Authors") {
		t.Errorf("licences: %q", got)
	}
	lines := strings.Split(strings.TrimSpace(string(files[sums])), "\n")
	if len(lines) != 4 || !strings.HasSuffix(lines[0], "  small_1.2.3_linux_amd64.cdx.json") ||
		!strings.HasSuffix(lines[3], "  small_1.2.3_windows_amd64.zip") {
		t.Errorf("sums: %q", lines)
	}
	content := files["small_1.2.3_windows_amd64.zip"]
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	names = nil
	for _, file := range archive.File {
		names = append(names, strings.TrimPrefix(file.Name, "small_1.2.3_windows_amd64/"))
		if !file.Modified.Equal(time.Unix(1790000001, 0)) {
			t.Errorf("%s is of %s", file.Name, file.Modified)
		}
	}
	slices.Sort(names)
	if !slices.Equal(names, append(slices.Clone(want), "small.exe")) {
		t.Errorf("the ZIP holds %q", names)
	}
}

// The bill contains everything that the CycloneDX 1.6 specification requires. A foreign test
// validates bills against the whole schema.
func TestBillSaysWhatIsInAProgram(t *testing.T) {
	var got bill
	if err := json.Unmarshal(billText(t), &got); err != nil {
		t.Fatal(err)
	}
	if got.Format != "CycloneDX" || got.SpecVersion != "1.6" || got.Version != 1 ||
		!strings.HasPrefix(got.SerialNumber, "urn:uuid:") {
		t.Errorf("%+v", got)
	}
	own := got.Metadata.Component
	if own.Type != "application" || own.Name != "danabio" || own.Version != "1.2.3" ||
		len(own.Hashes[0].Content) != 64 ||
		own.PURL != "pkg:golang/github.com/danabio/danabio-go@v1.2.3" || own.Licenses[0].Expression != "Apache-2.0" {
		t.Errorf("the program: %+v", own)
	}
	sumFile, err := os.ReadFile("../../../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, part := range got.Components {
		if part.Type != "library" || part.Name == "" || part.Version == "" || seen[part.Ref] || part.Ref != part.PURL ||
			got.Dependencies[0].DependsOn[i] != part.Ref {
			t.Errorf("part %d: %+v", i, part)
		}
		seen[part.Ref] = true
		if len(part.Licenses) != 1 || part.Licenses[0].Expression == "" {
			t.Errorf("%s has no known licence", part.Name)
		}
		if part.Name == "std" {
			continue
		}
		if line := part.Name + " " + part.Version + " " + part.Properties[0].Value +
			"\n"; !strings.Contains(string(sumFile), line) || len(part.Hashes[0].Content) != 64 {
			t.Errorf("go.sum has no line %q", line)
		}
	}
	if len(seen) < 5 || !strings.HasPrefix(got.Components[0].Ref, "pkg:golang/std@1.") || len(got.Dependencies) != 1 ||
		got.Dependencies[0].Ref != own.Ref {
		t.Errorf("parts: %v", seen)
	}
}

// billText returns the bill of this test's own program, which contains third-party modules.
func billText(t *testing.T) []byte {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	info, err := buildinfo.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	r := &release{source: "../../..", program: "danabio", version: "1.2.3"}
	parts, err := r.parts(t.Context(), info)
	if err != nil {
		t.Fatal(err)
	}
	text, err := r.bill(system{"linux", "amd64"}, info, []byte("the program"), parts, time.Unix(1790000001, 0).UTC())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestDateIsThatOfTheCommitOrGiven(t *testing.T) {
	r := small(t)
	if got, err := r.date(t.Context()); err != nil || !got.Equal(time.Unix(1790000001, 0)) {
		t.Errorf("%v, %v", got, err)
	}
	for _, wrong := range []string{"yesterday", "0", "-1"} {
		t.Setenv("SOURCE_DATE_EPOCH", wrong)
		if _, err := r.date(t.Context()); err == nil || !strings.Contains(err.Error(), "SOURCE_DATE_EPOCH") {
			t.Errorf("%s: error %v", wrong, err)
		}
	}
}

func TestLicensesAreKnownByTheirTexts(t *testing.T) {
	for text, want := range map[string]string{
		"Apache License\n   Version 2.0":                                          "Apache-2.0",
		"Redistribution and use in source and binary forms … Neither the name of": "BSD-3-Clause",
		"Redistribution and use in\nsource and binary forms":                      "BSD-2-Clause",
		"Mozilla Public License":                                                  "MPL-2.0",
		"All rights reserved":                                                     "",
	} {
		if got := strings.Join(licensesOf(text), " "); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
