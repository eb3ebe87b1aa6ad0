package danabio_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"text/template"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// Types in which a caller may keep a signer.
type (
	job struct {
		Loan    string
		Signer  danabio.Signer
		Pointer *danabio.Signer
		Several []danabio.Signer
		ByLoan  map[string]danabio.Signer
		Any     any
		Request danabio.CircuitRequest
	}
	closedJob  struct{ signer danabio.Signer }
	pointerJob struct{ signer *danabio.Signer }
)

func canarySigner() danabio.Signer {
	return danabio.Signer{Name: canaryName, Email: canaryEmail, NIF: canaryNIF}
}

func hasCanary(text string) bool {
	return strings.Contains(text, canaryName) || strings.Contains(text, canaryEmail) ||
		strings.Contains(text, canaryNIF)
}

// printed returns the value in every form in which programs print it.
func printed(t *testing.T, value any) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
		found[verb] = fmt.Sprintf(verb, value)
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	found["JSON"] = string(encoded)
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"slog JSON": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
		"slog text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
	} {
		var b bytes.Buffer
		slog.New(handler(&b)).Info("message", "value", value, slog.Group("group", "value", value))
		found[name] = b.String()
	}
	var b bytes.Buffer
	if err := template.Must(template.New("").Parse("{{.}} {{printf \"%v\" .}}")).Execute(&b, value); err != nil {
		t.Fatal(err)
	}
	found["template"] = b.String()
	return found
}

func TestSignerIsMaskedWhereverItStands(t *testing.T) {
	signer := canarySigner()
	request := danabio.CircuitRequest{ID: "loan-4711", Signer: signer}
	for name, value := range map[string]any{
		"alone":     signer,
		"a pointer": &signer,
		"in a struct": job{"loan-4711", signer, &signer, []danabio.Signer{signer},
			map[string]danabio.Signer{"a": signer}, signer, request},
		"its pointer": &job{"loan-4711", signer, &signer, []danabio.Signer{signer},
			map[string]danabio.Signer{"a": signer}, signer, request},
		"in a request": request,
	} {
		for how, text := range printed(t, value) {
			if hasCanary(text) {
				t.Errorf("%s, %s: %s", name, how, text)
			}
		}
	}
	type document struct{ Signer danabio.Signer }
	encoded, err := xml.Marshal(document{signer})
	if err != nil || hasCanary(string(encoded)) {
		t.Errorf("XML: %s, %v", encoded, err)
	}
}

func TestSignerCanBeReadFromJSON(t *testing.T) {
	var read struct{ Signer danabio.Signer }
	content := fmt.Sprintf(`{"signer": {"name": %q, "email": %q, "nif": %q}}`, canaryName, canaryEmail, canaryNIF)
	if err := json.Unmarshal([]byte(content), &read); err != nil || read.Signer != canarySigner() {
		t.Errorf("%v", err)
	}
	// A masked signer must not be read as an empty signer.
	masked, err := json.Marshal(read)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(masked, &read); err == nil {
		t.Error("a masked signer was read")
	}
}

func TestPointerToASignerInAnUnexportedField(t *testing.T) {
	signer := canarySigner()
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		if text := fmt.Sprintf(verb, pointerJob{&signer}); hasCanary(text) {
			t.Errorf("%s: %s", verb, text)
		}
	}
}

// docs/security.md lists where a signer is not masked.
func TestWhereASignerIsNotMasked(t *testing.T) {
	if text := fmt.Sprintf("%+v", closedJob{canarySigner()}); !hasCanary(text) {
		t.Errorf("an unexported field is printed as %s: the documentation says less than is true", text)
	}
	if text := fmt.Sprintf("%p", canarySigner()); !hasCanary(text) {
		t.Errorf("%%p prints %s: the documentation says less than is true", text)
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(canarySigner()); err != nil || !hasCanary(b.String()) {
		t.Errorf("gob: %v: the documentation says less than is true", err)
	}
}
