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

// action is the effect of one overlay action on a document.
type action struct {
	number      int // starting at 1
	target      string
	description string
	broken      string   // why it cannot be applied, or ""
	needless    bool     // it changes nothing
	already     []string // parts of its update that the document already contains, if it lacks others
	overrides   []place  // values of the document that it replaces
}

func (a action) String() string { return fmt.Sprintf("action %d (%s)", a.number, code(a.target)) }

// applied is a document with the overlay applied as far as possible.
type applied struct {
	*document
	actions []action
}

// apply applies the overlay's actions to a copy of the document, one by one, in strict mode and
// with the same library as oapi-codegen.
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

// there returns the parts of an update that the target already contains.
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

// overrides returns the values of the target that an update replaces.
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
			was := *has // applying the overlay changes it
			found = append(found, place{at + key, &was, value})
		}
	}
	return found
}

// newOverrides returns the replaced values that the present document did not have or had
// differently: the vendor has published something since, and the overlay hides it.
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

// validate validates the document with the overlay against OpenAPI's rules, as pkg/contract does
// first.
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

// needed lists the operations that pkg/danabio uses, by the ids that the overlay gives them.
var needed = []string{"getToken", "startCircuit", "downloadEvidence"}

// lacking returns the needed operations that the document does not have, as they are in the present
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
