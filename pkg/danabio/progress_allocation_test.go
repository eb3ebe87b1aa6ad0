package danabio

import (
	"io"
	"net/http"
	"testing"
	"time"
)

// endless is a body of zeros without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }
func (endless) Close() error               { return nil }

// Progress allocates no memory, with or without a Progress function.
func TestProgressAllocatesNothingForEachPiece(t *testing.T) {
	for name, told := range map[string]func(Progress){"told": func(Progress) {}, "not told": nil} {
		stream := newEvidenceStream(t.Context(), &http.Response{Body: endless{}, ContentLength: -1}, time.Now())
		stream.begin(transfer{told, Progress{Circuit: "c"}})
		request := CircuitRequest{ID: "r", Signer: Signer{Name: "Ana"},
			Documents: []Document{Bytes("a.pdf", append([]byte("%PDF-1.7\n"), make([]byte, 8<<20)...))}}
		out, err := newStartMessage(request)
		if err != nil {
			t.Fatal(err)
		}
		body := out.body()
		body.transfer = transfer{told, Progress{RequestID: "r"}}
		for direction, source := range map[string]io.Reader{"download": stream, "start": body} {
			p := make([]byte, 16<<10)
			if _, err := source.Read(p); err != nil {
				t.Fatal(err)
			}
			if n := testing.AllocsPerRun(100, func() {
				if _, err := source.Read(p); err != nil {
					t.Fatal(err)
				}
			}); n != 0 {
				t.Errorf("%s, %s: %v allocations for each piece", direction, name, n)
			}
		}
	}
}
