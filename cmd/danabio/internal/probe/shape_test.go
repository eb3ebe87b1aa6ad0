package probe

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func TestShapesShowTypesAndKnownNamesOnly(t *testing.T) {
	for body, want := range map[string]string{
		``:                                       "empty",
		`{}`:                                     "{}",
		`[]`:                                     "[]",
		`null`:                                   "null",
		`"hunter2"`:                              "string",
		`17`:                                     "number",
		`{"message": "hunter2", "code": 17}`:     "{code: number, message: string}",
		`{"hunter2": 1, "message": true}`:        "{message: boolean, 1 more}",
		`{"error": {"details": [{"a": 1}]}}`:     "{error: {details: [{…}]}}",
		`{"errors": [{"field": {"name": {}}}]}`:  "{errors: [{field: {…}}]}",
		`{"Error_Code": 1, "MESSAGE": null}`:     "{Error_Code: number, MESSAGE: null}",
		`{"me_s_s_a_g_e": 1}`:                    "{1 more}", // an unusual spelling
		"{\"mes\u017fage\": 1, \"\u212aey\": 1}": "{2 more}", // letters whose lower case is s and k
		`{"message": "hunter2"`:                  "text",
		`no such circuit`:                        "text",
		`<html><p>hunter2`:                       "HTML",
		"\n<!DOCTYPE HTML>":                      "HTML",
		`<?xml version="1.0"?>`:                  "XML or HTML",
		"PK\x03\x04\xff":                         "binary",
		"a\x00b":                                 "binary",
		`1e999`:                                  "JSON",
	} {
		if got := (&exchange{body: []byte(body)}).shape(); got != want {
			t.Errorf("%q: %s, want %s", body, got, want)
		}
	}
	many := strings.NewReplacer("[", "{", "]", "}").Replace(`[` +
		strings.Repeat(`"message":["message":["message":["code":1]]],"Message":["message":["Message":1]],`, 200) +
		`"x":1]`)
	if got := (&exchange{body: []byte(many)}).shape(); len([]rune(got)) > longestShape+1 {
		t.Errorf("%d characters", len(got))
	}
}

// For any input, only words of this package are shown.
func FuzzShape(f *testing.F) {
	for _, seed := range []string{
		`{"message": "a", "errors": [{"field": "b", "hunter2": {"code": 1}}]}`, `[[[[1]]]]`,
		`{"a":{"b":{"c":{"d":{}}}}}`, `<html>`, ``, `"x`, "\xff\x00",
		`{"MESSAGE-":1,"__type":2,"tokenType":3}`, `1e999`,
	} {
		f.Add([]byte(seed), "application/json; charset=x")
	}
	words := map[string]bool{}
	for _, word := range strings.Fields("empty JSON HTML XML or text binary null string boolean number more") {
		words[word] = true
	}
	word := regexp.MustCompile(`[\pL\pM_-]+`)
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		shape := (&exchange{body: body}).shape()
		for _, found := range word.FindAllString(shape, -1) {
			if !words[found] && !knownNames()[plainName(found)] {
				if !strings.HasSuffix(shape, found+"…") { // it is cut off
					t.Errorf("%q shows %q", shape, found)
				}
			}
		}
		if rest := regexp.MustCompile(`[\pL_0-9{}\[\]:, …-]`).ReplaceAllString(shape, ""); rest != "" {
			t.Errorf("%q holds %q", shape, rest)
		}
		for place := range leaves(body) {
			for part := range strings.SplitSeq(place, "/") {
				if part != "" && part != "(another name)" && !known(part) && strings.Trim(part, "0123456789") != "" {
					t.Errorf("place %q shows %q", place, part)
				}
			}
		}
		media := mediaType(http.Header{"Content-Type": {contentType}})
		if media != "" && media != "another one" && !strings.Contains(strings.ToLower(contentType), media) {
			t.Errorf("%q is told as %q", contentType, media)
		}
	})
}

func TestLeavesLeaveOutWhatIsLargeOrDeep(t *testing.T) {
	for name, body := range map[string]string{
		"large": `"` + strings.Repeat("a", 70<<10) + `"`, "deep": strings.Repeat("[", 30) + strings.Repeat("]", 30),
		"no JSON":            "{",
		"deep and not empty": strings.Repeat("[", 30) + "1" + strings.Repeat("]", 30),
	} {
		if got := leaves([]byte(body)); got != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := leaves([]byte(`{"message": "a", "x": 1, "y": "1"}`)); len(got) != 2 || len(got["/(another name)"]) != 2 {
		t.Errorf("%v", got)
	}
}

func TestLifetimesAreRounded(t *testing.T) {
	for seconds, want := range map[float64]string{
		-1: "it lasts no time", 0: "it lasts no time", 60: "it lasts a minute or less",
		1799: "it lasts 30 minutes or less", 3600: "it lasts an hour or less",
		86401: "it lasts more than a day", 1e300: "it lasts more than a day",
	} {
		if got := lifetime(seconds); got != want {
			t.Errorf("%g: %s, want %s", seconds, got, want)
		}
	}
}

func TestFileNamesAreDescribedOnly(t *testing.T) {
	p := &prober{config: Config{Circuit: "c-4711"}}
	for value, want := range map[string]string{
		"":                              "no Content-Disposition",
		`attachment`:                    "attachment without a file name",
		`attachment; filename="a.zip"`:  "attachment with a file name ending in .zip",
		`inline; filename="hunter2.7z"`: "inline with a file name without .zip at its end",
		`attachment; filename="evidence-c-4711.ZIP"`: "attachment with a file name ending in .zip, that holds the " +
			"circuit's id",
		`attachment; filename*=UTF-8''a%C3%B1o.zip`: "attachment with a file name ending in .zip, given as " +
			"filename* too or only",
		`hunter2; filename=a.zip`: "another disposition with a file name ending in .zip",
		`attachment; filename="`:  "a Content-Disposition that cannot be read",
	} {
		if got := p.fileName(http.Header{"Content-Disposition": {value}}); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}
