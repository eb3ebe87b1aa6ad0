package pdfsig_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	_ "crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1"
	"crypto/sha256"
	_ "crypto/sha3"
	_ "crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"io"
	"math/big"
	"slices"
	"sync"
	"time"
)

// noon is the claimed time of all forged signatures.
var noon = time.Date(2025, 5, 4, 12, 0, 0, 0, time.UTC)

// party is a key with its certificate chain.
type party struct {
	key   crypto.Signer
	chain []*x509.Certificate
}

func (p *party) certificate() *x509.Certificate { return p.chain[0] }

// cast contains the invented people of the tests.
type cast struct {
	root, stampRoot, ana, bruno, self, stamper *party
	impostor                                   *x509.Certificate // ana's key, another authority
}

func (c *cast) roots() *x509.CertPool      { return pool(c.root) }
func (c *cast) stampRoots() *x509.CertPool { return pool(c.stampRoot) }

func pool(p *party) *x509.CertPool {
	result := x509.NewCertPool()
	result.AddCert(p.certificate())
	return result
}

// people creates the cast only once, because generating RSA keys is slow.
var people = sync.OnceValue(func() *cast {
	c := &cast{}
	authority := func(name string) *party {
		return issue(&x509.Certificate{
			Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
			KeyUsage: x509.KeyUsageCertSign,
		}, ecdsaKey(), nil)
	}
	c.root, c.stampRoot = authority("Invented Root"), authority("Invented Time Root")
	signer := x509.Certificate{Subject: pkix.Name{CommonName: "Ana Canary"}, KeyUsage: x509.KeyUsageDigitalSignature}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	c.ana = issue(&signer, rsaKey, c.root)
	c.impostor = issue(&x509.Certificate{SerialNumber: c.ana.certificate().SerialNumber,
		Subject: pkix.Name{CommonName: "Mallory"}}, rsaKey, c.stampRoot).certificate()
	signer.Subject.CommonName = "Bruno Canary"
	c.bruno = issue(&signer, ecdsaKey(), c.root)
	signer.Subject.CommonName = "Self Canary"
	c.self = issue(&signer, ecdsaKey(), nil)
	c.stamper = issue(&x509.Certificate{
		Subject: pkix.Name{CommonName: "Invented Clock"}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{ // like ExtKeyUsage but critical, as RFC 3161 requires
			Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true,
			Value: sequence(marshal(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8})),
		}},
	}, ecdsaKey(), c.stampRoot)
	return c
})

func ecdsaKey() crypto.Signer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

// forever is the end of certificates that do not expire in these tests.
var forever = time.Date(2199, 1, 1, 0, 0, 0, 0, time.UTC)

// issue creates a certificate that is valid from one year before noon, and forever unless the
// template sets an end. Without an issuer, the certificate is self-signed.
func issue(template *x509.Certificate, key crypto.Signer, issuer *party) *party {
	copied := *template
	template = &copied
	if template.SerialNumber == nil {
		serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
		if err != nil {
			panic(err)
		}
		template.SerialNumber = serial.Add(serial, big.NewInt(1))
	}
	template.NotBefore = noon.AddDate(-1, 0, 0)
	if template.NotAfter.IsZero() {
		template.NotAfter = forever
	}
	id := sha256.Sum256(template.SerialNumber.Bytes())
	template.SubjectKeyId = id[:20]
	result := &party{key: key}
	parent, by := template, key
	if issuer != nil {
		parent, by = issuer.certificate(), issuer.key
		result.chain = issuer.chain
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), by)
	if err != nil {
		panic(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	result.chain = append([]*x509.Certificate{certificate}, result.chain...)
	return result
}

// hollow is an RSA key of any size that cannot sign.
type hollow int

func (h hollow) Public() crypto.PublicKey {
	n := new(big.Int).Lsh(big.NewInt(1), uint(h)-1)
	return &rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: 65537}
}

func (h hollow) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return make([]byte, h/8), nil
}

// withKey returns a party with a certificate for such a key.
func withKey(bits int) *party {
	return issue(&x509.Certificate{Subject: pkix.Name{CommonName: "Hollow Canary"}}, hollow(bits), people().root)
}

// forgedCMS describes a CMS signature. If only the signer is set, the signature is valid and uses
// SHA-256.
type forgedCMS struct {
	by               *party
	hash             crypto.Hash // default SHA-256
	pss              bool
	algorithm        asn1.ObjectIdentifier // of the signature; default by key
	content          []byte                // encapsulated
	contentType      asn1.ObjectIdentifier // default data
	claimedType      asn1.ObjectIdentifier // of the attribute; default contentType
	bare             bool                  // no signed attributes
	time             time.Time             // signing time; default none
	signingCertified *x509.Certificate     // named by the signed attributes
	certificates     []*x509.Certificate   // default the signer's chain
	crls             [][]byte
	keyID            bool
	stamp            func(value []byte) []byte // a time stamp token over the signature's value
	more             [][2]any                  // further signed attributes
	unsorted         bool                      // sign the attributes in the given order
	unsigned         [][2]any                  // further unsigned attributes
	beside           *forgedCMS                // a second signer
	behind           string                    // unsigned, after the signers
	indefinite       bool
	spoil            bool // spoil the signature's last byte
}

