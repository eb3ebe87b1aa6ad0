package cli

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/help"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n/i18ntest"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/internal/credential"
)

// source is the code of the command line, without tests and files that are only in Spanish.
type source struct {
	files     *token.FileSet
	parsed    []*ast.File
	functions map[string]int // functions that take a format and args, with the index of the format
}

func readSource(t *testing.T) source {
	t.Helper()
	s := source{files: token.NewFileSet(), functions: map[string]int{}}
	var names []string
	for _, folder := range []string{"cli", "failure", "i18n", "settings", "term"} {
		inFolder, err := filepath.Glob(filepath.Join("..", folder, "*.go"))
		if err != nil || len(inFolder) == 0 {
			t.Fatalf("%s: %d files, %v", folder, len(inFolder), err)
		}
		names = append(names, inFolder...)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_es.go") {
			continue
		}
		file, err := parser.ParseFile(s.files, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		s.parsed = append(s.parsed, file)
		for _, declaration := range file.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok {
				if at := formatParameter(function.Type); at >= 0 {
					s.functions[function.Name.Name] = at
				}
			}
		}
	}
	return s
}

// formatParameter returns the index of a function's format parameter if its parameters end in
// format string, args ...any. Otherwise it returns -1.
func formatParameter(function *ast.FuncType) int {
	var names []string
	variadic := false
	for _, field := range function.Params.List {
		for _, name := range field.Names {
			names = append(names, name.Name)
		}
		_, variadic = field.Type.(*ast.Ellipsis)
	}
	if n := len(names); variadic && n >= 2 && names[n-2] == "format" && names[n-1] == "args" {
		return n - 2
	}
	return -1
}

// constant returns the text of a string literal or of literals that are joined with +.
func constant(expression ast.Expr) (string, bool) {
	switch e := expression.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.ParenExpr:
		return constant(e.X)
	case *ast.BinaryExpr:
		left, ok := constant(e.X)
		right, ok2 := constant(e.Y)
		return left + right, ok && ok2
	}
	return "", false
}

func called(call *ast.CallExpr) string {
	switch function := call.Fun.(type) {
	case *ast.Ident:
		return function.Name
	case *ast.SelectorExpr:
		if of, ok := function.X.(*ast.Ident); ok && (of.Name == "fmt" || of.Name == "errors") {
			return of.Name + "." + function.Sel.Name
		}
		return function.Sel.Name
	}
	return ""
}

// formats returns the format strings of all messages with their positions.
func (s source) formats(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, file := range s.parsed {
		ast.Inspect(file, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			at, known := s.functions[called(call)]
			if !known || len(call.Args) <= at {
				return true
			}
			place := s.files.Position(call.Pos()).String()
			text, ok := constant(call.Args[at])
			if name, passed := call.Args[at].(*ast.Ident); !ok && passed && name.Name == "format" &&
				call.Ellipsis.IsValid() {
				return true // a function that passes on its own format
			}
			if !ok {
				t.Errorf("%s: the format is no constant, so that nobody can translate it", place)
			}
			found[text] = place
			return true
		})
	}
	return found
}

func TestEveryMessageHasASpanishText(t *testing.T) {
	formats := readSource(t).formats(t)
	known := map[string]bool{}
	for _, pair := range slices.Concat(i18n.SpanishMessages[:], i18n.SpanishSettings[:]) {
		if known[pair.EN] {
			t.Errorf("%q is there twice", pair.EN)
		}
		known[pair.EN] = true
		if _, used := formats[pair.EN]; !used {
			t.Errorf("nothing says %q any more", pair.EN)
		}
		if got, want := verbs(t, pair.ES), verbs(t, pair.EN); !slices.Equal(got, want) {
			t.Errorf("%q takes %q, and its Spanish takes %q", pair.EN, want, got)
		}
		if problem := unlike(pair.EN, pair.ES); problem != "" {
			t.Errorf("%q: %s", pair.EN, problem)
		}
	}
	for _, format := range sorted(formats) {
		if !known[format] && wordy(format) {
			t.Errorf("%s: no Spanish in messages_es.go for\n\t{%q, \"\"},", formats[format], format)
		}
	}
}

