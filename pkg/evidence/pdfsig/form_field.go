package pdfsig

import (
	"slices"

	"github.com/danabio/danabio-go/internal/pdf"
)

// formField is a form field, or a widget of one, in the first revision.
type formField struct {
	dictionary   pdf.Object
	name         string // full name, with dots
	fieldType    string // /FT, own or inherited
	parent       uint32 // 0 if there is none
	hasSignature bool   // has a value
}

// Keys that an update may change in a field, and keys that a new field may have. Neither include
// actions.
var (
	signingKeys = []string{"V", "AP", "AS", "F", "M", "P", "DA", "MK"}
	fillingKeys = []string{"V", "AP", "AS", "M", "I", "RV"}
	widgetKeys  = []string{"Type", "Subtype", "Rect"} // keys that a field without a widget may gain
	newKeys     = []string{
		"Type", "Subtype", "FT", "T", "TU", "TM", "Ff", "V", "Rect", "P", "F", "AP", "AS", "MK", "BS", "Border", "DA",
		"DR",
		"Q", "M", "NM", "H", "Kids", "Lock", "SV", "StructParent",
	}
)

// Bits of an annotation's /F.
const (
	flagHidden = 1 << 1
	flagNoView = 1 << 5
)

// maxFullName is the longest full field name in bytes, including the names of the fields above.
const maxFullName = 4 << 10

// readFields records all fields of the first revision.
func (u *update) readFields(form pdf.Object) error {
	u.fields = map[uint32]*formField{}
	roots, err := u.list(u.before, form.Get("Fields"))
	if err != nil {
		return err
	}
	return u.readKids(roots, formField{}, 0)
}

func (u *update) readKids(kids []pdf.Object, above formField, depth int) error {
	if depth > maxFieldDepth {
		return &pdf.Error{Kind: pdf.ErrLimit, Offset: -1, Detail: "form fields are nested too deep"}
	}
	for _, kid := range kids {
		if kid.Kind != pdf.Ref || u.fields[kid.Reference().Number] != nil {
			continue
		}
		number := kid.Reference().Number
		loaded, err := u.loadNumber(u.before, number)
		if err != nil {
			return err
		}
		field := above
		field.dictionary = loaded.Object
		if name := loaded.Object.Get("T"); name.IsString() {
			if field.name != "" {
				field.name += "."
			}
			field.name += pdf.DecodeText(name.Text)
		}
		if len(field.name) > maxFullName {
			return &pdf.Error{Kind: pdf.ErrLimit, Offset: -1, Detail: "a form field's name is too long"}
		}
		if kind := loaded.Object.Get("FT"); kind.Kind == pdf.Name {
			field.fieldType = string(kind.Text)
		}
		value, err := u.resolve(u.before, loaded.Object.Get("V"))
		if err != nil {
			return err
		}
		field.hasSignature = field.hasSignature || field.fieldType == "Sig" && value.Kind != pdf.Null
		u.fields[number] = &field
		below, err := u.list(u.before, loaded.Object.Get("Kids"))
		if err != nil {
			return err
		}
		field.parent = number
		if err := u.readKids(below, field, depth+1); err != nil {
			return err
		}
		field.parent = above.parent
	}
	return nil
}

// signatureAt returns the signature that is a field's value, and marks its dictionary as explained.
func (u *update) signatureAt(field uint32, value pdf.Object) (*Signature, error) {
	number := field
	dictionary := value
	if value.Kind == pdf.Ref {
		number = value.Reference().Number
		loaded, err := u.loadNumber(u.after, number)
		if err != nil {
			return nil, err
		}
		dictionary = loaded.Object
	}
	i := slices.IndexFunc(u.signatures, func(s *Signature) bool {
		return s.Object == number && s.byteRange.gapStart == dictionary.Get("Contents").Offset
	})
	if i < 0 || !u.allowObject(value) {
		return nil, nil
	}
	return u.signatures[i], u.allowTree(dictionary)
}

// allowNewField allows the update to add a field for one of its signatures.
func (u *update) allowNewField(ref pdf.Object) error {
	number := ref.Reference().Number
	if ref.Kind != pdf.Ref || !u.allowObject(ref) {
		u.noteOther("form: a field that is not new")
		return nil
	}
	loaded, err := u.loadNumber(u.after, number)
	if err != nil {
		return err
	}
	field := loaded.Object
	if !isNewField(loaded) || !field.Get("FT").IsName("Sig") {
		u.noteOther("form: a field in object %d that is not only a signature field", number)
		return nil
	}
	return u.allowSignature(number, field)
}

// isNewField reports whether an object is a dictionary with only the keys that a signature field
// needs.
func isNewField(field pdf.Indirect) bool {
	_, twice := field.Object.DuplicateKey()
	return field.Object.Kind == pdf.Dictionary && field.Stream < 0 && !twice &&
		!slices.ContainsFunc(dictionaryKeys(field.Object),
			func(key string) bool { return !slices.Contains(newKeys, key) })
}

