package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestFetch(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		t.Error("a host was asked that nobody named")
	}))
	defer elsewhere.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("/spec", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(small)) })
	mux.Handle("/moved", http.RedirectHandler("/spec", http.StatusFound))
	mux.Handle("/round", http.RedirectHandler("/round", http.StatusFound))
	mux.Handle("/away", http.RedirectHandler(elsewhere.URL+"/spec", http.StatusFound))
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, maxSize+1)) })
	server := httptest.NewServer(mux)
	defer server.Close()

	for _, test := range []struct{ name, url, says string }{
		{"there", server.URL + "/spec?key=kanarienvogel", ""},
		{"redirect on the same host", server.URL + "/moved", ""},
		{"redirect elsewhere", server.URL + "/away?key=kanarienvogel", "redirects to another host"},
		{"endless redirects", server.URL + "/round", "redirects more than 5 times"},
		{"not found", server.URL + "/none?key=kanarienvogel", "status 404"},
		{"too large", server.URL + "/large", "more than 2 MiB"},
		{"plain http", "http://specs.example.com/openapi.yaml", "plain http"},
		{"other scheme", "ftp://specs.example.com/openapi.yaml", "must begin with https://"},
		{"no host", "openapi.yaml", "must begin with https://"},
		{"password", "https://user:kanarienvogel@specs.example.com/openapi.yaml", "user name or password"},
		{"unreadable", "https://[kanarienvogel", "cannot be read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			raw, err := fetch(t.Context(), test.url)
			if test.says == "" {
				if err != nil || string(raw) != small {
					t.Errorf("got %q and %v", raw, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.says) ||
				strings.Contains(err.Error(), "kanarienvogel") {
				t.Errorf("%v, want an error that says %q and shows no part of the URL but its host", err, test.says)
			}
		})
	}
	if _, err := fetch(t.Context(), "http://specs.example.com/"); !errors.Is(err, errUsage) {
		t.Errorf("%v is no wrong usage", err)
	}
}
