package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestUsage(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "openapi.yaml")
	if err := os.WriteFile(file, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		args []string
		exit int
		says string
	}{
		{"nothing", nil, 2, "-file PATH or -url URL"},
		{"both", []string{"-file", file, "-url", "https://specs.example.com"}, 2, "either -file PATH or -url URL"},
		{"argument", []string{"-file", file, "more"}, 2, `unexpected argument "more"`},
		{"unknown flag", []string{"-force"}, 2, "not defined: -force"},
		{"folder for a file", []string{"-file", folder}, 2, "is a folder"},
		{"no tests", []string{"-file", file, "-tests", " "}, 2, "names no package"},
		{"file that is not there", []string{"-file", filepath.Join(folder, "none.yaml")}, 1, "read the new spec"},
		{"tree that is none", []string{"-file", file, "-tree", folder}, 1, "run it from the repository's root"},
		{"help", []string{"-h"}, 0, "-check"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if code := Run(t.Context(), test.args, &stdout, &stderr); code != test.exit ||
				!strings.Contains(stderr.String(), test.says) || stdout.Len() > 0 {
				t.Errorf("exit %d, want %d and %q:\n%s%s", code, test.exit, test.says, stdout.String(), stderr.String())
			}
		})
	}
}

func TestASpecOfAnotherAPIIsRefused(t *testing.T) {
	root := sharedTree(t)
	code, report, complaints := run(t, root, []byte(small))
	if code != 3 || report != "" ||
		!strings.Contains(complaints, "none of the operations getToken, startCircuit, downloadEvidence") {
		t.Errorf("exit %d:\n%s%s", code, report, complaints)
	}
}
