package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A script prints its environment first and the reason last. The first failures of a package
// represent all of them.
func TestFailuresAreShownFromTheirEndAndCounted(t *testing.T) {
	var out strings.Builder
	for i := range 7 {
		for line := range 30 {
			fmt.Fprintf(&out, `{"Action":"output","Package":"m/pkg/a","Test":"Test%d","Output":"    line %d\n"}`+"\n",
				i, line)
		}
		fmt.Fprintf(&out, `{"Action":"fail","Package":"m/pkg/a","Test":"Test%d"}`+"\n", i)
	}
	out.WriteString(`{"Action":"fail","Package":"m/pkg/a"}` + "\n" + `{"Action":"pass","Package":"m/pkg/b"}` + "\n")
	results, badly, err := readTests([]byte(out.String()), "m")
	if err != nil || !badly || len(results) != 2 {
		t.Fatalf("%v, %v, %v", results, badly, err)
	}
	p := new(page)
	(&report{tests: results}).testSection(p)
	text := p.String()
	for _, want := range []string{"- `pkg/a`: **failed**", "- `pkg/b`: passed", "`Test4` in `pkg/a`", "    line 29\n",
		"…\n    line 18\n", "… and 2 failures more in `pkg/a`."} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q:\n%s", want, text)
		}
	}
	for _, not := range []string{"line 17", "`Test5` in"} {
		if strings.Contains(text, not) {
			t.Errorf("the report says %q", not)
		}
	}
}

// A test that also fails with the present spec is not caused by the new one, and the user is not
// told to edit code for it.
func TestATestThatFailsAnyhowIsSaidToDoSo(t *testing.T) {
	root := ownTree(t)
	broken := "package danabio\n\nimport \"testing\"\n\nfunc TestBroken(t *testing.T) { t.Error(\"broken anyhow\") }\n"
	if err := os.WriteFile(filepath.Join(root, "pkg", "danabio", "broken_test.go"), []byte(broken), 0o644); err != nil {
		t.Fatal(err)
	}
	code, report, complaints := run(t, root, scenario(t, root, "field-added"), "-check")
	if code != 4 || !strings.Contains(report, "they do so with the present spec too") ||
		!strings.Contains(report, "broken anyhow") || strings.Contains(report, "edit the code") {
		t.Errorf("exit %d:\n%s%s", code, report, complaints)
	}
}

// Exactly those packages are tested that depend on gen/ or api/, directly or through their tests.
func TestDependents(t *testing.T) {
	root := t.TempDir()
	for name, content := range map[string]string{
		"go.mod":                 "module m\n\ngo 1.26\n",
		"api/a.go":               "package api\n",
		"gen/client/c.go":        "package client\n",
		"pkg/direct/d.go":        "package direct\n\nimport _ \"m/gen/client\"\n",
		"pkg/direct/d_test.go":   "package direct\n",
		"pkg/far/f.go":           "package far\n\nimport _ \"m/pkg/direct\"\n",
		"pkg/far/f_test.go":      "package far_test\n",
		"pkg/tests/t.go":         "package tests\n",
		"pkg/tests/t_test.go":    "package tests_test\n\nimport _ \"m/api\"\n",
		"pkg/other/o.go":         "package other\n",
		"pkg/other/o_test.go":    "package other\n",
		"pkg/untested/u.go":      "package untested\n\nimport _ \"m/api\"\n",
		"cmd/generous/g.go":      "package generous\n\nimport _ \"m/apis\"\n",
		"cmd/generous/g_test.go": "package generous\n",
		"apis/a.go":              "package apis\n",
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := dependents(t.Context(), "m", root)
	if want := "m/pkg/direct m/pkg/far m/pkg/tests"; err != nil || strings.Join(got, " ") != want {
		t.Errorf("%v (%v), want %s", got, err, want)
	}
}
