package journal_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/danabio/danabio-go/cmd/danabio/sample"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/emulator"
	"github.com/danabio/danabio-go/pkg/journal"
)

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
