package journal

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// written returns the lines of a valid journal chosen by the bytes, and the history after each
// line.
func written(choice []byte) (lines [][]byte, after []history) {
	h := history{}
	at := time.Unix(1e9, 0)
	for _, b := range choice {
		id := fmt.Sprint("loan-", b%5, strings.Repeat("é\n", int(b>>6)))
		at = at.Add(time.Duration(b) * time.Millisecond)
		r := intentRecord(danabio.StartIntent{RequestID: id, Channel: "acme", BodySHA256: strings.Repeat("0a", 32),
			At: at})
		if outcomes := []danabio.OutcomeState{danabio.Started, danabio.Refused, danabio.NotSent,
			danabio.OutcomeUnknown}; h.check(r) != nil {
			result := danabio.StartResult{RequestID: id, Outcome: outcomes[b>>3%4], At: at}
			if result.Outcome == danabio.Started {
				result.CircuitID = "c-" + id
			}
			r = resultRecord(result)
		}
		line, err := r.encode()
		if err != nil {
			panic(err)
		}
		if h.check(r) != nil {
			continue
		}
		h.add(r)
		lines, after = append(lines, line), append(after, copied(h))
	}
	return lines, after
}

func copied(h history) history {
	c := history{}
	for id, entry := range h {
		c[id] = &numberedEntry{entry.Entry, entry.number}
	}
	return c
}

func same(a, b history) bool {
	if len(a) != len(b) {
		return false
	}
	for id, entry := range a {
		if other, ok := b[id]; !ok || *other != *entry {
			return false
		}
	}
	return true
}

// Any truncation of a valid file yields a prefix of its records.
func FuzzCut(f *testing.F) {
	f.Add([]byte{1, 9, 2, 3, 2, 11}, uint(0))
	f.Add([]byte{1, 1, 1, 1, 9, 200, 64}, uint(400))
	f.Add([]byte{0}, uint(100))
	f.Add([]byte{}, uint(0))
	f.Fuzz(func(t *testing.T, choice []byte, cut uint) {
		lines, after := written(choice[:min(len(choice), 50)])
		file := bytes.Join(lines, nil)
		file = file[:cut%uint(len(file)+1)]
		want, size := history{}, 0
		for i, line := range lines {
			if size+len(line) > len(file) {
				break
			}
			want, size = after[i], size+len(line)
		}
		got, whole, torn, err := read(bytes.NewReader(file))
		var damage *DamageError
		if errors.As(err, &damage) && damage.Cut && whole == int64(size) && size < len(file) &&
			!bytes.Contains(file[size:], []byte(`"outcome":`)) {
			return // if the file is a copy, the start may have been sent
		}
		if err != nil {
			t.Fatal(err)
		}
		if whole != int64(size) || torn != (size < len(file)) || !same(got, want) {
			t.Fatalf("%d of %d bytes are whole (torn: %v), want %d; entries %d, want %d", whole, len(file), torn, size,
				len(got), len(want))
		}
	})
}

// For any content of the file, the reader returns only records that were written whole. It reports
// everything else as an error or as the torn end.
func FuzzRead(f *testing.F) {
	lines, _ := written([]byte{1, 9, 2, 3, 2, 11, 0, 64})
	whole := bytes.Join(lines, nil)
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add(append(bytes.Clone(lines[0]), lines[0]...))
	f.Add(append(bytes.Clone(lines[0]), "\n"...))
	f.Add([]byte("{\"danabioJournal\":2}\n"))
	f.Add([]byte(
		"{\"danabioJournal\":1,\"requestId\":\"x\",\"at\":\"2026-03-01T12:00:00Z\",\"crc32c\":\"00000000\"}\n"))
	f.Add([]byte("\x00\x00"))
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, file []byte) {
		h, size, torn, err := read(bytes.NewReader(file))
		if err != nil {
			var damage *DamageError
			if !errors.As(err, &damage) || h != nil || damage.Line < 1 || damage.Line > bytes.Count(file, []byte("\n"))+
				1 {
				t.Fatalf("got %v and %d entries", err, len(h))
			}
			return
		}
		if size > 0 && file[size-1] != '\n' || torn != (size < int64(len(file))) ||
			bytes.Contains(file[size:], []byte("\n")) {
			t.Fatalf("%d of %d bytes are whole, torn: %v", size, len(file), torn)
		}
		records := 0
		for _, entry := range h {
			for _, r := range []record{intentRecord(entry.Intent), resultRecord(entry.Result)} {
				if r.Outcome == "" && !r.isIntent() {
					continue
				}
				records++
				line, err := r.encode()
				if err != nil || !bytes.Contains(file[:size], line) {
					t.Fatalf("%+v stands nowhere in the file (%v)", r, err)
				}
			}
		}
		if lines := bytes.Count(file[:size], []byte("\n")); records > lines || lines > 0 && records == 0 {
			t.Fatalf("%d records of %d lines", records, lines)
		}
	})
}
