package pemfile_test

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/danabio/danabio-go/internal/pemfile"
	"github.com/danabio/danabio-go/internal/testca"
)

// authority returns a certificate and its PEM text, which ends in a line break.
func authority(t *testing.T) (*x509.Certificate, string) {
	t.Helper()
	certificate := testca.New(t).Certificate
	return certificate, string(testca.CertificatePEM(certificate))
}

func inUTF16(text string, bom bool) string {
	var b bytes.Buffer
	if bom {
		b.WriteString("\xff\xfe")
	}
	for _, unit := range utf16.Encode([]rune(text)) {
		b.Write([]byte{byte(unit), byte(unit >> 8)})
	}
	return b.String()
}

// pkcs7 returns the outer structure of a PKCS #7 file.
func pkcs7(t *testing.T) []byte {
	t.Helper()
	der, err := asn1.Marshal(struct {
		Type    asn1.ObjectIdentifier
		Content []byte `asn1:"explicit,tag:0"`
	}{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}, []byte("certificates")})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// Input that package encoding/pem skips is an error with its line.
func TestDecodeTakesAllOrNothing(t *testing.T) {
	ca, one := authority(t)
	_, two := authority(t)
	body := strings.Split(one, "\n")[1]
	for name, test := range map[string]struct {
		content string
		blocks  int
		want    pemfile.Error
	}{
		"one": {one, 1, pemfile.Error{}},
		"two": {one + two, 2, pemfile.Error{}},
		"with text around them": {"Our CA\n" + one + "\n# another - one\n" + two +
			"the end - BEGIN again", 2, pemfile.Error{}},
		"with a byte order mark":          {"\ufeff" + one + two, 2, pemfile.Error{}},
		"with the line ends of Windows":   {strings.ReplaceAll(one+two, "\n", "\r\n"), 2, pemfile.Error{}},
		"joined without a line break":     {strings.TrimSuffix(one, "\n") + two, 2, pemfile.Error{}},
		"without a line break at the end": {one + strings.TrimSuffix(two, "\n"), 2, pemfile.Error{}},
		"none":                            {"%PDF-1.7", 0, pemfile.Error{}},
		"empty":                           {"", 0, pemfile.Error{}},
		"the second cut off": {one + two[:len(two)/2], 0,
			pemfile.Error{Fault: pemfile.Damaged, Line: strings.Count(one, "\n") + 1}},
		"the first cut off": {one[:len(one)/2] + "\n" + two, 0,
			pemfile.Error{Fault: pemfile.Damaged, Line: 1}},
		"a letter that is not Base64": {two + strings.Replace(one, body, "!"+body[1:], 1), 0,
			pemfile.Error{Fault: pemfile.Damaged, Line: strings.Count(two, "\n") + 1}},
		"another end than beginning": {one + strings.Replace(two, "END CERTIFICATE", "END X509 CRL", 1), 0,
			pemfile.Error{Fault: pemfile.Damaged, Line: strings.Count(one, "\n") + 1}},
		"indented, as in YAML": {one + "  " + strings.ReplaceAll(two, "\n", "\n  "), 0,
			pemfile.Error{Fault: pemfile.Damaged, Line: strings.Count(one, "\n") + 1}},
		"a dash too few at the beginning": {one + two[1:], 0,
			pemfile.Error{Fault: pemfile.Damaged, Line: strings.Count(one, "\n") + 1}},
		"a beginning that is written wrong": {one + strings.Replace(two, "BEGIN", "BEGN", 1), 0,
			pemfile.Error{Fault: pemfile.Unbegun, Line: strings.Count(one+two, "\n")}},
		"the same in front": {strings.Replace(two, "BEGIN", "BEGN", 1) + one, 0,
			pemfile.Error{Fault: pemfile.Unbegun, Line: strings.Count(two, "\n")}},
		"in one line, as in a variable": {strings.ReplaceAll(one, "\n", `\n`), 0,
			pemfile.Error{Fault: pemfile.Damaged, Line: 1}},
		"UTF-16":                           {inUTF16(one, true), 0, pemfile.Error{Fault: pemfile.UTF16}},
		"UTF-16 without a byte order mark": {inUTF16(one, false), 0, pemfile.Error{Fault: pemfile.UTF16}},
		"DER":                              {string(ca.Raw), 0, pemfile.Error{Fault: pemfile.DER}},
		"PKCS #7": {string(pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: pkcs7(t)})),
			0, pemfile.Error{Fault: pemfile.PKCS7}},
		"PKCS #7 in DER form": {string(pkcs7(t)), 0, pemfile.Error{Fault: pemfile.PKCS7, DER: true}},
		"a certificate before what is PKCS #7": {one + string(pem.EncodeToMemory(&pem.Block{Type: "PKCS7"})), 0,
			pemfile.Error{Fault: pemfile.PKCS7}},
	} {
		t.Run(name, func(t *testing.T) {
			blocks, err := pemfile.Decode([]byte(test.content))
			var fault *pemfile.Error
			if errors.As(err, &fault) != (test.want.Fault != 0) || len(blocks) != test.blocks {
				t.Fatalf("%d blocks, %v", len(blocks), err)
			}
			if fault != nil && *fault != test.want {
				t.Errorf("%+v, want %+v", *fault, test.want)
			}
			found, _, err := pemfile.Certificates(blocks, nil)
			if err != nil || len(found) != test.blocks {
				t.Errorf("%d certificates, %v", len(found), err)
			}
		})
	}
}

