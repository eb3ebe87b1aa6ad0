package pdfsig

import (
	"slices"

	"github.com/danabio/danabio-go/internal/pdf"
)

// readStructure finds the pages, the fields and the entries that an update may replace in the first
// revision.
func (u *update) readStructure(root pdf.Reference, catalog pdf.Object) error {
	form, err := u.resolve(u.before, catalog.Get("AcroForm"))
	if err != nil {
		return err
	}
	if err := u.readPages(catalog.Get("Pages"), map[uint32]bool{}); err != nil {
		return err
	}
	holders := map[uint32]bool{root.Number: true, catalog.Get("AcroForm").Reference().Number: true}
	slots := []slot{
		{value: catalog.Get("DSS"), deep: true},
		{value: catalog.Get("Extensions"), deep: true},
		{value: referenceOrNull(catalog.Get("AcroForm"))},
	}
	for _, page := range u.pages {
		slots = append(slots, slot{value: referenceOrNull(page.annotations)})
		holders[page.number] = true
	}
	slots = append(slots, slot{value: referenceOrNull(form.Get("Fields"))})
	if err := u.readFields(form); err != nil {
		return err
	}
	for number, f := range u.fields {
		holders[number] = true
		if u.changedObjects[number] { // an unchanged field must keep its appearance
			for _, key := range []string{"AP", "V"} {
				slots = append(slots, slot{value: f.dictionary.Get(key), deep: true})
			}
		}
	}
	u.ownership, err = newOwnership(u, holders, slots)
	return err
}

// referenceOrNull returns value if it is a reference, and null otherwise: the content of a direct
// array does not belong to the entry alone.
func referenceOrNull(value pdf.Object) pdf.Object {
	if value.Kind == pdf.Ref {
		return value
	}
	return pdf.Object{}
}

// compareCatalog allows the catalog to change in validation data, form and permissions.
func (u *update) compareCatalog(root pdf.Reference, before, after pdf.Object) error {
	for _, key := range differingKeys(before, after) {
		switch key {
		case "DSS", "Extensions", "AcroForm":
		case "Version":
			if after.Get(key).Kind != pdf.Name {
				u.noteOther("catalog: /%s", key)
			}
		case "Perms":
			if err := u.comparePermissions(before.Get(key), after.Get(key)); err != nil {
				return err
			}
		default:
			u.noteOther("catalog: /%s", printable(key))
		}
	}
	if u.changedObjects[root.Number] {
		u.allowed[root.Number] = true // other changes are noted below
	}
	if err := u.compareValidationData("DSS", before, after, u.isDSS); err != nil {
		return err
	}
	if err := u.compareValidationData("Extensions", before, after, u.isExtensions); err != nil {
		return err
	}
	return u.compareForm(before.Get("AcroForm"), after.Get("AcroForm"))
}

// grammar reports whether a value of the second revision has the required form.
type grammar func(value pdf.Object) (bool, error)

// compareValidationData notes what the update adds or replaces under the catalog's key.
func (u *update) compareValidationData(key string, before, after pdf.Object, grammar grammar) error {
	before, after = before.Get(key), after.Get(key)
	if after.Kind == pdf.Null {
		if before.Kind != pdf.Null {
			u.noteOther("catalog: /%s is gone", key)
		}
		return nil
	}
	explained := len(u.allowed)
	if err := u.allowTree(after); err != nil {
		return err
	}
	if len(u.allowed) == explained && equalValues(before, after) {
		return nil
	}
	fine, err := grammar(after)
	if err != nil {
		return err
	}
	if !fine {
		u.noteOther("catalog: /%s contains something other than it should", key)
		return nil
	}
	u.note(ChangeValidationData, "catalog: /%s", key)
	return nil
}

// isDSS reports whether a value is a document security store as defined in ISO 32000-2, 12.8.4.3,
// and ETSI EN 319 142-1, 5.4.2.
func (u *update) isDSS(value pdf.Object) (bool, error) {
	ofSignature := map[string]grammar{
		"Type": isDirect, "Cert": u.isStreams, "OCSP": u.isStreams, "CRL": u.isStreams, "TU": isDirect,
		"TS": u.isStream,
	}
	ofSignatures := map[string]grammar{
		"Type": isDirect,
		"":     func(one pdf.Object) (bool, error) { return u.isDictionary(one, ofSignature) },
	}
	return u.isDictionary(value, map[string]grammar{
		"Type": isDirect, "Certs": u.isStreams, "OCSPs": u.isStreams, "CRLs": u.isStreams,
		"VRI": func(vri pdf.Object) (bool, error) { return u.isDictionary(vri, ofSignatures) },
	})
}

