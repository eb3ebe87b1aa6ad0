package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// tools holds programs of other modules, at the versions given where they are used. Each is built
// when it is first needed: go run would ask the module proxy on every call.
var tools struct {
	sync.Mutex
	folder string // "" before the first is built
}

func removeTools() { os.RemoveAll(tools.folder) } // does nothing if there is no folder

// tool runs a program of another module, named as for go install, and returns its standard output.
func tool(ctx context.Context, folder, program string, args ...string) ([]byte, error) {
	file, err := build(ctx, program)
	if err != nil {
		return nil, err
	}
	return start(ctx, folder, file, nil, args...)
}

func build(ctx context.Context, program string) (file string, err error) {
	tools.Lock()
	defer tools.Unlock()
	if tools.folder == "" {
		if tools.folder, err = os.MkdirTemp("", "specupdate-tools-"); err != nil {
			return "", fmt.Errorf("make a temporary folder: %w", err)
		}
	}
	name, _, _ := strings.Cut(path.Base(program), "@")
	target := filepath.Join(tools.folder, name)
	if file, err = exec.LookPath(target); err == nil { // with .exe where there is one
		return file, nil
	}
	if _, err = start(ctx, tools.folder, "go", []string{"GOBIN=" + tools.folder}, "install", program); err != nil {
		return "", err
	}
	return exec.LookPath(target)
}

// goCommand runs the go command in a folder and returns its standard output.
func goCommand(ctx context.Context, folder string, args ...string) ([]byte, error) {
	return start(ctx, folder, "go", nil, args...)
}

// start runs a program, which ends with all processes that it started when the context does.
func start(ctx context.Context, folder, program string, env []string, args ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, program, args...)
	command.Dir = folder
	// Without paths the same package is compiled once, whatever the copy's folder is called.
	command.Env = append(os.Environ(), "GOFLAGS="+os.Getenv("GOFLAGS")+" -trimpath", "GOWORK=off", "OASDIFF_CONFIG=",
		"PWD="+folder)
	command.Env = append(command.Env, env...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	command.WaitDelay = 5 * time.Second
	killWhole(command)
	err := command.Run()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		name := strings.Join(append([]string{filepath.Base(program)}, args[:1]...), " ")
		err = &toolError{err: err, command: name,
			said: strings.ReplaceAll(stderr.String(), folder+string(os.PathSeparator), "")}
	}
	return stdout.Bytes(), err
}

// toolError is a go command that failed, with what it said.
type toolError struct {
	err           error
	command, said string
}

func (e *toolError) Error() string {
	return fmt.Sprintf("%s: %v: %s", e.command, e.err, strings.TrimSpace(e.said))
}

func (e *toolError) Unwrap() error { return e.err }

// lines is what the tool said, without what is no message.
func (e *toolError) lines() []string {
	var found []string
	for line := range strings.Lines(e.said) {
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "go: downloading ") &&
			!strings.HasPrefix(line, "exit status ") && !strings.HasPrefix(line, "Ignoring internal package ") {
			found = append(found, line)
		}
	}
	return found
}
