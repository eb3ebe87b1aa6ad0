package pdfsig

import (
	"fmt"
	"slices"
	"strings"

	"github.com/danabio/danabio-go/internal/pdf"
)

// ChangeKind is what a part of an update is for.
type ChangeKind string

const (
	ChangeValidationData ChangeKind = "validation-data"     // /DSS with its streams, /Extensions
	ChangeTimeStamp      ChangeKind = "document-time-stamp" // its field, which shows nothing
	ChangeSignature      ChangeKind = "signature"           // its field, which shows something in its own rectangle
	ChangeFormField      ChangeKind = "form-field"          // a value, where a certification allows it
	ChangeOther          ChangeKind = "other"               // whatever is not proven to be one of these
)

// Change is what an update adds or replaces.
type Change struct {
	Kind ChangeKind `json:"kind"`
	// Detail says what it is, in English: places and PDF keywords, never content.
	Detail string `json:"detail"`
}

// other tells whether something is changed that is not known to be harmless.
func other(changes []Change) bool {
	return slices.ContainsFunc(changes, func(c Change) bool { return c.Kind == ChangeOther })
}

// only tells whether there are changes, and all are of the kinds.
func only(changes []Change, kinds ...ChangeKind) bool {
	return len(changes) > 0 && !slices.ContainsFunc(changes, func(c Change) bool {
		return !slices.Contains(kinds, c.Kind)
	})
}

// maxChanges is how many changes are listed.
const maxChanges = 20

// appendChange adds a change once, if there is room. One that is not known to be harmless finds
// some.
func appendChange(changes []Change, change Change) []Change {
	switch {
	case slices.Contains(changes, change):
	case len(changes) < maxChanges:
		changes = append(changes, change)
	case change.Kind == ChangeOther && !other(changes):
		changes[maxChanges-1] = change
	}
	return changes
}

// maxOwned bounds how many objects of validation data and appearances are followed.
const maxOwned = 1 << 16

// update compares two revisions of a file, of which the first is the beginning of the second.
//
// An object has changed if the two cross-references lead to different places for its number.
// Each one must be explained: as an object of the document's known structure that differs only
// in entries that validation data, time stamps, signatures and form values may touch, as one that
// says the same as before, or as an addition that only such an entry leads to. So pages,
// their contents, fonts and everything else that the first revision shows resolve to the same
// objects in the second.
type update struct {
	loader
	old, new *pdf.Document
	// signatures are those that hold and that the update adds.
	signatures []*Signature
	// rules are what the signatures of the first revision allow.
	rules rules

	changed   map[uint32]bool
	explained map[uint32]bool
	followed  map[uint32]bool // by additions
	owned     *ownership
	pages     []page
	fields    map[uint32]*formField // of the first revision
	widgets   map[uint32]bool       // that the update may add to pages
	changes   []Change
}

// note adds a change.
func (u *update) note(kind ChangeKind, format string, values ...any) {
	u.changes = appendChange(u.changes, Change{kind, fmt.Sprintf(format, values...)})
}

func (u *update) other(format string, values ...any) { u.note(ChangeOther, format, values...) }

