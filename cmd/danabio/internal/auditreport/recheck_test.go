package auditreport_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/cmd/danabio/internal/auditreport"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

// commandsOf returns the commands of a page as a user copies them.
func commandsOf(t *testing.T, page string) string {
	t.Helper()
	var commands strings.Builder
	inside := false
	decoder := xml.NewDecoder(strings.NewReader(page))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return commands.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			inside = inside || token.Name.Local == "pre"
		case xml.EndElement:
			inside = inside && token.Name.Local != "pre"
		case xml.CharData:
			if inside {
				commands.Write(token)
			}
		}
	}
}

func TestCommandsQuoteForeignNames(t *testing.T) {
	content := []byte("{}")
	subject := subjectOf(t, zipOf(t, file{"it's $(touch x) `y` \\$z.json", content}), pdfsig.Options{},
		evidence.CodeNameFormat)
	if subject.Evidence.Verdict == evidence.VerdictAccepted {
		t.Fatal("a name with a backslash was accepted")
	}
	subject = subjectOf(t, zipOf(t, file{"it's $(touch x) `y`.pdf", content}, file{"a\u200bb'c.json", content}),
		pdfsig.Options{}, evidence.CodeNameFormat)
	for name, want := range map[string]string{
		"evidence.zip":           "cp ./evidence.zip check/evidence.zip\n",
		"-rf.zip":                "cp ./-rf.zip check/evidence.zip\n",
		"it's $(touch x).zip":    `cp './it'\''s $(touch x).zip' check/evidence.zip` + "\n",
		"a\nb\x1b\xff\u202e.'\\": `cp $'./a\x0ab\x1b\xff\xe2\x80\xae.\'\\' check/evidence.zip` + "\n",
		"\ufffd.zip":             `cp $'./\xef\xbf\xbd.zip' check/evidence.zip` + "\n",
		"":                       "cp ./evidence.zip check/evidence.zip\n",
	} {
		subject.File = name
		_, page := made(t, subject, auditreport.Options{})
		if got := commandsOf(t, page); !strings.Contains(got, want) {
			t.Errorf("%q: the page lacks %q, it has\n%s", name, want, got)
		}
	}
	_, page := made(t, subject, auditreport.Options{})
	commands := commandsOf(t, page)
	for _, want := range []string{
		// Everything between the marks is treated as plain text.
		"<<'END'\n" + subject.Evidence.Entries[0].SHA256 + "  it's $(touch x) `y`.pdf\nEND\n",
		`printf '%s  %s\n' ` + subject.Evidence.Entries[1].SHA256 + ` $'a\xe2\x80\x8bb\'c.json' | sha256sum -c -`,
	} {
		if !strings.Contains(commands, want) {
			t.Errorf("the page lacks %q, it has\n%s", want, commands)
		}
	}
}

func TestCommandsAreBounded(t *testing.T) {
	var files []file
	for i := range 2000 {
		files = append(files, file{strings.Repeat("x", 1+i%200) + strings.Repeat("y", i/200) + ".json", []byte("{}")})
	}
	_, page := made(t, subjectOf(t, zipOf(t, files...), pdfsig.Options{}), auditreport.Options{})
	if got := strings.Count(commandsOf(t, page), "\n"); got > 520 {
		t.Errorf("there are %d lines of commands", got)
	}
}
