//go:build foreign

package sign_test

import (
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/pkg/emulator/internal/pen"
	"github.com/danabio/danabio-go/pkg/emulator/internal/sign"
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

// TestForeignProgramsAcceptSignedDocuments checks the signature with poppler, the file with qpdf,
// and the CMS with openssl.
func TestForeignProgramsAcceptSignedDocuments(t *testing.T) {
	a := newAuthority(t)
	folder := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	root := write("root.pem", a.RootPEM())
	for name, base := range bases(t) {
		t.Run(name, func(t *testing.T) {
			signed, err := a.Sign(base, sign.Options{Time: noon, Signer: "Ana", Ink: pen.Sample()})
			if err != nil {
				t.Fatal(err)
			}
			if signed,
				err = a.Sign(signed,
				sign.Options{Time: noon, Reason: "twice", Ink: pen.Signature{Name: `Ana (P\érez) 李`}}); err != nil {
				t.Fatal(err)
			}
			path := write("signed.pdf", signed)

			output, err := run(t, "pdfsig", "-nocert", path)
			if err != nil || strings.Count(output, "Signature is Valid") < 2 ||
				strings.Count(output, "Total document signed") != 1 {
				t.Errorf("pdfsig: %v\n%s", err, output)
			}
			if output, err := run(t, "qpdf", "--check", path); err != nil {
				t.Errorf("qpdf: %v\n%s", err, output)
			}

			all := byteRanges.FindAllSubmatchIndex(signed, -1)
			at := all[len(all)-1]
			cms, err := hex.DecodeString(string(signed[at[8]:at[9]]))
			if err != nil {
				t.Fatal(err)
			}
			content := write("content", append(append([]byte{}, signed[:at[8]-1]...), signed[at[9]+1:]...))
			output, err = run(t, "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", write("cms", cms),
				"-content", content, "-CAfile", root, "-attime", "1936000000", "-out", os.DevNull)
			if err != nil {
				t.Errorf("openssl: %v\n%s", err, output)
			}
		})
	}
}
