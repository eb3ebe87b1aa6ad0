package docs_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danabio/danabio-go/internal/markdown"
	"github.com/danabio/danabio-go/internal/sample"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/emulator"
	"github.com/danabio/danabio-go/pkg/emulator/emulatortest"
)

// preparations create what the blocks of a file find besides contract.pdf: files in their folder
// and variables. The blocks of all other files find an emulator that completes circuits at once.
var preparations = map[string]func(t *testing.T, folder string) (variables map[string]string){
	"README.md": func(t *testing.T, _ string) map[string]string {
		// "danabio contract" sends wrong requests
		return reached(unchecked(t, emulator.Config{CompleteAfter: time.Nanosecond}))
	},
	"docs/configuration.md": func(t *testing.T, folder string) map[string]string {
		companyFiles(t, folder)
		return map[string]string{} // it serves another emulator itself
	},
	"docs/network.md": behindPrivateAuthority,
	"docs/retries.md": func(t *testing.T, _ string) map[string]string {
		lost := emulator.Fault{Operation: emulator.OperationStart, Reset: true} // the answer to the first start
		return reached(emulatortest.Start(t,
			emulator.Config{CompleteAfter: time.Nanosecond, Faults: []emulator.Fault{lost}}))
	},
	"docs/waiting.md": func(t *testing.T, folder string) map[string]string {
		server := emulatortest.Start(t, emulator.Config{}) // no one signs
		circuits(t, folder, server)
		return reached(server)
	},
}

// prepare creates the folder in which the blocks of a file run and returns their variables.
func prepare(t *testing.T, file *markdown.File) (folder string, variables map[string]string) {
	t.Helper()
	folder = t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "contract.pdf"), sample.Contract, 0o600); err != nil {
		t.Fatal(err)
	}
	if prepare := preparations[file.Path]; prepare != nil {
		return folder, prepare(t, folder)
	}
	return folder, reached(emulatortest.Start(t, emulator.Config{CompleteAfter: time.Nanosecond}))
}

// circuits starts three circuits, completes two of them, and writes their ids to circuits.txt.
func circuits(t *testing.T, folder string, server *emulatortest.Server) {
	t.Helper()
	client, err := danabio.New(server.ClientConfig())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	var ids strings.Builder
	for i := range 3 {
		circuit, err := client.StartCircuit(t.Context(), danabio.CircuitRequest{
			Signer:    danabio.Signer{Name: "Ana Prueba", Email: "ana@example.com", NIF: "12345678A"},
			Documents: []danabio.Document{danabio.Bytes("contract.pdf", sample.Contract)},
		})
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			if err := server.Complete(circuit.ID); err != nil {
				t.Fatal(err)
			}
		}
		fmt.Fprintln(&ids, circuit.ID)
	}
	if err := os.WriteFile(filepath.Join(folder, "circuits.txt"), []byte(ids.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// unchecked serves an emulator for clients that send requests against the spec.
func unchecked(t *testing.T, config emulator.Config) *emulatortest.Server {
	t.Helper()
	api, err := emulator.New(config)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	return &emulatortest.Server{Emulator: api, URL: server.URL}
}

func reached(server *emulatortest.Server) map[string]string {
	return map[string]string{
		"DANABIO_BASE_URL": server.URL, "DANABIO_CHANNEL": server.Channel(),
		"DANABIO_CLIENT_ID": server.ClientID(), "DANABIO_CLIENT_SECRET": server.ClientSecret(),
	}
}

// buildDanabio builds the command line in a new folder and returns the folder.
func buildDanabio(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	if out, err := exec.Command("go", "build", "-ldflags=-w", "-o", folder,
		"./cmd/danabio").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return folder
}

// environment returns the environment of this process with these variables and without those that
// change the behaviour of danabio.
func environment(folder string, variables map[string]string) []string {
	var list []string
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, "DANABIO_") && !strings.HasPrefix(name, "LC_") &&
			!strings.HasSuffix(strings.ToUpper(name), "_PROXY") &&
			name != "LANG" && name != "XDG_CONFIG_HOME" && name != "HOME" {
			list = append(list, variable)
		}
	}
	list = append(list, "LANG=C", "HOME="+folder, "XDG_CONFIG_HOME="+filepath.Join(folder, ".config"))
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		list = append(list, name+"="+variables[name])
	}
	return list
}

// The programs in the documentation, and the commands that need only danabio, do what it says.
// README.es.md has the same blocks as README.md, which another test checks.
func TestDocumentationDoesWhatItSays(t *testing.T) {
	files := slices.DeleteFunc(documentation(t), func(file *markdown.File) bool {
		return file.Path == "README.es.md" || !slices.ContainsFunc(file.Blocks, func(block markdown.Block) bool {
			return block.Mark == "danabio" || isProgram(block)
		})
	})
	binary, programs := filepath.Join(buildDanabio(t), "danabio"), buildPrograms(t, files)
	for _, file := range files {
		t.Run(file.Path, func(t *testing.T) {
			t.Parallel()
			folder, variables := prepare(t, file)
			s := &session{binary: binary, folder: folder, variables: variables}
			for _, block := range file.Blocks {
				var printed string
				var err error
				switch {
				case block.Mark == "danabio":
					printed, err = s.commands(block.Text)
				case isProgram(block):
					printed, err = s.program(programs.of(file, block))
					if block.Name == "first" {
						failsOnForgedEvidence(t, programs.of(file, block))
					}
				default:
					continue
				}
				if err != nil {
					t.Fatalf("%s:%d: %s: %v\n%s", file.Path, block.Line, block.Name, err, printed)
				}
				if shown, found := file.Output(block.Name); found && !shown.Matches(printed) {
					t.Errorf("%s:%d: %s prints\n%s\nand not\n%s", file.Path, shown.Line, block.Name, printed,
						shown.Text)
				}
			}
		})
	}
}

