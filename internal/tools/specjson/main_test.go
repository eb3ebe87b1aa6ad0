package main

import "testing"

func TestConvert(t *testing.T) {
	for document, want := range map[string]string{
		// The vendor's file may become JSON.
		`{"servers": [{"url": "https:\/\/api.example.com"}]}`: `{"servers": [{"url": "https:\/\/api.example.com"}]}`,
		"z: 1\na: [yes, \"yes\", 1.5, ~]\n":                   `{"z":1,"a":["yes","yes",1.5,null]}`,
		"a: &x {200: ñ}\nb: *x\n":                             `{"a":{"200":"ñ"},"b":{"200":"ñ"}}`,
	} {
		if got, err := convert([]byte(document)); err != nil || string(got) != want {
			t.Errorf("%q: got %s and %v, want %s", document, got, err, want)
		}
	}
	if _, err := convert([]byte("a: [")); err == nil {
		t.Error("broken YAML is converted")
	}
}
