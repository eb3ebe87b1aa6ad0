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

	"github.com/danabio/danabio-go/internal/sample"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/emulator"
)

// exampleConfig returns the configuration for an emulator that completes each circuit after the
// given time and has the given faults.
func exampleConfig(completeAfter time.Duration, faults ...emulator.Fault) (config danabio.Config, stop func()) {
	e, err := emulator.New(emulator.Config{CompleteAfter: completeAfter, Faults: faults})
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

// exampleCircuit starts a circuit at such an emulator and creates a folder for its evidence.
func exampleCircuit(completeAfter time.Duration) (client *danabio.Client, circuit, folder string, stop func()) {
	config, stopServer := exampleConfig(completeAfter)
	client, err := danabio.New(config)
	if err != nil {
		log.Fatal(err)
	}
	started, err := client.StartCircuit(context.Background(), exampleRequest())
	if err != nil {
		log.Fatal(err)
	}
	if folder, err = os.MkdirTemp("", ""); err != nil {
		log.Fatal(err)
	}
	return client, started.ID, folder, func() {
		client.Close()
		stopServer()
		os.RemoveAll(folder)
	}
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

func ExampleConfigFromEnv() {
	for name, value := range map[string]string{ // your service's environment sets these
		"DANABIO_ENVIRONMENT": "sandbox", "DANABIO_CHANNEL": "xxxx-xxxxx-45555-55555",
		"DANABIO_CLIENT_ID": "acme", "DANABIO_CLIENT_SECRET": "hunter2",
	} {
		if os.Getenv(name) != "" {
			defer os.Setenv(name, os.Getenv(name))
		} else {
			defer os.Unsetenv(name)
		}
		os.Setenv(name, value)
	}

	config, err := danabio.ConfigFromEnv()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(config.Environment, config.Channel, config.Credentials)
	// Output: sandbox xxxx-xxxxx-45555-55555 [redacted]
}

// A service can check its credentials when it starts.
func ExampleClient_Authenticate() {
	config, stop := exampleConfig(time.Hour)
	defer stop()
	config.Credentials = danabio.ClientCredentials("acme", "a wrong secret")
	client, err := danabio.New(config)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	if _, err := client.Authenticate(context.Background()); errors.Is(err, danabio.ErrUnauthorized) {
		fmt.Println("the server refuses the credentials")
	}
	// Output: the server refuses the credentials
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
		log.Fatalf("ask the vendor about request %s, then decide: %v", unknown.RequestID, err)
	case err != nil:
		log.Fatal(err)
	}
	fmt.Println("request", circuit.RequestID)
	fmt.Println("link", circuit.Link) // Reveal returns its text
	fmt.Println("sent", circuit.Documents[0].Name, circuit.Documents[0].Size)
	// Output:
	// request loan-4711
	// link [redacted]
	// sent contrato.pdf 62345
}

// The server breaks the connection instead of answering. The client cannot know whether a circuit
// was started, so it does not send the start again.
func ExampleOutcomeUnknownError() {
	lost := emulator.Fault{Operation: emulator.OperationStart, Reset: true}
	config, stop := exampleConfig(time.Hour, lost)
	defer stop()
	client, err := danabio.New(config)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	_, err = client.StartCircuit(context.Background(), exampleRequest())
	var unknown *danabio.OutcomeUnknownError
	if errors.As(err, &unknown) {
		fmt.Println("ask the vendor about request", unknown.RequestID)
		fmt.Println("state:", unknown.Outcome)
		fmt.Println("to be tried again:", errors.Is(err, danabio.ErrUnavailable))
	}
	// Output:
	// ask the vendor about request loan-4711
	// state: outcome unknown
	// to be tried again: false
}

func ExampleClient_WaitForEvidence() {
	client, circuit, folder, stop := exampleCircuit(50 * time.Millisecond)
	defer stop()

	// By default the client asks after 5 s, later once a minute, and for at most a day.
	policy := danabio.PollPolicy{MinInterval: 10 * time.Millisecond}
	receipt, err := client.WaitForEvidence(context.Background(), circuit, filepath.Join(folder, "evidence.zip"), policy)
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

// A wait with a time limit that reports its polls. The signer never signs.
func ExamplePollPolicy() {
	client, circuit, folder, stop := exampleCircuit(time.Hour)
	defer stop()

	policy := danabio.PollPolicy{
		MinInterval: 10 * time.Millisecond, // default 5 s
		MaxInterval: 20 * time.Millisecond, // default 1 min
		MaxWait:     50 * time.Millisecond, // default 24 h
		Notify: func(poll danabio.Poll) {
			if poll.Number == 1 {
				fmt.Println("not ready:", errors.Is(poll.Err, danabio.ErrNotReady))
			}
		},
	}
	_, err := client.WaitForEvidence(context.Background(), circuit, filepath.Join(folder, "evidence.zip"), policy)
	fmt.Println("not ready in the end:", errors.Is(err, danabio.ErrNotReady))
	// Output:
	// not ready: true
	// not ready in the end: true
}

func ExampleClient_DownloadEvidence() {
	client, circuit, folder, stop := exampleCircuit(time.Hour)
	defer stop()

	_, err := client.DownloadEvidence(context.Background(), circuit, filepath.Join(folder, "evidence.zip"))
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
	// Your program may copy it to an object store. The data is valid only if the stream ends
	// without an error.
	if _, err := io.Copy(io.Discard, stream); err != nil {
		log.Fatal(err)
	}
	fmt.Println("stored")
	// Output: stored
}

// A receipt describes the received evidence even years later.
func ExampleReadReceipt() {
	client, circuit, folder, stop := exampleCircuit(time.Nanosecond)
	defer stop()
	path := filepath.Join(folder, "evidence.zip")
	if _, err := client.DownloadEvidence(context.Background(), circuit, path); err != nil {
		log.Fatal(err)
	}

	receipt, err := danabio.ReadReceipt(danabio.ReceiptPath(path))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("of this circuit:", receipt.Circuit == circuit)
	fmt.Println(receipt.File, len(receipt.Entries), "files")
	fmt.Println("it proves", receipt.Proves)
	// Output:
	// of this circuit: true
	// evidence.zip 6 files
	// it proves that the file has not changed since it was received; nothing about who made it or whether it was right then
}
