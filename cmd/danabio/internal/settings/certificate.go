package settings

import (
	"bytes"
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/internal/access"
	"github.com/danabio/danabio-go/internal/pemfile"
)

// Certificates are the user's certificates: authorities to trust in addition to the system's, and
// the client certificate.
type Certificates struct {
	Roots   []*x509.Certificate
	Client  *tls.Certificate // nil if there is none
	Notices []*i18n.Message  // about their files
}

// Certificates reads the certificate files that the settings name.
func (s *Settings) Certificates(ctx context.Context) (Certificates, error) {
	var c Certificates
	var err error
	if s.CAFile.Value != "" {
		if err = c.readAuthorities(ctx, PEMFile{s.CAFile.called("--ca-file", "ca_file"), s.CAFile.Value}); err != nil {
			return Certificates{}, err
		}
	}
	certificate := PEMFile{s.ClientCertificate.called("--client-cert", "client_certificate"), s.ClientCertificate.Value}
	key := PEMFile{s.ClientKey.called("--client-key", "client_key"), s.ClientKey.Value}
	switch {
	case certificate.Path != "" && key.Path == "":
		err = c.readClientCertificate(ctx, certificate, certificate)
	case certificate.Path != "":
		err = c.readClientCertificate(ctx, certificate, key)
	case key.Path != "":
		err = failure.BadInput("%s %s: there is no client certificate for it; give it with --client-cert or "+
			"client_certificate",
			key.What, key.Path)
	}
	return c, err
}

// Transport returns a default transport with these certificates, or nil if there are none.
func (c Certificates) Transport() *http.Transport {
	if c.Roots == nil && c.Client == nil {
		return nil
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = new(tls.Config)
	}
	if c.Client != nil {
		t.TLSClientConfig.Certificates = []tls.Certificate{*c.Client}
	}
	if c.Roots != nil {
		pool, err := x509.SystemCertPool()
		if err != nil { // the system has none
			pool = x509.NewCertPool()
		}
		for _, root := range c.Roots {
			pool.AddCert(root)
		}
		t.TLSClientConfig.RootCAs = pool
	}
	return t
}

// maxPEM limits the bytes that are read from a certificate file. The list of all public authorities
// is a quarter of it.
const maxPEM = 1 << 20

// PEMFile is a file and the name of its setting.
type PEMFile struct{ What, Path string }

// read reads all blocks of a file, or fails. Other users must not be able to read a file with a
// private key.
func (f PEMFile) read(ctx context.Context) (blocks []pemfile.Block, notice *i18n.Message, err error) {
	source, err := OpenInput(ctx, f.Path)
	if err != nil {
		return nil, nil, failure.BadInput("%s %s: %w", f.What, f.Path, failure.Reason(err))
	}
	defer source.Close()
	if access.Writes(source) == access.Everything {
		return nil, nil,
			failure.BadInput("%s %s: other users of this machine can change it, or put another one in its place; "+
				"make it and its folder writable only for you: chmod o-w %s %s",
				f.What, f.Path, term.ShellWord(f.Path), term.ShellWord(filepath.Dir(f.Path)))
	}
	content, err := io.ReadAll(io.LimitReader(interruptible{ctx, source}, maxPEM+1))
	switch {
	case err != nil:
		return nil, nil, failure.BadInput("%s %s: %w", f.What, f.Path, failure.Reason(err))
	case len(content) > maxPEM:
		return nil, nil, failure.BadInput("%s %s is too long: more than %d bytes", f.What, f.Path, maxPEM)
	}
	if blocks, err = pemfile.Decode(content); err != nil {
		return nil, nil, f.undecoded(err)
	}
	if slices.ContainsFunc(blocks, isKey) {
		notice, err = checkExposure(i18n.Verbatim(f.What), source, f.Path)
	}
	return blocks, notice, err
}

// undecoded explains why a file cannot be read, and what would be right.
func (f PEMFile) undecoded(err error) error {
	var fault *pemfile.Error
	if !errors.As(err, &fault) {
		return err
	}
	switch fault.Fault {
	case pemfile.UTF16:
		return failure.BadInput("%s %s is text in UTF-16; save it as UTF-8", f.What, f.Path)
	case pemfile.DER:
		return failure.BadInput("%s %s is in DER form; convert it to PEM with: openssl x509 -inform der -in %s -out "+
			"NEW.pem",
			f.What,
			f.Path, term.ShellWord(f.Path))
	case pemfile.PKCS7:
		form := "pem"
		if fault.DER {
			form = "der"
		}
		return failure.BadInput("%s %s is PKCS #7; extract the certificates with: openssl pkcs7 -print_certs -inform "+
			"%s -in %s -out NEW.pem", f.What, f.Path, form, term.ShellWord(f.Path))
	case pemfile.Unbegun:
		return failure.BadInput("%s %s: line %d ends a block that no line begins; check that nothing was cut off",
			f.What,
			f.Path,
			fault.Line)
	}
	return failure.BadInput("%s %s: the block that begins in line %d cannot be read; check that nothing was cut off "+
		"or indented",
		f.What, f.Path, fault.Line)
}

