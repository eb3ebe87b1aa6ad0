//go:build foreign

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A file name reaches the program unchanged: neither make nor the shell expands it.
func TestForeignMakeExecutesNoFileName(t *testing.T) {
	folder := t.TempDir()
	program := "#!/bin/sh\nfor a in \"$@\"; do printf '%s\\n' \"$a\"; done\n"
	if err := os.WriteFile(filepath.Join(folder, "go"), []byte(program), 0o755); err != nil {
		t.Fatal(err)
	}
	makefile, err := filepath.Abs(filepath.Join("..", "..", "..", "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"the vendor's spec.yaml", "$(shell touch pwned).yaml", "$$(touch pwned).yaml", "a$(touch pwned)b",
		"`touch pwned`",
		"a; touch pwned", "'; touch pwned; '", `"; touch pwned; "`, "a && touch pwned", `back\slash`, "-file", "$HOME",
		"a#b", "*",
	} {
		for variable, flag := range map[string]string{"FILE": "-file", "URL": "-url", "BASE": "-base"} {
			command := exec.Command("make", "-s", "-f", makefile, "spec-update", variable+"="+name)
			command.Dir = folder
			command.Env = append(os.Environ(), "PATH="+folder+string(os.PathListSeparator)+os.Getenv("PATH"))
			out, err := command.CombinedOutput()
			want := "run\n./internal/tools/specupdate\n" + flag + "\n" + name + "\n"
			if err != nil || string(out) != want {
				t.Errorf("%s=%s: the program got %q, want %q (%v)", variable, name, out, want, err)
			}
			if _, err := os.Stat(filepath.Join(folder, "pwned")); err == nil {
				t.Fatalf("%s=%s: what stands in the name was executed", variable, name)
			}
		}
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Errorf("left in the folder: %v %v", strings.TrimSpace(filepath.Base(folder)), err)
	}
}
