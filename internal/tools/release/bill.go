package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os/exec"
	"runtime/debug"
	"strings"
	"time"
)

// bill of materials in CycloneDX 1.6 JSON: what the program was built from, by what the go command
// wrote into it. cyclonedx-gomod (v1.10.0) writes the hash of its own binary into each bill, so
// that the bytes depend on the system that makes the release; it names no licence for the program,
// the standard library and github.com/oasdiff/yaml, and another one for golang.org/x.
type bill struct {
	Schema       string       `json:"$schema"`
	Format       string       `json:"bomFormat"`
	SpecVersion  string       `json:"specVersion"`
	SerialNumber string       `json:"serialNumber"`
	Version      int          `json:"version"`
	Metadata     metadata     `json:"metadata"`
	Components   []component  `json:"components"`
	Dependencies []dependency `json:"dependencies"`
}

type metadata struct {
	Timestamp time.Time `json:"timestamp"`
	Component component `json:"component"`
}

type component struct {
	Type       string     `json:"type"`
	Ref        string     `json:"bom-ref"`
	Name       string     `json:"name"`
	Version    string     `json:"version"`
	Hashes     []hash     `json:"hashes,omitempty"`
	Licenses   []license  `json:"licenses,omitempty"`
	PURL       string     `json:"purl"`
	Properties []property `json:"properties,omitempty"`
}

type hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

// license is one expression, in the words of SPDX.
type license struct {
	Expression string `json:"expression"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type dependency struct {
	Ref       string   `json:"ref"`
	DependsOn []string `json:"dependsOn"`
}

// bill says what a program was built from: the parts. The build information names modules but not
// which of them needs which, so that all stand below the program.
func (r *release) bill(system system, info *debug.BuildInfo, content []byte, parts []part,
	when time.Time) ([]byte, error) {
	digest := sha256.Sum256(content)
	ref := packageURL(info.Main.Path, "v"+r.version)
	own, err := licensingIn(r.source)
	if err != nil {
		return nil, err
	}
	b := bill{
		Schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", Format: "CycloneDX", SpecVersion: "1.6", Version: 1,
		SerialNumber: "urn:uuid:" + uuid(digest),
		Metadata: metadata{when, component{
			Type: "application", Ref: ref, Name: r.program, Version: r.version, PURL: ref, Licenses: own.licenses,
			Hashes:     []hash{{"SHA-256", hex.EncodeToString(digest[:])}},
			Properties: []property{{"os", system.os}, {"arch", system.arch}, {"go", info.GoVersion}},
		}},
	}
	all := dependency{Ref: ref}
	for _, part := range parts {
		b.Components = append(b.Components, part.component)
		all.DependsOn = append(all.DependsOn, part.component.Ref)
	}
	b.Dependencies = []dependency{all}
	text, err := json.MarshalIndent(b, "", "  ")
	return append(text, '\n'), err
}

// part is something of others that is in a program.
type part struct {
	component component
	texts     string // of its licences
}

// parts are the standard library, and the modules that the build information names.
func (r *release) parts(ctx context.Context, info *debug.BuildInfo) ([]part, error) {
	standard, err := r.standardLibrary(ctx, info.GoVersion)
	if err != nil {
		return nil, fmt.Errorf("standard library: %w", err)
	}
	parts := []part{standard}
	for _, module := range info.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		library, err := r.library(ctx, module)
		if err != nil {
			return nil, fmt.Errorf("module %s: %w", module.Path, err)
		}
		parts = append(parts, library)
	}
	return parts, nil
}

func (r *release) standardLibrary(ctx context.Context, version string) (part, error) {
	root, err := r.goEnv(ctx, "GOROOT")
	if err != nil {
		return part{}, err
	}
	terms, err := licensingIn(root)
	version = strings.TrimPrefix(version, "go")
	ref := packageURL("std", version)
	return part{component{Type: "library", Ref: ref, Name: "std", Version: version, PURL: ref,
		Licenses: terms.licenses}, terms.texts}, err
}

// library describes a module. Its hash is that of go.sum: the SHA-256 of a list of all its files
// with theirs.
func (r *release) library(ctx context.Context, module *debug.Module) (part, error) {
	download := exec.CommandContext(ctx, "go", "mod", "download", "-json", module.Path+"@"+module.Version)
	download.Dir = r.source
	out, err := download.Output()
	if err != nil {
		return part{}, fmt.Errorf("go mod download: %w", err)
	}
	var downloaded struct{ Dir, Sum string }
	if err := json.Unmarshal(out, &downloaded); err != nil {
		return part{}, fmt.Errorf("go mod download: %w", err)
	}
	sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(module.Sum, "h1:"))
	if err != nil || len(sum) != sha256.Size || module.Sum != downloaded.Sum {
		return part{}, fmt.Errorf("its sum is %q in the program and %q on the disk", module.Sum, downloaded.Sum)
	}
	terms, err := licensingIn(downloaded.Dir)
	ref := packageURL(module.Path, module.Version)
	return part{component{
		Type: "library", Ref: ref, Name: module.Path, Version: module.Version, PURL: ref, Licenses: terms.licenses,
		Hashes:     []hash{{"SHA-256", hex.EncodeToString(sum)}},
		Properties: []property{{"go.sum", module.Sum}},
	}, terms.texts}, err
}

// thirdParties is the file with what the licences of the parts want to be passed on.
func thirdParties(parts []part) entry {
	var b strings.Builder
	for _, part := range parts {
		title := strings.TrimSpace(part.component.Name + " " + part.component.Version)
		fmt.Fprintf(&b, "%s\n%s\n\n%s\n", title, strings.Repeat("=", len(title)), part.texts)
	}
	return entry{"THIRD-PARTY-LICENSES.txt", 0o644, []byte(b.String())}
}

// packageURL names a module as other tools do.
func packageURL(path, version string) string {
	return "pkg:golang/" + path + "@" + strings.ReplaceAll(version, "+", "%2B")
}

// uuid makes one of a digest, so that it is the same for the same program (RFC 9562, version 8).
func uuid(digest [sha256.Size]byte) string {
	id := digest[:16]
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