// isExtensions reports whether a value is a developer extensions dictionary (ISO 32000-2, 7.12):
// names, numbers and strings.
func (u *update) isExtensions(value pdf.Object) (bool, error) {
	simple := func(o pdf.Object) (bool, error) {
		return u.isDictionary(o, map[string]grammar{"": isDirect})
	}
	return u.isDictionary(value, map[string]grammar{
		"Type": isDirect,
		"": func(o pdf.Object) (bool, error) {
			items, err := u.resolve(u.after, o)
			if err != nil || items.Kind != pdf.Array {
				return simple(o)
			}
			for _, item := range items.Items {
				if fine, err := simple(item); !fine || err != nil {
					return false, err
				}
			}
			return true, nil
		},
	})
}

// isDictionary reports whether a value is a dictionary with no other entries than the given ones.
// The key "" stands for all other keys.
func (u *update) isDictionary(value pdf.Object, entries map[string]grammar) (bool, error) {
	dictionary, err := u.resolve(u.after, value)
	if err != nil || dictionary.Kind != pdf.Dictionary {
		return false, err
	}
	for i := 0; i+1 < len(dictionary.Items); i += 2 {
		grammar := entries[string(dictionary.Items[i].Text)]
		if grammar == nil {
			grammar = entries[""]
		}
		if grammar == nil {
			return false, nil
		}
		if fine, err := grammar(dictionary.Items[i+1]); !fine || err != nil {
			return false, err
		}
	}
	_, twice := dictionary.DuplicateKey()
	return !twice, nil
}

func isDirect(value pdf.Object) (bool, error) {
	return value.Kind != pdf.Ref && value.Kind != pdf.Array && value.Kind != pdf.Dictionary, nil
}

func (u *update) isStreams(value pdf.Object) (bool, error) {
	array, err := u.resolve(u.after, value)
	if err != nil || array.Kind != pdf.Array {
		return false, err
	}
	for _, item := range array.Items {
		if fine, err := u.isStream(item); !fine || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (u *update) isStream(value pdf.Object) (bool, error) {
	if value.Kind != pdf.Ref {
		return false, nil
	}
	loaded, err := u.loadNumber(u.after, value.Reference().Number)
	return err == nil && loaded.Stream >= 0, err
}

// comparePermissions allows /Perms to name a certification that the update adds.
func (u *update) comparePermissions(before, after pdf.Object) error {
	permissions, err := u.resolve(u.after, after)
	if err != nil {
		return err
	}
	target := permissions.Get("DocMDP")
	certified := target.Kind == pdf.Ref && slices.ContainsFunc(u.signatures, func(s *Signature) bool {
		return s.Kind == KindCertification && s.Object == target.Reference().Number
	})
	alone := slices.Equal(dictionaryKeys(permissions), []string{"DocMDP"})
	if before.Kind != pdf.Null || !certified || !alone || !u.allowObject(after) {
		u.noteOther("catalog: /Perms")
	}
	return nil
}

// compareForm allows the form to gain signature fields and the fonts that they use.
func (u *update) compareForm(before, after pdf.Object) error {
	a, err := u.resolve(u.before, before)
	if err != nil {
		return err
	}
	b, err := u.resolve(u.after, after)
	if err != nil {
		return err
	}
	if a.Kind != pdf.Null && b.Kind != pdf.Dictionary || !u.allowObject(after) {
		u.noteOther("catalog: /AcroForm")
		return nil
	}
	for _, key := range differingKeys(a, b) {
		value := b.Get(key)
		switch {
		case key == "Fields":
		case key == "SigFlags" && value.Kind == pdf.Integer:
		case key == "DA" && a.Get(key).Kind == pdf.Null && value.IsString():
		case key == "DR":
			if err := u.compareResources(a.Get(key), value); err != nil {
				return err
			}
		default:
			u.noteOther("form: /%s", printable(key))
		}
	}
	fields, err := u.list(u.before, a.Get("Fields"))
	if err != nil {
		return err
	}
	now, err := u.list(u.after, b.Get("Fields"))
	if err != nil {
		return err
	}
	more, kept := addedItems(fields, now)
	if !kept || !u.allowObject(b.Get("Fields")) {
		u.noteOther("form: a field is gone")
	}
	for _, field := range more {
		if err := u.allowNewField(field); err != nil {
			return err
		}
	}
	return nil
}

// compareResources allows the form's resources to gain names but not to change existing ones, since
// readers render text fields with them. In a form with only signature fields the resources have no
// effect, and some programs rewrite them.
func (u *update) compareResources(before, after pdf.Object) error {
	text := false
	for _, field := range u.fields {
		text = text || field.fieldType != "Sig"
	}
	if !text {
		return u.allowTree(after)
	}
	if before.Kind == pdf.Ref || after.Kind == pdf.Ref && before.Kind != pdf.Null {
		u.noteOther("form: /DR")
		return nil
	}
	for _, category := range differingKeys(before, after) {
		a, b := before.Get(category), after.Get(category)
		for _, name := range differingKeys(a, b) {
			if a.Get(name).Kind != pdf.Null {
				u.noteOther("form: /DR")
				return nil
			}
		}
		if a.Kind != pdf.Null && (a.Kind != pdf.Dictionary || b.Kind != pdf.Dictionary) {
			u.noteOther("form: /DR")
			return nil
		}
	}
	return u.allowTree(after)
}