// danabio doctor prints the findings of package doctor, so the messages here must contain the
// Spanish for each of its texts.
func TestEveryTextOfDoctorHasASpanishText(t *testing.T) {
	formats := map[string]bool{}
	take := func(value ast.Expr) {
		text, ok := constant(value)
		if !ok {
			t.Errorf("a text of package reach is no constant, so that nobody can translate it")
		}
		formats[text] = true
	}
	for folder, visit := range map[string]func(ast.Node){
		"../doctor": func(node ast.Node) {
			call, ok := node.(*ast.CallExpr)
			if !ok || called(call) != "Say" && called(call) != "Cause" {
				return
			}
			for _, arg := range call.Args {
				if text, ok := constant(arg); ok && wordy(text) && (strings.Contains(text, " ") || text == "none") {
					formats[text] = true
				}
			}
		},
		"../../../../internal/reach": func(node ast.Node) { // values of a Text field
			switch n := node.(type) {
			case *ast.KeyValueExpr:
				if name, ok := n.Key.(*ast.Ident); ok && name.Name == "Text" {
					take(n.Value)
				}
			case *ast.AssignStmt:
				for i, left := range n.Lhs {
					if field, ok := left.(*ast.SelectorExpr); ok && field.Sel.Name == "Text" {
						take(n.Rhs[i])
					}
				}
			}
		},
	} {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", folder, len(files), err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(node ast.Node) bool { visit(node); return true })
		}
	}
	known := map[string]bool{}
	for _, pair := range i18n.SpanishDoctor {
		if known[pair.EN] || !formats[pair.EN] {
			t.Errorf("%q is there twice, or nothing says it any more", pair.EN)
		}
		known[pair.EN] = true
		if got, want := verbs(t, pair.ES), verbs(t, pair.EN); !slices.Equal(got, want) {
			t.Errorf("%q takes %q, and its Spanish takes %q", pair.EN, want, got)
		}
		if problem := unlike(pair.EN, pair.ES); problem != "" {
			t.Errorf("%q: %s", pair.EN, problem)
		}
	}
	for format := range formats {
		if !known[format] {
			t.Errorf("no Spanish in doctor_es.go for\n\t{%q, \"\"},", format)
		}
	}
}

// A credential fault is reported in Spanish like any other error.
func TestEveryFaultOfACredentialHasASpanishText(t *testing.T) {
	for _, fault := range credential.Faults {
		if got := failure.ForeignInSpanish(&credential.Error{Fault: fault}); got.Text == string(fault) ||
			got.Details != nil {
			t.Errorf("%q is %+v", fault, got)
		}
	}
}

// wordy reports whether a format contains words besides verbs and flags.
func wordy(format string) bool {
	return strings.ContainsFunc(flagName.ReplaceAllString(verb.ReplaceAllString(format, ""), ""), unicode.IsLetter)
}

func sorted(texts map[string]string) []string {
	var all []string
	for text := range texts {
		all = append(all, text)
	}
	slices.Sort(all)
	return all
}

var verb = regexp.MustCompile(`%[-+# 0]*(\*|\d+)?(\.\d+)?(\[(\d+)\])?([a-zA-Z%])`)

// verbs returns the verbs of a format in the order of their args. It treats the verb that wraps an
// error and the one that prints it as the same.
func verbs(t *testing.T, format string) []string {
	t.Helper()
	var found []string
	next := 0
	for _, match := range verb.FindAllStringSubmatch(format, -1) {
		if match[5] == "%" {
			continue
		}
		if match[4] != "" {
			next, _ = strconv.Atoi(match[4])
			next--
		}
		for len(found) <= next {
			found = append(found, "")
		}
		what := match[5]
		if what == "w" || what == "v" {
			what = "s"
		}
		found[next] = what
		next++
	}
	return found
}

var (
	flagName   = regexp.MustCompile(`(?:^|[^\w-])(--?[a-z][a-z-]*)\b`)
	inCapitals = regexp.MustCompile(`\b([A-Z][A-Z_0-9]{2,})(?:s|es)?\b`)
)

