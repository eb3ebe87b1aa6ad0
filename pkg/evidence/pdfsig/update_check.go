package pdfsig

import (
	"fmt"
	"slices"
	"strings"

	"github.com/danabio/danabio-go/internal/pdf"
)

// ChangeKind is the purpose of a part of an update.
type ChangeKind string

const (
	ChangeValidationData ChangeKind = "validation-data"     // /DSS with its streams, /Extensions
	ChangeTimeStamp      ChangeKind = "document-time-stamp" // its field, which shows nothing
	ChangeSignature      ChangeKind = "signature"           // its field, visible only in its own rectangle
	ChangeFormField      ChangeKind = "form-field"          // a value, where a certification allows it
	ChangeOther          ChangeKind = "other"               // anything not proven to be one of the above
)

// Change is something that an update adds or replaces.
type Change struct {
	Kind ChangeKind `json:"kind"`
	// Detail describes the change in English, with positions and PDF keywords but never content.
	Detail string `json:"detail"`
}

// hasOtherChange reports whether a change is not known to be harmless.
func hasOtherChange(changes []Change) bool {
	return slices.ContainsFunc(changes, func(c Change) bool { return c.Kind == ChangeOther })
}

// onlyKinds reports whether there are changes and all are of the kinds.
func onlyKinds(changes []Change, kinds ...ChangeKind) bool {
	return len(changes) > 0 && !slices.ContainsFunc(changes, func(c Change) bool {
		return !slices.Contains(kinds, c.Kind)
	})
}

// maxChanges is the largest number of changes that are listed.
const maxChanges = 20

// appendChange adds a change unless it is listed already or the list is full. The first ChangeOther
// always gets a place.
func appendChange(changes []Change, change Change) []Change {
	switch {
	case slices.Contains(changes, change):
	case len(changes) < maxChanges:
		changes = append(changes, change)
	case change.Kind == ChangeOther && !hasOtherChange(changes):
		changes[maxChanges-1] = change
	}
	return changes
}

// maxOwnedObjects limits how many objects of validation data and appearances are followed.
const maxOwnedObjects = 1 << 16

// update compares two revisions of a file, the first of which is the beginning of the second.
//
// An object has changed if the two cross-references lead to different places for its number. Each
// changed object must be explained in one of three ways. It belongs to the document's known
// structure and differs only in entries that validation data, time stamps, signatures and form
// values may change. It says the same as before. Or it is an addition that only such an entry leads
// to. So pages, their contents, fonts and everything else that the first revision shows resolve to
// the same objects in the second.
type update struct {
	objectLoader
	before, after *pdf.Document
	// signatures are the signatures that hold and that the update adds.
	signatures []*Signature
	// rules is what the signatures of the first revision allow.
	rules modificationRules

	changedObjects map[uint32]bool
	allowed        map[uint32]bool
	visited        map[uint32]bool // by additions
	ownership      *ownership
	pages          []page
	fields         map[uint32]*formField // of the first revision
	widgets        map[uint32]bool       // that the update may add to pages
	changes        []Change
}

// note adds a change.
func (u *update) note(kind ChangeKind, format string, values ...any) {
	u.changes = appendChange(u.changes, Change{kind, fmt.Sprintf(format, values...)})
}

func (u *update) noteOther(format string, values ...any) { u.note(ChangeOther, format, values...) }

