package sign

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/danabio/danabio-go/internal/pdf"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

// verify reads a signed document as a stranger would. It checks that it is the given document with
// one more signature, which covers everything but itself.
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
	if err := a.judge(signed, ref, options); err != nil {
		return err
	}
	return isReachable(opened, ref)
}

// judge judges all signatures with pdfsig, and checks the one that was made.
func (a *Authority) judge(signed []byte, ref pdf.Reference, options Options) error {
	report, err := pdfsig.Check(context.Background(), bytes.NewReader(signed), int64(len(signed)),
		pdfsig.Options{Roots: a.trust, Now: options.Time})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(report.Signatures, func(s pdfsig.Signature) bool {
		return s.Object == ref.Number &&
			!s.Superseded
	})
	if i < 0 {
		return errors.New("its signature cannot be found")
	}
	switch made := report.Signatures[i]; {
	case made.Status != pdfsig.StatusWholeFile:
		return fmt.Errorf("its signature is %s: %s", made.Status, made.Reason)
	case made.Trust.Status != pdfsig.Trusted:
		return fmt.Errorf("its signature is not trusted: %s", made.Trust.Reason)
	case made.ClaimedTime == nil || !made.ClaimedTime.Equal(options.Time):
		return errors.New("its signature claims another time")
	}
	return nil
}

// isReachable checks that the form's fields and the first page's annotations lead to the signature.
func isReachable(opened *pdf.Document, signature pdf.Reference) error {
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
