package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/speakeasy-api/openapi/overlay"
	"github.com/speakeasy-api/openapi/overlay/loader"
	"gopkg.in/yaml.v3"
)

// action is what one action of the overlay did to a document.
type action struct {
	number      int // from 1
	target      string
	description string
	broken      string   // why it cannot be applied; "" if it can
	needless    bool     // it changes nothing
	already     []string // parts of its update that are there already, when others are not
	overrides   []place  // values of the document that it replaces by others
}

func (a action) String() string { return fmt.Sprintf("action %d (%s)", a.number, code(a.target)) }

// applied is a document with the overlay on it, as far as the overlay applies.
type applied struct {
	*document
	actions []action
}

// apply puts the overlay's actions on a copy of the document, one by one, as oapi-codegen does it:
// strictly, by the same library.
func apply(rules []byte, d *document) (*applied, error) {
	all, err := loader.LoadOverlayFromReader(bytes.NewReader(rules))
	if err != nil {
		return nil, fmt.Errorf("read api/overlay.yaml: %w", err)
	}
	if err := all.Validate(); err != nil {
		return nil, fmt.Errorf("read api/overlay.yaml: %w", err)
	}
	root, err := plain(d.root)
	if err != nil {
		return nil, err
	}
	result := &applied{}
	top := &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{root}}
	for i, rule := range all.Actions {
		result.actions = append(result.actions, applyOne(all, rule, i+1, top))
	}
	raw, err := yaml.Marshal(top)
	if err != nil {
		return nil, fmt.Errorf("write the document with the overlay: %w", err)
	}
	result.document = &document{raw: raw, root: top.Content[0], version: d.version}
	return result, nil
}

func applyOne(all *overlay.Overlay, rule overlay.Action, number int, top *yaml.Node) action {
	a := action{number: number, target: rule.Target, description: strings.TrimSpace(rule.Description)}
	path, err := all.NewPath(rule.Target, nil)
	if err != nil {
		a.broken = err.Error()
		return a
	}
	targets := path.Query(top)
	if len(targets) == 0 {
		a.broken = "matches nothing"
		return a
	}
	for _, target := range targets {
		a.already = append(a.already, there(target, &rule.Update, "")...)
		a.overrides = append(a.overrides, overrides(target, &rule.Update, "")...)
	}
	before, err := plain(top.Content[0])
	if err != nil {
		a.broken = err.Error()
		return a
	}
	one := *all
	one.Actions = []overlay.Action{rule}
	if _, err := one.ApplyToStrict(top); err != nil {
		a.broken = err.Error()
		return a
	}
	if a.needless = len(compare(before, top.Content[0], "")) == 0; a.needless {
		a.already = nil
	}
	return a
}

// there lists the parts of an update that the target has already.
func there(target, update *yaml.Node, at string) []string {
	var found []string
	for key, value := range children(update) {
		if update.Kind != yaml.MappingNode {
			break
		}
		has := child(target, key)
		switch {
		case has == nil:
		case value.Kind == yaml.MappingNode && has.Kind == yaml.MappingNode:
			found = append(found, there(has, value, at+key+".")...)
		case value.Kind == yaml.ScalarNode && has.Kind == yaml.ScalarNode && has.Value == value.Value:
			found = append(found, at+key+": "+value.Value)
		}
	}
	return found
}

// overrides lists the values of the target that an update replaces by others.
func overrides(target, update *yaml.Node, at string) []place {
	var found []place
	for key, value := range children(update) {
		if update.Kind != yaml.MappingNode {
			break
		}
		has := child(target, key)
		switch {
		case has == nil:
		case value.Kind == yaml.MappingNode && has.Kind == yaml.MappingNode:
			found = append(found, overrides(has, value, at+key+".")...)
		case value.Kind == yaml.ScalarNode && (has.Kind != yaml.ScalarNode || has.Value != value.Value):
			was := *has // applying changes it
			found = append(found, place{at + key, &was, value})
		}
	}
	return found
}

// newOverrides are the replaced values of which the present document had none or others: the vendor
// has said something since, and the overlay talks over it.
func (a action) newOverrides(present *applied) []place {
	known := make(map[string]bool)
	for _, before := range present.actions {
		if before.target == a.target {
			for _, p := range before.overrides {
				known[p.String()] = true
			}
		}
	}
	var found []place
	for _, p := range a.overrides {
		if !known[p.String()] {
			found = append(found, p)
		}
	}
	return found
}

// validate holds the document with the overlay against OpenAPI's own rules, as pkg/contract does
// before it checks anything.
func (a *applied) validate(ctx context.Context) error {
	loaded, err := openapi3.NewLoader().LoadFromData(a.raw)
	if err == nil {
		err = loaded.Validate(ctx)
	}
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return errors.New(strings.TrimSpace(first))
	}
	return nil
}

// needed are the operations that pkg/danabio is built on, by the ids that the overlay gives them.
var needed = []string{"getToken", "startCircuit", "downloadEvidence"}

// lacking lists the needed operations that the document does not have, as they are in the present
// one.
func (a *applied) lacking(present *applied) []operation {
	ids, known := make(map[string]operation), make(map[string]operation)
	for _, o := range a.operations() {
		ids[o.id] = o
	}
	for _, o := range present.operations() {
		known[o.id] = o
	}
	var missing []operation
	for _, id := range needed {
		if _, has := ids[id]; !has {
			o := known[id]
			o.id = id
			missing = append(missing, o)
		}
	}
	return missing
}
