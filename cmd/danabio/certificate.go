package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/danabio/danabio-go/internal/access"
)

// certificates are the user's own: authorities to trust besides the system's, and what danabio shows to the server.
type certificates struct {
	roots   []*x509.Certificate
	client  *tls.Certificate // nil: none
	notices []*message       // about their files
}

// certificates reads the files that the settings name.
func (s *settings) certificates(ctx context.Context) (certificates, error) {
	var c certificates
	var err error
	if path := s.caFile.value; path != "" {
		if c.roots, err = c.readAuthorities(ctx, s.caFile.called("--ca-file", "ca_file"), path); err != nil {
			return certificates{}, err
		}
	}
	certificate := pemFile{s.clientCertificate.called("--client-cert", "client_certificate"), s.clientCertificate.value}
	key := pemFile{s.clientKey.called("--client-key", "client_key"), s.clientKey.value}
	switch {
	case certificate.path != "" && key.path == "":
		c.client, err = c.readClientCertificate(ctx, certificate, certificate)
	case certificate.path != "":
		c.client, err = c.readClientCertificate(ctx, certificate, key)
	case key.path != "":
		err = badInput("%s %s: there is no client certificate for it; give it by --client-cert or client_certificate", key.what, key.path)
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

// maxPEM bounds what is read of a file with certificates; the list of all public authorities is a quarter of it.
const maxPEM = 1 << 20

// readPEM reads the blocks of a file, which the setting what names. One that holds a private key must be the user's own.
func (c *certificates) readPEM(ctx context.Context, what, path string) ([]*pem.Block, error) {
	source, err := openInput(ctx, path)
	if err != nil {
		return nil, badInput("%s %s: %w", what, path, reason(err))
	}
	defer source.Close()
	if access.Writes(source) == access.Everything {
		return nil, badInput("%s %s: other users of this machine can change it, or put another one in its place; have only you write it and its folder: chmod o-w %s %s",
			what, path, shellQuoted(path), shellQuoted(filepath.Dir(path)))
	}
	content, err := io.ReadAll(io.LimitReader(interruptible{ctx, source}, maxPEM+1))
	switch {
	case err != nil:
		return nil, badInput("%s %s: %w", what, path, reason(err))
	case len(content) > maxPEM:
		return nil, badInput("%s %s is longer than %d bytes, so it is none", what, path, maxPEM)
	}
	var blocks []*pem.Block
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		blocks = append(blocks, block)
	}
	if slices.ContainsFunc(blocks, isKey) {
		notice, err := checkExposure(what, source, path)
		if err != nil {
			return nil, err
		}
		if notice != nil {
			c.notices = append(c.notices, notice)
		}
	}
	if _, err := x509.ParseCertificate(content); len(blocks) == 0 && err == nil {
		return nil, badInput("%s %s is in DER form; make it PEM by: openssl x509 -inform der -in %s -out NEW.pem", what, path, shellQuoted(path))
	}
	return blocks, nil
}

func isKey(block *pem.Block) bool { return strings.HasSuffix(block.Type, "PRIVATE KEY") }

// readCertificates reads the certificates of a file, of which there must be one, and returns all of its blocks too.
func (c *certificates) readCertificates(ctx context.Context, what, path string) (found []*x509.Certificate, blocks []*pem.Block, err error) {
	if blocks, err = c.readPEM(ctx, what, path); err != nil {
		return nil, nil, err
	}
	for _, block := range blocks {
		if block.Type != "CERTIFICATE" && block.Type != "TRUSTED CERTIFICATE" {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, nil, badInput("%s %s: certificate number %d is damaged", what, path, len(found)+1)
		}
		found = append(found, certificate)
	}
	if len(found) == 0 {
		return nil, nil, badInput("%s %s holds no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----", what, path)
	}
	return found, blocks, nil
}

// readAuthorities reads certificates to trust. Those that are no longer valid do no harm as long as there are others.
func (c *certificates) readAuthorities(ctx context.Context, what, path string) ([]*x509.Certificate, error) {
	found, _, err := c.readCertificates(ctx, what, path)
	if err != nil {
		return nil, err
	}
	for _, certificate := range found {
		if err = checkDates(certificate, what, path); err == nil {
			return found, nil
		}
	}
	return nil, err
}

// checkDates fails if a certificate is not valid now.
func checkDates(certificate *x509.Certificate, what, path string) error {
	switch now := time.Now(); {
	case now.After(certificate.NotAfter):
		return badInput("%s %s: the certificate of %s expired on %s", what, path, commonName(certificate), day(certificate.NotAfter))
	case now.Before(certificate.NotBefore):
		return badInput("%s %s: the certificate of %s is valid only from %s on", what, path, commonName(certificate), day(certificate.NotBefore))
	}
	return nil
}

func commonName(certificate *x509.Certificate) string { return certificate.Subject.String() }

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// pemFile is a file, and the setting that names it.
type pemFile struct{ what, path string }

// readClientCertificate reads a certificate, with those between it and its authority behind it, and its key.
func (c *certificates) readClientCertificate(ctx context.Context, file, keyFile pemFile) (*tls.Certificate, error) {
	found, blocks, err := c.readCertificates(ctx, file.what, file.path)
	if err != nil {
		return nil, err
	}
	if err := checkDates(found[0], file.what, file.path); err != nil {
		return nil, err
	}
	if keyFile != file {
		if blocks, err = c.readPEM(ctx, keyFile.what, keyFile.path); err != nil {
			return nil, err
		}
	}
	key, err := keyIn(blocks, keyFile.what, keyFile.path)
	if err != nil {
		return nil, err
	}
	public, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(found[0].PublicKey) {
		return nil, badInput("%s %s does not fit the first certificate in %s", keyFile.what, keyFile.path, file.path)
	}
	certificate := &tls.Certificate{PrivateKey: key, Leaf: found[0]}
	for _, one := range found {
		certificate.Certificate = append(certificate.Certificate, one.Raw)
	}
	return certificate, nil
}

// keyIn returns the first private key among the blocks.
func keyIn(blocks []*pem.Block, what, path string) (crypto.Signer, error) {
	for _, block := range blocks {
		if !isKey(block) {
			continue
		}
		if block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "" {
			return nil, badInput("%s %s is encrypted, and danabio asks for no passphrase; store it without one by: openssl pkey -in %s -out NEW.pem",
				what, path, shellQuoted(path))
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
	return nil, badInput("%s %s holds no private key in PEM form; give the file that does by --client-key or client_key", what, path)
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
