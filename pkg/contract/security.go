package contract

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// authenticate tells kin-openapi whether a request carries credentials of the scheme. It does not
// check them.
func authenticate(_ context.Context, input *openapi3filter.AuthenticationInput) error {
	request, scheme := input.RequestValidationInput.Request, input.SecurityScheme
	if scheme.Type == "apiKey" {
		if !hasKey(request, scheme) {
			return fmt.Errorf("the %s parameter %q", scheme.In, scheme.Name)
		}
		return nil
	}
	want := "Bearer" // oauth2 and openIdConnect issue bearer tokens
	if scheme.Type == "http" {
		want = scheme.Scheme
	}
	values := request.Header.Values("Authorization")
	if len(values) == 1 {
		kind, credentials, _ := strings.Cut(values[0], " ")
		if strings.EqualFold(kind, want) && credentials != "" &&
			(!strings.EqualFold(want, "basic") || isBasic(credentials)) {
			return nil
		}
	}
	return fmt.Errorf("one Authorization header of the scheme %s, and it has %s", want, printableAuthorization(values))
}

func isBasic(credentials string) bool {
	text, err := base64.StdEncoding.DecodeString(credentials)
	return err == nil && strings.Contains(string(text), ":")
}

func hasKey(request *http.Request, scheme *openapi3.SecurityScheme) bool {
	switch scheme.In {
	case openapi3.ParameterInHeader:
		return request.Header.Get(scheme.Name) != ""
	case openapi3.ParameterInQuery:
		return request.URL.Query().Get(scheme.Name) != ""
	}
	cookie, err := request.Cookie(scheme.Name)
	return err == nil && cookie.Value != ""
}

func printableAuthorization(values []string) string {
	if len(values) == 0 {
		return "none"
	}
	if len(values) > 1 {
		return fmt.Sprintf("%d", len(values))
	}
	kind, credentials, _ := strings.Cut(values[0], " ")
	switch kind = strings.ToLower(kind); {
	case kind != "basic" && kind != "bearer":
		return "one of another scheme"
	case credentials == "":
		return "one without credentials"
	case kind == "basic" && !isBasic(credentials):
		return "a basic one that is not Base64 of name:password"
	}
	return "a " + kind + " one"
}

func securityText(refused *openapi3filter.SecurityRequirementsError) string {
	var all []string
	for _, err := range refused.Errors {
		if _, ok := errors.AsType[*openapi3filter.RequestError](err); ok {
			all = append(all, "a security scheme that the spec does not declare")
			continue
		}
		all = append(all, err.Error())
	}
	return "the request needs " + strings.Join(all, "; or ")
}
