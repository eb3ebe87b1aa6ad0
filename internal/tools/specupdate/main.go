// Command specupdate takes a new OpenAPI document of the vendor into this repository. Run it with
// make from the repository's root:
//
//	make spec-update FILE=path
//	make spec-update URL=https://…
//
// It copies the tree, including uncommitted edits, to a temporary folder with git, replaces
// api/openapi.yaml by the vendor's file, and works in that copy. It compares the two documents
// (oasdiff), applies the overlay action by action, generates the code, compiles it, compares the
// exported Go API (apidiff) and runs the tests of every package that depends on gen/ or api/. Only
// if all of that succeeds does it put the vendor's file, byte for byte, the generated code and the
// report into the work tree. Otherwise the work tree stays unchanged, and the report on standard
// output says why.
//
// This package contains only the update of the spec. Neither the library nor the command line
// imports it.
//
// # Exit codes
//
//	0    taken in, or there is nothing to change
//	1    failed: a tool, the disk or the network, or the work tree itself does not build
//	2    wrong usage
//	3    the file is refused: it is not an OpenAPI 3.0 or 3.1 document, or not one of this API
//	4    the file is readable, but a step failed: the report names it, the work tree is unchanged
//	5    with --check: the file would be taken in and would change something
//	130  interrupted; the work tree is unchanged
//
// go run and make have their own exit codes, so a job that needs these must run the built program.
//
// # Limits
//
// The files are replaced one after the other, each as a whole, api/openapi.yaml last. If the
// machine crashes in between, the tree contains a mixture; running the same command again finishes
// it.
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

// errUsage marks an invalid command line.
var errUsage = errors.New("wrong usage")

// Run runs the command line. It writes the report to stdout, and progress and errors to stderr. It
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

// settings are the settings from the command line.
type settings struct {
	file, url string
	tree      string   // root of the repository
	base      string   // root of the checkout to compare the Go API with
	check     bool     // report only, change nothing
	tests     []string // packages whose tests must pass; if empty, all that depend on gen/ or api/
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
		"root of an unchanged checkout, if the work tree already contains edits that need the new spec")
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
		return nil, fmt.Errorf("%w: unexpected argument %q; give the new spec with -file PATH or -url URL", errUsage,
			flags.Arg(0))
	case (s.file == "") == (s.url == ""):
		return nil,
			fmt.Errorf("%w: give the new spec with either -file PATH or -url URL (make spec-update FILE=… or URL=…)",
				errUsage)
	case len(s.tests) == 0 && *tests != "":
		return nil, fmt.Errorf("%w: -tests names no package", errUsage)
	}
	if s.base == "" {
		s.base = s.tree
	}
	return &s, nil
}
