package evidence

import (
	"iter"
	"slices"
	"strings"
	"unicode"
)

// Kind is the purpose of an entry.
type Kind string

const (
	KindSignedDocument  Kind = "signed-document"
	KindDocumentPicture Kind = "document-picture" // of an identity document
	KindFacePicture     Kind = "face-picture"
	KindVideo           Kind = "video"
	KindConsent         Kind = "consent"
	KindMetadata        Kind = "metadata"
	KindOther           Kind = "other"
)

// Rule assigns a kind to entries by content and name. The vendor publishes no layout, so the
// default rules are assumed.
type Rule struct {
	// Name identifies the rule in the report.
	Name string
	// Kind is the kind of entries that match the rule.
	Kind Kind
	// MediaTypes are the media types that match; "image/*" matches all pictures. Empty means any.
	MediaTypes []string
	// Words are lower-case words, one of which must occur in the name. A name's words are its runs
	// of letters, which are also split where a capital follows a small letter. Empty means any
	// name.
	Words []string
}

// DefaultRules returns the rules that apply if [Limits].Rules is nil (assumed).
func DefaultRules() []Rule {
	text := []string{"application/json", "application/xml", "text/*"}
	return []Rule{
		{Name: "assumed: text named like a consent", Kind: KindConsent, MediaTypes: text, Words: []string{
			"consent", "consents", "consentimiento", "acceptance", "aceptacion", "aceptación", "agreement", "terms",
			"terminos", "términos",
		}},
		{Name: "assumed: any PDF", Kind: KindSignedDocument, MediaTypes: []string{"application/pdf"}},
		{Name: "assumed: any video", Kind: KindVideo, MediaTypes: []string{"video/*"}},
		{Name: "assumed: picture named like a face", Kind: KindFacePicture, MediaTypes: []string{"image/*"},
			Words: []string{
				"face", "facial", "selfie", "liveness", "portrait", "rostro", "cara", "vida", "foto", "biometric",
				"biometria", "biometría",
			}},
		{Name: "assumed: picture named like an identity document", Kind: KindDocumentPicture,
			MediaTypes: []string{"image/*"}, Words: []string{
				"document", "documento", "front", "back", "anverso", "reverso", "frente", "dorso", "id", "identity",
				"identidad", "card",
				"dni", "nie", "nif", "cedula", "cédula", "ine", "curp", "passport", "pasaporte", "license", "licencia",
				"ocr", "mrz",
			}},
		{Name: "assumed: any other text", Kind: KindMetadata, MediaTypes: text},
	}
}

// matches reports whether the rule matches an entry with this media type and name.
func (r *Rule) matches(mediaType, name string) bool {
	if len(r.MediaTypes) > 0 && !slices.ContainsFunc(r.MediaTypes, func(want string) bool {
		if family, whole := strings.CutSuffix(want, "*"); whole {
			return strings.HasPrefix(mediaType, family)
		}
		return mediaType == want
	}) {
		return false
	}
	if len(r.Words) == 0 {
		return true
	}
	for word := range wordsOf(name) {
		if slices.Contains(r.Words, strings.ToLower(word)) {
			return true
		}
	}
	return false
}

// contentKind is the type of a content and the rule that it matches. It is zero for a folder, and
// if nothing was read.
type contentKind struct {
	mediaType string
	rule      *Rule // nil if none matches
}

// kindOf returns the kind of an entry. end is nil unless all of the content was read.
func (a *Archive) kindOf(r *record, head, end []byte) contentKind {
	mediaType := typePDF
	if !looksLikePDF(r.name, head, end) {
		mediaType = mediaTypeOf(head)
	}
	return contentKind{mediaType, classify(a.policy.Rules, mediaType, r.name)}
}

// classify returns the first rule that matches an entry, or nil.
func classify(rules []Rule, mediaType, name string) *Rule {
	for i := range rules {
		if rules[i].matches(mediaType, name) {
			return &rules[i]
		}
	}
	return nil
}

// wordsOf iterates over the words of a name.
func wordsOf(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start, small := -1, false
		for i, r := range name {
			letter := unicode.IsLetter(r)
			if start >= 0 && (!letter || small && unicode.IsUpper(r)) {
				if !yield(name[start:i]) {
					return
				}
				start = -1
			}
			if letter && start < 0 {
				start = i
			}
			small = unicode.IsLower(r)
		}
		if start >= 0 {
			yield(name[start:])
		}
	}
}
