// Package docs tests the documentation: the Markdown files of the root and of docs/. What they show
// is run, what they name exists, and what they link to is there. The tests run in the root.
package docs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// here is this folder, as seen from the root.
var here = filepath.Join("internal", "docs")

func TestMain(m *testing.M) {
	if err := os.Chdir(filepath.Join("..", "..")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
