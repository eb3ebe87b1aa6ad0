package main

import "testing"

func TestDemandedVersion(t *testing.T) {
	incompatible := apiChange{"pkg/danabio.New", "removed", false}
	addition := apiChange{"pkg/danabio.Close", "added", true}
	generated := apiChange{"gen/biometricapi.Doc", "removed", false}
	for _, test := range []struct {
		name    string
		spec    []change
		servers []place
		api     []apiChange
		changes string // content of CHANGELOG.md
		want    string
	}{
		{name: "texts", changes: "## [1.4.2]", want: "1.4.3"},
		{name: "harmless", spec: []change{{Level: harmless}}, changes: "## [1.4.2]", want: "1.4.3"},
		{name: "dangerous", spec: []change{{Level: dangerous}}, changes: "## [1.4.2]", want: "1.5.0"},
		{name: "breaking", spec: []change{{Level: harmless}, {Level: breaking}, {Level: dangerous}},
			changes: "## [1.4.2]", want: "2.0.0"},
		{name: "breaking, but our overlay says so already", spec: []change{{Level: breaking, ours: true}},
			changes: "## [1.4.2]", want: "1.4.3"},
		{name: "servers", servers: []place{{}}, changes: "## [1.4.2]", want: "1.5.0"},
		{name: "generated code", api: []apiChange{generated}, changes: "## [1.4.2]", want: "1.5.0"},
		{name: "addition", api: []apiChange{addition}, changes: "## [1.4.2]", want: "1.5.0"},
		{name: "incompatible", api: []apiChange{addition, incompatible}, changes: "## [1.4.2]", want: "2.0.0"},
		{name: "texts before 1.0.0", changes: "## [0.4.2]", want: "0.4.3"},
		{name: "addition before 1.0.0", api: []apiChange{addition}, changes: "## [0.4.2]", want: "0.4.3"},
		{name: "incompatible before 1.0.0", api: []apiChange{incompatible}, changes: "## [0.4.2]", want: "0.5.0"},
		{name: "the newest counts", changes: "## [Unreleased]\n\n## [1.10.0] - 2026-10-01\n\n## [1.9.0]\n",
			want: "1.10.1"},
		{name: "nothing released", api: []apiChange{incompatible}, changes: "## [Unreleased]", want: "0.1.0"},
		{name: "no changelog", want: "0.1.0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := demanded(test.spec, test.servers, test.api, []byte(test.changes)); got.next != test.want ||
				got.reason == "" {
				t.Errorf("got %+v, want %s", got, test.want)
			}
		})
	}
}

func TestAPIChangesAreRead(t *testing.T) {
	const list = "Incompatible changes:\n- ./gen/biometricapi.Doc.Size: changed from int64 to string\n- " +
		"./api.OpenAPI: removed\n" +
		"Compatible changes:\n- ./pkg/contract.(*Checker).Added: added\n- package example.com/m/pkg/new: added\n"
	got, err := readAPIChanges([]byte(list), "example.com/m", "")
	want := []apiChange{
		{"gen/biometricapi.Doc.Size", "changed from int64 to string", false},
		{"pkg/contract.(*Checker).Added", "added", true},
		{"pkg/new", "added", true},
	}
	if err != nil || len(got) != len(want) {
		t.Fatalf("got %v and %v", got, err)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %v, want %v", got[i], want[i])
		}
	}
	for _, strange := range []string{"All is well\n", "- no colon\n"} {
		if _, err := readAPIChanges([]byte(strange), "example.com/m", ""); err == nil {
			t.Errorf("%q is taken for a list of changes", strange)
		}
	}
}

func TestTestResultsAreRead(t *testing.T) {
	const events = `{"Action":"build-output","ImportPath":"example.com/m/pkg/a [example.com/m/pkg/a.test]","Output":"pkg/a/a.go:1:1: undefined: x\n"}
{"Action":"build-fail","ImportPath":"example.com/m/pkg/a [example.com/m/pkg/a.test]"}
{"Action":"fail","Package":"example.com/m/pkg/a"}
{"Action":"output","Package":"example.com/m/pkg/b","Test":"TestX/y","Output":"=== RUN   TestX/y\n"}
{"Action":"output","Package":"example.com/m/pkg/b","Test":"TestX/y","Output":"    b_test.go:7: wrong\n"}
{"Action":"output","Package":"example.com/m/pkg/b","Test":"TestX/y","Output":"    --- FAIL: TestX/y (0.31s)\n"}
{"Action":"fail","Package":"example.com/m/pkg/b","Test":"TestX/y"}
{"Action":"output","Package":"example.com/m/pkg/b","Test":"TestX","Output":"--- FAIL: TestX (0.31s)\n"}
{"Action":"fail","Package":"example.com/m/pkg/b","Test":"TestX"}
{"Action":"output","Package":"example.com/m/pkg/b","Output":"FAIL\texample.com/m/pkg/b\t0.4s\n"}
{"Action":"fail","Package":"example.com/m/pkg/b"}
{"Action":"pass","Package":"example.com/m/pkg/c","Test":"TestZ"}
{"Action":"pass","Package":"example.com/m/pkg/c"}
`
	results, badly, err := readTests([]byte(events), "example.com/m")
	if err != nil || !badly || len(results) != 3 {
		t.Fatalf("got %v, %v and %v", results, badly, err)
	}
	for i, want := range []tested{
		{"pkg/a", []failure{{"", []string{"pkg/a/a.go:1:1: undefined: x"}}}},
		{"pkg/b", []failure{{"TestX/y", []string{"    b_test.go:7: wrong"}}}},
		{"pkg/c", nil},
	} {
		got := results[i]
		if got.name != want.name || len(got.failed) != len(want.failed) {
			t.Errorf("got %v, want %v", got, want)
			continue
		}
		for j, f := range want.failed {
			if got.failed[j].test != f.test || len(got.failed[j].lines) != 1 || got.failed[j].lines[0] != f.lines[0] {
				t.Errorf("got %v, want %v", got, want)
			}
		}
	}
	if _, _, err := readTests([]byte("no JSON"), "example.com/m"); err == nil {
		t.Error("what is no list of events is taken for one")
	}
}
