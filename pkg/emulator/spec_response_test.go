package emulator

import (
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

const small = `
openapi: 3.0.3
info: {title: small, version: "1"}
paths:
  /token:
    post:
      operationId: getToken
      responses:
        "200": {description: d, content: {application/json: {schema: {type: object}}}}
  /start:
    post:
      operationId: startCircuit
      requestBody: {content: {application/json: {schema: {type: object, required: [docs]}}}}
      responses:
        default: {description: d}
        "200": {description: d, content: {application/json: {schema: {type: object}}}}
  /evidence:
    get:
      operationId: downloadEvidence
      responses:
        "200": {description: d, content: {application/zip: {schema: {type: string, format: binary}}}}
`

func TestTheEmulatorFollowsTheSpec(t *testing.T) {
	for name, test := range map[string]struct {
		old, new string
		want     map[Operation]successResponse
	}{
		"as published": {"", "", nil},
		"evidence as octet-stream": {"application/zip", "application/octet-stream",
			map[Operation]successResponse{OperationDownload: {200, "application/octet-stream"}}},
		"evidence as any type":        {"application/zip", "'*/*'", nil},
		"evidence as any application": {"application/zip", "application/*", nil},
		"evidence as one of two types": {"application/zip: {",
			"application/octet-stream: {schema: {type: string}}, application/zip: {", nil},
		"evidence of no stated type": {", content: {application/zip: {schema: {type: string, format: binary}}}", "",
			nil},
		"a start that answers 201": {
			`"200": {description: d, content: {application/json: {schema: {type: object}}}}` + "\n  /evidence",
			`"201": {description: d, content: {application/json: {schema: {type: object}}}}` + "\n  /evidence",
			map[Operation]successResponse{OperationStart: {201, "application/json"}}},
		"a start of any type": {"requestBody: {content: {application/json", "requestBody: {content: {'*/*'",
			nil},
		"a token as JSON by a name": {
			`"200": {description: d, content: {application/json: {schema: {type: object}}}}` + "\n  /start",
			`"200": {description: d, content: {application/vnd.token+json: {schema: {type: object}}}}` + "\n  /start",
			map[Operation]successResponse{OperationToken: {200, "application/vnd.token+json"}}},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(small, test.old, test.new, 1)
			if test.old != "" && text == small {
				t.Fatal("the edit does not fit")
			}
			document, err := openapi3.NewLoader().LoadFromData([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			p, err := readSpecResponses(document)
			if err != nil {
				t.Fatal(err)
			}
			for operation, want := range map[Operation]successResponse{
				OperationToken: {200, "application/json"}, OperationStart: {200, "application/json"},
				OperationDownload: {200, "application/zip"},
			} {
				if other, has := test.want[operation]; has {
					want = other
				}
				if got := p.success[operation]; got != want {
					t.Errorf("%s succeeds as %v, want %v", operation, got, want)
				}
			}
			if p.startBody == nil || len(p.startBody.Required) != 1 {
				t.Errorf("the start's body is %v", p.startBody)
			}
		})
	}
	for _, lost := range []string{"operationId: getToken",
		"requestBody: {content: {application/json: {schema: {type: object, required: [docs]}}}}"} {
		document, err := openapi3.NewLoader().LoadFromData([]byte(strings.Replace(small, lost, "summary: s", 1)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := readSpecResponses(document); err == nil {
			t.Errorf("without %s it is taken all the same", lost)
		}
	}
}
