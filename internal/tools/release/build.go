package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// build builds the program into folder, for a system, or for this machine if system is zero. It
// returns the program's path.
func (r *release) build(ctx context.Context, system system, folder string) (string, error) {
	path := filepath.Join(folder, r.program)
	if system.os == "windows" || system.os == "" && os.PathSeparator == '\\' {
		path += ".exe"
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	path, err := filepath.Abs(path) // the command runs in the module's folder
	if err != nil {
		return "", err
	}
	// -w omits what only debuggers need, a quarter of the file. The symbol table stays for other
	// tools.
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false",
		"-ldflags=-w -X "+r.commitVariable+"="+r.commit, "-o", path, r.main)
	build.Dir = r.source
	build.Env = append(os.Environ(),
		"CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off", "GOEXPERIMENT=", "GOFIPS140=off", "GOAMD64=v1", "GOARM64=v8.0",
		"GOOS="+system.os, "GOARCH="+system.arch)
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", r.main, err, out)
	}
	return path, nil
}

// goEnv returns a setting of the go command.
func (r *release) goEnv(ctx context.Context, name string) (string, error) {
	command := exec.CommandContext(ctx, "go", "env", name)
	command.Dir = r.source
	out, err := command.Output()
	if err == nil && len(strings.TrimSpace(string(out))) == 0 {
		err = errors.New("it is empty")
	}
	if err != nil {
		return "", fmt.Errorf("go env %s: %w", name, err)
	}
	return strings.TrimSpace(string(out)), nil
}
