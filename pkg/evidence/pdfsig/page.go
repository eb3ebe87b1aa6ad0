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
	loaded, err := u.number(u.old, number)
	if err != nil {
		return err
	}
	kids, err := u.list(u.old, loaded.Object.Get("Kids"))
	if err != nil {
		return err
	}
	if kids == nil {
		u.pages = append(u.pages, page{number, atItself(loaded.Object.Get("Annots"))})
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
		if u.changed[page.number] || u.changed[page.annotations.Reference().Number] {
			if err := u.comparePage(i+1, page.number); err != nil {
				return err
			}
		}
	}
	return nil
}

func (u *update) comparePage(count int, number uint32) error {
	a, err := u.number(u.old, number)
	if err != nil {
		return err
	}
	b, err := u.number(u.new, number)
	if err != nil {
		return err
	}
	for _, key := range differences(a.Object, b.Object) {
		if key != "Annots" {
			u.other("page %d: /%s", count, showable(key))
		}
	}
	if u.changed[number] {
		u.explained[number] = b.Object.Kind == pdf.Dictionary && b.Stream < 0
	}
	before, err := u.list(u.old, a.Object.Get("Annots"))
	if err != nil {
		return err
	}
	after, err := u.list(u.new, b.Object.Get("Annots"))
	if err != nil {
		return err
	}
	more, kept := added(before, after)
	if !kept || !u.addition(b.Object.Get("Annots")) {
		u.other("page %d: /Annots", count)
	}
	for _, annotation := range more {
		if annotation.Kind != pdf.Ref || !u.widgets[annotation.Reference().Number] {
			u.other("page %d: another annotation", count)
			return nil
		}
	}
	return nil
}
