// Package danabio stands in for the client, so that the tests of specupdate do not depend on what
// the client needs one day.
package danabio

import (
	"encoding/json"

	"github.com/danabio/danabio-go/gen/biometricapi"
)

// Circuit is a started circuit.
type Circuit struct{ ID, Link string }

// Request is the body that starts a circuit.
func Request(name, email, nif, file string, content []byte) ([]byte, error) {
	return json.Marshal(biometricapi.StartCircuitJSONRequestBody{
		Signer: biometricapi.PersonalSignerDTO{Name: &name, Email: &email, Nif: &nif},
		Docs:   []biometricapi.Doc{{Name: file, Size: int64(len(content)), Content: content}},
	})
}

// Answer reads what the server says to it.
func Answer(body []byte) (Circuit, error) {
	var answer biometricapi.StartCircuit200JSONResponseBody
	if err := json.Unmarshal(body, &answer); err != nil || answer.CircuitID == nil || answer.Link == nil {
		return Circuit{}, err
	}
	return Circuit{*answer.CircuitID, *answer.Link}, nil
}
