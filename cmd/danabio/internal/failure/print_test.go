package failure

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
)

func TestErrorsInSpanish(t *testing.T) {
	missing := &fs.PathError{Op: "open", Path: "a.txt", Err: fs.ErrNotExist}
	fire := errors.New("disk on fire")
	tests := []struct {
		name    string
		err     error
		want    string
		details string
	}{
		{"a message", i18n.Errorf("there is no command %q", "x"), `no existe el comando "x"`, ""},
		{"a message in a message", i18n.Errorf("the %s is missing; give --%s or set %s", i18n.Textf("channel"),
			"channel", "X"),
			"falta el canal; indique --channel o defina X", ""},
		{"an error of the system", BadInput("client secret: %w", missing),
			"secreto del cliente: a.txt: el archivo o la carpeta no existe", ""},
		{"a foreign error", i18n.Errorf("serve the emulator: %w", fire),
			"al servir el emulador: falló por una causa del sistema o de la red", "disk on fire"},
		{"several errors", errors.Join(i18n.Errorf("-o DIR is missing"), i18n.Errorf("serve the emulator: %w", fire)),
			"falta -o DIR\nal servir el emulador: falló por una causa del sistema o de la red", "disk on fire"},
		{"a wrapper without words", &aboutError{error: waitError{i18n.Errorf("-o DIR is missing")}}, "falta -o DIR",
			""},
		{"other order of args", i18n.Errorf("%w: %s is not the file that was received: %s the one in %s", fs.ErrExist,
			"a.zip", i18n.Textf("its size is not"), "a.json"),
			"ya existe: a.zip no es el archivo que se recibió: a.json indica otro tamaño", ""},
		{"a file that may not be read",
			fmt.Errorf("open evidence: %w", &fs.PathError{Op: "open", Path: "a.zip", Err: fs.ErrPermission}),
			"a.zip: permiso denegado", "open evidence: open a.zip: permission denied"},
		{"a finding",
			&RefusedFile{"-",
				&evidence.RefusedError{Findings: []evidence.Finding{{Code: evidence.CodeCRC, Entry: "x",
					Message: "wrong"}}}},
			`evidencia rechazada: la entrada estándar: crc: "x": el contenido no coincide con su CRC`, ""},
		{"a finding of a code that is not known", ShownFinding{Code: "nosuch", Message: "odd"}, "nosuch",
			"nosuch: odd"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := i18n.InSpanish(test.err)
			if got.Text != test.want || strings.Join(got.Details, "|") != test.details {
				t.Errorf("%q with details %q, want %q with %q", got.Text, got.Details, test.want, test.details)
			}
		})
	}
}

func TestMessagesAreFoundAsErrorsAre(t *testing.T) {
	err := fmt.Errorf("outside: %w", i18n.Errorf("evidence %s: %w", "x", fs.ErrPermission))
	if !errors.Is(err, fs.ErrPermission) || err.Error() != "outside: evidence x: permission denied" {
		t.Errorf("got %v", err)
	}
}

// Evidence that could not get its name is kept complete, and the user learns where it is.
func TestUnplacedEvidenceIsToldWithItsPlace(t *testing.T) {
	err := &danabio.UnplacedError{Kept: "archive/.c.zip.1.part",
		Err: &fs.PathError{Op: "rename", Path: "archive/c.zip", Err: fs.ErrPermission}}
	var data JSON
	data.add(err)
	if KindOf(err) != KindPermission || data.Kept != err.Kept {
		t.Errorf("%s, %+v", KindOf(err), data)
	}
	if text := Advice(err).In(i18n.English); !strings.Contains(text, "complete and verified") ||
		!strings.HasSuffix(text, err.Kept) {
		t.Errorf("advice: %s", text)
	}
	if said := i18n.InSpanish(err); !strings.Contains(said.Text, err.Kept) ||
		!strings.Contains(Advice(err).In(i18n.Spanish), err.Kept) {
		t.Errorf("%+v", said)
	}
	refused := fmt.Errorf("%w; it could not be kept aside: %w", danabio.ErrIntegrity, err)
	if text := Advice(refused); text != nil && strings.Contains(text.Error(), "verified") {
		t.Errorf("advice on evidence that is not acceptable: %s", text)
	}
}

func TestFailureIsRedWithColour(t *testing.T) {
	var stderr strings.Builder
	out := term.NewOutput(io.Discard, &stderr)
	out.Colour = true
	Print(out, BadInput("wrong"))
	if got := stderr.String(); got != "\x1b[31mdanabio:\x1b[0m wrong\n" {
		t.Errorf("got %q", got)
	}
}
