package contract_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/danabio/danabio-go/pkg/contract"
)

// A test passes contract.FailTest(t) as Report; this example prints instead. The server stands for
// your own, the emulator or the vendor's sandbox.
func Example() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"access_token": "secret", "token_type": "Bearer", "expires_in": "soon"}`)
	}))
	defer server.Close()

	spec, err := os.ReadFile("testdata/spec.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	checker, err := contract.New(contract.Config{
		Report: func(f contract.Finding) { fmt.Println(f) },
		Spec:   spec, // omit it to use the embedded spec, which is newer
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	client := &http.Client{Transport: checker.Transport(server.Client().Transport)}

	request, err := http.NewRequest(http.MethodPost, server.URL+"/oauth2/token",
		strings.NewReader("grant_type=client_credentials"))
	if err != nil {
		fmt.Println(err)
		return
	}
	request.SetBasicAuth("my-id", "my-secret")
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := client.Do(request)
	if err != nil {
		fmt.Println(err)
		return
	}
	io.Copy(io.Discard, response.Body)
	response.Body.Close()

	fmt.Print(checker.Summary())
	// Output:
	// response-invalid: POST /oauth2/token (getToken) answered 200: the answer: /expires_in must be integer, and is string. Assumed: The fields are those of the published example; their types are read off its values, and which are always there is not published.
	// 1 × POST /oauth2/token answered 200: request checked whole; answer checked whole; findings in each: 1
	// never called: startCircuit
	// never called: downloadEvidence
}

// A handler that deliberately answers wrongly can exempt that one exchange from the check.
func ExampleExempt() {
	checker, err := contract.New(contract.Config{Report: func(f contract.Finding) { fmt.Println(f) }})
	if err != nil {
		fmt.Println(err)
		return
	}
	handler := checker.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		contract.Exempt(r)
		http.Error(w, "the gateway has a bad day", http.StatusBadGateway)
	}))
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/oauth2/token", nil))
	fmt.Println(checker.Summary().Exchanges[0].Response)
	// Output: skipped
}
