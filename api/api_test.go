package api_test

import (
	"testing"

	"github.com/danabio/danabio-go/gen/biometricapi/spec"
)

// kin-openapi refuses the spec as published, because its token URL contains a variable. With the
// overlay it must accept all of it.
func TestSpecWithOverlayIsValid(t *testing.T) {
	doc, err := spec.GetSpec()
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
}
