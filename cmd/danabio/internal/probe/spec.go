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

// specification is what the server is held against.
type specification struct {
	document *openapi3.T
	info     SpecInfo
}

// readSpec reads a spec, the embedded one if text is nil.
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

// operation is one operation of the spec, without the part that is embedded if the spec has lost
// it.
type operation struct {
	id, method, path string
	item             *openapi3.PathItem
	*openapi3.Operation
}

// The ids of the operations.
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

// response returns what the spec has for a status: for itself, for its range, or for all; nil if it
// has nothing.
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

// success is the status that the spec has for an operation that went well, the lowest of several.
// It is 200 if the spec names none.
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

// alsoSuccess says whether the spec names a status as another success than that which is wanted.
func (o operation) alsoSuccess(want, status int) bool {
	return successful(want) && successful(status) && o.Operation != nil && o.Responses != nil &&
		o.Responses.Status(status) != nil
}

func successful(status int) bool { return status >= 200 && status < 300 }

// byMethod returns what the spec has on the same path by another method.
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

// withoutField says what in the spec lets an answer be without a field; empty if the spec requires
// the field.
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

// requires says whether a schema, or one that it is combined of, requires a field.
func requires(schema *openapi3.SchemaRef, name string) bool {
	if schema == nil || schema.Value == nil {
		return false
	}
	return slices.Contains(schema.Value.Required, name) ||
		slices.ContainsFunc(schema.Value.AllOf, func(part *openapi3.SchemaRef) bool { return requires(part, name) })
}
