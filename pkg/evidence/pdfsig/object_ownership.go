package pdfsig

import (
	"github.com/danabio/danabio-go/internal/pdf"
)

// ownership determines which objects of a revision are reachable only through certain entries, and
// would be garbage without them. It counts references, like a garbage collector, so an object that
// a page also refers to is never owned.
type ownership struct {
	objectLoader
	document *pdf.Document
	total    map[uint32]int // references to an object in the whole revision, for objects that matter
	owned    map[uint32]int // those of them that come from the entries and from what they own
	holders  map[uint32]bool
}

// slot is an entry that an update may replace.
type slot struct {
	value pdf.Object
	deep  bool // including everything that only it leads to
}

// newOwnership counts the references to changed objects and to everything that the slots lead to.
// The holders are the objects that contain the slots. What a holder contains is never owned by
// another slot, or a reference would count twice.
func newOwnership(u *update, holders map[uint32]bool, slots []slot) (*ownership, error) {
	o := &ownership{objectLoader: u.objectLoader, document: u.before, holders: holders, total: map[uint32]int{},
		owned: map[uint32]int{}}
	for number := range u.changedObjects {
		o.total[number] = 0
	}
	for _, s := range slots {
		if s.deep {
			if err := o.follow(s.value); err != nil {
				return nil, err
			}
		}
	}
	if err := o.countAll(); err != nil {
		return nil, err
	}
	for _, s := range slots {
		if err := o.countOwned(s.value, s.deep); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// follow tracks everything that a value leads to.
func (o *ownership) follow(value pdf.Object) error {
	queue := referencesIn(value)
	seen := map[uint32]bool{}
	for len(queue) > 0 {
		number := queue[0].Reference().Number
		queue = queue[1:]
		if seen[number] {
			continue
		}
		if seen[number] = true; len(seen) > maxOwnedObjects {
			return &pdf.Error{Kind: pdf.ErrLimit, Offset: -1,
				Detail: "validation data and appearances lead to too many objects"}
		}
		if _, tracked := o.total[number]; !tracked {
			o.total[number] = 0
		}
		loaded, err := o.loadNumber(o.document, number)
		if err != nil {
			return err
		}
		if kind := loaded.Object.Get("Type"); kind.IsName("Page") || kind.IsName("Pages") || kind.IsName("Catalog") {
			continue // these lead to everything
		}
		queue = append(queue, referencesIn(loaded.Object)...)
	}
	return nil
}

// countAll counts references in all objects of the revision.
func (o *ownership) countAll() error {
	for entry := range o.document.InFile() {
		loaded, err := o.loadEntry(o.document, entry)
		if err != nil {
			return err
		}
		for _, ref := range referencesIn(loaded.Object) {
			number := ref.Reference().Number
			if n, tracked := o.total[number]; tracked {
				o.total[number] = n + 1
			}
		}
	}
	return nil
}

// countOwned counts the references in a slot's value, and in what the slot thereby owns.
func (o *ownership) countOwned(value pdf.Object, deep bool) error {
	queue := referencesIn(value)
	for len(queue) > 0 {
		number := queue[0].Reference().Number
		queue = queue[1:]
		if o.owned[number]++; !deep || o.holders[number] || !o.isUnreferenced(number) {
			continue
		}
		loaded, err := o.loadNumber(o.document, number)
		if err != nil {
			return err
		}
		queue = append(queue, referencesIn(loaded.Object)...)
	}
	return nil
}

// isUnreferenced reports whether only the slots lead to an object.
func (o *ownership) isUnreferenced(number uint32) bool {
	total, tracked := o.total[number]
	return tracked && o.owned[number] == total
}
