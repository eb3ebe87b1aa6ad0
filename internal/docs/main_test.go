// Package docs tests the documentation: the Markdown files of the root and of docs/. The tests run
// their examples, and check that the names in them and the targets of their links exist. They run
// in the root of the repository.
package docs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// here is the path of this folder relative to the root.
var here = filepath.Join("internal", "docs")

func TestMain(m *testing.M) {
	if err := os.Chdir(filepath.Join("..", "..")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