var (
	oidSigned      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContent     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidStampInfo   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidContentType = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidDigestIs    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningTime = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	oidCertified   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidStampToken  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
	oidRSA         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidPSS         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
)

// unknownDigest stands for a digest that the checker does not support.
const unknownDigest = crypto.SHA224

var digestOIDs = map[crypto.Hash]asn1.ObjectIdentifier{
	crypto.MD5:        {1, 2, 840, 113549, 2, 5},
	crypto.SHA1:       {1, 3, 14, 3, 2, 26},
	crypto.SHA256:     {2, 16, 840, 1, 101, 3, 4, 2, 1},
	crypto.SHA384:     {2, 16, 840, 1, 101, 3, 4, 2, 2},
	crypto.SHA512:     {2, 16, 840, 1, 101, 3, 4, 2, 3},
	crypto.SHA3_224:   {2, 16, 840, 1, 101, 3, 4, 2, 7},
	crypto.SHA3_256:   {2, 16, 840, 1, 101, 3, 4, 2, 8},
	crypto.SHA3_384:   {2, 16, 840, 1, 101, 3, 4, 2, 9},
	crypto.SHA3_512:   {2, 16, 840, 1, 101, 3, 4, 2, 10},
	crypto.SHA512_224: {2, 16, 840, 1, 101, 3, 4, 2, 5},
	crypto.SHA512_256: {2, 16, 840, 1, 101, 3, 4, 2, 6},
	unknownDigest:     {1, 3, 36, 3, 2, 1}, // the OID of RIPEMD-160
}

var ecdsaOIDs = map[crypto.Hash]asn1.ObjectIdentifier{
	crypto.SHA1:       {1, 2, 840, 10045, 4, 1},
	crypto.SHA256:     {1, 2, 840, 10045, 4, 3, 2},
	crypto.SHA384:     {1, 2, 840, 10045, 4, 3, 3},
	crypto.SHA512:     {1, 2, 840, 10045, 4, 3, 4},
	crypto.SHA3_224:   {2, 16, 840, 1, 101, 3, 4, 3, 9},
	crypto.SHA3_256:   {2, 16, 840, 1, 101, 3, 4, 3, 10},
	crypto.SHA3_384:   {2, 16, 840, 1, 101, 3, 4, 3, 11},
	crypto.SHA3_512:   {2, 16, 840, 1, 101, 3, 4, 3, 12},
	crypto.SHA512_224: {1, 2, 840, 10045, 2, 1}, // these two have no OID
	crypto.SHA512_256: {1, 2, 840, 10045, 2, 1},
	unknownDigest:     {1, 2, 840, 10045, 4, 3, 2},
}

func marshal(value any) []byte {
	der, err := asn1.Marshal(value)
	if err != nil {
		panic(err)
	}
	return der
}

// element returns a tag, a length and the content.
func element(tag byte, parts ...[]byte) []byte {
	content := bytes.Join(parts, nil)
	var length []byte
	for n := len(content); n > 0; n >>= 8 {
		length = append([]byte{byte(n)}, length...)
	}
	if len(content) < 0x80 {
		return append([]byte{tag, byte(len(content))}, content...)
	}
	return append(append([]byte{tag, 0x80 | byte(len(length))}, length...), content...)
}

func sequence(parts ...[]byte) []byte { return element(0x30, parts...) }
func set(parts ...[]byte) []byte      { return element(0x31, parts...) }

func hashed(hash crypto.Hash, content []byte) []byte {
	h := hash.New()
	h.Write(content)
	return h.Sum(nil)
}

// sign creates the CMS for content with the given digests.
func (f forgedCMS) sign(digest func(crypto.Hash) []byte) []byte {
	if f.hash == 0 {
		f.hash = crypto.SHA256
	}
	if f.contentType == nil {
		f.contentType = oidContent
	}
	if f.claimedType == nil {
		f.claimedType = f.contentType
	}
	if f.certificates == nil {
		f.certificates = f.by.chain
	}
	encapsulated := [][]byte{marshal(f.contentType)}
	if f.content != nil {
		encapsulated = append(encapsulated, element(0xA0, marshal(f.content)))
	}
	var certificates [][]byte
	for _, certificate := range f.certificates {
		certificates = append(certificates, certificate.Raw)
	}
	info := f.signerInfo(digest)
	infos := set(info)
	if f.beside != nil {
		infos = set(info, f.beside.signerInfo(digest))
		for _, certificate := range f.beside.by.chain {
			certificates = append(certificates, certificate.Raw)
		}
	}
	digests := set(sequence(marshal(digestOIDs[f.hash])))
	if f.beside != nil && f.beside.hash != 0 {
		digests = set(sequence(marshal(digestOIDs[f.hash])), sequence(marshal(digestOIDs[f.beside.hash])))
	}
	data := [][]byte{
		marshal(1), digests, sequence(encapsulated...),
		element(0xA0, certificates...),
	}
	if f.crls != nil {
		data = append(data, element(0xA1, f.crls...))
	}
	data = append(data, infos)
	if f.indefinite {
		end := []byte{0, 0}
		open := func(tag byte) []byte { return []byte{tag, 0x80} }
		return slices.Concat(open(0x30), marshal(oidSigned), open(0xA0), open(0x30), bytes.Join(data, nil), end, end,
			end)
	}
	if f.behind != "" {
		data = append(data, marshal([]byte(f.behind)))
	}
	return sequence(marshal(oidSigned), element(0xA0, sequence(data...)))
}

