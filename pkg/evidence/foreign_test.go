package evidence

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// treeContents lists the files that testdata/foreign/make.sh packs with each program.
var treeContents = map[string]string{
	"documents/contract.pdf":          "6ae54adac26f7e5652ac621e346351809a5df483a29d651e45755568bdfa2ab0",
	"identificación/José/cédula.json": "0a42fff655688a55ba3677e363eb42f3d697b7e03c1ce4dab20fbe2a346091df",
	"vacío.txt":                       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
}

// trees lists the ZIPs of testdata/foreign/trees by their row of the table in docs/evidence.md.
var trees = map[string][]string{
	"Info-ZIP's `zip` 3.0 in a locale such as `en_US.UTF-8`": {"infozip"},
	"the same in `C.UTF-8`":                                  {"infozip-c-locale"},
	"the same with file names in CP437":                      {"infozip-cp437"},
	"7-Zip 26.02":                                            {"7z"},
	"bsdtar 3.6.2":                                           {"bsdtar"},
	"`jar` of OpenJDK 17":                                    {"jar"},
	"Python 3.11: `zipfile`, `shutil`":                       {"python-command", "python-shutil"},
	"Go 1.26: `archive/zip`":                                 {"go"},
	"JSZip 3.10.1":                                           {"jszip"},
	"PHP 8.2: its ZipArchive":                                {"php"},
	".NET's `System.IO.Compression` in Mono 6.8":             {"mono"},
	"Python, JSZip, PHP, given names with backslashes":       {"python-backslash", "jszip-backslash", "php-backslash"},
	"JSZip, PHP, given names in CP437":                       {"jszip-cp437", "php-cp437"},
	"Android's `zipalign`":                                   {"zipalign", "zipalign-4096"},
}

var treeNotices = map[string]string{
	"infozip": "owner", "infozip-c-locale": "owner", "infozip-cp437": "owner", "bsdtar": "owner",
	"zipalign-4096": "unknown-extra", // zeros that form whole fields
}

// The output of each program is accepted or refused with the documented code. Accepting that code
// gives one reading, with the packed names and content.
func TestTheDocumentationSaysWhatProgramsWrite(t *testing.T) {
	content, err := os.ReadFile("../../docs/evidence.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(content), "| ZIP by | verdict |\n|---|---|\n")
	if !found {
		t.Fatal("docs/evidence.md has no table of programs")
	}
	table, _, _ = strings.Cut(table, "\n\n")
	tested, rows := 0, 0
	for row := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(row), "|"), "|")
		if len(cells) != 2 {
			t.Fatalf("row %q", row)
		}
		program, code := strings.TrimSpace(cells[0]), Code(strings.Trim(cells[1], " `"))
		if code == "accepted" {
			code = ""
		}
		if len(trees[program]) == 0 {
			t.Errorf("no ZIP for the row %q", program)
		}
		rows++
		for _, name := range trees[program] {
			tested++
			t.Run(name, func(t *testing.T) { checkTree(t, name, code) })
		}
	}
	if rows != len(trees) {
		t.Errorf("the table has %d rows; want %d", rows, len(trees))
	}
	if paths := foreignZIPs(t, "trees", 19); len(paths) != tested {
		t.Errorf("%d ZIPs were tested, of %d", tested, len(paths))
	}
}

// checkTree fails unless a ZIP is accepted, with its code if it has one, and has the content that
// was packed.
func checkTree(t *testing.T, name string, code Code) {
	raw, err := os.ReadFile(filepath.Join("testdata", "foreign", "trees", name+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	if code != "" {
		report, _ := openBytes(t, raw, Limits{}).Verify(t.Context())
		if got := refusalCodes(report); got != string(code) {
			t.Errorf("refused with %q; want %q", got, code)
		}
	}
	got := make(map[string]string)
	for _, entry := range checkGoodBy(t, raw, code, treeNotices[name], asRead).Entries {
		if !entry.Folder && !strings.HasPrefix(entry.Name, "META-INF/") {
			got[entry.Name] = entry.SHA256
		}
	}
	compareContents(t, name, got, treeContents)
}