// compare fills changes. An error means that the revisions cannot be compared, or comes from the
// context or the reader.
func (u *update) compare() error {
	if !u.continuesXref() {
		return nil
	}
	// Readers that search a file for objects would find others than those of the cross-reference.
	switch at, err := u.after.Unclaimed(u.before.Size()); {
	case err != nil:
		return err
	case at < u.after.Size():
		u.noteOther("its cross-reference does not account for the bytes at %d", at)
	}
	u.changedObjects, u.allowed = map[uint32]bool{}, map[uint32]bool{}
	u.visited, u.widgets = map[uint32]bool{}, map[uint32]bool{}
	for entry := range u.after.Entries() {
		if !u.sameEntry(entry) {
			u.changedObjects[entry.Number] = true
		}
	}
	if len(u.changedObjects) == 0 && u.after.Trailer().Get("Info").Equal(u.before.Trailer().Get("Info")) {
		return nil
	}
	oldCatalog, root, err := u.before.Catalog()
	if err != nil {
		return err
	}
	newCatalog, _, err := u.after.Catalog()
	if err != nil {
		return err
	}
	if err := u.readStructure(root, oldCatalog); err != nil {
		return err
	}
	for _, step := range []func() error{
		u.compareInfo,
		func() error { return u.compareCatalog(root, oldCatalog, newCatalog) },
		u.compareFields,
		u.comparePages,
		u.compareRest,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// continuesXref reports whether the second revision's cross-reference consists of the first one's
// with new sections in front, and all readers resolve it in the same way.
func (u *update) continuesXref() bool {
	before, after := u.before.Sections(), u.after.Sections()
	added := len(after) - len(before)
	for i := range before {
		if added < 0 || before[i].Offset != after[added+i].Offset {
			u.noteOther("its cross-reference does not continue that of the revision before")
			return false
		}
	}
	for _, section := range after[:added] {
		if section.Trailer.Get("XRefStm").Kind != pdf.Null {
			u.noteOther("its cross-reference has a part that not all readers see")
			return false
		}
	}
	if number, section, repeated := u.after.Repeated(); repeated && section < added {
		u.noteOther("its cross-reference names object %d twice, so that readers differ", number)
		return false
	}
	a, b := u.before.Trailer().Get("Root"), u.after.Trailer().Get("Root")
	if !a.Equal(b) {
		u.noteOther("the trailer leads to another catalog")
		return false
	}
	return true
}

// sameEntry reports whether an entry of the second revision leads to the same bytes in the first.
func (u *update) sameEntry(entry pdf.Entry) bool {
	before, known := u.before.Entry(entry.Number)
	if entry.Type == pdf.Free {
		return !known || before.Type == pdf.Free
	}
	if !known || before != entry {
		return false
	}
	if entry.Type == pdf.Compressed {
		a, _ := u.before.Entry(entry.Stream)
		b, _ := u.after.Entry(entry.Stream)
		return a == b
	}
	return true
}

// allowObject explains an object that the update may add: nothing in the first revision leads to
// it, except for entries that the update may replace.
func (u *update) allowObject(value pdf.Object) bool {
	if value.Kind != pdf.Ref {
		return true
	}
	number := value.Reference().Number
	if !u.changedObjects[number] || u.allowed[number] {
		return true
	}
	if !u.ownership.isUnreferenced(number) { // never true for pages and fields, which other entries lead to
		return false
	}
	u.allowed[number] = true
	return true
}

// allowTree explains everything that a value leads to, including through entries that the update
// may replace but does not.
func (u *update) allowTree(value pdf.Object) error {
	for _, ref := range referencesIn(value) {
		number := ref.Reference().Number
		if u.visited[number] || !u.ownership.isUnreferenced(number) || !u.allowObject(ref) {
			continue // compareRest reports what stays unexplained
		}
		u.visited[number] = true
		if err := u.ctx.Err(); err != nil {
			return err
		}
		loaded, err := u.loadNumber(u.after, number)
		if err != nil {
			return err
		}
		if err := u.allowTree(loaded.Object); err != nil {
			return err
		}
	}
	return nil
}

// referencesIn returns the references in a value.
func referencesIn(value pdf.Object) []pdf.Object {
	if value.Kind == pdf.Ref {
		return []pdf.Object{value}
	}
	var found []pdf.Object
	for _, item := range value.Items {
		switch item.Kind {
		case pdf.Ref:
			found = append(found, item)
		case pdf.Array, pdf.Dictionary:
			found = append(found, referencesIn(item)...)
		}
	}
	return found
}

// equalValues reports whether two values say the same, regardless of how they are written.
func equalValues(a, b pdf.Object) bool {
	if a.Kind == pdf.Dictionary && b.Kind == pdf.Dictionary {
		return len(differingKeys(a, b)) == 0
	}
	if a.IsString() && b.IsString() {
		return string(a.Text) == string(b.Text)
	}
	if x, ok := a.Number(); ok {
		y, ok := b.Number()
		return ok && x == y
	}
	if a.Kind != pdf.Array || b.Kind != pdf.Array {
		return a.Equal(b)
	}
	return slices.EqualFunc(a.Items, b.Items, equalValues)
}

// dictionaryKeys returns a dictionary's keys, each once.
func dictionaryKeys(dictionary pdf.Object) []string { return differingKeys(dictionary, pdf.Object{}) }

// differingKeys returns, in order, the keys whose values are not alike, and those that one of the
// dictionaries has twice. A null value counts as missing.
func differingKeys(a, b pdf.Object) []string {
	type values struct {
		first, second pdf.Object
		n, m          int
	}
	all := make(map[string]values, len(a.Items)/2)
	for i := 0; a.Kind == pdf.Dictionary && i+1 < len(a.Items); i += 2 {
		v := all[string(a.Items[i].Text)]
		v.first, v.n = a.Items[i+1], v.n+1
		all[string(a.Items[i].Text)] = v
	}
	for i := 0; b.Kind == pdf.Dictionary && i+1 < len(b.Items); i += 2 {
		v := all[string(b.Items[i].Text)]
		v.second, v.m = b.Items[i+1], v.m+1
		all[string(b.Items[i].Text)] = v
	}
	var differ []string
	for key, v := range all {
		if v.n > 1 || v.m > 1 || !equalValues(v.first, v.second) {
			differ = append(differ, key)
		}
	}
	slices.Sort(differ)
	return differ
}

// addedItems returns the items of the second list that are not in the first. It returns false
// unless the second list contains the first in its order.
func addedItems(before, after []pdf.Object) ([]pdf.Object, bool) {
	var more []pdf.Object
	for _, item := range after {
		if len(before) > 0 && len(before[0].Items) == len(item.Items) && equalValues(before[0], item) {
			before = before[1:]
		} else {
			more = append(more, item)
		}
	}
	return more, len(before) == 0
}

// compareInfo allows the document information to have a new date and producer. Some programs omit
// it from their trailer.
func (u *update) compareInfo() error {
	before, after := u.before.Trailer().Get("Info"), u.after.Trailer().Get("Info")
	if before.Kind != pdf.Null && after.Kind != pdf.Null && !before.Equal(after) {
		u.noteOther("the trailer leads to other document information")
		return nil
	}
	if after.Kind != pdf.Ref || !u.changedObjects[after.Reference().Number] {
		return nil
	}
	a, err := u.resolve(u.before, before)
	if err != nil {
		return err
	}
	b, err := u.resolve(u.after, after)
	if err != nil {
		return err
	}
	number := after.Reference().Number
	if before.Kind == pdf.Null && !u.allowObject(after) {
		return nil
	}
	for _, key := range differingKeys(a, b) {
		if value := b.Get(key); key != "ModDate" && key != "Producer" || !value.IsString() {
			u.noteOther("document information: /%s", printable(key))
			return nil
		}
	}
	u.allowed[number] = b.Kind == pdf.Dictionary
	return nil
}

// compareRest explains objects that say the same as before or that nothing leads to, and reports
// the rest.
func (u *update) compareRest() error {
	numbers := make([]uint32, 0, len(u.changedObjects))
	for number := range u.changedObjects {
		if !u.allowed[number] {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	for _, number := range numbers {
		if len(u.changes) == maxChanges && hasOtherChange(u.changes) {
			return nil // further changes would not be listed
		}
		fine, err := u.isHarmless(number)
		if err != nil {
			return err
		}
		if !fine {
			verb := "replaces"
			if entry, known := u.before.Entry(number); !known || entry.Type == pdf.Free {
				verb = "adds"
			} else if entry, _ := u.after.Entry(number); entry.Type == pdf.Free {
				verb = "removes"
			}
			u.noteOther("it %s object %d", verb, number)
		}
	}
	return nil
}

// isHarmless reports whether an unexplained object changes nothing that is shown.
func (u *update) isHarmless(number uint32) (bool, error) {
	before, _ := u.before.Entry(number)
	after, _ := u.after.Entry(number)
	if after.Type == pdf.Free {
		return false, nil
	}
	b, err := u.loadEntry(u.after, after)
	if err != nil {
		return false, err
	}
	if before.Type == pdf.Free {
		// Neither the first revision nor an explained object leads to it. It is a container of
		// other objects, such as an object stream, or something that some programs leave behind.
		return u.ownership.isUnreferenced(number), nil
	}
	a, err := u.loadEntry(u.before, before)
	if err != nil {
		return false, err
	}
	return a.Reference == b.Reference && a.Stream < 0 && b.Stream < 0 && equalValues(a.Object, b.Object), nil
}

// Summary describes in one sentence what changes a document: the first three changes, and how many
// more there are. It leaves out signatures, time stamps and validation data.
func Summary(changes []Change) string {
	const shown = 3
	var parts []string
	for _, c := range changes {
		if c.Kind == ChangeOther || c.Kind == ChangeFormField {
			parts = append(parts, c.Detail)
		}
	}
	if rest := len(parts) - shown; rest > 0 {
		parts = append(parts[:shown], fmt.Sprintf("and %d more", rest))
	}
	return strings.Join(parts, "; ")
}
