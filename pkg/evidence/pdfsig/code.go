package pdfsig

import (
	"slices"

	"github.com/danabio/danabio-go/pkg/evidence"
)

// ClassSignature is the class of all findings of this package.
const ClassSignature evidence.Class = "signature"

// Findings of an INVALID signature.
const (
	CodeObjectStream       evidence.Code = "signature-object-stream"
	CodeDuplicateKey       evidence.Code = "signature-duplicate-key"
	CodeContents           evidence.Code = "signature-contents"
	CodeByteRange          evidence.Code = "signature-byte-range"
	CodeRevision           evidence.Code = "signature-revision"
	CodeCMS                evidence.Code = "signature-cms"
	CodeSignedAttributes   evidence.Code = "signature-attributes"
	CodeDigestMismatch     evidence.Code = "signature-digest-mismatch"
	CodeSignatureMismatch  evidence.Code = "signature-mismatch"
	CodeSigningCertificate evidence.Code = "signature-certificate"
	CodeContentInside      evidence.Code = "signature-content-inside"
	CodePadding            evidence.Code = "signature-padding"
	CodeBrokenDigest       evidence.Code = "signature-digest-broken"
)

// Findings of an INDETERMINATE signature or file.
const (
	CodeEncrypted          evidence.Code = "pdf-encrypted"
	CodeStructure          evidence.Code = "pdf-structure"
	CodeLimit              evidence.Code = "signature-limit"
	CodeSubFilter          evidence.Code = "signature-sub-filter"
	CodeCMSUnsupported     evidence.Code = "signature-cms-unsupported"
	CodeAlgorithm          evidence.Code = "signature-algorithm"
	CodeCertificateMissing evidence.Code = "signature-certificate-missing"
	CodeUnreached          evidence.Code = "signature-unreached"
)

// Findings about what follows a signature's revision: any change, or only validation data and
// document time stamps.
const (
	CodeLaterRevision  evidence.Code = "later-revision"
	CodeValidationData evidence.Code = "validation-data"
)

// Findings that refuse a signature although it holds.
const (
	CodeUnsignedAttribute evidence.Code = "signature-unsigned-attribute"
	CodeFutureTime        evidence.Code = "signing-time-future"
	CodeTimeStampUnknown  evidence.Code = "time-stamp-unknown"
	CodeRevoked           evidence.Code = "revoked"
	CodeUntrusted         evidence.Code = "untrusted"        // only with [Options].Roots
	CodeTrustNotJudged    evidence.Code = "trust-not-judged" // only with [Options].Roots
)

// Oddities of a signature that holds, and notices about the file.
const (
	CodeUnsigned           evidence.Code = "unsigned"
	CodeUnreadableObject   evidence.Code = "pdf-unreadable-object"
	CodeDamaged            evidence.Code = "pdf-damaged"
	CodeWeakDigest         evidence.Code = "weak-digest"
	CodeNoSignedAttributes evidence.Code = "no-signed-attributes"
	CodeSigningTime        evidence.Code = "signing-time"
	CodeTimeStamp          evidence.Code = "time-stamp"
	CodeTimeStampOnly      evidence.Code = "time-stamp-only"
	CodeSuperseded         evidence.Code = "signature-superseded"
	CodeNoField            evidence.Code = "signature-no-field"
	CodeClaimedTime        evidence.Code = "claimed-time"
	CodeTimeStampUntrusted evidence.Code = "time-stamp-untrusted"
	CodeKeyUsage           evidence.Code = "key-usage"
	CodeWeakKey            evidence.Code = "weak-key"
	CodeRevokedLater       evidence.Code = "revoked-later"
)

// Codes describes all codes of this package.
func Codes() []evidence.CodeInfo {
	codes := make([]evidence.CodeInfo, 0, len(codeTable))
	for _, row := range codeTable {
		codes = append(codes, row.info())
	}
	return codes
}

func lookup(code evidence.Code) (evidence.CodeInfo, bool) {
	i := slices.IndexFunc(codeTable[:], func(row codeRow) bool { return row.code == code })
	if i < 0 {
		return evidence.CodeInfo{}, false
	}
	return codeTable[i].info(), true
}

type codeRow struct {
	code        evidence.Code
	severity    evidence.Severity
	acceptable  bool
	description string
}

func (r codeRow) info() evidence.CodeInfo {
	return evidence.CodeInfo{Code: r.code, Class: ClassSignature, Severity: r.severity, Acceptable: r.acceptable,
		Description: r.description}
}

