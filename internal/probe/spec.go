package probe

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
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

func readSpec() (*specification, error) {
	document, err := spec.GetSpec()
	if err != nil {
		return nil, fmt.Errorf("probe: load the embedded spec: %w", err)
	}
	sum := sha256.Sum256(api.OpenAPI)
	info := SpecInfo{SHA256: hex.EncodeToString(sum[:])}
	if document.Info != nil {
		info.Title, info.Version = document.Info.Title, document.Info.Version
	}
	return &specification{document, info}, nil
}

// operation is one operation of the spec. It has a path and a method even if the spec has lost it.
type operation struct {
	id, method, path string
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
				return operation{id, method, path, found}
			}
		}
	}
	return operation{id: id}
}

// response returns what the spec has for a status, nil if nothing.
func (o operation) response(status int) *openapi3.Response {
	if o.Operation == nil || o.Responses == nil {
		return nil
	}
	if ref := o.Responses.Status(status); ref != nil {
		return ref.Value
	}
	return nil
}

func (o operation) expectation(status int) Expectation {
	expected := Expectation{Status: status, Description: "the spec does not name this status for the operation"}
	if response := o.response(status); response != nil {
		if response.Description != nil {
			expected.Description = strings.TrimSpace(*response.Description)
		}
		expected.MediaTypes = slices.Sorted(maps.Keys(response.Content))
	}
	return expected
}

// assumed says what is assumed about the body of an answer, empty if nothing is.
func (o operation) assumed(status int) string {
	response := o.response(status)
	if response == nil {
		return ""
	}
	var texts []string
	add := func(extensions map[string]any) {
		if text, ok := extensions["x-assumed"].(string); ok {
			texts = append(texts, strings.TrimSpace(text))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(response.Content)) {
		media := response.Content[name]
		add(media.Extensions)
		if media.Schema != nil && media.Schema.Value != nil {
			add(media.Schema.Value.Extensions)
		}
	}
	return strings.Join(texts, " ")
}
