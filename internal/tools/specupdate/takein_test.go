//go:build takein

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"gopkg.in/yaml.v3"
)

// This uses the real tree with the tests that run by default, which the stand-in of the scenarios
// does not cover. Each row takes up to a minute, so the test has a separate tag: make take-in.
func TestTheRealTree(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	before, err := snapshot(t.Context(), root, filepath.Join(t.TempDir(), "git"))
	if err != nil {
		t.Fatal(err)
	}
	present := before.files[specFile]
	archive, err := txtar.ParseFile(filepath.Join("testdata", "candidates.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		name string
		spec []byte
		exit int
		says string
	}
	var rows []row
	stops := map[string]string{
		"snake-case":          `the spec has no "circuitId"`,
		"link-dropped":        `the spec has no "link"`,
		"required-field-more": `the spec requires "flow"`,
		"required-header":     "X-Tenant",
		"id-becomes-integer":  `the spec has "circuitId" as integer`,
		"path-renamed":        "New with this method: `POST /api/v2/biometric/start_circuit/{channel}`",
		// The emulator's errors contain only a message.
		"error-schemas-strict": "`pkg/emulator`: **failed**",
	}
	for _, file := range archive.Files {
		says, stopped := stops[file.Name]
		exit := 5
		if stopped {
			exit = 4
		} else {
			says = "**Would be taken in**"
		}
		rows = append(rows, row{file.Name, changed(t, present, string(file.Data)), exit, says})
	}
	texts := rows[0].spec
	rows = append(rows,
		row{"form: JSON", asJSONText(t, texts), 5, "**Would be taken in**"},
		row{"form: JSON behind a byte order mark", append([]byte("\ufeff"), asJSONText(t, texts)...), 5,
			"without the byte order mark"},
		row{"form: byte order mark", append([]byte("\ufeff"), texts...), 5, "without the byte order mark"},
		row{"form: CRLF", bytes.ReplaceAll(texts, []byte("\n"), []byte("\r\n")), 5, "**Would be taken in**"},
		row{"form: unquoted status codes", regexp.MustCompile(`"([2-5][0-9][0-9])":`).ReplaceAll(texts, []byte("$1:")),
			5, "**Would be taken in**"},
		row{"form: OpenAPI 3.0.1", versioned(texts, "3.0.1"), 5, "**Would be taken in**"},
		row{"form: OpenAPI 3.1.0", versioned(texts, "3.1.0"), 5, "nothing was converted"},
	)
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if bytes.Equal(row.spec, present) {
				t.Fatal("the candidate is the present document")
			}
			file := filepath.Join(t.TempDir(), "the vendor's spec.yaml")
			if err := os.WriteFile(file, row.spec, 0o600); err != nil {
				t.Fatal(err)
			}
			var report, progress bytes.Buffer
			began := time.Now()
			code := Run(t.Context(), []string{"-check", "-tree", root, "-file", file}, &report,
				&progress)
			t.Logf("exit %d after %s", code, time.Since(began).Round(time.Second))
			if code != row.exit || !strings.Contains(report.String(), row.says) {
				t.Errorf("exit %d, want %d and %q:\n%s%s", code, row.exit, row.says, report.String(), progress.String())
			}
			if paths, err := before.changed(t.Context(), root); err != nil || len(paths) > 0 {
				t.Errorf("the tree changed: %v, %v", paths, err)
			}
		})
	}
}

// This runs a whole update with a copy of this repository's own spec, overlay and code.
func TestThisRepository(t *testing.T) {
	real, err := snapshot(t.Context(), filepath.Join("..", "..", ".."), filepath.Join(t.TempDir(), "git"))
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	if err := real.write(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	d, err := readDocument(real.files[specFile])
	if err != nil {
		t.Fatal(err)
	}
	info := child(d.root, "info")
	info.Content = append(info.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "x-note"},
		&yaml.Node{Kind: yaml.ScalarNode, Value: "by a test"})
	spec, err := yaml.Marshal(d.root)
	if err != nil {
		t.Fatal(err)
	}
	code, report, complaints := run(t, root, spec, "-tests", "./api/...")
	if code != 0 || !strings.Contains(report, "**Taken in.**") ||
		!strings.Contains(report, "`$.info.x-note`: added, `by a test`") || !strings.Contains(report, "`api`: passed") {
		t.Errorf("exit %d:\n%s%s", code, report, complaints)
	}
	paths, err := real.changed(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(paths, " "); got != "api/openapi.json "+specFile+" "+sumFile+" "+
		reportFile+" gen/biometricapi/spec/spec.gen.go" {
		t.Errorf("changed: %s", got)
	}
}

// changed applies overlay actions to a document, without the marks that only our document has.
func changed(t *testing.T, raw []byte, actions string) []byte {
	t.Helper()
	d, err := readDocument(raw)
	if err != nil {
		t.Fatal(err)
	}
	root := withoutMarks(d.root)
	raw, err = yaml.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	if strings.TrimSpace(actions) == "" {
		return raw
	}
	if d, err = readDocument(raw); err != nil {
		t.Fatal(err)
	}
	rules := "overlay: 1.0.0\nx-speakeasy-jsonpath: rfc9535\ninfo: {title: a change, version: \"1\"}\nactions:\n" +
		actions
	result, err := apply([]byte(rules), d)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range result.actions {
		if a.broken != "" || a.needless {
			t.Fatalf("%s does nothing: %s", a, a.broken)
		}
	}
	return result.raw
}

func withoutMarks(node *yaml.Node) *yaml.Node {
	kept := node.Content[:0:0]
	for i := 0; i < len(node.Content); i++ {
		if node.Kind == yaml.MappingNode && i%2 == 0 && node.Content[i].Value == assumed {
			i++
			continue
		}
		kept = append(kept, withoutMarks(node.Content[i]))
	}
	node.Content = kept
	return node
}

func asJSONText(t *testing.T, raw []byte) []byte {
	t.Helper()
	var value any
	if err := yaml.Unmarshal(raw, &value); err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func versioned(raw []byte, version string) []byte {
	return regexp.MustCompile(`(?m)^openapi: .*$`).ReplaceAll(raw, fmt.Appendf(nil, "openapi: %s", version))
}
