// Package danabiogo holds the directives that generate gen/biometricapi from api/. It has no code
// of its own: the client is in pkg/danabio.
package danabiogo

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config api/oapi-codegen.yaml api/openapi.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config api/oapi-codegen.spec.yaml api/openapi.yaml
//go:generate go run ./internal/tools/specjson
