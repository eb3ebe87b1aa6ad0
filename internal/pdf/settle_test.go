package pdf

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// Entries of many sections settle as if they were put into a map one after the other. Some objects
// are in several sections or twice in one.
func TestSectionsSettle(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		d := &Document{}
		entries := map[uint32]Entry{}
		var superseded []Entry
		for section := range 1 + random.IntN(5) {
			for range random.IntN(40) {
				entry := Entry{Number: random.Uint32N(30), Type: EntryType(random.IntN(3))}
				switch entry.Type {
				case InUse:
					entry.Offset, entry.Generation = 1+random.Int64N(5), uint16(random.IntN(2))
				case Compressed:
					entry.Stream, entry.Index = 1+random.Uint32N(3), random.IntN(3)
				}
				newer, known := entries[entry.Number]
				switch {
				case !known:
					entries[entry.Number] = entry
				case entry.Type == InUse && entry != newer:
					superseded = append(superseded, entry)
				}
				one := lineOf(entry)
				one.kind |= uint16(section) << kindBits
				d.lines = append(d.lines, one)
			}
		}
		d.settle()

		inNumbers := slices.SortedFunc(maps.Values(entries),
			func(a, b Entry) int { return cmp.Compare(a.Number, b.Number) })
		if got := slices.Collect(d.Entries()); !slices.Equal(got, inNumbers) {
			t.Fatalf("entries are\n%+v; want\n%+v", got, inNumbers)
		}
		for number := range uint32(31) {
			got, found := d.Entry(number)
			if want, known := entries[number]; got != want || found != known {
				t.Fatalf("object %d is %+v, %t; want %+v, %t", number, got, found, want, known)
			}
		}
		if len(inNumbers) > 0 && d.Highest() != inNumbers[len(inNumbers)-1].Number {
			t.Fatalf("the highest is %d; want %d", d.Highest(), inNumbers[len(inNumbers)-1].Number)
		}
		inUse := slices.DeleteFunc(inNumbers, func(e Entry) bool { return e.Type == Free })
		if got := slices.Collect(d.InFile()); !slices.Equal(got, placed(inUse)) {
			t.Fatalf("in the file are\n%+v; want\n%+v", got, placed(inUse))
		}
		if got := slices.Collect(d.Superseded()); !sameBag(got, superseded) || !slices.IsSortedFunc(got, byPlace) {
			t.Fatalf("superseded are\n%+v; want\n%+v", got, superseded)
		}
	}
}

func TestLinesKeepTheLargestEntries(t *testing.T) {
	for _, entry := range []Entry{
		{},
		{Number: 1<<32 - 1, Type: InUse, Generation: 1<<16 - 1, Offset: 1<<63 - 1},
		{Number: 1<<32 - 1, Type: Compressed, Stream: 1<<32 - 1, Index: 1<<31 - 1},
		{Type: Compressed, Stream: 1<<32 - 1},
		{Type: Compressed, Index: 1<<31 - 1},
	} {
		one := lineOf(entry)
		one.kind |= (maxSections - 1) << kindBits
		if got := one.entry(); got != entry || one.kind>>kindBits != maxSections-1 {
			t.Errorf("%+v became %+v of section %d", entry, got, one.kind>>kindBits)
		}
	}
}

// byPlace sorts by position in the file. Objects in object streams come last.
func byPlace(a, b Entry) int {
	return cmp.Or(cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.Index, b.Index), cmp.Compare(a.Offset, b.Offset))
}

func placed(entries []Entry) []Entry {
	sorted := slices.Clone(entries)
	slices.SortStableFunc(sorted, byPlace)
	return sorted
}

// sameBag reports whether two lists have the same entries, equally often, in any order.
func sameBag(a, b []Entry) bool {
	count := map[Entry]int{}
	for _, entry := range a {
		count[entry]++
	}
	for _, entry := range b {
		count[entry]--
	}
	for _, times := range count {
		if times != 0 {
			return false
		}
	}
	return true
}
