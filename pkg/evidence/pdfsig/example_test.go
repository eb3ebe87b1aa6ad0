package pdfsig_test

import (
	"context"
	"fmt"
	"os"

	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

func ExampleCheck() {
	file, err := os.Open("../../../internal/pdf/testdata/signpdf.pdf")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := pdfsig.Check(context.Background(), file, info.Size(), pdfsig.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Status)
	for _, signature := range report.Signatures {
		fmt.Println(signature.Field, signature.Status, signature.DigestAlgorithm, signature.SignatureAlgorithm, signature.Trust.Status)
	}
	for _, finding := range report.Refusals() {
		fmt.Println(finding)
	}
	// Output:
	// WHOLE_FILE
	// Signature1 WHOLE_FILE SHA-256 RSA not-checked
}

func ExampleFindSent() {
	sent := []pdfsig.Sent{sentOf("contract.pdf", contract())} // as a start's receipt has it
	inspector, err := pdfsig.New(pdfsig.Options{Sent: sent})
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := zipOf(map[string][]byte{"signed.pdf": once()}).Verify(inspector)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, found := range pdfsig.FindSent(report, sent) {
		fmt.Println(found.Name, found.Relation, found.Entry, found.Covered)
	}
	// Output: contract.pdf begins-with signed.pdf true
}
