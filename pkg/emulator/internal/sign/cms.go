package sign

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"time"

	"github.com/smallstep/pkcs7"
)

const (
	digestSize   = sha256.Size
	reserveSpare = 64 // the size of ECDSA signatures, and of a CMS with them, varies by a few bytes
)

// newCMS returns a detached CMS signature, in DER, over a document with the given SHA-256.
//
// pkcs7 hashes a whole document in memory and takes the signing time from the system clock. Here
// both are given, so newCMS replaces the two attributes and signs the attributes again.
func (a *Authority) newCMS(digest []byte, signingTime time.Time) ([]byte, error) {
	message, err := pkcs7.NewSignedData(nil)
	if err != nil {
		return nil, fmt.Errorf("making a CMS signature: %w", err)
	}
	message.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256) // the default is SHA-1
	if err := message.AddSignerChain(a.signer, a.key, []*x509.Certificate{a.root},
		pkcs7.SignerInfoConfig{}); err != nil {
		return nil, fmt.Errorf("making a CMS signature: %w", err)
	}
	message.Detach()

	info := &message.GetSignedData().SignerInfos[0]
	for i := range info.AuthenticatedAttributes {
		attribute := &info.AuthenticatedAttributes[i]
		var value any
		switch {
		case attribute.Type.Equal(pkcs7.OIDAttributeMessageDigest):
			value = digest
		case attribute.Type.Equal(pkcs7.OIDAttributeSigningTime):
			value = signingTime.UTC()
		default:
			continue
		}
		if attribute.Value.Bytes, err = asn1.Marshal(value); err != nil {
			return nil, fmt.Errorf("encoding a CMS attribute: %w", err)
		}
		attribute.Value.FullBytes = nil
	}
	attributes, err := asn1.MarshalWithParams(info.AuthenticatedAttributes, "set")
	if err != nil {
		return nil, fmt.Errorf("encoding the CMS attributes: %w", err)
	}
	sum := sha256.Sum256(attributes)
	if info.EncryptedDigest, err = a.key.Sign(rand.Reader, sum[:], crypto.SHA256); err != nil {
		return nil, fmt.Errorf("signing the CMS attributes: %w", err)
	}
	der, err := message.Finish()
	if err != nil {
		return nil, fmt.Errorf("encoding a CMS signature: %w", err)
	}
	return der, nil
}
