package pdfsig

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"

	"github.com/danabio/danabio-go/internal/pdf"
)

// Limits of validation data, for the /DSS and for each CMS. Anything beyond is ignored.
const (
	maxValidation      = 16 << 20 // bytes
	maxValidationItems = 256
)

var (
	oidAdobeRevocation = asn1.ObjectIdentifier{1, 2, 840, 113583, 1, 1, 8}
	oidRevocations     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 24}
)

// validationData is what a PDF or a CMS carries for judging certificates. None of it has been
// verified.
type validationData struct {
	certificates                   []*certificate
	ocsps                          []*ocsp
	crls                           []*crl
	remainingBytes, remainingItems int
}

func newValidationData() *validationData {
	return &validationData{remainingBytes: maxValidation, remainingItems: maxValidationItems}
}

// reserve takes one item out of the limits. It returns false if the item does not fit.
func (d *validationData) reserve(raw []byte) bool {
	if d.remainingItems == 0 || len(raw) > d.remainingBytes {
		return false
	}
	d.remainingItems--
	d.remainingBytes -= len(raw)
	return true
}

func (d *validationData) addCertificate(raw []byte) {
	if !d.reserve(raw) {
		return
	}
	if c, err := parseCertificate(raw); err == nil {
		d.certificates = append(d.certificates, c)
	}
}

func (d *validationData) addOCSP(raw []byte) {
	if !d.reserve(raw) {
		return
	}
	if o, err := parseOCSP(raw); err == nil {
		d.ocsps = append(d.ocsps, o)
	}
}

func (d *validationData) addCRL(raw []byte) {
	if !d.reserve(raw) {
		return
	}
	if list, err := x509.ParseRevocationList(raw); err == nil {
		d.crls = append(d.crls, &crl{RevocationList: list})
	}
}

// addAttribute adds Adobe's or CAdES's attribute: two lists, of CRLs and of OCSP responses.
func (d *validationData) addAttribute(list []attribute, oid asn1.ObjectIdentifier, tagCRLs, tagOCSPs byte) {
	value, ok := singleValue(list, oid)
	if !ok || value == nil {
		return
	}
	parts, _ := parseMembers(value, tagSequence)
	for _, part := range parts {
		add := map[byte]func([]byte){tagCRLs: d.addCRL, tagOCSPs: d.addOCSP}[part.FullBytes[0]]
		if add == nil {
			continue
		}
		for _, one := range sequences(part.Bytes, tagSequence) {
			add(one)
		}
	}
}

// validationData returns the CRLs and OCSP responses inside a message.
func (m *cmsMessage) validationData() *validationData {
	d := newValidationData()
	for _, raw := range m.crls {
		d.addCRL(raw)
	}
	for _, s := range m.signers {
		for _, list := range [][]attribute{s.signedAttributes, s.unsignedAttributes} {
			d.addAttribute(list, oidAdobeRevocation, tagZero, tagOne)
			d.addAttribute(list, oidRevocations, tagZero, tagOne)
		}
	}
	return d
}

// readDSS reads the document security store of the newest revision (ISO 32000-2, 12.8.4.3). Its
// content is signed by its issuers: an update that adds or removes it changes what is known, not
// what is true. The error is the context's or the reader's.
func (c *checker) readDSS() (*validationData, error) {
	d := newValidationData()
	read := func(o pdf.Object) (pdf.Object, error) {
		o, _, err := c.document.Resolve(o)
		return o, err
	}
	err := func() error {
		catalog, _, err := c.document.Catalog()
		if err != nil {
			return err
		}
		store, err := read(catalog.Get("DSS"))
		if err != nil || store.Kind != pdf.Dictionary {
			return err
		}
		for _, part := range []struct {
			key string
			add func([]byte)
		}{{"Certs", d.addCertificate}, {"OCSPs", d.addOCSP}, {"CRLs", d.addCRL}} {
			list, err := read(store.Get(part.key))
			if err != nil {
				return err
			}
			for _, item := range list.Items[:min(len(list.Items), d.remainingItems)] {
				content, err := c.streamOf(item)
				if err != nil {
					return err
				}
				part.add(content)
			}
		}
		return nil
	}()
	if isReadError(err) && !errors.Is(err, errBudget) {
		return nil, err
	}
	return d, nil // with what could be read
}

// streamOf reads one stream. It returns nil if the item is not a stream.
func (c *checker) streamOf(item pdf.Object) ([]byte, error) {
	if item.Kind != pdf.Ref {
		return nil, nil
	}
	loaded, err := c.document.Load(item.Reference())
	if err == nil && loaded.Stream >= 0 {
		var content []byte
		if content, err = c.document.Content(loaded); err == nil {
			return content, nil
		}
	}
	if isReadError(err) {
		return nil, err
	}
	return nil, nil
}
