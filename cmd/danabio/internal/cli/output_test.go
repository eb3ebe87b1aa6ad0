package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"

	"github.com/danabio/danabio-go/api"
	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/gen/biometricapi/spec"
)

func TestEveryCommandHasHelpWithAnExample(t *testing.T) {
	var check func(cmd *cobra.Command)
	check = func(cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			switch sub.Name() {
			case "help", "completion":
				continue
			}
			check(sub)
			args := append(strings.Fields(sub.CommandPath())[1:], "--help")
			code, stdout, stderr := run(t.Context(), nil, args...)
			if code != failure.ExitDone || stderr != "" ||
				!strings.Contains(stdout, "\nExamples:\n  danabio "+args[0]) {
				t.Errorf("%q: exit code %d, stderr %q, stdout %s", args, code, stderr, stdout)
			}
		}
	}
	check(newRoot(term.NewOutput(io.Discard, io.Discard)))
}

func TestSpecIsPrintedAsItIs(t *testing.T) {
	code, stdout, stderr := run(t.Context(), nil, "spec")
	if code != failure.ExitDone || stdout != string(api.OpenAPI) || stderr != "" {
		t.Errorf("exit code %d, %d bytes, want %d, stderr %q", code, len(stdout), len(api.OpenAPI), stderr)
	}
}

func TestSpecAsJSONSaysTheSame(t *testing.T) {
	_, stdout, _ := run(t.Context(), nil, "spec", "--json")
	var got, want any
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatal(err)
	}
	if json.Unmarshal(api.OpenAPI, &want) != nil {
		if err := yaml.Unmarshal(api.OpenAPI, &want); err != nil {
			t.Fatal(err)
		}
		want = textKeys(want)
	}
	if want = throughJSON(t, want); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
	if first := regexp.MustCompile(`\w+`).Find(api.OpenAPI); !strings.HasPrefix(stdout,
		fmt.Sprintf("{\n  %q: ", first)) {
		t.Errorf("the order of keys changed: %.40q begins where the spec begins with %s", stdout, first)
	}
}

// textKeys converts keys such as an unquoted 200 to strings, because JSON allows no other keys.
func textKeys(value any) any {
	switch value := value.(type) {
	case map[any]any:
		texts := make(map[string]any, len(value))
		for key, inner := range value {
			texts[fmt.Sprint(key)] = textKeys(inner)
		}
		return texts
	case map[string]any:
		for key, inner := range value {
			value[key] = textKeys(inner)
		}
	case []any:
		for i, inner := range value {
			value[i] = textKeys(inner)
		}
	}
	return value
}

func TestSpecForGoHasTheOverlayApplied(t *testing.T) {
	_, stdout, _ := run(t.Context(), nil, "spec", "--go")
	document, err := spec.GetSpecJSON()
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(throughJSON(t, json.RawMessage(stdout)), throughJSON(t, json.RawMessage(document))) {
		t.Error("it is not the embedded one")
	}
	_, plain, _ := run(t.Context(), nil, "spec", "--json")
	if plain == stdout {
		t.Error("it is the one without the overlay")
	}
}

func throughJSON(t *testing.T, value any) any {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var through any
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&through); err != nil {
		t.Fatal(err)
	}
	return through
}
