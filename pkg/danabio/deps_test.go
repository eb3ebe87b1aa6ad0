package danabio_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Users must trust every module that the client compiles in, so the test lists each one.
func TestClientCompilesInNothingElse(t *testing.T) {
	allowed := map[string][]string{
		"github.com/danabio/danabio-go/pkg/danabio": {
			"github.com/danabio/danabio-go",
			"github.com/apapsch/go-jsonmerge/v2", // by oapi-codegen/runtime
			"github.com/google/uuid",             // by oapi-codegen/runtime
			"github.com/klauspost/compress",
			"github.com/oapi-codegen/runtime",
			"github.com/rogpeppe/go-internal", // for its robustio
			"golang.org/x/oauth2",
			"golang.org/x/text",
		},
		"github.com/danabio/danabio-go/pkg/evidence": {
			"github.com/danabio/danabio-go",
			"github.com/klauspost/compress",
			"github.com/rogpeppe/go-internal",
			"golang.org/x/text",
		},
		"github.com/danabio/danabio-go/pkg/evidence/pdfsig": {
			"github.com/danabio/danabio-go",
			"github.com/klauspost/compress",
			"github.com/rogpeppe/go-internal",
			"golang.org/x/text",
		},
	}
	ours := map[string][]string{
		"github.com/danabio/danabio-go/pkg/danabio": {
			"github.com/danabio/danabio-go/gen/biometricapi",
			"github.com/danabio/danabio-go/internal/access",
			"github.com/danabio/danabio-go/internal/credential",
			"github.com/danabio/danabio-go/internal/message",
			"github.com/danabio/danabio-go/internal/atomicfile",
			"github.com/danabio/danabio-go/internal/pollgate",
			"github.com/danabio/danabio-go/internal/reach",
			"github.com/danabio/danabio-go/pkg/danabio",
			"github.com/danabio/danabio-go/pkg/evidence",
		},
		"github.com/danabio/danabio-go/pkg/evidence": {"github.com/danabio/danabio-go/pkg/evidence"},
		"github.com/danabio/danabio-go/pkg/evidence/pdfsig": {
			"github.com/danabio/danabio-go/internal/pdf",
			"github.com/danabio/danabio-go/pkg/evidence",
			"github.com/danabio/danabio-go/pkg/evidence/pdfsig",
		},
	}
	for pkg := range allowed {
		for _, goos := range []string{"linux", "darwin", "windows"} {
			list := exec.Command("go", "list", "-deps", "-f",
				"{{with .Module}}{{.Path}} {{end}}{{if not .Standard}}{{.ImportPath}}{{end}}", pkg)
			list.Env = append(list.Environ(), "GOOS="+goos)
			out, err := list.Output()
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(out)) {
				module, path, _ := strings.Cut(strings.TrimSpace(line), " ")
				if module != "" && !slices.Contains(allowed[pkg], module) {
					t.Errorf("%s on %s compiles in %s of module %s", pkg, goos, path, module)
				}
				if module == "github.com/danabio/danabio-go" && !slices.Contains(ours[pkg], path) {
					t.Errorf("%s on %s imports our package %s", pkg, goos, path)
				}
			}
		}
	}
}

// The generated package carries no compatibility promise, so no exported name may refer to it.
func TestNoExportedNameMentionsTheGeneratedPackage(t *testing.T) {
	out, err := exec.Command("go", "doc", "-all", "github.com/danabio/danabio-go/pkg/danabio").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "biometricapi.") {
			t.Errorf("the documentation shows %q", strings.TrimSpace(line))
		}
	}
	if !strings.Contains(string(out), "func New(config Config) (*Client, error)") {
		t.Error("the documentation does not show New")
	}
}