// compare fills changes. An error says that the revisions cannot be compared, or is the context's
// or the reader's.
func (u *update) compare() error {
	if !u.continues() {
		return nil
	}
	// Readers that search a file for objects would find others than those of the cross-reference.
	switch at, err := u.new.Unclaimed(u.old.Size()); {
	case err != nil:
		return err
	case at < u.new.Size():
		u.other("its cross-reference does not account for what stands at byte %d", at)
	}
	u.changed, u.explained = map[uint32]bool{}, map[uint32]bool{}
	u.followed, u.widgets = map[uint32]bool{}, map[uint32]bool{}
	for entry := range u.new.Entries() {
		if !u.same(entry) {
			u.changed[entry.Number] = true
		}
	}
	if len(u.changed) == 0 && u.new.Trailer().Get("Info").Equal(u.old.Trailer().Get("Info")) {
		return nil
	}
	oldCatalog, root, err := u.old.Catalog()
	if err != nil {
		return err
	}
	newCatalog, _, err := u.new.Catalog()
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

// continues tells whether the second revision's cross-reference is the first one's with more in
// front, in which all readers read the same.
func (u *update) continues() bool {
	before, after := u.old.Sections(), u.new.Sections()
	added := len(after) - len(before)
	for i := range before {
		if added < 0 || before[i].Offset != after[added+i].Offset {
			u.other("its cross-reference does not continue that of the revision before")
			return false
		}
	}
	for _, section := range after[:added] {
		if section.Trailer.Get("XRefStm").Kind != pdf.Null {
			u.other("its cross-reference has a part that not all readers see")
			return false
		}
	}
	if number, section, repeated := u.new.Repeated(); repeated && section < added {
		u.other("its cross-reference names object %d twice, so that readers differ", number)
		return false
	}
	a, b := u.old.Trailer().Get("Root"), u.new.Trailer().Get("Root")
	if !a.Equal(b) {
		u.other("the trailer leads to another catalog")
		return false
	}
	return true
}

// same tells whether an entry of the second revision leads to the same bytes in the first.
func (u *update) same(entry pdf.Entry) bool {
	before, known := u.old.Entry(entry.Number)
	if entry.Type == pdf.Free {
		return !known || before.Type == pdf.Free
	}
	if !known || before != entry {
		return false
	}
	if entry.Type == pdf.Compressed {
		a, _ := u.old.Entry(entry.Stream)
		b, _ := u.new.Entry(entry.Stream)
		return a == b
	}
	return true
}

// addition explains an object that something may lead to that the update may write: one that
// nothing in the first revision leads to, or only what the update may replace.
func (u *update) addition(value pdf.Object) bool {
	if value.Kind != pdf.Ref {
		return true
	}
	number := value.Reference().Number
	if !u.changed[number] || u.explained[number] {
		return true
	}
	if !u.owned.free(number) { // as no page is and no field, to which other entries lead
		return false
	}
	u.explained[number] = true
	return true
}

// additions does the same for all that a value leads to, through what the update may replace but
// does not, too.
func (u *update) additions(value pdf.Object) error {
	for _, ref := range references(value) {
		number := ref.Reference().Number
		if u.followed[number] || !u.owned.free(number) || !u.addition(ref) {
			continue // what is not explained is found in the end
		}
		u.followed[number] = true
		if err := u.ctx.Err(); err != nil {
			return err
		}
		loaded, err := u.number(u.new, number)
		if err != nil {
			return err
		}
		if err := u.additions(loaded.Object); err != nil {
			return err
		}
	}
	return nil
}

// references are those that stand in a value.
func references(value pdf.Object) []pdf.Object {
	if value.Kind == pdf.Ref {
		return []pdf.Object{value}
	}
	var found []pdf.Object
	for _, item := range value.Items {
		switch item.Kind {
		case pdf.Ref:
			found = append(found, item)
		case pdf.Array, pdf.Dictionary:
			found = append(found, references(item)...)
		}
	}
	return found
}

// alike tells whether two values say the same, however they are written.
func alike(a, b pdf.Object) bool {
	if a.Kind == pdf.Dictionary && b.Kind == pdf.Dictionary {
		return len(differences(a, b)) == 0
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
	return slices.EqualFunc(a.Items, b.Items, alike)
}

// keys are those of a dictionary, once each.
func keys(dictionary pdf.Object) []string { return differences(dictionary, pdf.Object{}) }

// differences are the keys, in order, whose values are not alike, or which one of two dictionaries
// has twice. A value that is null is one that is not there.
func differences(a, b pdf.Object) []string {
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
		if v.n > 1 || v.m > 1 || !alike(v.first, v.second) {
			differ = append(differ, key)
		}
	}
	slices.Sort(differ)
	return differ
}

// added are the items of the second list that the first does not have; false if the first is not in
// it, in its order.
func added(before, after []pdf.Object) ([]pdf.Object, bool) {
	var more []pdf.Object
	for _, item := range after {
		if len(before) > 0 && len(before[0].Items) == len(item.Items) && alike(before[0], item) {
			before = before[1:]
		} else {
			more = append(more, item)
		}
	}
	return more, len(before) == 0
}

// compareInfo lets the document's information have another date and producer. Some programs leave
// it out of their trailer.
func (u *update) compareInfo() error {
	before, after := u.old.Trailer().Get("Info"), u.new.Trailer().Get("Info")
	if before.Kind != pdf.Null && after.Kind != pdf.Null && !before.Equal(after) {
		u.other("the trailer leads to other document information")
		return nil
	}
	if after.Kind != pdf.Ref || !u.changed[after.Reference().Number] {
		return nil
	}
	a, err := u.resolve(u.old, before)
	if err != nil {
		return err
	}
	b, err := u.resolve(u.new, after)
	if err != nil {
		return err
	}
	number := after.Reference().Number
	if before.Kind == pdf.Null && !u.addition(after) {
		return nil
	}
	for _, key := range differences(a, b) {
		if value := b.Get(key); key != "ModDate" && key != "Producer" || !value.IsString() {
			u.other("document information: /%s", showable(key))
			return nil
		}
	}
	u.explained[number] = b.Kind == pdf.Dictionary
	return nil
}

// compareRest explains what says the same as before and what nothing leads to, and names the rest.
func (u *update) compareRest() error {
	numbers := make([]uint32, 0, len(u.changed))
	for number := range u.changed {
		if !u.explained[number] {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	for _, number := range numbers {
		if len(u.changes) == maxChanges && other(u.changes) {
			return nil // nobody would see more
		}
		fine, err := u.harmless(number)
		if err != nil {
			return err
		}
		if !fine {
			verb := "replaces"
			if entry, known := u.old.Entry(number); !known || entry.Type == pdf.Free {
				verb = "adds"
			} else if entry, _ := u.new.Entry(number); entry.Type == pdf.Free {
				verb = "removes"
			}
			u.other("it %s object %d", verb, number)
		}
	}
	return nil
}

// harmless tells whether an object that is not explained changes nothing that is shown.
func (u *update) harmless(number uint32) (bool, error) {
	before, _ := u.old.Entry(number)
	after, _ := u.new.Entry(number)
	if after.Type == pdf.Free {
		return false, nil
	}
	b, err := u.entry(u.new, after)
	if err != nil {
		return false, err
	}
	if before.Type == pdf.Free {
		// Nothing leads to it: neither the first revision, nor what is explained. It carries other
		// objects, as an object stream does, or is what some programs leave behind.
		return u.owned.free(number), nil
	}
	a, err := u.entry(u.old, before)
	if err != nil {
		return false, err
	}
	return a.Reference == b.Reference && a.Stream < 0 && b.Stream < 0 && alike(a.Object, b.Object), nil
}

// Summary names what changes a document in one sentence, without signatures, form values and
// validation data; the first three and how many more there are.
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
