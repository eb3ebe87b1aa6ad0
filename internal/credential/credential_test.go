package credential_test

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/danabio/danabio-go/internal/credential"
)

func TestText(t *testing.T) {
	for raw, want := range map[string]struct {
		text  string
		fault credential.Fault
	}{
		"":                            {"", ""},
		"hunter2":                     {"hunter2", ""},
		"hunter2\n":                   {"hunter2", ""},
		"hunter2\r\n":                 {"hunter2", ""},
		"\ufeffhunter2\r\n":           {"hunter2", ""},
		" hunter 2 ":                  {" hunter 2 ", ""},
		"contraseña":                  {"contraseña", ""},
		"contrase\xf1a":               {"contrase\xf1a", ""}, // ISO-8859-1
		`"`:                           {`"`, ""},
		`hunter"2"`:                   {`hunter"2"`, ""},
		"hunter2\n\n":                 {"", credential.LineBreak},
		"hunter2\nagain":              {"", credential.SeveralLines},
		"hunter2\r\nagain\r\n":        {"", credential.SeveralLines},
		"\nhunter2":                   {"", credential.SeveralLines},
		"hunter2\r":                   {"", credential.CarriageReturn},
		"hunter\r2":                   {"", credential.Control},
		"hunter2\t":                   {"", credential.Control},
		"\x1b[200~hunter2":            {"", credential.Control},
		"hunter2\u0085":               {"", credential.Control},
		"\xff\xfeh\x00u\x00":          {"", credential.UTF16},
		"\xfe\xff\x00h\x00u":          {"", credential.UTF16},
		"h\x00u\x00\n\x00":            {"", credential.UTF16},
		`"hunter2"`:                   {"", credential.Quotes},
		`'hunter2'` + "\n":            {"", credential.Quotes},
		`“hunter2”`:                   {"", credential.Quotes},
		`""`:                          {"", credential.Quotes},
		"\ufeff\ufeffhunter2":         {"", credential.ByteOrderMark},
		"\ufeff\"hunter2\"":           {"", credential.Quotes},
		"hunter2\n\ufeff":             {"", credential.SeveralLines},
		strings.Repeat("x", 1000):     {strings.Repeat("x", 1000), ""},
		"hunter2\u200b":               {"hunter2\u200b", ""}, // Stray reports this
		"-----BEGIN X-----\nhunter2":  {"", credential.SeveralLines},
		"DANABIO_CLIENT_SECRET=a\nb=": {"", credential.SeveralLines},
	} {
		got, err := credential.Text(raw)
		var fault *credential.Error
		if want.fault == "" {
			if err != nil || got != want.text {
				t.Errorf("%q: %q, %v", raw, got, err)
			}
			continue
		}
		if !errors.As(err, &fault) || fault.Fault != want.fault || strings.Contains(err.Error(), "hunter") {
			t.Errorf("%q: %v, want %q", raw, err, want.fault)
		}
	}
}

func TestStray(t *testing.T) {
	for text, want := range map[string]bool{
		"hunter2": false, "hunter 2": false, `hunter"2`: false, "": false, "ñ": false,
		" hunter2": true, "hunter2 ": true, "hunter2\u00a0": true, `"hunter2`: true, `hunter2'`: true,
		"hun\u200bter2": true, "hunter2\u200e": true,
	} {
		if got := credential.Stray(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestRead(t *testing.T) {
	if got, err := credential.Read(iotest.OneByteReader(strings.NewReader("hunter2\n"))); got != "hunter2" ||
		err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := credential.Read(strings.NewReader(strings.Repeat("x", credential.MaxSize+1))); !errors.Is(err,
		credential.ErrTooLong) {
		t.Errorf("%v", err)
	}
	broken := errors.New("input/output error")
	if _, err := credential.Read(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}
