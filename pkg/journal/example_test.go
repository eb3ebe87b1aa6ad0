package journal_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/danabio/danabio-go/internal/sample"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/emulator"
	"github.com/danabio/danabio-go/pkg/journal"
)

// exampleJournal opens a journal in a new folder.
func exampleJournal() (starts *journal.Journal, remove func()) {
	folder, err := os.MkdirTemp("", "journal-*")
	if err != nil {
		log.Fatal(err)
	}
	starts, err = journal.Open(filepath.Join(folder, "starts.journal"))
	if err != nil {
		log.Fatal(err)
	}
	return starts, func() {
		starts.Close()
		os.RemoveAll(folder)
	}
}

func ExampleOpen() {
	e, err := emulator.New(emulator.Config{})
	if err != nil {
		log.Fatal(err)
	}
	server := httptest.NewServer(e)
	defer server.Close()
	folder, err := os.MkdirTemp("", "journal-*")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)

	starts, err := journal.Open(filepath.Join(folder, "starts.journal"))
	if err != nil {
		log.Fatal(err)
	}
	defer starts.Close()
	for _, intent := range starts.Unfinished() {
		fmt.Println("ask the vendor about request", intent.RequestID, "of", intent.At)
	}
	client, err := danabio.New(danabio.Config{
		Environment: danabio.CustomEnvironment(server.URL),
		Channel:     e.Channel(),
		Credentials: danabio.ClientCredentials(e.ClientID(), e.ClientSecret()),
		Journal:     starts,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	request := danabio.CircuitRequest{
		ID:        "loan-4711",
		Signer:    danabio.Signer{Name: "Ana Prueba", Email: "ana@example.com", NIF: "12345678A"},
		Documents: []danabio.Document{danabio.Bytes("contrato.pdf", sample.Contract)},
	}
	circuit, err := client.StartCircuit(context.Background(), request)
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.StartCircuit(context.Background(), request)
	var exists *danabio.IntentExistsError
	if errors.As(err, &exists) && exists.Outcome() == danabio.Started {
		fmt.Println("not sent again; it is the same circuit:", exists.Result.CircuitID == circuit.ID)
	}
	// Output: not sent again; it is the same circuit: true
}

// After a crash one start has no result. The vendor confirms that it started a circuit, and the
// program records that.
func ExampleJournal_End() {
	starts, remove := exampleJournal()
	defer remove()
	ctx := context.Background()
	// The client wrote this intent before its process died.
	intent := danabio.StartIntent{RequestID: "loan-4711", Channel: "channel-1", BodySHA256: strings.Repeat("0", 64),
		At: time.Now()}
	if err := starts.Begin(ctx, intent); err != nil {
		log.Fatal(err)
	}

	for _, intent := range starts.Unfinished() {
		result := danabio.StartResult{
			RequestID: intent.RequestID, Outcome: danabio.Started, CircuitID: "12ceb3ec-7b76-5555-b263-xx222",
			At: time.Now(),
		}
		if err := starts.End(ctx, result); err != nil {
			log.Fatal(err)
		}
	}
	entry, _ := starts.Lookup("loan-4711")
	fmt.Println(entry.Outcome(), entry.Result.CircuitID)
	// Output: started 12ceb3ec-7b76-5555-b263-xx222
}
