package sign

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/danabio/danabio-go/internal/pdf"
)

// fieldPrefix is the prefix of the emulator's signature field names.
const fieldPrefix = "emulator-signature-"

// form holds the objects of the base document that must refer to a signature.
type form struct {
	catalog        pdf.Object
	catalogRef     pdf.Reference
	page           pdf.Page
	acroForm       pdf.Object // a dictionary, or null
	acroRef        pdf.Reference
	names          map[string]bool // of the top-level fields
	signatureCount int             // number of earlier signatures by an emulator
}

// findForm reads the catalog, the first page and the form's fields.
func (r *revision) findForm() error {
	f := &r.form
	var err error
	if f.catalog, f.catalogRef, err = r.base.Catalog(); err != nil {
		return err
	}
	if err := r.restrictions(f.catalog); err != nil {
		return err
	}
	if f.page, err = r.base.FirstPage(); err != nil {
		return err
	}
	if f.acroForm, f.acroRef, err = r.base.Resolve(f.catalog.Get("AcroForm")); err != nil {
		return err
	}
	if f.acroForm.Kind != pdf.Null && f.acroForm.Kind != pdf.Dictionary {
		return &Error{Reason: "the PDF's /AcroForm is not a dictionary"}
	}
	for _, dictionary := range []pdf.Object{f.catalog, f.page.Dictionary, f.acroForm} {
		if _, twice := dictionary.DuplicateKey(); twice {
			return &Error{Reason: "the PDF's catalog, first page or form has a key twice, so that readers differ " +
				"about it"}
		}
	}
	if annotations, _, err := r.base.Resolve(f.page.Dictionary.Get("Annots")); err != nil {
		return err
	} else if annotations.Kind != pdf.Null && annotations.Kind != pdf.Array {
		return &Error{Reason: "the first page's /Annots is not an array"}
	}
	return r.readFieldNames()
}

func (r *revision) readFieldNames() error {
	r.form.names = map[string]bool{}
	fields, _, err := r.base.Resolve(r.form.acroForm.Get("Fields"))
	if err != nil {
		return err
	}
	if fields.Kind != pdf.Null && fields.Kind != pdf.Array {
		return &Error{Reason: "the PDF's /Fields is not an array"}
	}
	for _, item := range fields.Items {
		field, _, err := r.base.Resolve(item)
		if err != nil {
			return err
		}
		name, _, err := r.base.Resolve(field.Get("T"))
		if err != nil {
			return err
		}
		text := pdf.DecodeText(name.Text)
		r.form.names[text] = true
		if strings.HasPrefix(text, fieldPrefix) {
			r.form.signatureCount++
		}
	}
	return nil
}

// fieldName returns a name that no other top-level field has.
func (f *form) fieldName() string {
	for n := 1; ; n++ {
		if name := fmt.Sprintf("%s%d", fieldPrefix, n); !f.names[name] {
			return name
		}
	}
}

// enter adds the widget to the form and to the page.
func (r *revision) enter(widget pdf.Reference) error {
	item := pdf.NewReference(widget)
	f := &r.form
	page, changed, err := r.extend(f.page.Dictionary, "Annots", item)
	if err != nil {
		return err
	}
	if changed {
		if err := r.replace(f.page.Reference, page); err != nil {
			return err
		}
	}

	acroForm := f.acroForm
	if acroForm.Kind == pdf.Null {
		acroForm = pdf.Object{Kind: pdf.Dictionary}
	}
	if acroForm, _, err = r.extend(acroForm, "Fields", item); err != nil {
		return err
	}
	flags, _, err := r.resolve(acroForm.Get("SigFlags"))
	if err != nil {
		return err
	}
	const signaturesExist, appendOnly = 1, 2
	acroForm = acroForm.With("SigFlags", pdf.NewInteger(flags.Int|signaturesExist|appendOnly))
	if f.acroForm.Kind == pdf.Dictionary && f.acroRef != (pdf.Reference{}) {
		return r.replace(f.acroRef, acroForm)
	}
	return r.replace(f.catalogRef, f.catalog.With("AcroForm", acroForm))
}

// encodeText returns a PDF text string.
func encodeText(text string) pdf.Object {
	for _, c := range text {
		if c < ' ' || c > '~' {
			encoded := []byte{0xFE, 0xFF}
			for _, unit := range utf16.Encode([]rune(text)) {
				encoded = append(encoded, byte(unit>>8), byte(unit))
			}
			return pdf.NewHex(encoded)
		}
	}
	return pdf.Object{Kind: pdf.Literal, Text: []byte(text)}
}
