package main

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

	"github.com/danabio/danabio-go/internal/access"
	"github.com/danabio/danabio-go/internal/pemfile"
)

// certificates are the user's own: authorities to trust besides the system's, and what danabio
// shows to the server.
type certificates struct {
	roots   []*x509.Certificate
	client  *tls.Certificate // nil: none
	notices []*message       // about their files
}

// certificates reads the files that the settings name.
func (s *settings) certificates(ctx context.Context) (certificates, error) {
	var c certificates
	var err error
	if s.caFile.value != "" {
		if err = c.readAuthorities(ctx, pemFile{s.caFile.called("--ca-file", "ca_file"), s.caFile.value}); err != nil {
			return certificates{}, err
		}
	}
	certificate := pemFile{s.clientCertificate.called("--client-cert", "client_certificate"), s.clientCertificate.value}
	key := pemFile{s.clientKey.called("--client-key", "client_key"), s.clientKey.value}
	switch {
	case certificate.path != "" && key.path == "":
		err = c.readClientCertificate(ctx, certificate, certificate)
	case certificate.path != "":
		err = c.readClientCertificate(ctx, certificate, key)
	case key.path != "":
		err = badInput("%s %s: there is no client certificate for it; give it by --client-cert or client_certificate",
			key.what, key.path)
	}
	return c, err
}

// transport is the default one with these certificates, or nil if there are none.
func (c certificates) transport() *http.Transport {
	if c.roots == nil && c.client == nil {
		return nil
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = new(tls.Config)
	}
	if c.client != nil {
		t.TLSClientConfig.Certificates = []tls.Certificate{*c.client}
	}
	if c.roots != nil {
		pool, err := x509.SystemCertPool()
		if err != nil { // the system has none
			pool = x509.NewCertPool()
		}
		for _, root := range c.roots {
			pool.AddCert(root)
		}
		t.TLSClientConfig.RootCAs = pool
	}
	return t
}

// maxPEM bounds what is read of a file with certificates; the list of all public authorities is a
// quarter of it.
const maxPEM = 1 << 20

// pemFile is a file, and the setting that names it.
type pemFile struct{ what, path string }

// read reads the blocks of a file, all of them or none. One that holds a private key must be the
// user's own.
func (f pemFile) read(ctx context.Context) (blocks []pemfile.Block, notice *message, err error) {
	source, err := openInput(ctx, f.path)
	if err != nil {
		return nil, nil, badInput("%s %s: %w", f.what, f.path, reason(err))
	}
	defer source.Close()
	if access.Writes(source) == access.Everything {
		return nil, nil,
			badInput("%s %s: other users of this machine can change it, or put another one in its place; have only "+
				"you write it and its folder: chmod o-w %s %s",
				f.what, f.path, shellWord(f.path), shellWord(filepath.Dir(f.path)))
	}
	content, err := io.ReadAll(io.LimitReader(interruptible{ctx, source}, maxPEM+1))
	switch {
	case err != nil:
		return nil, nil, badInput("%s %s: %w", f.what, f.path, reason(err))
	case len(content) > maxPEM:
		return nil, nil, badInput("%s %s is longer than %d bytes, so it is none", f.what, f.path, maxPEM)
	}
	if blocks, err = pemfile.Decode(content); err != nil {
		return nil, nil, f.undecoded(err)
	}
	if slices.ContainsFunc(blocks, isKey) {
		notice, err = checkExposure(f.what, source, f.path)
	}
	return blocks, notice, err
}

// undecoded says why a file is not read, and what would be right.
func (f pemFile) undecoded(err error) error {
	var fault *pemfile.Error
	if !errors.As(err, &fault) {
		return err
	}
	switch fault.Fault {
	case pemfile.UTF16:
		return badInput("%s %s is text in UTF-16; save it as UTF-8", f.what, f.path)
	case pemfile.DER:
		return badInput("%s %s is in DER form; make it PEM by: openssl x509 -inform der -in %s -out NEW.pem", f.what,
			f.path, shellWord(f.path))
	case pemfile.PKCS7:
		form := "pem"
		if fault.DER {
			form = "der"
		}
		return badInput("%s %s is PKCS #7; take the certificates out by: openssl pkcs7 -print_certs -inform %s -in "+
			"%s -out NEW.pem", f.what, f.path, form, shellWord(f.path))
	case pemfile.Unbegun:
		return badInput("%s %s: line %d ends a block that no line begins; see that nothing was cut off", f.what, f.path,
			fault.Line)
	}
	return badInput("%s %s: the block that begins in line %d cannot be read; see that nothing was cut off or indented",
		f.what, f.path, fault.Line)
}

