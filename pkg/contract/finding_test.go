package contract_test

import (
	"fmt"
	"testing"

	"github.com/danabio/danabio-go/pkg/contract"
)

type recordingTB struct {
	helped bool
	errors []string
}

func (r *recordingTB) Helper() { r.helped = true }
func (r *recordingTB) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func TestFailTestFailsWithTheFindingInOneLine(t *testing.T) {
	var tb recordingTB
	contract.FailTest(&tb)(contract.Finding{
		Class: contract.ClassLength, Operation: "startCircuit", Method: "POST", Path: "/a/{b}", Status: 200,
		Message: "too long",
	})
	want := "contract: length: POST /a/{b} (startCircuit) answered 200: too long"
	if len(tb.errors) != 1 || tb.errors[0] != want || !tb.helped {
		t.Errorf("%q, helper: %v, want %q", tb.errors, tb.helped, want)
	}
}

var _ contract.TB = (*testing.T)(nil)
