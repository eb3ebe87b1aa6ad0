//go:build foreign

package pdfsig_test

import (
	"bytes"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

// run returns the output of a program and fails if the program is missing.
func run(t *testing.T, name string, arguments ...string) (string, error) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Fatal(err)
	}
	output, err := exec.Command(name, arguments...).CombinedOutput()
	return string(output), err
}

func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// openssl verifies the CMS of one signature over the bytes in its range.
func openssl(t *testing.T, file []byte, s pdfsig.Signature) (string, error) {
	t.Helper()
	padded, err := hex.DecodeString(strings.Join(strings.Fields(string(file[s.ByteRange[1]+1:s.ByteRange[2]-1])), ""))
	if err != nil {
		t.Fatal(err)
	}
	covered := append(bytes.Clone(file[:s.ByteRange[1]]), file[s.ByteRange[2]:s.ByteRange[2]+s.ByteRange[3]]...)
	return run(t, "openssl", "cms", "-verify", "-binary", "-noverify", "-inform", "DER", "-in", write(t, "cms", padded),
		"-content", write(t, "content", covered), "-out", os.DevNull)
}

// TestForeignProgramsAgree compares the results for the corpus with openssl, which checks the CMS,
// and poppler, which checks the PDF. Both accept what we call WHOLE_FILE or SIGNED_REVISION_ONLY. A
// signature that we do not judge is valid for them if it is meant to be valid.
func TestForeignProgramsAgree(t *testing.T) {
	// files that the other programs reject, with the reason
	notPoppler := map[string]string{
		"SHA-3":                              "does not know it",
		"signer by key identifier":           "finds no certificate by it",
		"ECDSA with SHA-3":                   "does not know it",
		"no field":                           "goes by the fields",
		"signpdf, signed again by us":        "goes by the fields",
		"signature freed by an update":       "sees the newest revision only",
		"signature overwritten by an update": "sees the newest revision only",
		"first of two signatures overwritten by an update": "sees the newest revision only",
	}
	for _, test := range corpus {
		t.Run(test.name, func(t *testing.T) {
			file := built(test.name)
			sound := 0
			for _, s := range check(t, file, pdfsig.Options{}).Signatures {
				holds := s.Status == pdfsig.StatusWholeFile || s.Status == pdfsig.StatusSignedRevisionOnly
				if !holds || s.SubFilter != "adbe.pkcs7.detached" && s.SubFilter != "ETSI.CAdES.detached" {
					continue
				}
				sound++
				if output, err := openssl(t, file, s); err != nil {
					t.Errorf("openssl: %v\n%s", err, output)
				}
			}
			if sound == 0 || notPoppler[test.name] != "" {
				return
			}
			output, err := run(t, "pdfsig", "-nocert", write(t, "file.pdf", file))
			if err != nil || strings.Count(output, "Signature is Valid") < sound {
				t.Errorf("pdfsig: %v\n%s", err, output)
			}
		})
	}
}

// TestForeignGenuineSignaturesHold verifies the files of testdata/openssl.sh with openssl. openssl
// accepts some that we do not support, and we report those as INDETERMINATE.
func TestForeignGenuineSignaturesHold(t *testing.T) {
	beyondUs := []string{"brainpool", "secp256k1", "pss-other-mask"}
	for _, test := range genuine {
		content := byOpenSSL(test.name)
		s := check(t, content, pdfsig.Options{}).Signatures[0]
		beyond := slices.Contains(beyondUs, test.name)
		if s.SubFilter != "adbe.pkcs7.detached" || test.want != whole && !beyond || strings.HasPrefix(test.name, "ed") {
			continue
		}
		if output, err := openssl(t, content, s); err != nil {
			t.Errorf("%s: %v\n%s", test.name, err, output)
		}
		if beyond && s.Status != pdfsig.StatusIndeterminate {
			t.Errorf("%s is %s", test.name, s.Status)
		}
	}
}

// TestForeignTimeStampsHold creates a time stamp with openssl.
func TestForeignTimeStampsHold(t *testing.T) {
	stamper := people().stamper
	key, err := x509.MarshalPKCS8PrivateKey(stamper.key)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	block := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	config := write(t, "config", []byte("[tsa]\ndefault_tsa = one\n[one]\nserial = "+filepath.Join(folder, "serial")+
		"\ncrypto_device = builtin\nsigner_digest = sha256\ndefault_policy = 1.2.3\ndigests = sha256\nordering = "+
		"yes\ness_cert_id_alg = sha256\n"))
	stamp := func(value []byte) []byte {
		query, token := filepath.Join(folder, "query"), filepath.Join(folder, "token")
		for _, arguments := range [][]string{
			{"ts", "-query", "-data", write(t, "value", value), "-sha256", "-cert", "-out", query},
			{"ts", "-reply", "-config", config, "-queryfile", query, "-signer",
				write(t, "signer", block("CERTIFICATE", stamper.certificate().Raw)),
				"-inkey", write(t, "key", block("PRIVATE KEY", key)), "-token_out", "-out", token},
		} {
			if output, err := run(t, "openssl", arguments...); err != nil {
				t.Fatalf("openssl: %v\n%s", err, output)
			}
		}
		content, err := os.ReadFile(token)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	report := check(t, withCMS(func(f *forgedCMS) { f.stamp = stamp }), pdfsig.Options{})
	if report.Status != pdfsig.StatusWholeFile || report.Signatures[0].TimeStamp.Status != pdfsig.TimeStampValid ||
		len(report.Findings) > 0 {
		t.Errorf("%+v with %+v, %v", report.Status, report.Signatures[0].TimeStamp, report.Findings)
	}
	whole := again(contract(), func(s *signing) {
		s.subFilter = "ETSI.RFC3161"
		s.content = stamp
	})
	if report := check(t, whole, pdfsig.Options{}); report.Status != pdfsig.StatusWholeFile ||
		report.Signatures[0].Kind != pdfsig.KindTimeStamp {
		t.Errorf("%s with %v", report.Status, report.Findings)
	}
}
