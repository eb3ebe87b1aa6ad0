package pdfsig

import (
	"github.com/danabio/danabio-go/internal/pdf"
)

// page is a page of the first revision.
type page struct {
	number      uint32
	annotations pdf.Object // as written
}

// readPages finds the pages below a node of the tree, each once.
func (u *update) readPages(node pdf.Object, seen map[uint32]bool) error {
	number := node.Reference().Number
	if node.Kind != pdf.Ref || seen[number] {
		return nil
	}
	seen[number] = true
	if len(seen) > maxPageNodes {
		return &pdf.Error{Kind: pdf.ErrLimit, Offset: -1, Detail: "there are too many pages"}
	}
	loaded, err := u.loadNumber(u.before, number)
	if err != nil {
		return err
	}
	kids, err := u.list(u.before, loaded.Object.Get("Kids"))
	if err != nil {
		return err
	}
	if kids == nil {
		u.pages = append(u.pages, page{number, referenceOrNull(loaded.Object.Get("Annots"))})
	}
	for _, kid := range kids {
		if err := u.readPages(kid, seen); err != nil {
			return err
		}
	}
	return nil
}

// comparePages allows pages to gain the widgets of signatures.
func (u *update) comparePages() error {
	for i, page := range u.pages {
		if u.changedObjects[page.number] || u.changedObjects[page.annotations.Reference().Number] {
			if err := u.comparePage(i+1, page.number); err != nil {
				return err
			}
		}
	}
	return nil
}

func (u *update) comparePage(count int, number uint32) error {
	a, err := u.loadNumber(u.before, number)
	if err != nil {
		return err
	}
	b, err := u.loadNumber(u.after, number)
	if err != nil {
		return err
	}
	for _, key := range differingKeys(a.Object, b.Object) {
		if key != "Annots" {
			u.noteOther("page %d: /%s", count, printable(key))
		}
	}
	if u.changedObjects[number] {
		u.allowed[number] = b.Object.Kind == pdf.Dictionary && b.Stream < 0
	}
	before, err := u.list(u.before, a.Object.Get("Annots"))
	if err != nil {
		return err
	}
	after, err := u.list(u.after, b.Object.Get("Annots"))
	if err != nil {
		return err
	}
	more, kept := addedItems(before, after)
	if !kept || !u.allowObject(b.Object.Get("Annots")) {
		u.noteOther("page %d: /Annots", count)
	}
	for _, annotation := range more {
		if annotation.Kind != pdf.Ref || !u.widgets[annotation.Reference().Number] {
			u.noteOther("page %d: another annotation", count)
			return nil
		}
	}
	return nil
}