// unlike describes what differs between two texts and should not: flags, variables and
// placeholders, commands, lines of code, and numbers such as an exit code at the start of a line.
// It returns "" if nothing differs.
func unlike(en, es string) string {
	groups := func(of *regexp.Regexp) func(string) []string {
		return func(text string) (found []string) {
			for _, match := range of.FindAllStringSubmatch(text, -1) {
				found = append(found, match[1])
			}
			return found
		}
	}
	for what, find := range map[string]func(string) []string{
		"flags": groups(flagName), "variables or placeholders": groups(inCapitals),
		"commands":                 groups(i18ntest.OurCommands),
		"lines of code or numbers": codeLines,
	} {
		// The order may differ.
		left, right := slices.Sorted(slices.Values(find(en))), slices.Sorted(slices.Values(find(es)))
		if !slices.Equal(slices.Compact(left), slices.Compact(right)) {
			return fmt.Sprintf("other %s: %q and %q", what, left, right)
		}
	}
	return ""
}

var (
	codeLine   = regexp.MustCompile(`^  (\S*=\S*|DANABIO_\w+|LC_ALL\S*|SOURCE_DATE_EPOCH|\d+|[a-z]+\.(zip|json|html)\S*|danabio .*|Get-Content .*)(  .*|$)`)
	listNumber = regexp.MustCompile(`\b\d+\b`)
)

// codeLines returns all numbers and the code in indented lines, without the explanations next to
// it.
func codeLines(text string) []string {
	found := listNumber.FindAllString(verb.ReplaceAllString(text, ""), -1)
	for line := range strings.SplitSeq(text, "\n") {
		if match := codeLine.FindStringSubmatch(line); match != nil {
			code, _, _ := strings.Cut(match[1], "   ")
			found = append(found, code)
		}
	}
	return found
}

// These strings in the code look like text for users but are not.
var notMessages = []string{
	// in the report of "contract", which is in English for the vendor
	"a server on this machine", "a server with a base URL of its own", "the vendor's ",
	// the message of a finding, in the words of package evidence
	"the ZIP has more than %d bytes",
	// commands
	"go run ./cmd/danabio", "danabio download", " evidence verify ",
	"start circuit",           // package danabio's name for an operation
	"write standard output: ", // package failure has it as a message
	"vea el detalle",
	// inFlags puts these into the English errors of package danabio.
	"Config.EvidenceLimits allows", "the limit is", "context canceled", "--client-id and DANABIO_CLIENT_SECRET",
}

var prose = regexp.MustCompile(`[a-z]{2,},? [a-z]{2,}`)

// Each text for users goes through a function that can also print it in Spanish.
func TestNoTextStandsOutsideOfTheMessages(t *testing.T) {
	s := readSource(t)
	formats := s.formats(t)
	for _, file := range s.parsed {
		ast.Inspect(file, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.Field:
				return n.Tag == nil
			case *ast.CallExpr:
				place := s.files.Position(n.Pos())
				switch name := called(n); {
				case (name == "fmt.Errorf" || name == "errors.New") && filepath.Base(place.Filename) != "message.go":
					t.Errorf("%s: use errorf in place of %s, so that the text has its Spanish", place, name)
				case s.functions[name] > 0 || hasKey(s.functions, name):
					for i, arg := range n.Args {
						if i != s.functions[name] {
							ast.Inspect(arg,
								func(inner ast.Node) bool { return s.checkLiteral(t, inner, formats) })
						}
					}
					return false
				}
			}
			return s.checkLiteral(t, node, formats)
		})
	}
}

func hasKey(functions map[string]int, name string) bool {
	_, known := functions[name]
	return known
}

func (s source) checkLiteral(t *testing.T, node ast.Node, formats map[string]string) bool {
	expression, ok := node.(ast.Expr)
	if !ok {
		return true
	}
	text, ok := constant(expression)
	if !ok || !prose.MatchString(text) {
		return !ok
	}
	if _, message := formats[text]; message || slices.Contains(notMessages, text) {
		return false
	}
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		body := strings.Trim(paragraph, "\n")
		if !prose.MatchString(body) || isCode(body) {
			continue
		}
		t.Errorf("%s: %q is no message", s.files.Position(expression.Pos()), body)
	}
	return false
}

