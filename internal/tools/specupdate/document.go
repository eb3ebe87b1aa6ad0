package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"gopkg.in/yaml.v3"
)

const (
	maxNodes = 300_000 // values in a document, with aliases expanded
	maxDepth = 100
)

// document is an accepted OpenAPI document: well-formed, OpenAPI 3.0 or 3.1, and without external
// references.
type document struct {
	raw     []byte
	marked  bool       // it had a byte order mark, which is not part of it and not in raw
	root    *yaml.Node // the top-level mapping, without aliases
	version string     // for example 3.0.3
}

var taken = regexp.MustCompile(`^3\.[01]\.[0-9]+$`)

// readDocument refuses a document that this project cannot be generated from, before any other tool
// sees it. Its errors are refusals.
func readDocument(raw []byte) (*document, error) {
	raw, marked := bytes.CutPrefix(raw, byteOrderMark)
	if err := checkFormat(raw); err != nil {
		return nil, err
	}
	root, err := parseTree(raw)
	if err != nil {
		return nil, err
	}
	if root.Kind != yaml.MappingNode {
		return nil, refuse("it is not an OpenAPI document: the top level must be a mapping with the key openapi")
	}
	if root, err = plain(root); err != nil {
		return nil, err
	}
	d := &document{raw: raw, marked: marked, root: root, version: text(child(root, "openapi"))}
	switch {
	case child(root, "swagger") != nil:
		return nil,
			refuse("it is Swagger %s; OpenAPI 3.0 or 3.1 is required; ask the vendor for it, or convert it first",
				text(child(root, "swagger")))
	case child(root, "asyncapi") != nil:
		return nil, refuse("it is an AsyncAPI document; OpenAPI 3.0 or 3.1 is required")
	case d.version == "":
		return nil, refuse("it is not an OpenAPI document: it has no key openapi with a version such as 3.0.3")
	case !taken.MatchString(d.version):
		return nil, refuse("it is OpenAPI %q; the generator supports 3.0.x and 3.1.x", d.version)
	}
	if err := outside(root, ""); err != nil {
		return nil, err
	}
	if node := child(child(root, "info"), "version"); node != nil && node.Tag != "!!str" {
		return nil,
			refuse("line %d: info.version is %s, which is not text without quotes, but OpenAPI requires text; quote "+
				"it: version: %q", node.Line, shown(node.Value), node.Value)
	}
	if err := d.operationsNamedTwice(); err != nil {
		return nil, err
	}
	if _, err := d.load(); err != nil {
		return nil, refuse("kin-openapi cannot read it: %v", err)
	}
	return d, nil
}

// outside refuses the first external reference. Nothing is fetched, and nobody who reviews the file
// would see what it refers to.
func outside(node *yaml.Node, at string) error {
	for key, value := range children(node) {
		if key == "$ref" && value.Kind == yaml.ScalarNode && !strings.HasPrefix(value.Value, "#") {
			return refuse("line %d: the $ref %q at %s refers to another document, and nothing is fetched; ask the "+
				"vendor for a bundled file, or bundle it first", value.Line, value.Value, target(at))
		}
		if err := outside(value, at+step(node, key)); err != nil {
			return err
		}
	}
	return nil
}

// operation is one method of one path.
type operation struct{ method, path, id string }

func (o operation) String() string { return o.method + " " + o.path }

func (d *document) operations() []operation {
	var found []operation
	for path, item := range children(child(d.root, "paths")) {
		for key, value := range children(item) {
			switch key {
			case "get", "put", "post", "delete", "options", "head", "patch", "trace":
				found = append(found, operation{strings.ToUpper(key), path, text(child(value, "operationId"))})
			}
		}
	}
	return found
}

func (d *document) operationsNamedTwice() error {
	seen := make(map[string]operation)
	for _, o := range d.operations() {
		if before, twice := seen[o.id]; twice && o.id != "" {
			return refuse("the operationId %q is used for both %s and %s; the generator names Go functions after it, "+
				"so the vendor must make them differ", o.id, before, o)
		}
		seen[o.id] = o
	}
	return nil
}

// load reads the document as oapi-codegen does.
func (d *document) load() (*openapi3.T, error) { return openapi3.NewLoader().LoadFromData(d.raw) }

// digest identifies the exact file.
func (d *document) digest() string { return fmt.Sprintf("%x", sha256.Sum256(d.raw)) }

// sumLine returns the digest in the format of sha256sum, for the file that records which document
// was taken in.
func (d *document) sumLine() []byte {
	return fmt.Appendf(nil, "%s  %s\n", d.digest(), path.Base(specFile))
}
