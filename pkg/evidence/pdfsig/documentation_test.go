package pdfsig_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"os"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

// judged returns files for each row of the table in docs/evidence.md. The keys are the first words
// of the rows.
func judged() map[string][][]byte {
	digests := func(hashes ...crypto.Hash) (files [][]byte) {
		for _, hash := range hashes {
			files = append(files, withCMS(func(f *forgedCMS) { f.by, f.hash = people().bruno, hash }))
		}
		return files
	}
	from := func(names ...string) (files [][]byte) {
		for _, name := range names {
			files = append(files, byOpenSSL(name))
		}
		return files
	}
	key, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		panic(err)
	}
	p224 := issue(&x509.Certificate{Subject: pkix.Name{CommonName: "Small Canary"}}, key, people().root)
	return map[string][][]byte{
		"`/SubFilter` `adbe.pkcs7.detached`": {byOpenSSL("rsa"), built("PAdES with the certificate named")},
		"`adbe.pkcs7.sha1`":                  from("pkcs7-sha1", "pkcs7-sha1-indefinite"),
		"`adbe.x509.rsa_sha1`":               from("x509-rsa-sha1"),
		"`ETSI.RFC3161`":                     from("document-time-stamp"),
		"any other `/SubFilter`":             {built("unknown SubFilter")},
		"digests SHA-224": append(digests(crypto.SHA384, crypto.SHA512, crypto.SHA512_224, crypto.SHA512_256,
			crypto.SHA3_224, crypto.SHA3_256, crypto.SHA3_384, crypto.SHA3_512),
			from("rsa-sha224", "rsa-sha512", "rsa-sha3-256")...),
		"SHA-1":      from("rsa-sha1", "pss-sha1"),
		"MD5":        from("rsa-md5"),
		"RIPEMD-160": append(digests(unknownDigest), from("ed448")...),
		"RSA (PKCS #1 v1.5)": from("rsa", "gnutls-rsa", "pss", "pss-salt-32", "pss-sha384", "pss-sha512",
			"pss-key"),
		"RSA keys below 2,048 bits": from("rsa-1024"),
		"RSA keys below 1,024 bits": {built("RSA key of 512 bits"), byOpenSSL("pss-other-mask")},
		"ECDSA on P-224":            append(from("ecdsa", "ecdsa-p384", "ecdsa-p521"), signedBy(p224)),
		"Ed25519 with":              from("ed25519"),
		"Ed25519 without":           from("ed25519-no-attributes", "ed448", "brainpool", "secp256k1"),
		"several signers":           append(from("two-signers", "three-signers"), built("two signers")),
		"a signer named by": append(from("rsa-key-identifier", "ecdsa-key-identifier"),
			built("BER with indefinite lengths")),
		"a certificate that Go's":    from("negative-serial", "negative-serial-key-identifier"),
		"a CMS without its":          from("not-its-certificate"),
		"a CMS without signed":       from("rsa-no-attributes"),
		"an unsigned attribute":      {built("unsigned attribute that nobody knows")},
		"something other than zeros": {with(paddedText)},
		"an encrypted PDF": {firstRevision("itext-rc4-lta.pdf"), firstRevision("itext-aes128-lta.pdf"),
			firstRevision("itext-aes256-lta.pdf")},
		"a PDF that needs": {built("a password that is needed")},
	}
}

// firstRevision returns the part of a file that its first signature covers.
func firstRevision(name string) []byte {
	content := file(name)
	report, err := pdfsig.Check(context.Background(), bytes.NewReader(content), int64(len(content)), pdfsig.Options{})
	if err != nil {
		panic(err)
	}
	return content[:int64(len(content))-report.Signatures[0].BytesAfter]
}

func TestTheDocumentationSaysWhatIsJudged(t *testing.T) {
	content, err := os.ReadFile("../../../docs/evidence.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(content), "| what | status | finding |\n|---|---|---|\n")
	if !found {
		t.Fatal("docs/evidence.md has no table of what is judged")
	}
	text, after, _ := strings.Cut(text, "\n\n")
	notices, _, _ := strings.Cut(after, "are refused although")
	left := judged()
	for row := range strings.Lines(text) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(row), "|"), "|")
		if len(cells) != 3 {
			t.Fatalf("row %q", row)
		}
		what, status, code := strings.TrimSpace(cells[0]), strings.Trim(cells[1], " `"), strings.Trim(cells[2], " `")
		met := false
		for begin, files := range left {
			if what != begin && !strings.HasPrefix(what, begin+" ") && !strings.HasPrefix(what, begin+",") &&
				!strings.HasPrefix(what, begin+":") {
				continue
			}
			met = true
			delete(left, begin)
			for i, file := range files {
				report := check(t, file, pdfsig.Options{})
				if string(report.Status) != status || codes(report) != code {
					t.Errorf("%s, file %d: %s with %q; the table says %s with %q", begin, i, report.Status,
						codes(report), status, code)
				}
				beside := status == string(pdfsig.StatusWholeFile) && len(report.Refusals()) > 0
				if beside != (code != "" && strings.Contains(notices, "`"+code+"`")) {
					t.Errorf("%s: whether %s is refused is not as the text says", begin, evidence.Code(code))
				}
			}
		}
		if !met {
			t.Errorf("no file for the row %q", what)
		}
	}
	for begin := range left {
		t.Errorf("no row for %q", begin)
	}
}
