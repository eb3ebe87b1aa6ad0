package sign

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/danabio/danabio-go/internal/pdf"
)

// verify reads a signed document as a stranger would, and checks that it is the given document
// with one signature more, over everything but that signature.
func (a *Authority) verify(signed, document []byte, ref pdf.Reference, options Options) error {
	if !bytes.HasPrefix(signed, document) {
		return errors.New("it does not begin with the document")
	}
	opened, err := pdf.Open(bytes.NewReader(signed), int64(len(signed)))
	if err != nil {
		return err
	}
	if err := opened.Check(); err != nil {
		return err
	}
	loaded, err := opened.Load(ref)
	if err != nil {
		return err
	}
	contents, times := loaded.Object.Lookup("Contents")
	if loaded.Compressed || times != 1 || contents.Kind != pdf.Hex {
		return errors.New("its signature dictionary has no /Contents of its own")
	}
	byteRange := loaded.Object.Get("ByteRange")
	want := pdf.NewArray(pdf.NewInteger(0), pdf.NewInteger(contents.Offset),
		pdf.NewInteger(contents.End), pdf.NewInteger(int64(len(signed))-contents.End))
	if !byteRange.Equal(want) {
		return errors.New("its byte range is not everything but /Contents")
	}
	hash := sha256.New()
	hash.Write(signed[:contents.Offset])
	hash.Write(signed[contents.End:])
	if err := a.verifyCMS(contents.Text, hash.Sum(nil), options.Time); err != nil {
		return err
	}
	return reachable(opened, ref)
}

// reachable checks that the form's fields and the first page's annotations lead to the signature.
func reachable(opened *pdf.Document, signature pdf.Reference) error {
	catalog, _, err := opened.Catalog()
	if err != nil {
		return err
	}
	acroForm, _, err := opened.Resolve(catalog.Get("AcroForm"))
	if err != nil {
		return err
	}
	page, err := opened.FirstPage()
	if err != nil {
		return err
	}
	for i, key := range []string{"Fields", "Annots"} {
		owner := []pdf.Object{acroForm, page.Dictionary}[i]
		array, _, err := opened.Resolve(owner.Get(key))
		if err != nil {
			return err
		}
		if len(array.Items) == 0 {
			return fmt.Errorf("its /%s is empty", key)
		}
		field, _, err := opened.Resolve(array.Items[len(array.Items)-1])
		if err != nil {
			return err
		}
		if value := field.Get("V"); value.Kind != pdf.Ref || value.Reference() != signature {
			return fmt.Errorf("the last of its /%s is not the signature", key)
		}
	}
	return nil
}