// failsOnForgedEvidence runs a program that reports what it does with the evidence that it gets.
func failsOnForgedEvidence(t *testing.T, program string) {
	t.Helper()
	for forgery, says := range map[emulator.Forgery]string{
		emulator.ForgeBadSignature:    "signature-digest",
		emulator.ForgeMissingDocument: "no file is or begins with document",
		emulator.ForgeReplacedPage:    "was changed before it was signed", emulator.ForgeLaterPage: "later-revision",
	} {
		server := emulatortest.Start(t, emulator.Config{
			CompleteAfter: time.Nanosecond,
			Faults:        []emulator.Fault{{Operation: emulator.OperationDownload, Forge: forgery}},
		})
		s := &session{folder: t.TempDir(), variables: reached(server)}
		if err := os.WriteFile(filepath.Join(s.folder, "contract.pdf"), sample.Contract, 0o600); err != nil {
			t.Fatal(err)
		}
		if printed, err := s.program(program); err == nil || !strings.Contains(printed, says) {
			t.Errorf("%s: %v:\n%s", forgery, err, printed)
		}
	}
}

// session runs the blocks of one file. It supports the shell syntax that danabio commands need:
// variables, quotes, comments, continued lines, NAME=$(danabio …), eval, echo, and "||".
type session struct {
	binary, folder string
	variables      map[string]string
	printed        bytes.Buffer
}

var (
	captured   = regexp.MustCompile(`^([A-Za-z_]+)=\$\((.*)\)$`)
	assignment = regexp.MustCompile(`^([A-Za-z_]+)=(.*)$`)
)

// commands runs commands and returns their standard output. It stops at the first failure.
func (s *session) commands(text string) (string, error) {
	s.printed.Reset()
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
		line = strings.TrimSpace(line)
		first, second, either := strings.Cut(line, " || ")
		err := s.command(first)
		if either && err != nil {
			err = s.command(second)
		}
		if err != nil {
			return s.printed.String(), fmt.Errorf("%s: %w", line, err)
		}
	}
	return s.printed.String(), nil
}

func (s *session) command(line string) error {
	if parts := captured.FindStringSubmatch(line); parts != nil {
		before := s.printed.String()
		s.printed.Reset()
		err := s.command(parts[2])
		s.variables[parts[1]] = strings.TrimRight(s.printed.String(), "\n")
		s.printed.Reset()
		s.printed.WriteString(before)
		return err
	}
	words, err := s.words(line)
	if err != nil || len(words) == 0 {
		return err
	}
	switch words[0] {
	case "echo":
		fmt.Fprintln(&s.printed, strings.Join(words[1:], " "))
		return nil
	case "eval":
		for line := range strings.Lines(words[1]) {
			parts := assignment.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
			if parts == nil {
				return fmt.Errorf("%q is no assignment", line)
			}
			value, err := s.words(parts[2])
			if err != nil || len(value) != 1 {
				return fmt.Errorf("%q is no assignment of one word", line)
			}
			s.variables[parts[1]] = value[0]
		}
		return nil
	case "danabio":
		run := exec.Command(s.binary, words[1:]...)
		var said bytes.Buffer
		run.Dir, run.Env, run.Stdout, run.Stderr = s.folder, environment(s.folder, s.variables), &s.printed, &said
		err := run.Run()
		s.variables["?"] = "0"
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			s.variables["?"] = fmt.Sprint(exit.ExitCode())
			return fmt.Errorf("%w: %s", err, said.String())
		}
		return err
	}
	return fmt.Errorf("%s is not danabio; mark the block as shell", words[0])
}

// words splits a line like a shell.
func (s *session) words(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	inWord, quote := false, rune(0)
	runes := []rune(line)
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		switch {
		case quote == '\'' && r != '\'', quote == '"' && r != '"' && r != '$':
			word.WriteRune(r)
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, inWord = r, true
		case quote == 0 && (r == ' ' || r == '\t'):
			if inWord {
				words = append(words, word.String())
				word.Reset()
				inWord = false
			}
		case quote == 0 && r == '#' && !inWord:
			return words, nil
		case r == '$':
			name := variable.FindString(string(runes[i+1:]))
			value, known := s.variables[name]
			if !known {
				return nil, fmt.Errorf("there is no variable $%s", name)
			}
			word.WriteString(value)
			inWord = true
			i += len(name)
		case strings.ContainsRune("|&;<>`()*?\\", r):
			return nil, fmt.Errorf("%q needs a shell; mark the block so", r)
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	if quote != 0 {
		return nil, errors.New("a quote does not end")
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, nil
}

var variable = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*|\?)`)

// program runs a program in the folder and returns its output.
func (s *session) program(path string) (string, error) {
	run := exec.Command(path)
	run.Dir, run.Env = s.folder, environment(s.folder, s.variables)
	var said bytes.Buffer
	run.Stderr = &said
	out, err := run.Output()
	if err != nil {
		return string(out) + said.String(), err
	}
	return string(out), nil
}
