package cli

import (
	"testing"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
)

func TestJSONListTellsThatStandardOutputIsFull(t *testing.T) {
	out := &term.Output{Stdout: writerFunc(full), JSON: true}
	long := term.JSONList{Key: "", Length: 10_000, Item: func(int) any { return "item" }}
	if err := out.PrintJSON([]string{}, long); failure.ExitCode(err) != failure.ExitFailed ||
		err.Error() != "write standard output: no space left" {
		t.Errorf("got %v", err)
	}
	if err := out.Lines(10_000, func(int) string { return "line" }); failure.ExitCode(err) != failure.ExitFailed {
		t.Errorf("got %v", err)
	}
}
