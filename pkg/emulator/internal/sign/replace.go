package sign

import (
	"fmt"

	"github.com/danabio/danabio-go/internal/pdf"
)

// ReplacePage returns the document with an incremental update that replaces the content of its
// first page with a text. It signs nothing. It does what an attacker does, for tests.
func ReplacePage(document []byte, text string) ([]byte, error) {
	r, err := prepare(document)
	if err != nil {
		return nil, err
	}
	page, err := r.base.FirstPage()
	if err != nil {
		return nil, refuse(err)
	}
	shown, err := r.create()
	if err != nil {
		return nil, err
	}
	content := pdf.Object{Kind: pdf.Literal, Text: winAnsi(text)}.Append([]byte("BT /F 14 Tf 72 700 Td "))
	content = append(content, " Tj ET"...)
	r.changedObjects[shown] = newDictionary("Length", pdf.NewInteger(int64(len(content))))
	dictionary := page.Dictionary.With("Contents", pdf.NewReference(shown))
	dictionary = dictionary.With("Resources", newDictionary("Font", newDictionary("F", newFont("Helvetica"))))
	if err := r.replace(page.Reference, dictionary); err != nil {
		return nil, err
	}
	replaced, _, err := r.write(map[pdf.Reference][]byte{shown: content}, shown)
	if err != nil {
		return nil, fmt.Errorf("replace the first page: %w", err)
	}
	return replaced, nil
}
