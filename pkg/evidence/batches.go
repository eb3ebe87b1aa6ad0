package evidence

import (
	"cmp"
	"slices"
)

// batch is a unit of work for one worker: one entry, or neighbouring small entries that are read
// together.
type batch struct {
	entries []int
	offset  int64 // of the common read
	length  int
}

// smallEntrySize is the largest compressed size of an entry that is read together with its
// neighbours.
const smallEntrySize = chunkSize / 4

// batches returns the entries whose content can be read. The large ones come first, the largest
// first, so that the last worker has little left to do alone. Then come the small ones.
func (a *Archive) batches() []batch {
	records := a.layout.records
	var large, small []int
	for i := range records {
		switch {
		case records[i].refused:
		case records[i].compressed > smallEntrySize:
			large = append(large, i)
		default:
			small = append(small, i)
		}
	}
	a.largestFirst(large)
	all := make([]batch, 0, len(large)+len(small)/8+1)
	for n := range large {
		all = append(all, batch{entries: large[n : n+1]})
	}
	slices.SortFunc(small, func(x, y int) int { return cmp.Compare(records[x].data, records[y].data) })
	for len(small) > 0 {
		first, n, end := &records[small[0]], 1, int64(0)
		for end = first.data + first.compressed; n < len(small); n++ {
			next := &records[small[n]]
			if next.data+next.compressed > first.data+chunkSize {
				break
			}
			end = next.data + next.compressed
		}
		all = append(all, batch{small[:n], first.data, int(end - first.data)})
		small = small[n:]
	}
	return all
}

// largestFirst sorts entries by the work that they take.
func (a *Archive) largestFirst(entries []int) {
	work := func(i int) int64 { return max(a.layout.records[i].size, a.layout.records[i].compressed) }
	slices.SortStableFunc(entries, func(x, y int) int { return cmp.Compare(work(y), work(x)) })
}
