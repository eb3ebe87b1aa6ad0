package emulator_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/danabio/danabio-go/internal/sample"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/emulator"
)

// Serve the emulator and get a token from it like any OAuth2 client.
func ExampleNew() {
	api, err := emulator.New(emulator.Config{ClientID: "acme", ClientSecret: "a secret for tests"})
	if err != nil {
		log.Fatal(err)
	}
	server := httptest.NewServer(api)
	defer server.Close()

	form := strings.NewReader(url.Values{"grant_type": {"client_credentials"}}.Encode())
	request, err := http.NewRequest(http.MethodPost, server.URL+"/oauth2/token", form)
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(url.QueryEscape(api.ClientID()), url.QueryEscape(api.ClientSecret()))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	fmt.Println(response.Status, response.Header.Get("Content-Type"))
	// Output: 200 OK application/json
}

// Make the next two token requests fail in different ways.
func ExampleEmulator_Inject() {
	api, err := emulator.New(emulator.Config{})
	if err != nil {
		log.Fatal(err)
	}
	api.Inject(
		emulator.Fault{Operation: emulator.OperationToken, Status: http.StatusServiceUnavailable},
		emulator.Fault{Operation: emulator.OperationToken, HTML: true},
	)
	server := httptest.NewServer(api)
	defer server.Close()
	for range 3 {
		response, err := http.Post(server.URL+"/oauth2/token", "application/x-www-form-urlencoded", nil)
		if err != nil {
			log.Fatal(err)
		}
		response.Body.Close()
		fmt.Println(response.StatusCode, response.Header.Get("Content-Type"), len(api.Unconsumed()), "left")
	}
	// Output:
	// 503 text/plain; charset=utf-8 1 left
	// 200 text/html; charset=utf-8 0 left
	// 401 application/json 0 left
}

// Follow a circuit from its start to its evidence. The signer signs when the test says so.
func ExampleEmulator_Complete() {
	api, err := emulator.New(emulator.Config{})
	if err != nil {
		log.Fatal(err)
	}
	server := httptest.NewServer(api)
	defer server.Close()
	client, err := danabio.New(danabio.Config{
		Environment: danabio.CustomEnvironment(server.URL),
		Channel:     api.Channel(),
		Credentials: danabio.ClientCredentials(api.ClientID(), api.ClientSecret()),
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	circuit, err := client.StartCircuit(context.Background(), danabio.CircuitRequest{
		Signer:    danabio.Signer{Name: "Ana Prueba", Email: "ana@example.com", NIF: "12345678A"},
		Documents: []danabio.Document{danabio.Bytes("contrato.pdf", sample.Contract)},
	})
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.OpenEvidence(context.Background(), circuit.ID)
	fmt.Println("not completed, or not known:", errors.Is(err, danabio.ErrNotReady))

	if err := api.Complete(circuit.ID); err != nil {
		log.Fatal(err)
	}
	stream, err := client.OpenEvidence(context.Background(), circuit.ID)
	if err != nil {
		log.Fatal(err)
	}
	defer stream.Close()
	fmt.Println(api.Circuits()[0].State)
	fmt.Println(api.Requests()[emulator.OperationDownload], "downloads asked for")
	// Output:
	// not completed, or not known: true
	// completed
	// 2 downloads asked for
}
