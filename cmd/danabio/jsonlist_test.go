package main

import (
	"bytes"
	"encoding/json"
	"testing"
)

// A list that is printed item by item looks like one that is printed at once.
func TestJSONListsAreAsAnyJSON(t *testing.T) {
	type item struct {
		Name string   `json:"name"`
		Sub  []string `json:"sub"`
	}
	type value struct {
		Text  string `json:"text"`
		Items []item `json:"items"`
		More  []int  `json:"more"`
		Last  string `json:"last"`
	}
	full := []item{{`"items": []`, []string{"<a>", "b"}}, {"two", []string{}}, {"three", nil}}
	for _, lines := range []bool{false, true} {
		for n := range len(full) + 1 {
			for more := range 3 {
				numbers := []int{7, 8}[:more]
				whole := value{`"items":[] and "items": []`, full[:n], numbers, "&"}
				empty := whole
				empty.Items, empty.More = []item{}, []int{}
				var want, got, alone, aloneGot bytes.Buffer
				for _, encoding := range []struct {
					to    *bytes.Buffer
					value any
				}{{&want, whole}, {&alone, full[:n]}} {
					encoder := json.NewEncoder(encoding.to)
					encoder.SetEscapeHTML(false)
					if !lines {
						encoder.SetIndent("", "  ")
					}
					if err := encoder.Encode(encoding.value); err != nil {
						t.Fatal(err)
					}
				}
				items := func(key string) jsonList { return jsonList{key, n, func(i int) any { return full[i] }} }
				out := &output{stdout: &got, jsonLines: lines}
				if err := out.jsonData(empty, items("items"),
					jsonList{"more", more, func(i int) any { return numbers[i] }},
					jsonList{key: "missing"}); err != nil {
					t.Fatal(err)
				}
				if got.String() != want.String() {
					t.Errorf("got  %s\nwant %s", got.String(), want.String())
				}
				out.stdout = &aloneGot
				if err := out.jsonData([]item{}, items("")); err != nil {
					t.Fatal(err)
				}
				if aloneGot.String() != alone.String() {
					t.Errorf("got  %s\nwant %s", aloneGot.String(), alone.String())
				}
			}
		}
	}
}

func TestJSONListTellsThatStandardOutputIsFull(t *testing.T) {
	out := &output{stdout: writerFunc(full), json: true}
	long := jsonList{"", 10_000, func(int) any { return "item" }}
	if err := out.jsonData([]string{}, long); exitCode(err) != exitFailed ||
		err.Error() != "write standard output: no space left" {
		t.Errorf("got %v", err)
	}
	if err := out.lines(10_000, func(int) string { return "line" }); exitCode(err) != exitFailed {
		t.Errorf("got %v", err)
	}
}
