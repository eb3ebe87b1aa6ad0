package term

import (
	"bytes"
	"encoding/json"
	"testing"
)

// A list that is printed item by item looks the same as one that is printed at once.
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
				items := func(key string) JSONList { return JSONList{key, n, func(i int) any { return full[i] }} }
				out := &Output{Stdout: &got, JSONLines: lines}
				if err := out.PrintJSON(empty, items("items"),
					JSONList{"more", more, func(i int) any { return numbers[i] }},
					JSONList{Key: "missing"}); err != nil {
					t.Fatal(err)
				}
				if got.String() != want.String() {
					t.Errorf("got  %s\nwant %s", got.String(), want.String())
				}
				out.Stdout = &aloneGot
				if err := out.PrintJSON([]item{}, items("")); err != nil {
					t.Fatal(err)
				}
				if aloneGot.String() != alone.String() {
					t.Errorf("got  %s\nwant %s", aloneGot.String(), alone.String())
				}
			}
		}
	}
}
