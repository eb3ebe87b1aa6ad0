package pdfsig_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"os"

	"github.com/danabio/danabio-go/pkg/evidence"
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
		fmt.Println(signature.Field, signature.Status, signature.DigestAlgorithm, signature.SignatureAlgorithm,
			signature.Trust.Status)
	}
	for _, finding := range report.Refusals() {
		fmt.Println(finding)
	}
	// Output:
	// WHOLE_FILE
	// Signature1 WHOLE_FILE SHA-256 RSA not-judged
}

func ExampleFindSent() {
	sent := []evidence.SentDocument{sentOf("contract.pdf", contract())} // like in the receipt of a start
	inspector, err := pdfsig.New(pdfsig.Options{Sent: sent})
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := zipOf(map[string][]byte{"signed.pdf": once()}).Verify(context.Background(),
		evidence.WithInspectors(inspector))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, found := range pdfsig.FindSent(report, sent) {
		fmt.Println(found.Name, found.Relation, found.Entry, found.Covered)
	}
	// Output: contract.pdf begins-with signed.pdf true
}

// Only trusted roots can establish who signed. The caller decides which roots to trust.
func ExampleNew() {
	inspector, err := pdfsig.New(pdfsig.Options{Roots: x509.NewCertPool()}) // trusts no one
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := zipOf(map[string][]byte{"signed.pdf": once()}).Verify(context.Background(),
		evidence.WithInspectors(inspector))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, entry := range report.Entries {
		for _, inspection := range entry.Inspections {
			details := inspection.Details.(*pdfsig.Details)
			fmt.Println(entry.Name, inspection.Status, details.Signatures[0].Trust.Status)
		}
	}
	// Output: signed.pdf WHOLE_FILE untrusted
}

// A signature covers the file up to the end of its revision and nothing after it.
func ExampleSignature_Revision() {
	signed := once()
	updated := append(bytes.Clone(signed), "\n% appended later\n"...)
	report, err := pdfsig.Check(context.Background(), bytes.NewReader(updated), int64(len(updated)), pdfsig.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Status)
	revision, err := report.Signatures[0].Revision(bytes.NewReader(updated))
	if err != nil {
		fmt.Println(err)
		return
	}
	content, err := io.ReadAll(revision)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the revision is what was signed:", bytes.Equal(content, signed))
	// Output:
	// SIGNED_REVISION_ONLY
	// the revision is what was signed: true
}