func isKey(block pemfile.Block) bool { return strings.HasSuffix(block.Type, "PRIVATE KEY") }

// Certificates reads the certificates of a file, at least one of which must be trusted for what is
// wanted. It also returns all blocks of the file.
func (f PEMFile) Certificates(ctx context.Context,
	wanted asn1.ObjectIdentifier) (found []*x509.Certificate, blocks []pemfile.Block, notice *i18n.Message, err error) {
	if blocks, notice, err = f.read(ctx); err != nil {
		return nil, nil, nil, err
	}
	found, leftOut, err := pemfile.Certificates(blocks, wanted)
	var damaged *pemfile.CertificateError
	switch {
	case errors.As(err, &damaged):
		return nil, nil, nil, failure.BadInput("%s %s: certificate number %d, in line %d, is damaged: %w", f.What,
			f.Path,
			damaged.Number, damaged.Line, i18n.Detail(damaged.Err.Error()))
	case len(found) == 0 && leftOut > 0:
		return nil, nil, nil,
			failure.BadInput("%s %s marks all of its certificates as not trusted for this", f.What, f.Path)
	case len(found) == 0:
		return nil, nil, nil,
			failure.BadInput("%s %s contains no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----",
				f.What,
				f.Path)
	}
	return found, blocks, notice, nil
}

// readAuthorities reads certificates to trust. Expired ones are harmless as long as there are
// others.
func (c *Certificates) readAuthorities(ctx context.Context, file PEMFile) error {
	found, _, notice, err := file.Certificates(ctx, pemfile.ForServers)
	if err != nil {
		return err
	}
	c.add(notice)
	for _, certificate := range found {
		if err = checkDates(certificate, file.What, file.Path); err == nil {
			c.Roots = found
			return nil
		}
	}
	return err
}

func (c *Certificates) add(notice *i18n.Message) {
	if notice != nil {
		c.Notices = append(c.Notices, notice)
	}
}

// checkDates fails if a certificate is not valid now.
func checkDates(certificate *x509.Certificate, what, path string) error {
	switch now := time.Now(); {
	case now.After(certificate.NotAfter):
		return failure.BadInput("%s %s: the certificate of %s expired on %s", what, path, commonName(certificate),
			Day(certificate.NotAfter))
	case now.Before(certificate.NotBefore):
		return failure.BadInput("%s %s: the certificate of %s is valid only from %s on", what, path,
			commonName(certificate),
			Day(certificate.NotBefore))
	}
	return nil
}

func commonName(certificate *x509.Certificate) string { return certificate.Subject.String() }

func Day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// readClientCertificate reads a client certificate, its intermediate certificates and its key.
func (c *Certificates) readClientCertificate(ctx context.Context, file, keyFile PEMFile) error {
	found, blocks, notice, err := file.Certificates(ctx, nil)
	if err != nil {
		return err
	}
	c.add(notice)
	if err := checkDates(found[0], file.What, file.Path); err != nil {
		return err
	}
	if keyFile != file {
		if blocks, notice, err = keyFile.read(ctx); err != nil {
			return err
		}
		c.add(notice)
	}
	key, err := keyIn(blocks, keyFile.What, keyFile.Path)
	if err != nil {
		return err
	}
	public, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(found[0].PublicKey) {
		return failure.BadInput("%s %s does not match the first certificate in %s", keyFile.What, keyFile.Path,
			file.Path)
	}
	c.Client = &tls.Certificate{PrivateKey: key, Leaf: found[0]}
	for _, one := range found {
		c.Client.Certificate = append(c.Client.Certificate, one.Raw)
	}
	return nil
}

// keyIn returns the first private key in blocks.
func keyIn(blocks []pemfile.Block, what, path string) (crypto.Signer, error) {
	for _, block := range blocks {
		if !isKey(block) {
			continue
		}
		if block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "" {
			return nil,
				failure.BadInput("%s %s is encrypted, and danabio asks for no passphrase; store it without one with: "+
					"openssl pkey -in %s -out NEW.pem",
					what, path, term.ShellWord(path))
		}
		for _, parse := range []func([]byte) (any, error){
			x509.ParsePKCS8PrivateKey,
			func(der []byte) (any, error) { return x509.ParsePKCS1PrivateKey(der) },
			func(der []byte) (any, error) { return x509.ParseECPrivateKey(der) },
		} {
			if key, err := parse(block.Bytes); err == nil {
				if signer, ok := key.(crypto.Signer); ok {
					return signer, nil
				}
			}
		}
		return nil, failure.BadInput("%s %s is of a type that TLS does not use, or damaged", what, path)
	}
	return nil,
		failure.BadInput("%s %s contains no private key in PEM form; give the file that does with --client-key or "+
			"client_key", what,
			path)
}

// Trusts reports whether root is one of the user's own authorities.
func (c Certificates) Trusts(root *x509.Certificate) bool {
	for _, own := range c.Roots {
		if bytes.Equal(own.Raw, root.Raw) {
			return true
		}
	}
	return false
}