// A certificate that cannot be parsed is reported with the reason, because the proxy that makes it
// may be fixable.
func TestCertificateThatCannotBeParsed(t *testing.T) {
	_, one := authority(t)
	blocks, err := pemfile.Decode([]byte(one +
		string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("hunter2")}))))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = pemfile.Certificates(blocks, nil)
	var damaged *pemfile.CertificateError
	if !errors.As(err, &damaged) || damaged.Number != 2 || damaged.Line != strings.Count(one, "\n")+1 ||
		errors.Unwrap(err) == nil {
		t.Errorf("%v", err)
	}
}

// OpenSSL writes such certificates, and the bundles of some systems contain them.
func TestTrustedCertificate(t *testing.T) {
	ca, _ := authority(t)
	type aux struct {
		Trusted  []asn1.ObjectIdentifier `asn1:"optional,omitempty"`
		Rejected []asn1.ObjectIdentifier `asn1:"optional,omitempty,tag:0"`
		Alias    string                  `asn1:"optional,omitempty,utf8"`
	}
	all := asn1.ObjectIdentifier{2, 5, 29, 37, 0}
	for name, test := range map[string]struct {
		aux     any
		servers bool
	}{
		"no more than the certificate": {nil, true},
		"an alias":                     {aux{Alias: "Our CA"}, true},
		"trusted for servers": {aux{Trusted: []asn1.ObjectIdentifier{pemfile.ForSigning, pemfile.ForServers}},
			true},
		"trusted for all":      {aux{Trusted: []asn1.ObjectIdentifier{all}}, true},
		"trusted for e-mail":   {aux{Trusted: []asn1.ObjectIdentifier{pemfile.ForSigning}}, false},
		"rejected for servers": {aux{Rejected: []asn1.ObjectIdentifier{pemfile.ForServers}}, false},
		"rejected for all":     {aux{Rejected: []asn1.ObjectIdentifier{all}}, false},
		"rejected for e-mail":  {aux{Rejected: []asn1.ObjectIdentifier{pemfile.ForSigning}}, true},
		"rejected and trusted for all": {aux{Trusted: []asn1.ObjectIdentifier{all},
			Rejected: []asn1.ObjectIdentifier{all}}, false},
		"something that nobody can say": {"text", true},
	} {
		t.Run(name, func(t *testing.T) {
			content := bytes.Clone(ca.Raw)
			if test.aux != nil {
				der, err := asn1.Marshal(test.aux)
				if err != nil {
					t.Fatal(err)
				}
				content = append(content, der...)
			}
			blocks, err := pemfile.Decode(pem.EncodeToMemory(&pem.Block{Type: "TRUSTED CERTIFICATE", Bytes: content}))
			if err != nil {
				t.Fatal(err)
			}
			found, leftOut, err := pemfile.Certificates(blocks, pemfile.ForServers)
			if err != nil || (len(found) == 1) != test.servers || len(found)+leftOut != 1 || test.servers &&
				!found[0].Equal(ca) {
				t.Errorf("%d certificates, %d left out, %v", len(found), leftOut, err)
			}
			if found, _, err := pemfile.Certificates(blocks, nil); err != nil || len(found) != 1 {
				t.Errorf("wanted for nothing: %d certificates, %v", len(found), err)
			}
		})
	}
}

// For any file, either every certificate that package encoding/pem finds is found, or the file is
// refused.
func FuzzDecode(f *testing.F) {
	valid := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("content")}))
	for _, seed := range []string{"", valid, valid + valid, strings.TrimSpace(valid) + valid, "\ufeff" + valid,
		valid[:20], valid[20:] + valid, "-----BEGIN BEGIN -----\n-----END BEGIN -----"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		blocks, err := pemfile.Decode(content)
		if err != nil {
			if err.Error() == "" {
				t.Error("it does not say why")
			}
			return
		}
		found := map[string]int{}
		for _, block := range blocks {
			found[fmt.Sprintf("%s %x", block.Type, block.Bytes)]++
			if block.Line < 1 || block.Line > bytes.Count(content, []byte("\n"))+1 {
				t.Errorf("line %d", block.Line)
			}
		}
		for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
			key := fmt.Sprintf("%s %x", block.Type, block.Bytes)
			if found[key]--; found[key] < 0 {
				t.Errorf("%q is missing", block.Type)
			}
		}
	})
}
