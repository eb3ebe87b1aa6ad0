package danabio_test

import (
	"testing"

	"github.com/danabio/danabio-go/pkg/danabio"
)

func TestLinkOpens(t *testing.T) {
	for link, want := range map[string]bool{
		"https://biometric.example.com/sign/abc?d=1#e":     true,
		"HTTPS://biometric.example.com/sign/abc":           true,
		"https://biometric.example.com:8443/ñ":             true,
		"http://127.0.0.1:8080/sign/abc":                   true,
		"http://[::1]:8080/sign/abc":                       true,
		"http://localhost/sign/abc":                        true,
		"":                                                 false,
		"http://biometric.example.com/sign/abc":            false,
		"http://localhost.example.com/sign/abc":            false,
		"biometric.example.com/sign/abc":                   false,
		"/sign/abc":                                        false,
		"//biometric.example.com/sign/abc":                 false,
		"https:///sign/abc":                                false,
		"https:biometric.example.com":                      false,
		"https://biometric.example.com@other.example.com/": false,
		"https://biometric.example.com/ sign":              false,
		"https://biometric.example.com/\nsign":             false,
		"https://biometric.example.com/\u202esign":         false,
		"https://biometric.example.com/%zz":                false,
		"javascript:alert(1)":                              false,
		"data:text/html,x":                                 false,
		"file:///etc/passwd":                               false,
		"ftp://biometric.example.com/":                     false,
		"[object Object]":                                  false,
		"null":                                             false,
	} {
		circuit := danabio.Circuit{Link: danabio.NewSecret(link)}
		if got := circuit.LinkOpens(); got != want {
			t.Errorf("%q: %v", link, got)
		}
	}
}
