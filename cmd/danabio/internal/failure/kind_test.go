package failure

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n/i18ntest"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// kindTests contains an error for each kind.
var kindTests = []struct {
	name string
	err  error
	want Kind
}{
	{"wrong usage", Usagef(&cobra.Command{Use: "x"}, "wrong"), KindUsage},
	{"bad input found here", BadInput("bad"), KindBadInput},
	{"bad input found by the client", danabio.ErrInvalidRequest, KindBadInput},
	{"bad input that the system does not let be read", BadInput("--roots: %w", fs.ErrPermission), KindBadInput},
	{"a file in the way, found here", FileExists("there"), KindFileExists},
	{"a file in the way, found by the client", fmt.Errorf("%w: target: %w", danabio.ErrInvalidRequest, fs.ErrExist),
		KindFileExists},
	{"started earlier", &danabio.IntentExistsError{Result: danabio.StartResult{Outcome: danabio.Started}},
		KindAlreadyStarted},
	{"perhaps started earlier", &danabio.IntentExistsError{}, KindOutcomeUnknown},
	{"unknown outcome, whatever the cause", &danabio.OutcomeUnknownError{Err: context.Canceled}, KindOutcomeUnknown},
	{"not ready", danabio.ErrNotReady, KindNotReady},
	{"not ready while unavailable", fmt.Errorf("%w: %w", danabio.ErrNotReady, danabio.ErrUnavailable), KindNotReady},
	{"not authorised", danabio.ErrUnauthorized, KindUnauthorized},
	{"evidence not acceptable", danabio.ErrIntegrity, KindIntegrity},
	{"evidence refused", &RefusedFile{"x.zip", &evidence.RefusedError{}}, KindIntegrity},
	{"deviations", i18n.Errorf("%w: %s", ErrDeviates, "token"), KindDeviates},
	{"the server refuses", &danabio.APIError{Operation: operationStart, StatusCode: 403}, KindRefused},
	{"too many starts", &danabio.APIError{Operation: operationStart, StatusCode: 429}, KindRateLimited},
	{"unavailable", danabio.ErrUnavailable, KindUnavailable},
	{"unknown host", danabio.ErrUnknownHost, KindUnknownHost},
	{"certificate", danabio.ErrCertificate, KindCertificate},
	{"TLS", danabio.ErrTLS, KindTLS},
	{"proxy", danabio.ErrProxy, KindProxy},
	{"variable of the proxy, which is bad input", fmt.Errorf("%w: %w", danabio.ErrInvalidRequest, danabio.ErrProxy),
		KindBadInput},
	{"plain HTTP, which is bad input too", fmt.Errorf("%w: %w", danabio.ErrInvalidRequest, danabio.ErrPlainHTTP),
		KindPlainHTTP},
	{"redirect", danabio.ErrRedirected, KindRedirect},
	{"protocol", danabio.ErrProtocol, KindProtocol},
	{"broken off", danabio.ErrTruncated, KindTruncated},
	{"disk full", &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, KindNoSpace},
	{"standard output is full", term.Printing(syscall.ENOSPC), KindNoSpace},
	{"permission", &fs.PathError{Op: "open", Path: "x", Err: fs.ErrPermission}, KindPermission},
	{"started, but the disk is full", &afterStart{term.Printing(syscall.ENOSPC), &danabio.Circuit{}}, KindStarted},
	{"any other error", errors.New("disk on fire"), KindFailed},
	{"context's deadline", context.DeadlineExceeded, KindFailed},
	{"interrupted", context.Canceled, KindInterrupted},
}

func TestKinds(t *testing.T) {
	seen := map[Kind]bool{}
	for _, test := range kindTests {
		t.Run(test.name, func(t *testing.T) {
			got := KindOf(fmt.Errorf("some command: %w", test.err))
			if got != test.want || ExitCode(test.err) != test.want.ExitCode() {
				t.Errorf("kind %q with exit code %d, want %q with %d", got, ExitCode(test.err), test.want,
					test.want.ExitCode())
			}
		})
		seen[test.want] = true
	}
	for _, known := range kinds {
		if !seen[known.kind] {
			t.Errorf("no error is %q", known.kind)
		}
	}
}

// Each kind has its own sentence in Spanish.
func TestKindsInSpanish(t *testing.T) {
	sentences := map[string]Kind{}
	for _, known := range kinds {
		text := shortSpanish(known.kind)
		if other, clash := sentences[text]; clash || i18ntest.EnglishIn(text) != "" {
			t.Errorf("%q says %q, as %q does, or it is English", known.kind, text, other)
		}
		sentences[text] = known.kind
	}
	for _, test := range kindTests {
		said := i18n.InSpanish(fmt.Errorf("some command: %w", test.err))
		if said.Text == "" || i18ntest.EnglishIn(said.Text) != "" || len(said.Details) == 0 {
			t.Errorf("%s: %q, with the details %q", test.name, said.Text, said.Details)
		}
	}
}

// errorPages lists the pages on errors and how each of them states an exit code.
var errorPages = map[string]*regexp.Regexp{
	"errors.md":    regexp.MustCompile(`^Exit code (\d+)\.$`),
	"errors.es.md": regexp.MustCompile(`^Código de salida (\d+)\.$`),
}

func errorPage(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestThePagesOnErrorsExplainEachKind(t *testing.T) {
	for name, exit := range errorPages {
		page := errorPage(t, name)
		var words []string
		for section := range strings.SplitSeq(page, "\n## ") {
			if strings.HasPrefix(section, "# ") {
				continue
			}
			lines := strings.Split(section, "\n")
			words = append(words, lines[0])
			match := exit.FindStringSubmatch(lines[2])
			if match == nil || match[1] != strconv.Itoa(Kind(lines[0]).ExitCode()) {
				t.Errorf("%s: %s begins with %q, its exit code is %d", name, lines[0], lines[2],
					Kind(lines[0]).ExitCode())
			}
			if strings.Count(section, "\n- **") != 3 {
				t.Errorf("%s: %s does not say what it looks like, why, and what to do", name, lines[0])
			}
		}
		var want []string
		codes := map[int][]string{}
		for _, known := range kinds {
			want = append(want, string(known.kind))
			codes[known.exit] = append(codes[known.exit], "`"+string(known.kind)+"`")
		}
		if !slices.Equal(words, want) {
			t.Errorf("%s explains %q\nwant %q", name, words, want)
		}
		for code, words := range codes {
			if row := fmt.Sprintf("\n| %d | %s |\n", code, strings.Join(words, ", ")); !strings.Contains(page, row) {
				t.Errorf("%s lacks the row %s", name, row)
			}
		}
		for _, field := range jsonFields() {
			if !strings.Contains(page, "`"+field+"`") {
				t.Errorf("%s does not explain the field %q", name, field)
			}
		}
	}
}

// jsonFields returns the keys of a failure with --json.
func jsonFields() []string {
	var names []string
	for field := range reflect.TypeFor[JSON]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}
