package pdf

import (
	"iter"
	"slices"
)

const (
	maxPageDepth = 64
	maxPageNodes = 1 << 17
)

// inherited lists the keys that a page inherits from the nodes above it.
var inherited = []string{"MediaBox", "CropBox", "Rotate", "Resources"}

// Catalog returns the document's root dictionary.
func (d *Document) Catalog() (Object, Reference, error) {
	root := d.Trailer().Get("Root")
	if root.Kind != Ref {
		return Object{}, Reference{}, fault(ErrStructure, d.Trailer().Offset, "the trailer's /Root is not a reference")
	}
	catalog, ref, err := d.Resolve(root)
	if err != nil {
		return Object{}, Reference{}, err
	}
	if catalog.Kind != Dictionary {
		return Object{}, Reference{}, fault(ErrStructure, -1, "the trailer's /Root leads to no dictionary")
	}
	return catalog, ref, nil
}

// Page is one page of the document.
type Page struct {
	Reference  Reference
	Dictionary Object // as written
	parents    []Object
}

// Inherited returns the value of a page's key. For /MediaBox, /CropBox, /Rotate and /Resources it
// falls back to the nearest ancestor that has the key. The result may be a reference.
func (p Page) Inherited(key string) Object {
	if value := p.Dictionary.Get(key); value.Kind != Null || !slices.Contains(inherited, key) {
		return value
	}
	for _, parent := range slices.Backward(p.parents) {
		if value := parent.Get(key); value.Kind != Null {
			return value
		}
	}
	return Object{}
}

// Pages iterates over the page tree in reading order. It yields an error last. A page that the tree
// lists twice is yielded twice. A node that is its own ancestor is an error.
func (d *Document) Pages() iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		catalog, _, err := d.Catalog()
		if err != nil {
			yield(Page{}, err)
			return
		}
		root := catalog.Get("Pages")
		if root.Kind != Ref {
			yield(Page{}, fault(ErrStructure, catalog.Offset, "the catalog's /Pages is not a reference"))
			return
		}
		w := pageWalk{document: d, yield: yield, above: map[Reference]bool{}}
		if _, err := w.node(root, nil); err != nil {
			yield(Page{}, err)
		}
	}
}

// FirstPage returns the first page, or [ErrStructure] if the document has no pages.
func (d *Document) FirstPage() (Page, error) {
	for page, err := range d.Pages() {
		return page, err
	}
	return Page{}, fault(ErrStructure, -1, "the document has no pages")
}

type pageWalk struct {
	document *Document
	yield    func(Page, error) bool
	above    map[Reference]bool
	nodes    int
}

// node walks the tree below one node. It returns false if the caller wants no more pages.
func (w *pageWalk) node(link Object, parents []Object) (bool, error) {
	if w.nodes++; w.nodes > maxPageNodes {
		return false, fault(ErrLimit, -1, "more than %d nodes in the page tree", maxPageNodes)
	}
	if len(parents) > maxPageDepth {
		return false, fault(ErrLimit, -1, "more than %d levels of page tree", maxPageDepth)
	}
	node, ref, err := w.document.Resolve(link)
	if err != nil || node.Kind == Null {
		return true, err
	}
	if node.Kind != Dictionary || ref == (Reference{}) {
		return false, fault(ErrStructure, node.Offset, "a node of the page tree is not a separate dictionary")
	}
	kids, _, err := w.document.Resolve(node.Get("Kids"))
	if err != nil {
		return false, err
	}
	if kids.Kind == Null && !node.Get("Type").IsName("Pages") {
		return w.yield(Page{Reference: ref, Dictionary: node, parents: slices.Clone(parents)}, nil), nil
	}
	if kids.Kind == Null {
		return true, nil
	}
	if kids.Kind != Array {
		return false, fault(ErrStructure, node.Offset, "a page tree node's /Kids is not an array")
	}
	if w.above[ref] {
		return false, fault(ErrStructure, node.Offset, "a page tree node is its own ancestor")
	}
	w.above[ref] = true
	defer delete(w.above, ref)
	for _, kid := range kids.Items {
		if more, err := w.node(kid, append(parents, node)); err != nil || !more {
			return more, err
		}
	}
	return true, nil
}
