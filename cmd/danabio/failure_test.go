package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/internal/language"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// jsonFields are the keys of a failure with --json.
func jsonFields() []string {
	var names []string
	for field := range reflect.TypeFor[failureData]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

// interruptedStarts leaves starts with these ids in starts.journal whose outcome is unknown.
func interruptedStarts(t *testing.T, ids ...string) {
	t.Helper()
	watched(t, func(*http.Request) { panic(http.ErrAbortHandler) })
	for _, id := range ids {
		if code, _, stderr := run(t.Context(), nil,
			startWith("--journal", "starts.journal", "--id", id, "contract.pdf")...); code != exitUnknown {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
	}
}

// What a program reads does not depend on the language of the person who started it.
func TestJSONIsTheSameInEveryLanguage(t *testing.T) {
	interruptedStarts(t, "loan-4711")
	for _, args := range [][]string{
		{"nosuch"}, {"token", "--nosuch"}, {"version"}, {"journal", "list", "starts.journal"},
		{"evidence", "verify", "contract.pdf"}, {"evidence", "verify", "nosuch.zip", "contract.pdf"},
		startWith("nosuch.pdf"), startWith("--journal", "starts.journal", "contract.pdf"),
	} {
		code, stdout, stderr := run(t.Context(), nil, append(args, "--json", "--lang", "en")...)
		codeES, stdoutES, stderrES := run(t.Context(), nil, append(args, "--json", "--lang", "es")...)
		if code != codeES || stdout != stdoutES || stderr != stderrES {
			t.Errorf("%q: %d, %q, %q\nin Spanish %d, %q, %q", args, code, stdout, stderr, codeES, stdoutES, stderrES)
		}
		if code == exitDone {
			continue
		}
		for line := range strings.Lines(stderr) {
			var data failureData
			if err := json.Unmarshal([]byte(line), &data); err != nil || data.Error == "" || data.Message == "" ||
				data.ExitCode != data.Error.exitCode() {
				t.Errorf("%q: %v in %q", args, err, line)
			}
		}
	}
}

func TestErrorsInSpanish(t *testing.T) {
	missing := &fs.PathError{Op: "open", Path: "a.txt", Err: fs.ErrNotExist}
	fire := errors.New("disk on fire")
	tests := []struct {
		name    string
		err     error
		want    string
		details string
	}{
		{"a message", errorf("there is no command %q", "x"), `no existe el comando "x"`, ""},
		{"a message in a message", errorf("the %s is missing; give --%s or set %s", textf("channel"), "channel", "X"),
			"falta el canal; indique --channel o defina X", ""},
		{"an error of the system", badInput("client secret: %w", missing),
			"secreto del cliente: a.txt: el archivo o la carpeta no existe", ""},
		{"a foreign error", errorf("serve the emulator: %w", fire),
			"al servir el emulador: falló por una causa del sistema o de la red", "disk on fire"},
		{"several errors", errors.Join(errorf("-o DIR is missing"), errorf("serve the emulator: %w", fire)),
			"falta -o DIR\nal servir el emulador: falló por una causa del sistema o de la red", "disk on fire"},
		{"a wrapper without words", &about{error: waitError{errorf("-o DIR is missing")}}, "falta -o DIR", ""},
		{"other order of args", errorf("%w: %s is not the file that was received: %s the one in %s", fs.ErrExist,
			"a.zip", textf("its size is not"), "a.json"),
			"ya existe: a.zip no es el archivo que se recibió: a.json indica otro tamaño", ""},
		{"a file that may not be read",
			fmt.Errorf("open evidence: %w", &fs.PathError{Op: "open", Path: "a.zip", Err: fs.ErrPermission}),
			"a.zip: permiso denegado", "open evidence: open a.zip: permission denied"},
		{"a finding",
			&refusedFile{"-",
				&evidence.RefusedError{Findings: []evidence.Finding{{Code: evidence.CodeCRC, Entry: "x",
					Message: "wrong"}}}},
			`evidencia rechazada: la entrada estándar: crc: "x": el contenido no coincide con su CRC`, ""},
		{"a finding of a code that is not known", shownFinding{Code: "nosuch", Message: "odd"}, "nosuch",
			"nosuch: odd"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := inSpanish(test.err)
			if got.text != test.want || strings.Join(got.details, "|") != test.details {
				t.Errorf("%q with details %q, want %q with %q", got.text, got.details, test.want, test.details)
			}
		})
	}
}

func TestMessagesAreFoundAsErrorsAre(t *testing.T) {
	err := fmt.Errorf("outside: %w", errorf("evidence %s: %w", "x", fs.ErrPermission))
	if !errors.Is(err, fs.ErrPermission) || err.Error() != "outside: evidence x: permission denied" {
		t.Errorf("got %v", err)
	}
}

// Evidence that could not have its name is not left half done, and the user is told where it lies.
func TestUnplacedEvidenceIsToldWithItsPlace(t *testing.T) {
	err := &danabio.UnplacedError{Kept: "archive/.c.zip.1.part",
		Err: &fs.PathError{Op: "rename", Path: "archive/c.zip", Err: fs.ErrPermission}}
	var data failureData
	data.add(err)
	if kindOf(err) != kindPermission || data.Kept != err.Kept {
		t.Errorf("%s, %+v", kindOf(err), data)
	}
	if text := advice(err).in(language.English); !strings.Contains(text, "whole and verified") ||
		!strings.HasSuffix(text, err.Kept) {
		t.Errorf("advice: %s", text)
	}
	if said := inSpanish(err); !strings.Contains(said.text, err.Kept) ||
		!strings.Contains(advice(err).in(language.Spanish), err.Kept) {
		t.Errorf("%+v", said)
	}
	refused := fmt.Errorf("%w; it could not be kept aside: %w", danabio.ErrIntegrity, err)
	if text := advice(refused); text != nil && strings.Contains(text.Error(), "verified") {
		t.Errorf("advice on evidence that is not acceptable: %s", text)
	}
}
