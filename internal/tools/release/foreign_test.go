//go:build foreign

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// The CycloneDX schemas come with its Go module, which is not needed otherwise. The test downloads
// it, and the checksum database verifies it.
func TestForeignSchemaAcceptsTheBill(t *testing.T) {
	const module = "github.com/CycloneDX/cyclonedx-go@v0.12.0"
	download := exec.Command("go", "mod", "download", "-json", module)
	download.Dir = t.TempDir() // outside of our module, or it would change go.sum
	out, err := download.Output()
	if err != nil {
		t.Fatalf("go mod download %s: %v\n%s", module, err, out)
	}
	var downloaded struct{ Dir string }
	if err := json.Unmarshal(out, &downloaded); err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	for id, file := range map[string]string{
		"http://cyclonedx.org/schema/bom-1.6.schema.json":  "bom-1.6.schema.json",
		"http://cyclonedx.org/schema/spdx.schema.json":     "spdx.schema.json",
		"http://cyclonedx.org/schema/jsf-0.82.schema.json": "jsf-0.82.schemax.json",
	} {
		content, err := os.Open(filepath.Join(downloaded.Dir, "schema", file))
		if err != nil {
			t.Fatal(err)
		}
		defer content.Close()
		schema, err := jsonschema.UnmarshalJSON(content)
		if err == nil {
			err = compiler.AddResource(id, schema)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	schema, err := compiler.Compile("http://cyclonedx.org/schema/bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	validate := func(text []byte) error {
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(document)
	}
	text := billText(t)
	if err := validate(text); err != nil {
		t.Error(err)
	}
	for _, wrong := range [][2]string{{`"type": "application"`, `"type": "program"`},
		{`"alg": "SHA-256"`, `"alg": "SHA-2"`}, {`"version": 1,`, `"version": "1",`}} {
		if err := validate(bytes.Replace(text, []byte(wrong[0]), []byte(wrong[1]), 1)); err == nil {
			t.Errorf("the schema also accepts %s", wrong[1])
		}
	}
}