func isKey(block pemfile.Block) bool { return strings.HasSuffix(block.Type, "PRIVATE KEY") }

// certificates reads the certificates of a file, of which there must be one that is trusted for
// what is wanted, and returns all of its blocks too.
func (f pemFile) certificates(ctx context.Context,
	wanted asn1.ObjectIdentifier) (found []*x509.Certificate, blocks []pemfile.Block, notice *message, err error) {
	if blocks, notice, err = f.read(ctx); err != nil {
		return nil, nil, nil, err
	}
	found, leftOut, err := pemfile.Certificates(blocks, wanted)
	var damaged *pemfile.CertificateError
	switch {
	case errors.As(err, &damaged):
		return nil, nil, nil, badInput("%s %s: certificate number %d, in line %d, is damaged: %w", f.what, f.path,
			damaged.Number, damaged.Line, detail(damaged.Err.Error()))
	case len(found) == 0 && leftOut > 0:
		return nil, nil, nil, badInput("%s %s says of each of its certificates that it is not to be trusted for this",
			f.what, f.path)
	case len(found) == 0:
		return nil, nil, nil,
			badInput("%s %s holds no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----", f.what,
				f.path)
	}
	return found, blocks, notice, nil
}

// readAuthorities reads certificates to trust. Those that are no longer valid do no harm as long as
// there are others.
func (c *certificates) readAuthorities(ctx context.Context, file pemFile) error {
	found, _, notice, err := file.certificates(ctx, pemfile.ForServers)
	if err != nil {
		return err
	}
	c.add(notice)
	for _, certificate := range found {
		if err = checkDates(certificate, file.what, file.path); err == nil {
			c.roots = found
			return nil
		}
	}
	return err
}

func (c *certificates) add(notice *message) {
	if notice != nil {
		c.notices = append(c.notices, notice)
	}
}

// checkDates fails if a certificate is not valid now.
func checkDates(certificate *x509.Certificate, what, path string) error {
	switch now := time.Now(); {
	case now.After(certificate.NotAfter):
		return badInput("%s %s: the certificate of %s expired on %s", what, path, commonName(certificate),
			day(certificate.NotAfter))
	case now.Before(certificate.NotBefore):
		return badInput("%s %s: the certificate of %s is valid only from %s on", what, path, commonName(certificate),
			day(certificate.NotBefore))
	}
	return nil
}

func commonName(certificate *x509.Certificate) string { return certificate.Subject.String() }

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// readClientCertificate reads a certificate, with those between it and its authority behind it, and
// its key.
func (c *certificates) readClientCertificate(ctx context.Context, file, keyFile pemFile) error {
	found, blocks, notice, err := file.certificates(ctx, nil)
	if err != nil {
		return err
	}
	c.add(notice)
	if err := checkDates(found[0], file.what, file.path); err != nil {
		return err
	}
	if keyFile != file {
		if blocks, notice, err = keyFile.read(ctx); err != nil {
			return err
		}
		c.add(notice)
	}
	key, err := keyIn(blocks, keyFile.what, keyFile.path)
	if err != nil {
		return err
	}
	public, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(found[0].PublicKey) {
		return badInput("%s %s does not fit the first certificate in %s", keyFile.what, keyFile.path, file.path)
	}
	c.client = &tls.Certificate{PrivateKey: key, Leaf: found[0]}
	for _, one := range found {
		c.client.Certificate = append(c.client.Certificate, one.Raw)
	}
	return nil
}

// keyIn returns the first private key among the blocks.
func keyIn(blocks []pemfile.Block, what, path string) (crypto.Signer, error) {
	for _, block := range blocks {
		if !isKey(block) {
			continue
		}
		if block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "" {
			return nil,
				badInput("%s %s is encrypted, and danabio asks for no passphrase; store it without one by: openssl "+
					"pkey -in %s -out NEW.pem",
					what, path, shellWord(path))
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
		return nil, badInput("%s %s is of no kind that TLS uses, or damaged", what, path)
	}
	return nil,
		badInput("%s %s holds no private key in PEM form; give the file that does by --client-key or client_key", what,
			path)
}

// trusts reports whether a certificate is one of the user's own authorities.
func (c certificates) trusts(root *x509.Certificate) bool {
	for _, own := range c.roots {
		if bytes.Equal(own.Raw, root.Raw) {
			return true
		}
	}
	return false
}
