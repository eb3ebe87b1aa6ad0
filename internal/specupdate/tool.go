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

// toolbox holds the programs of other modules, at the versions that stand beside their use. They
// are built from the module proxy when they are first needed, into a folder of their own: go run
// would look for them anew each time.
type toolbox struct {
	folder string
	mu     sync.Mutex
	built  map[string]string // paths, by package and version
}

func newToolbox() (*toolbox, error) {
	folder, err := os.MkdirTemp("", "specupdate-tools-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	return &toolbox{folder: folder, built: make(map[string]string)}, nil
}

func (b *toolbox) remove() { os.RemoveAll(b.folder) }

// run runs a program of another module, named as for go install, and returns its standard output.
func (b *toolbox) run(ctx context.Context, folder, program string, args ...string) ([]byte, error) {
	b.mu.Lock()
	file := b.built[program]
	var err error
	if file == "" {
		if _, err = start(ctx, b.folder, "go", []string{"GOBIN=" + b.folder}, "install", program); err == nil {
			name, _, _ := strings.Cut(path.Base(program), "@")
			file, err = exec.LookPath(filepath.Join(b.folder, name)) // with .exe where there is one
			b.built[program] = file
		}
	}
	b.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return start(ctx, folder, file, nil, args...)
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
