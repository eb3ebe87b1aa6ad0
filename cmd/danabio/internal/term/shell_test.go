package term

import (
	"testing"
)

func TestWindowsWord(t *testing.T) {
	for value, want := range map[string]string{
		`danabio-demo\evidence.zip`:    `danabio-demo\evidence.zip`,
		`C:\evidence\a.zip`:            `C:\evidence\a.zip`,
		"":                             `""`,
		"a b":                          `"a b"`,
		"it's":                         `"it's"`,
		"https://x.example.com/?a=1&b": `"https://x.example.com/?a=1&b"`,
		"a,b":                          `"a,b"`, // PowerShell splits this into two words
		"@a":                           `"@a"`,
		"$(reboot)":                    "'$(reboot)'",
		"%PATH%":                       "'%PATH%'",
		"it's $1":                      "'it''s $1'",
		"it’s $1":                      "'it’’s $1'",
		"`a":                           "'`a'",
		"a “b”":                        "'a “b”'",
		"ñ":                            `"ñ"`,
		"a\nb":                         "\"a\ufffdb\"",
	} {
		if got := windowsWord(value); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}

func TestShellQuoted(t *testing.T) {
	for value, want := range map[string]string{
		"12ceb3ec-7b76-5555-b263-xx222": "12ceb3ec-7b76-5555-b263-xx222",
		"http://127.0.0.1:8080/sign/a":  "http://127.0.0.1:8080/sign/a",
		"https://x.example.com/?a=1&b":  "'https://x.example.com/?a=1&b'",
		"":                              "''",
		"a b":                           "'a b'",
		"it's":                          `'it'\''s'`,
		"$(reboot)":                     "'$(reboot)'",
		"~":                             "'~'",
		"ñ":                             "'ñ'",
		"a\nb":                          "'a\ufffdb'",
		"\x1b[31m":                      "'\ufffd[31m'",
		"\u202ecod":                     "'\ufffdcod'",
	} {
		if got := shellQuoted(value); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}
