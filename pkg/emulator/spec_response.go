package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/danabio/danabio-go/gen/biometricapi/spec"
)

// specResponses is what the emulator reads from the embedded spec, so that it follows a new spec.
type specResponses struct {
	startBody *openapi3.Schema
	success   map[Operation]successResponse
}

// successResponse is the successful answer of an operation.
type successResponse struct {
	status    int
	mediaType string
}

// fromSpec reads the embedded spec, once.
var fromSpec = sync.OnceValues(func() (specResponses, error) {
	document, err := spec.GetSpec()
	if err != nil {
		return specResponses{}, err
	}
	return readSpecResponses(document)
})

func readSpecResponses(document *openapi3.T) (specResponses, error) {
	p := specResponses{success: make(map[Operation]successResponse)}
	for _, item := range document.Paths.Map() {
		for _, operation := range item.Operations() {
			switch operation.OperationID {
			case "getToken":
				p.success[OperationToken] = successResponseOf(operation, "application/json")
			case "startCircuit":
				p.success[OperationStart] = successResponseOf(operation, "application/json")
				p.startBody = bodySchema(operation)
			case "downloadEvidence":
				p.success[OperationDownload] = successResponseOf(operation, "application/zip")
			}
		}
	}
	if len(p.success) < 3 {
		return specResponses{}, fmt.Errorf("it has %d of the operations getToken, startCircuit and downloadEvidence",
			len(p.success))
	}
	if p.startBody == nil {
		return specResponses{}, errors.New("startCircuit has no request body with a JSON schema")
	}
	return p, nil
}

func bodySchema(operation *openapi3.Operation) *openapi3.Schema {
	if operation.RequestBody == nil || operation.RequestBody.Value == nil {
		return nil
	}
	media := operation.RequestBody.Value.Content.Get("application/json") // also finds */*
	if media == nil || media.Schema == nil {
		return nil
	}
	return media.Schema.Value
}

// successResponseOf returns the lowest success status, and the media type of its body: the usual
// one if the spec allows it, else the first that the spec lists.
func successResponseOf(operation *openapi3.Operation, usual string) successResponse {
	for status := http.StatusOK; status < http.StatusMultipleChoices; status++ {
		ref := operation.Responses.Status(status)
		if ref == nil || ref.Value == nil {
			continue
		}
		if len(ref.Value.Content) > 0 && ref.Value.Content.Get(usual) == nil {
			for _, name := range slices.Sorted(maps.Keys(ref.Value.Content)) {
				if !strings.Contains(name, "*") {
					return successResponse{status, name}
				}
			}
		}
		return successResponse{status, usual}
	}
	return successResponse{http.StatusOK, usual}
}

// succeedJSON returns the successful answer of an operation with a JSON value.
func (e *Emulator) succeedJSON(operation Operation, value any) *reply {
	body, err := json.Marshal(value)
	if err != nil {
		return refuse(http.StatusInternalServerError, "the emulator could not encode its answer")
	}
	return e.succeed(operation, append(body, '\n'))
}

// succeed returns the successful answer of an operation.
func (e *Emulator) succeed(operation Operation, body []byte) *reply {
	form := e.specResponses.success[operation]
	return newReply(form.status, form.mediaType, body)
}