// codeTable is an array rather than a map, so that it costs nothing in a program that never uses
// it.
var codeTable = [...]codeRow{
	{CodeObjectStream, evidence.SeverityRefusal, false,
		"a signature dictionary is in an object stream, where no byte range can leave out its contents"},
	{CodeDuplicateKey, evidence.SeverityRefusal, false,
		"a signature dictionary has a key twice, so that readers differ about it"},
	{CodeContents, evidence.SeverityRefusal, false,
		"a signature's /Contents is missing or not a direct hexadecimal string"},
	{CodeByteRange, evidence.SeverityRefusal, false,
		"a signature's /ByteRange does not cover the file from its start except for its own /Contents"},
	{CodeRevision, evidence.SeverityRefusal, false, "the signed revision is not a PDF with this signature"},
	{CodeCMS, evidence.SeverityRefusal, false, "a signature's /Contents contains no CMS signature"},
	{CodeSignedAttributes, evidence.SeverityRefusal, false, "the signed attributes are not as CMS demands"},
	{CodeDigestMismatch, evidence.SeverityRefusal, false, "the bytes are not those that were signed"},
	{CodeSignatureMismatch, evidence.SeverityRefusal, false, "the signature does not fit the signer's key"},
	{CodeSigningCertificate, evidence.SeverityRefusal, false,
		"the certificate is not the one that the signed attributes name"},
	{CodeContentInside, evidence.SeverityRefusal, false,
		"a CMS signature that should be detached carries its own content"},
	{CodePadding, evidence.SeverityRefusal, false,
		"something else than zeros follows the CMS in /Contents; no signature covers it"},
	{CodeBrokenDigest, evidence.SeverityRefusal, false,
		"a signature uses MD5, with which anybody can make a second document of the same digest"},

	{CodeEncrypted, evidence.SeverityRefusal, true, "the PDF needs a password, so its signatures are not looked for"},
	{CodeStructure, evidence.SeverityRefusal, true,
		"the PDF's structure cannot be read, so signatures may be hidden in it"},
	{CodeLimit, evidence.SeverityRefusal, true, "a limit was reached before there was an answer"},
	{CodeSubFilter, evidence.SeverityRefusal, true, "a signature has an encoding that is not judged"},
	{CodeCMSUnsupported, evidence.SeverityRefusal, true, "a CMS signature has a form that is not judged"},
	{CodeAlgorithm, evidence.SeverityRefusal, true, "a signature uses an algorithm that is not judged"},
	{CodeCertificateMissing, evidence.SeverityRefusal, true, "a CMS signature does not carry its signer's certificate"},
	{CodeUnreached, evidence.SeverityRefusal, true,
		"the PDF's bytes contain a signature that its cross-reference does not lead to"},

	{CodeLaterRevision, evidence.SeverityRefusal, true,
		"something else than signatures and validation data follows a signature; it can change anything that is shown"},
	{CodeValidationData, evidence.SeverityNotice, true,
		"validation data or document time stamps alone follow the last signature"},

	{CodeUnsignedAttribute, evidence.SeverityRefusal, true,
		"a CMS has an unsigned attribute that is not a known one; no signature covers it"},
	{CodeFutureTime, evidence.SeverityRefusal, true, "a signature has a time in the future"},
	{CodeTimeStampUnknown, evidence.SeverityRefusal, true,
		"the PDF's only signature is a document time stamp of an authority that was not found to be one"},
	{CodeRevoked, evidence.SeverityRefusal, true,
		"a certificate was revoked, and no trusted time stamp says that the signature is older"},
	{CodeUntrusted, evidence.SeverityRefusal, true,
		"a signer's certificate does not lead to the roots that were given, or may not sign documents"},
	{CodeTrustNotJudged, evidence.SeverityRefusal, true,
		"roots were given, and a signer's certificate could not be checked against them"},

	{CodeUnsigned, evidence.SeverityNotice, true, "the PDF has no signature"},
	{CodeDamaged, evidence.SeverityNotice, true,
		"the PDF's structure cannot be read, and no signature is written in it"},
	{CodeUnreadableObject, evidence.SeverityNotice, true,
		"objects cannot be read; they were not searched for signatures"},
	{CodeWeakDigest, evidence.SeverityNotice, true,
		"a digest algorithm is broken: two documents with one digest can be made"},
	{CodeNoSignedAttributes, evidence.SeverityNotice, true, "a CMS signature has no signed attributes"},
	{CodeSigningTime, evidence.SeverityNotice, true,
		"the claimed signing time is outside the validity of the signer's certificate"},
	{CodeTimeStamp, evidence.SeverityNotice, true, "a signature's time stamp is not valid or cannot be judged"},
	{CodeTimeStampOnly, evidence.SeverityNotice, true, "the PDF has document time stamps and no other signature"},
	{CodeSuperseded, evidence.SeverityNotice, true, "a later revision overwrote or removed a signature"},
	{CodeNoField, evidence.SeverityNotice, true, "no form field leads to a signature"},
	{CodeClaimedTime, evidence.SeverityNotice, true,
		"only the signer says when a signature was made; its certificate was judged at the present"},
	{CodeTimeStampUntrusted, evidence.SeverityNotice, true,
		"a time stamp's certificate does not lead to the roots that were given, so it sets no time"},
	{CodeKeyUsage, evidence.SeverityNotice, true,
		"a signer's certificate is meant for clients that log in, not for signing documents"},
	{CodeWeakKey, evidence.SeverityNotice, true, "an RSA key has less than 2,048 bits"},
	{CodeRevokedLater, evidence.SeverityNotice, true,
		"a certificate was revoked after the time of a trusted time stamp"},
}
