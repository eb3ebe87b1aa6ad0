package probe

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/danabio/danabio-go/api"
	"github.com/danabio/danabio-go/gen/biometricapi/spec"
)

// specification is the spec that the server is checked against.
type specification struct {
	document *openapi3.T
	info     SpecInfo
}

// readSpec reads a spec. If text is nil, it reads the embedded one.
func readSpec(text []byte) (*specification, error) {
	read, source := spec.GetSpec, api.OpenAPI
	if text != nil {
		read, source = func() (*openapi3.T, error) { return openapi3.NewLoader().LoadFromData(text) }, text
	}
	document, err := read()
	if err != nil {
		return nil, fmt.Errorf("probe: load the spec: %w", err)
	}
	sum := sha256.Sum256(source)
	info := SpecInfo{SHA256: hex.EncodeToString(sum[:])}
	if document.Info != nil {
		info.Title, info.Version = document.Info.Title, document.Info.Version
	}
	return &specification{document, info}, nil
}

// operation is one operation of the spec. The embedded part is nil if the spec no longer has the
// operation.
type operation struct {
	id, method, path string
	item             *openapi3.PathItem
	*openapi3.Operation
}

// Operation IDs.
const (
	getToken         = "getToken"
	startCircuit     = "startCircuit"
	downloadEvidence = "downloadEvidence"
)

func (s *specification) operation(id string) operation {
	for path, item := range s.document.Paths.Map() {
		for method, found := range item.Operations() {
			if found.OperationID == id {
				return operation{id, method, path, item, found}
			}
		}
	}
	return operation{id: id}
}

// response returns the spec's response for a status: an exact match, its range, or the default. It
// is nil if there is none.
func (o operation) response(status int) *openapi3.Response {
	if o.Operation == nil || o.Responses == nil {
		return nil
	}
	ref := o.Responses.Status(status)
	if ref == nil {
		ref = o.Responses.Default()
	}
	if ref == nil {
		return nil
	}
	return ref.Value
}

// success returns the lowest success status in the spec, or 200 if there is none.
func (o operation) success() int {
	if o.Operation != nil && o.Responses != nil {
		for status := http.StatusOK; status < http.StatusMultipleChoices; status++ {
			if o.Responses.Value(strconv.Itoa(status)) != nil {
				return status
			}
		}
	}
	return http.StatusOK
}

// alsoSuccess reports whether the spec lists status as another success beside want.
func (o operation) alsoSuccess(want, status int) bool {
	return successful(want) && successful(status) && o.Operation != nil && o.Responses != nil &&
		o.Responses.Status(status) != nil
}

func successful(status int) bool { return status >= 200 && status < 300 }

// byMethod returns the spec's operation on the same path with another method.
func (o operation) byMethod(method string) (operation, bool) {
	if o.item == nil || o.item.GetOperation(method) == nil {
		return operation{}, false
	}
	other := o.item.GetOperation(method)
	return operation{other.OperationID, method, o.path, o.item, other}, true
}

func (o operation) expectation(status int) Expectation {
	expected := Expectation{Status: status, Description: "the spec does not name this status for the operation"}
	if response := o.response(status); response != nil {
		expected.Description = ""
		if response.Description != nil {
			expected.Description = strings.TrimSpace(*response.Description)
		}
		expected.MediaTypes = slices.Sorted(maps.Keys(response.Content))
	}
	return expected
}

// withoutField says why the spec allows a response without the field. It is empty if the spec
// requires the field.
func (o operation) withoutField(status int, name string) string {
	response := o.response(status)
	if response == nil || len(response.Content) == 0 {
		return fmt.Sprintf("The spec says nothing about the body of a %d.", status)
	}
	text := "The spec does not require the field."
	for _, media := range slices.Sorted(maps.Keys(response.Content)) {
		if requires(response.Content[media].Schema, name) {
			return ""
		}
		if schema := response.Content[media].Schema; schema != nil && schema.Value != nil {
			if assumed, ok := schema.Value.Extensions["x-assumed"].(string); ok {
				text += " " + strings.TrimSpace(assumed)
			}
		}
	}
	return text
}

// requires reports whether a schema, or one that it is composed of, requires a field.
func requires(schema *openapi3.SchemaRef, name string) bool {
	if schema == nil || schema.Value == nil {
		return false
	}
	return slices.Contains(schema.Value.Required, name) ||
		slices.ContainsFunc(schema.Value.AllOf, func(part *openapi3.SchemaRef) bool { return requires(part, name) })
}
