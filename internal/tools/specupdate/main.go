// Command specupdate takes a new OpenAPI document of the vendor into this repository. Run it from
// the repository's root, by make:
//
//	make spec-update FILE=path
//	make spec-update URL=https://…
//
// It copies the tree by git to a temporary folder, edits that are not committed included, puts the
// vendor's file there in place of api/openapi.yaml, and works in that copy: it compares the two
// documents (oasdiff), applies the overlay action by action, generates, compiles, compares the
// exported Go API (apidiff) and runs the tests of every package that depends on gen/ or api/. Only
// when all of that succeeded are the vendor's file, byte for byte, the generated code and the
// report put into the work tree; else the work tree stays as it is, and the report, on standard
// output, says why.
//
// What may live here: the taking in of a spec, and nothing that the library or the command line
// imports.
//
// # Exit codes
//
//	0    taken in, or there is nothing to change
//	1    failed: a tool, the disk or the network; or the work tree itself does not build
//	2    wrong usage
//	3    the file is refused, and why: it is no OpenAPI 3.0 or 3.1 document, or none of this API
//	4    the file is readable, but a step failed: the report names it, the work tree is unchanged
//	5    with --check: the file would be taken in and would change something
//	130  interrupted; the work tree is unchanged
//
// The codes of go run and make are their own: a job that needs these runs the built program.
//
// # What it does not guard against
//
// The files are replaced one after the other, each as a whole, api/openapi.yaml last. A machine
// that dies between two of them leaves a mixture; the same command again finishes it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	code := Run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	removeTools()
	os.Exit(code)
}

// errUsage marks a command line that cannot be meant.
var errUsage = errors.New("wrong usage")

// Run does what the command line says: the report to stdout, progress and errors to stderr. It
// returns the exit code.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	settings, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err == nil {
		var result *report
		result, err = settings.update(ctx, stderr)
		if err == nil {
			if _, err = io.WriteString(stdout, result.markdown()); err == nil {
				return result.outcome.exit()
			}
		}
	}
	var refused *refusal
	switch {
	case errors.Is(err, errUsage):
		fmt.Fprintf(stderr, "specupdate: %v\n", err)
		return 2
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "specupdate: interrupted; the work tree is unchanged")
		return 130
	case errors.As(err, &refused):
		fmt.Fprintf(stderr, "specupdate: the file is refused: %v\n", err)
		return 3
	}
	fmt.Fprintf(stderr, "specupdate: %v\n", err)
	return 1
}

// settings are what the command line says.
type settings struct {
	file, url string
	tree      string   // root of the repository
	base      string   // root of the checkout that the Go API is compared with
	check     bool     // report, change nothing
	tests     []string // packages whose tests must pass; none: all that depend on gen/ or api/
}

func parse(args []string, stderr io.Writer) (*settings, error) {
	var s settings
	flags := flag.NewFlagSet("specupdate", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.file, "file", "", "the new OpenAPI document, YAML or JSON")
	flags.StringVar(&s.url, "url", "", "where to fetch it; https, or http on this machine")
	flags.BoolVar(&s.check, "check", false, "report only; exit 5 if the file would change something")
	flags.StringVar(&s.tree, "tree", ".", "root of the repository")
	flags.StringVar(&s.base, "base", "",
		"root of an unchanged checkout, when the work tree already holds edits that need the new spec")
	tests := flags.String("tests", "", "packages whose tests must pass (default: all that depend on gen/ or api/)")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		return nil, fmt.Errorf("%w: %v", errUsage, err)
	}
	s.tests = strings.Fields(*tests)
	switch {
	case flags.NArg() > 0:
		return nil, fmt.Errorf("%w: %q is no flag; give the new spec by -file PATH or -url URL", errUsage, flags.Arg(0))
	case (s.file == "") == (s.url == ""):
		return nil,
			fmt.Errorf("%w: give the new spec by either -file PATH or -url URL (make spec-update FILE=… or URL=…)",
				errUsage)
	case len(s.tests) == 0 && *tests != "":
		return nil, fmt.Errorf("%w: -tests names no package", errUsage)
	}
	if s.base == "" {
		s.base = s.tree
	}
	return &s, nil
}