// allowSignature records the signature of a field that was new or empty.
func (u *update) allowSignature(number uint32, field pdf.Object) error {
	signature, err := u.signatureAt(number, field.Get("V"))
	if err != nil {
		return err
	}
	if signature == nil {
		u.noteOther("form: a signature field in object %d without a valid signature", number)
		return nil
	}
	if err := u.allowWidget(number, field, signature); err != nil {
		return err
	}
	kids, err := u.list(u.after, field.Get("Kids"))
	if err != nil {
		return err
	}
	if !u.allowObject(field.Get("Kids")) {
		u.noteOther("form: /Kids of the signature field in object %d", number)
		return nil
	}
	for _, kid := range kids {
		n := kid.Reference().Number
		if kid.Kind != pdf.Ref || u.fields[n] != nil {
			continue // compared on its own
		}
		loaded, err := u.loadNumber(u.after, n)
		if err != nil {
			return err
		}
		widget := loaded
		widget.Object = loaded.Object.Without("Parent")
		parent := loaded.Object.Get("Parent")
		below := parent.Kind == pdf.Ref && parent.Reference().Number == number
		if !u.changedObjects[n] || !u.allowObject(kid) || !isNewField(widget) || !below {
			u.noteOther("form: /Kids of the signature field in object %d", number)
			return nil
		}
		if err := u.allowWidget(n, widget.Object, signature); err != nil {
			return err
		}
	}
	if signature.Kind == KindTimeStamp {
		u.note(ChangeTimeStamp, "document time stamp in object %d", signature.Object)
		return nil
	}
	if u.rules.forbidSigning {
		u.noteOther("a signature in object %d, which the certification does not allow", signature.Object)
		return nil
	}
	u.note(ChangeSignature, "signature in object %d", signature.Object)
	return nil
}

// allowWidget marks the visible part of a signature as explained. A time stamp must have none.
func (u *update) allowWidget(number uint32, widget pdf.Object, signature *Signature) error {
	for _, key := range dictionaryKeys(widget) {
		if slices.Contains([]string{"V", "P", "Kids"}, key) {
			continue // checked elsewhere
		}
		if err := u.allowTree(widget.Get(key)); err != nil {
			return err
		}
	}
	area, err := u.appearanceArea(widget)
	if err != nil {
		return err
	}
	switch {
	case area > 0 && signature.Kind == KindTimeStamp:
		u.noteOther("a document time stamp in object %d that shows something", signature.Object)
	case area > maxAppearanceArea:
		u.noteOther("a signature in object %d whose appearance can cover a page", signature.Object)
	}
	u.widgets[number] = true
	return nil
}

// maxAppearanceArea is the largest area of a visible signature in square points: half an A4 page.
const maxAppearanceArea = 595 * 842 / 2

// appearanceArea returns how much of a page a widget covers, in square points, and 0 if it shows
// nothing.
func (u *update) appearanceArea(widget pdf.Object) (float64, error) {
	flags, err := u.resolve(u.after, widget.Get("F"))
	hidden := flags.Kind == pdf.Integer && flags.Int&(flagHidden|flagNoView) != 0
	if err != nil || hidden || widget.Get("AP").Kind == pdf.Null {
		return 0, err
	}
	corners, err := u.list(u.after, widget.Get("Rect"))
	if err != nil {
		return 0, err
	}
	if len(corners) != 4 {
		return 0, nil
	}
	var at [4]float64
	for i, corner := range corners {
		resolved, err := u.resolve(u.after, corner)
		if err != nil {
			return 0, err
		}
		at[i], _ = resolved.Number()
	}
	return max(at[2]-at[0], at[0]-at[2]) * max(at[3]-at[1], at[1]-at[3]), nil
}

// compareFields allows fields of the first revision to be signed or filled in.
func (u *update) compareFields() error {
	numbers := make([]uint32, 0, len(u.fields))
	for number := range u.fields {
		if u.changedObjects[number] {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	touched := map[uint32]bool{} // fields that are signed or filled in
	for _, number := range numbers {
		if err := u.compareField(number, touched); err != nil {
			return err
		}
	}
	for _, number := range numbers { // widgets, which stand below their fields
		field := u.fields[number]
		loaded, err := u.loadNumber(u.after, number)
		if err != nil {
			return err
		}
		differ := differingKeys(field.dictionary, loaded.Object)
		shown := onlyKeys(differ, fillingKeys, []string{"F", "MK"}) && !slices.Contains(differ, "V")
		if !u.allowed[number] && touched[field.parent] && loaded.Stream < 0 && shown {
			u.allowed[number] = true
			if err := u.allowTree(loaded.Object.Get("AP")); err != nil {
				return err
			}
		}
	}
	return nil
}

// onlyKeys reports whether every key is in one of the lists.
func onlyKeys(keys []string, lists ...[]string) bool {
	return !slices.ContainsFunc(keys, func(key string) bool { return !slices.Contains(slices.Concat(lists...), key) })
}

func (u *update) compareField(number uint32, touched map[uint32]bool) error {
	field := u.fields[number]
	loaded, err := u.loadNumber(u.after, number)
	if err != nil || loaded.Stream >= 0 || loaded.Object.Kind != pdf.Dictionary {
		return err
	}
	differ := differingKeys(field.dictionary, loaded.Object)
	if !slices.Contains(differ, "V") || u.rules.locks(field.name) {
		return nil
	}
	switch {
	case field.fieldType == "Sig" && !field.hasSignature:
		allowed := signingKeys
		if field.dictionary.Get("Subtype").Kind == pdf.Null {
			allowed = slices.Concat(allowed, widgetKeys)
		}
		if !onlyKeys(differ, allowed) {
			return nil
		}
		u.allowed[number], touched[number] = true, true
		return u.allowSignature(number, loaded.Object)
	case field.fieldType != "Sig" && field.fieldType != "" && u.rules.allowFilling && onlyKeys(differ, fillingKeys):
		u.allowed[number], touched[number] = true, true
		u.note(ChangeFormField, "form field in object %d", number)
		for _, key := range fillingKeys {
			if err := u.allowTree(loaded.Object.Get(key)); err != nil {
				return err
			}
		}
	}
	return nil
}
