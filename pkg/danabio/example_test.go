package danabio_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/sample"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/emulator"
)

// exampleConfig is the configuration for an emulator that completes each circuit after a while.
func exampleConfig(completeAfter time.Duration) (config danabio.Config, stop func()) {
	e, err := emulator.New(emulator.Config{CompleteAfter: completeAfter})
	if err != nil {
		log.Fatal(err)
	}
	server := httptest.NewServer(e)
	return danabio.Config{
		Environment: danabio.CustomEnvironment(server.URL),
		Channel:     e.Channel(),
		Credentials: danabio.ClientCredentials(e.ClientID(), e.ClientSecret()),
	}, server.Close
}

func exampleRequest() danabio.CircuitRequest {
	return danabio.CircuitRequest{
		ID:        "loan-4711",
		Signer:    danabio.Signer{Name: "Ana Prueba", Email: "ana@example.com", NIF: "12345678A"},
		Documents: []danabio.Document{danabio.Bytes("contrato.pdf", sample.Contract)},
	}
}

func ExampleNew() {
	client, err := danabio.New(danabio.Config{
		Environment: danabio.Sandbox,
		Channel:     "xxxx-xxxxx-45555-55555",
		Credentials: danabio.ClientCredentials("acme", "secret"),
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	fmt.Println("nothing was connected yet")
	// Output: nothing was connected yet
}

func ExampleClient_StartCircuit() {
	config, stop := exampleConfig(time.Second)
	defer stop()
	client, err := danabio.New(config)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	circuit, err := client.StartCircuit(context.Background(), exampleRequest())
	var unknown *danabio.OutcomeUnknownError
	switch {
	case errors.As(err, &unknown):
		log.Fatalf("ask the vendor about request %s, then decide: %v", unknown.ID, err)
	case err != nil:
		log.Fatal(err)
	}
	fmt.Println("request", circuit.RequestID)
	fmt.Println("link", circuit.Link) // Reveal gives its text
	fmt.Println("sent", circuit.Documents[0].Name, circuit.Documents[0].Size)
	// Output:
	// request loan-4711
	// link [redacted]
	// sent contrato.pdf 62345
}

func ExampleClient_WaitForEvidence() {
	config, stop := exampleConfig(50 * time.Millisecond)
	defer stop()
	client, err := danabio.New(config)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	circuit, err := client.StartCircuit(context.Background(), exampleRequest())
	if err != nil {
		log.Fatal(err)
	}
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)

	// The defaults ask after 5 s, and later once a minute, for at most a day.
	policy := danabio.PollPolicy{MinInterval: 10 * time.Millisecond}
	receipt, err := client.WaitForEvidence(context.Background(), circuit.ID, filepath.Join(folder, "evidence.zip"), policy)
	if err != nil {
		log.Fatal(err)
	}
	for _, entry := range receipt.Entries {
		fmt.Println(entry.Name)
	}
	// Output:
	// documents/contrato.pdf
	// identity/document-front.jpg
	// identity/document-back.jpg
	// identity/selfie.jpg
	// consent.json
	// audit.json
}

func ExampleClient_DownloadEvidence() {
	config, stop := exampleConfig(time.Hour)
	defer stop()
	client, err := danabio.New(config)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	circuit, err := client.StartCircuit(context.Background(), exampleRequest())
	if err != nil {
		log.Fatal(err)
	}
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)

	_, err = client.DownloadEvidence(context.Background(), circuit.ID, filepath.Join(folder, "evidence.zip"))
	if errors.Is(err, danabio.ErrNotReady) {
		fmt.Println("the signer is not done yet, or the circuit is unknown; ask again later")
	}
	// Output: the signer is not done yet, or the circuit is unknown; ask again later
}

func ExampleClient_OpenEvidence() {
	config, stop := exampleConfig(time.Nanosecond)
	defer stop()
	client, err := danabio.New(config)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	circuit, err := client.StartCircuit(context.Background(), exampleRequest())
	if err != nil {
		log.Fatal(err)
	}

	stream, err := client.OpenEvidence(context.Background(), circuit.ID)
	if err != nil {
		log.Fatal(err)
	}
	defer stream.Close()
	// Into an object store, say. Nothing counts before it has ended without an error.
	if _, err := io.Copy(io.Discard, stream); err != nil {
		log.Fatal(err)
	}
	fmt.Println("stored")
	// Output: stored
}
