package pdfsig

import (
	"slices"

	"github.com/danabio/danabio-go/internal/pdf"
)

// modificationRules is what the signatures of a revision allow later ones to change.
type modificationRules struct {
	forbidSigning bool // a certification allows no changes at all
	allowFilling  bool // a certification allows filling in form fields
	fieldLocks    []fieldLock
}

// fieldLock is a /FieldMDP: the fields that must not change any more.
type fieldLock struct {
	action string // All, Include or Exclude
	fields map[string]bool
}

// readRules reads /DocMDP and /FieldMDP of a revision's signatures.
func (u *update) readRules(signatures []*Signature) (modificationRules, error) {
	var r modificationRules
	for _, s := range signatures {
		switch s.DocMDP {
		case 1:
			r.forbidSigning = true
		case 2, 3:
			r.allowFilling = true
		}
		loaded, err := u.loadNumber(u.before, s.Object)
		if err != nil {
			return modificationRules{}, err
		}
		dictionary := loaded.Object
		if value := dictionary.Get("V"); value.Kind == pdf.Dictionary {
			dictionary = value
		}
		locked, err := u.readFieldLocks(dictionary)
		if err != nil {
			return modificationRules{}, err
		}
		r.fieldLocks = append(r.fieldLocks, locked...)
	}
	r.allowFilling = r.allowFilling && !r.forbidSigning
	return r, nil
}

func (u *update) readFieldLocks(dictionary pdf.Object) ([]fieldLock, error) {
	var locks []fieldLock
	references, err := u.list(u.before, dictionary.Get("Reference"))
	if err != nil {
		return nil, err
	}
	for _, item := range references {
		reference, err := u.resolve(u.before, item)
		if err != nil {
			return nil, err
		}
		if !reference.Get("TransformMethod").IsName("FieldMDP") {
			continue
		}
		parameters, err := u.resolve(u.before, reference.Get("TransformParams"))
		if err != nil {
			return nil, err
		}
		lock := fieldLock{action: string(parameters.Get("Action").Text), fields: map[string]bool{}}
		names, err := u.list(u.before, parameters.Get("Fields"))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			lock.fields[pdf.DecodeText(name.Text)] = true
		}
		locks = append(locks, lock)
	}
	return locks, nil
}

// locks reports whether a field must not change. A name includes all fields below it.
func (r modificationRules) locks(field string) bool {
	return slices.ContainsFunc(r.fieldLocks, func(lock fieldLock) bool {
		named := lock.fields[field]
		for i, c := range field {
			named = named || c == '.' && lock.fields[field[:i]]
		}
		switch lock.action {
		case "Include":
			return named
		case "Exclude":
			return !named
		}
		return true // All, or an unknown action
	})
}