func (f forgedCMS) signerInfo(digest func(crypto.Hash) []byte) []byte {
	certificate := f.by.certificate()
	if f.hash == 0 {
		f.hash = crypto.SHA256
	}
	if f.claimedType == nil {
		f.claimedType = oidContent
	}
	version, sid := 1, sequence(certificate.RawIssuer, marshal(certificate.SerialNumber))
	if f.keyID {
		version, sid = 3, element(0x80, certificate.SubjectKeyId)
	}
	parts := [][]byte{marshal(version), sid, sequence(marshal(digestOIDs[f.hash]))}
	message := digest(f.hash)
	if !f.bare {
		attributes := f.attributes(message)
		signedAs := slices.Clone(attributes)
		if !f.unsorted {
			slices.SortFunc(signedAs, bytes.Compare)
			attributes = signedAs
		}
		parts = append(parts, element(0xA0, attributes...))
		message = hashed(f.hash, set(signedAs...))
	}
	algorithm, value := f.value(message)
	if f.spoil {
		value[len(value)-1] ^= 1
	}
	parts = append(parts, algorithm, marshal(value))
	var unsigned [][]byte
	if f.stamp != nil {
		unsigned = append(unsigned, sequence(marshal(oidStampToken), set(f.stamp(value))))
	}
	for _, more := range f.unsigned {
		unsigned = append(unsigned, sequence(marshal(more[0]), set(marshal(more[1]))))
	}
	if unsigned != nil {
		parts = append(parts, element(0xA1, unsigned...))
	}
	return sequence(parts...)
}

func (f forgedCMS) attributes(message []byte) [][]byte {
	attribute := func(oid asn1.ObjectIdentifier, value []byte) []byte {
		return sequence(marshal(oid), set(value))
	}
	result := [][]byte{attribute(oidContentType, marshal(f.claimedType)), attribute(oidDigestIs, marshal(message))}
	if !f.time.IsZero() {
		result = append(result, attribute(oidSigningTime, marshal(f.time.UTC())))
	}
	if f.signingCertified != nil {
		result = append(result,
			attribute(oidCertified,
				sequence(sequence(sequence(marshal(hashed(crypto.SHA256, f.signingCertified.Raw)))))))
	}
	for _, more := range f.more {
		result = append(result, attribute(more[0].(asn1.ObjectIdentifier), marshal(more[1])))
	}
	return result
}

// value signs a digest and returns the algorithm and the signature.
func (f forgedCMS) value(digest []byte) (algorithm, value []byte) {
	var options crypto.SignerOpts = f.hash
	oid := f.algorithm
	switch {
	case f.pss:
		options = &rsa.PSSOptions{SaltLength: f.hash.Size(), Hash: f.hash}
		digestID := sequence(marshal(digestOIDs[f.hash]))
		algorithm = sequence(marshal(oidPSS), sequence(
			element(0xA0, digestID),
			element(0xA1, sequence(marshal(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}), digestID)),
			element(0xA2, marshal(f.hash.Size()))))
	case oid != nil:
	case isRSA(f.by):
		oid = oidRSA
	default:
		oid = ecdsaOIDs[f.hash]
	}
	if algorithm == nil {
		algorithm = sequence(marshal(oid))
	}
	value, err := f.by.key.Sign(rand.Reader, digest, options)
	if err != nil {
		panic(err)
	}
	return algorithm, value
}

func isRSA(p *party) bool {
	_, ok := p.key.Public().(*rsa.PublicKey)
	return ok
}

// stampBy returns a function that creates a time stamp token for content.
func stampBy(by *party, when time.Time, hash crypto.Hash) func(content []byte) []byte {
	return func(content []byte) []byte {
		return stampDigest(by, when, hash, hashed(hash, content))
	}
}

func stampDigest(by *party, when time.Time, hash crypto.Hash, digest []byte) []byte {
	return stampWith(forgedCMS{by: by}, when, hash, digest)
}

// stampWith creates a time stamp token in the given CMS.
func stampWith(f forgedCMS, when time.Time, hash crypto.Hash, digest []byte) []byte {
	info := sequence(
		marshal(1), marshal(asn1.ObjectIdentifier{1, 2, 3}),
		sequence(sequence(marshal(digestOIDs[hash])), marshal(digest)),
		marshal(4711), element(0x18, []byte(when.UTC().Format("20060102150405Z"))))
	f.content, f.contentType = info, oidStampInfo
	return f.sign(func(h crypto.Hash) []byte { return hashed(h, info) })
}
