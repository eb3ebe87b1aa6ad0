package evidence

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"testing"
)

// mutable returns small ZIPs of all shapes. The tests flip every bit of them.
func mutable(t testing.TB) map[string][]byte {
	t.Helper()
	small := func(edit func(f *forgery)) []byte {
		f := &forgery{entries: []*forgedEntry{
			{name: "a/b.txt", content: []byte("stored content")},
			{name: "c.json", content: []byte(`{"deflated": "content content content"}`), method: 8},
			{name: "d/"},
		}}
		edit(f)
		return f.bytes()
	}
	return map[string][]byte{
		"plain": small(func(*forgery) {}),
		"streamed": small(func(f *forgery) {
			f.entries[0].descriptor, f.entries[1].descriptor = "sig32", "plain32"
		}),
		"streamed with wide descriptors": small(func(f *forgery) {
			f.entries[0].descriptor, f.entries[1].descriptor = "plain64", "sig64"
		}),
		"ZIP64": small(func(f *forgery) {
			f.zip64 = true
			f.end = func(e *forgedEnd) { e.offset, e.count = sentinel32, sentinel16 }
			f.entries[1].both = func(h *forgedHeader) {
				h.extra = field64(uint64(h.size), uint64(h.compressed))
				h.size, h.compressed = sentinel32, sentinel32
			}
		}),
		"comments and extra fields": small(func(f *forgery) {
			f.comment = []byte("comment")
			f.entries[0].both = func(h *forgedHeader) { h.extra = field(0x5455, 1, 1, 2, 3, 4) }
			f.entries[1].both = func(h *forgedHeader) {
				h.extra = field(0x7075, append([]byte{1, 0, 0, 0, 0}, h.name...)...)
				h.comment = []byte("x")
			}
		}),
	}
}

// judge fails the test if raw is accepted with content other than want.
func judge(t *testing.T, raw []byte, want map[string]string, change func() string) (accepted bool) {
	t.Helper()
	report, err := openBytes(t, raw, Limits{}).Verify(t.Context())
	if err != nil {
		if report.Verdict != VerdictRefused {
			t.Fatalf("%s: %v", change(), err)
		}
		return false
	}
	got := make(map[string]string)
	for _, entry := range report.Entries {
		got[entry.Name] = entry.SHA256
	}
	if !maps.Equal(got, want) {
		t.Errorf("%s: accepted with another content: %v", change(), got)
	}
	return true
}

func TestFlippedBitIsNeverAcceptedAsOtherContent(t *testing.T) {
	for name, raw := range mutable(t) {
		t.Run(name, func(t *testing.T) {
			want := goContents(t, raw)
			if !judge(t, raw, want, func() string { return "nothing changed" }) {
				t.Fatal("the unchanged ZIP is refused")
			}
			accepted := 0
			for bit := range len(raw) * 8 {
				changed := bytes.Clone(raw)
				changed[bit/8] ^= 1 << (bit % 8)
				if judge(t, changed, want, func() string { return fmt.Sprintf("bit %d flipped", bit) }) {
					accepted++
				}
			}
			// Times, versions, systems and similar fields may have any value, but most of a ZIP may
			// not.
			if accepted > len(raw)*8/3 {
				t.Errorf("%d of %d flipped bits are accepted", accepted, len(raw)*8)
			}
			for length := range len(raw) {
				if judge(t, raw[:length], want, func() string { return fmt.Sprintf("cut to %d", length) }) {
					t.Errorf("accepted when cut to %d of %d bytes", length, len(raw))
				}
			}
			for at := range len(raw) {
				longer := append(bytes.Clone(raw[:at]), 0)
				if judge(t, append(longer, raw[at:]...), want,
					func() string { return fmt.Sprintf("grown at %d", at) }) {
					t.Errorf("accepted with a byte put in at %d", at)
				}
			}
		})
	}
}

// headerFields lists the offset and width of each number in a record.
var headerFields = map[uint32][][2]int{
	signatureLocal: {{0, 4}, {4, 2}, {6, 2}, {8, 2}, {10, 2}, {12, 2}, {14, 4}, {18, 4}, {22, 4}, {26, 2}, {28, 2}},
	signatureDirectory: {{0, 4}, {4, 2}, {6, 2}, {8, 2}, {10, 2}, {12, 2}, {14, 2}, {16, 4}, {20, 4}, {24, 4}, {28, 2},
		{30, 2},
		{32, 2}, {34, 2}, {36, 2}, {38, 4}, {42, 4}},
	signatureEnd:          {{0, 4}, {4, 2}, {6, 2}, {8, 2}, {10, 2}, {12, 4}, {16, 4}, {20, 2}},
	signatureZIP64End:     {{0, 4}, {4, 8}, {12, 2}, {14, 2}, {16, 4}, {20, 4}, {24, 8}, {32, 8}, {40, 8}, {48, 8}},
	signatureZIP64Locator: {{0, 4}, {4, 4}, {8, 8}, {16, 4}},
	signatureDescriptor:   {{0, 4}, {4, 4}, {8, 4}, {12, 4}},
}

// fieldPlace is the position of a header field.
type fieldPlace struct{ start, width int }

// fieldPlaces finds all header fields of a ZIP.
func fieldPlaces(raw []byte) []fieldPlace {
	var places []fieldPlace
	for at := 0; at+4 <= len(raw); at++ {
		for _, field := range headerFields[binary.LittleEndian.Uint32(raw[at:])] {
			if at+field[0]+field[1] <= len(raw) {
				places = append(places, fieldPlace{at + field[0], field[1]})
			}
		}
	}
	return places
}

func TestHeaderFieldSetToAnExtremeIsNeverAcceptedAsOtherContent(t *testing.T) {
	for name, raw := range mutable(t) {
		t.Run(name, func(t *testing.T) {
			want := goContents(t, raw)
			for _, place := range fieldPlaces(raw) {
				var wide [8]byte
				copy(wide[:], raw[place.start:place.start+place.width])
				value, bits := binary.LittleEndian.Uint64(wide[:]), 8*place.width
				for _, other := range []uint64{0, 1, 1<<bits - 1, 1<<(bits-1) - 1, 1 << (bits - 1), value - 1, value +
					1} {
					binary.LittleEndian.PutUint64(wide[:], other)
					changed := bytes.Clone(raw)
					copy(changed[place.start:place.start+place.width], wide[:])
					judge(t, changed, want,
						func() string { return fmt.Sprintf("field at %d set to %#x", place.start, other) })
				}
			}
		})
	}
}

func TestMutableZIPsAreReadByArchiveZIP(t *testing.T) {
	for name, raw := range mutable(t) {
		if _, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
