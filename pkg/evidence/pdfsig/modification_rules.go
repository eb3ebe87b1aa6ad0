package pdfsig

import (
	"slices"

	"github.com/danabio/danabio-go/internal/pdf"
)

// rules are what the signatures of a revision allow later ones to change.
type rules struct {
	noSigning bool // a certification allows nothing at all
	filling   bool // a certification allows values of form fields
	locked    []fieldLock
}

// fieldLock is a /FieldMDP: the fields that nobody may change any more.
type fieldLock struct {
	action string // All, Include or Exclude
	fields map[string]bool
}

// readRules reads /DocMDP and /FieldMDP of the signatures of a revision.
func (u *update) readRules(signatures []*Signature) (rules, error) {
	var r rules
	for _, s := range signatures {
		switch s.DocMDP {
		case 1:
			r.noSigning = true
		case 2, 3:
			r.filling = true
		}
		loaded, err := u.number(u.old, s.Object)
		if err != nil {
			return rules{}, err
		}
		dictionary := loaded.Object
		if value := dictionary.Get("V"); value.Kind == pdf.Dictionary {
			dictionary = value
		}
		locked, err := u.fieldLocks(dictionary)
		if err != nil {
			return rules{}, err
		}
		r.locked = append(r.locked, locked...)
	}
	r.filling = r.filling && !r.noSigning
	return r, nil
}

func (u *update) fieldLocks(dictionary pdf.Object) ([]fieldLock, error) {
	var locks []fieldLock
	references, err := u.list(u.old, dictionary.Get("Reference"))
	if err != nil {
		return nil, err
	}
	for _, item := range references {
		reference, err := u.resolve(u.old, item)
		if err != nil {
			return nil, err
		}
		if !reference.Get("TransformMethod").IsName("FieldMDP") {
			continue
		}
		parameters, err := u.resolve(u.old, reference.Get("TransformParams"))
		if err != nil {
			return nil, err
		}
		lock := fieldLock{action: string(parameters.Get("Action").Text), fields: map[string]bool{}}
		names, err := u.list(u.old, parameters.Get("Fields"))
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

// locks tells whether a field must not change. A name stands for all fields below it, too.
func (r rules) locks(field string) bool {
	return slices.ContainsFunc(r.locked, func(lock fieldLock) bool {
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
		return true // All, and what is not known
	})
}
