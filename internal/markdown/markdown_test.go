package markdown

import (
	"strings"
	"testing"
)

const page = "# A page\n" +
	"\n" +
	"A [link](other.md#there), `code` and `[no](link)`.\n" +
	"\n" +
	"<!-- danabio: first -->\n" +
	"```bash\n" +
	"danabio version # no heading\n" +
	"```\n" +
	"\n" +
	"<!-- output: first -->\n" +
	"```\n" +
	"danabio … (go…)\n" +
	"```\n" +
	"\n" +
	"## ¿Qué es `x`, y qué no?\n" +
	"\n" +
	"| a | b |\n" +
	"|---|---|\n" +
	"| `c` | [d](#a-page) |\n" +
	"\n" +
	"## A page\n"

func TestPageIsRead(t *testing.T) {
	file, err := parse(page)
	if err != nil {
		t.Fatal(err)
	}
	var anchors []string
	for _, heading := range file.Headings {
		anchors = append(anchors, heading.Anchor)
	}
	if got, want := strings.Join(anchors, " "), "a-page qué-es-x-y-qué-no a-page-1"; got != want {
		t.Errorf("anchors %s, want %s", got, want)
	}
	if len(file.Links) != 2 || file.Links[0] != (Link{3, "other.md#there"}) || file.Links[1] != (Link{19, "#a-page"}) {
		t.Errorf("links %v", file.Links)
	}
	if len(file.Codes) != 4 || file.Codes[1].Text != "[no](link)" {
		t.Errorf("code spans %v", file.Codes)
	}
	if len(file.Blocks) != 2 ||
		file.Blocks[0] != (Block{6, "bash", "danabio", "first", "danabio version # no heading\n"}) {
		t.Errorf("blocks %v", file.Blocks)
	}
	if len(file.Tables) != 1 || len(file.Tables[0].Rows) != 2 || file.Tables[0].Rows[1][1] != "[d](#a-page)" {
		t.Errorf("tables %v", file.Tables)
	}
	shown, found := file.Output("first")
	for printed, want := range map[string]bool{
		"danabio 1.0 (go1.26)\n":       true,
		"danabio 1.0 (go1.26)\nmore\n": false,
		"danabio  (go1.26)\n":          false,
		"danabio 1.0\n2.0 (go1.26)\n":  false,
		"x danabio 1.0 (go1.26)\n":     false,
		"danabio 1.0 (go1.26)":         false,
	} {
		if !found || shown.Matches(printed) != want {
			t.Errorf("%q matches: %v, want %v", printed, !want, want)
		}
	}
}

func TestPageThatCannotBeTestedIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"a fence that does not end":     "```bash\nls\n",
		"a fence with more words":       "```bash title\nls\n```\n",
		"a mark that does not exist":    "<!-- shel: a -->\n```bash\nls\n```\n",
		"a mark without a name":         "<!-- shell: -->\n```bash\nls\n```\n",
		"a mark apart from its block":   "<!-- shell: a -->\n\n```bash\nls\n```\n",
		"a mark at the end of the file": "<!-- shell: a -->",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parse(text); err == nil {
				t.Error("it was read")
			}
		})
	}
}
