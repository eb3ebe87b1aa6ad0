// Package api embeds the vendor's OpenAPI document as it stands in this folder, before the overlay.
// The spec with the overlay applied is in gen/biometricapi/spec.
package api

import _ "embed"

// OpenAPI is openapi.yaml, byte for byte.
//
//go:embed openapi.yaml
var OpenAPI []byte

// OpenAPIJSON is the same document as JSON, with its keys in the same order. go generate writes it.
//
//go:embed openapi.json
var OpenAPIJSON []byte