// isCode reports whether all lines of a paragraph are indented and none contains prose.
func isCode(paragraph string) bool {
	for line := range strings.SplitSeq(paragraph, "\n") {
		if !strings.HasPrefix(line, "  ") && !strings.HasPrefix(line, "\t") {
			return false
		}
		if _, comment, found := strings.Cut(strings.TrimSpace(line), "   "); found && prose.MatchString(comment) {
			return false
		}
	}
	return true
}

// Each command has a help page in both languages, with the same paragraphs and flags. There are no
// other pages.
func TestTheHelpIsWholeInBothLanguages(t *testing.T) {
	pages := map[string]bool{}
	compare := func(place, en, es string) {
		t.Helper()
		if problem := unlike(en, es); problem != "" || (en == "") != (es == "") {
			t.Errorf("%s: %.60q: %s", place, en, problem)
		}
	}
	var check func(cmd *cobra.Command)
	check = func(cmd *cobra.Command) {
		place := cmd.CommandPath()
		pages[help.Name(cmd)] = true
		en, err := help.Read(cmd, i18n.English)
		es, failed := help.Read(cmd, i18n.Spanish)
		if err := errors.Join(err, failed); err != nil {
			t.Fatal(err)
		}
		compare(place, en.Short, es.Short)
		compare(place, en.Example, es.Example)
		left, right := strings.Split(en.Long, "\n\n"), strings.Split(es.Long, "\n\n")
		if len(left) != len(right) {
			t.Fatalf("%s: %d paragraphs, in Spanish %d", place, len(left), len(right))
		}
		for i := range left {
			compare(place, left[i], right[i])
		}
		flags := map[string]bool{}
		cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) {
			if flag.Name == "help" || flag.Name == "version" {
				return
			}
			flags[flag.Name] = true
			compare(place+" --"+flag.Name, en.Flags[flag.Name], es.Flags[flag.Name])
			if en.Flags[flag.Name] == "" {
				t.Errorf("%s: nothing says what --%s is for", place, flag.Name)
			}
			// pflag counts bytes when it arranges flags in columns.
			if _, name, _ := strings.Cut(es.Flags[flag.Name], "`"); len(name) > 0 {
				if name, _, _ = strings.Cut(name, "`"); strings.ContainsFunc(name,
					func(r rune) bool { return r > unicode.MaxASCII }) {
					t.Errorf("%q stands for a value, but is not ASCII", name)
				}
			}
		})
		for _, page := range []help.Page{en, es} {
			for name := range page.Flags {
				if !flags[name] {
					t.Errorf("%s: there is no flag --%s any more", place, name)
				}
			}
		}
		for _, sub := range cmd.Commands() {
			check(sub)
		}
	}
	check(newRoot(term.NewOutput(io.Discard, io.Discard)))
	want := slices.Sorted(maps.Keys(pages))
	for _, language := range []string{i18n.English, i18n.Spanish} {
		if got := help.Names(language); !slices.Equal(got, want) {
			t.Errorf("%s: pages %q, commands %q", language, got, want)
		}
	}
}

func TestTheHelpInSpanishHasNoEnglish(t *testing.T) {
	var check func(cmd *cobra.Command)
	check = func(cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			check(sub)
		}
		args := append(strings.Fields(cmd.CommandPath())[1:], "--help", "--lang", "es")
		code, stdout, stderr := run(t.Context(), nil, args...)
		if code != failure.ExitDone || stderr != "" || !strings.Contains(stdout, "Uso:") {
			t.Errorf("%q: exit code %d, stderr %q, stdout %s", args, code, stderr, stdout)
		}
		if english := i18ntest.EnglishIn(stdout); english != "" {
			t.Errorf("%q: %q", args, english)
		}
	}
	out := term.NewOutput(io.Discard, io.Discard)
	check(newRoot(out))
}

func TestTheTemplateOfCobraIsInSpanish(t *testing.T) {
	out := term.NewOutput(io.Discard, io.Discard)
	out.Language = i18n.Spanish
	template := newRoot(out).UsageTemplate()
	for _, part := range help.SpanishTemplate {
		if !strings.Contains(template, part.ES) {
			t.Errorf("cobra's template does not say %q any more", part.EN)
		}
	}
}
