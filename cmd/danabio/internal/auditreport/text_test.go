package auditreport

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
	"github.com/danabio/danabio-go/pkg/verdict"
)

// composed lists the texts whose keys consist of a prefix in the code and a value.
var composed = map[string][]string{
	"kind.": {
		string(evidence.KindSignedDocument), string(evidence.KindDocumentPicture), string(evidence.KindFacePicture),
		string(evidence.KindVideo),
		string(evidence.KindConsent), string(evidence.KindMetadata), string(evidence.KindOther),
	},
	"severity.": {string(evidence.SeverityRefusal), string(evidence.SeverityNotice),
		string(evidence.SeverityAccepted)},
	"verdict.":     {string(verdict.Good), string(verdict.NotGood), string(verdict.Undecided)},
	"verdict.why.": {string(verdict.NotGood), string(verdict.Undecided)},
	"document.": {
		"", string(pdfsig.StatusWholeFile), string(pdfsig.StatusExtended), string(pdfsig.StatusSignedRevisionOnly),
		string(pdfsig.StatusInvalid),
		string(pdfsig.StatusIndeterminate), string(pdfsig.StatusUnsigned),
	},
	"change.": {
		string(pdfsig.ChangeValidationData), string(pdfsig.ChangeTimeStamp), string(pdfsig.ChangeSignature),
		string(pdfsig.ChangeFormField), string(pdfsig.ChangeOther),
	},
	"covers.": {
		string(pdfsig.StatusWholeFile), string(pdfsig.StatusExtended), string(pdfsig.StatusSignedRevisionOnly),
		string(pdfsig.StatusInvalid), string(pdfsig.StatusIndeterminate),
	},
	"document.sent.": {string(pdfsig.RelationIdentical), string(pdfsig.RelationBeginsWith),
		string(pdfsig.RelationDiffers)},
	"sent.": {string(pdfsig.RelationIdentical), string(pdfsig.RelationBeginsWith),
		string(pdfsig.RelationNotFound)},
	"signature.": {string(pdfsig.KindSignature), string(pdfsig.KindCertification), string(pdfsig.KindTimeStamp)},
	"stamp.": {string(pdfsig.TimeStampValid), string(pdfsig.TimeStampInvalid),
		string(pdfsig.TimeStampIndeterminate)},
	"trust.": {string(pdfsig.Trusted), string(pdfsig.Untrusted), string(pdfsig.NotJudged)},
	"revocation.": {
		string(pdfsig.RoleSigner), string(pdfsig.RoleIntermediate), string(pdfsig.RevocationGood),
		string(pdfsig.RevocationRevoked), string(pdfsig.RevocationNotKnown),
	},
	"docmdp.": {"1", "2", "3"},
	"receipt.": {string(verdict.ReceiptMatches), string(verdict.ReceiptDiffers), string(verdict.ReceiptUnreadable),
		string(verdict.ReceiptNone), string(verdict.ReceiptUnchecked)},
	"page.not-shown.": {string(NotShownNotAsked), string(NotShownNoProgram), string(NotShownTime),
		string(NotShownFailed), string(NotShownTooLarge), string(NotShownTooMany)},
	"picture.not-shown.": {string(NotShownTooLarge), string(NotShownType), string(NotShownDimensions),
		string(NotShownBroken)},
	"metadata.not-shown.": {string(NotShownTooLarge), string(NotShownBroken)},
	"scope.bytes":         {".yes", ".no"},
	"scope.receipt":       {".yes", ".no"},
	"scope.sent":          {".yes", ".no"},
	"scope.signatures":    {".yes", ".no"},
	"scope.trust":         {".yes", ".no"},
}

var (
	keyLike      = regexp.MustCompile(`^[a-z]+(\.[a-z0-9-]+)+$`)
	notKeys      = []string{"evidence.zip", "page.pdf", "adbe.pkcs7.detached", "adbe.pkcs7.sha1"}
	inTemplate   = regexp.MustCompile(`\bt "([^"]+)"`)
	makeTemplate = regexp.MustCompile(`\(print "([^"]+)"`)
)

// usedKeys returns the keys of all texts that the code and the template use, and the prefixes of
// keys that they compose.
func usedKeys(t *testing.T) (keys, beginnings []string) {
	t.Helper()
	for _, match := range inTemplate.FindAllStringSubmatch(pageTemplate, -1) {
		keys = append(keys, match[1])
	}
	for _, match := range makeTemplate.FindAllStringSubmatch(pageTemplate, -1) {
		beginnings = append(beginnings, match[1])
	}
	names, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "text") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(node ast.Node) bool {
			literal, ok := node.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			switch value, _ := strconv.Unquote(literal.Value); {
			case slices.Contains(sections, value), slices.Contains([]string{"more", "number", "sent-uncovered"}, value):
				keys = append(keys, value)
			case keyLike.MatchString(value) && !slices.Contains(notKeys, value):
				keys = append(keys, value)
			}
			return true
		})
	}
	return keys, beginnings
}

func TestEveryTextIsThereInBothLanguages(t *testing.T) {
	verbs := regexp.MustCompile(`%.`)
	seen := map[string]bool{}
	for _, text := range texts {
		if seen[text.key] {
			t.Errorf("text %q is there twice", text.key)
		}
		seen[text.key] = true
		if strings.TrimSpace(text.en) == "" || strings.TrimSpace(text.es) == "" {
			t.Errorf("text %q is empty in a language", text.key)
		}
		if !slices.Equal(verbs.FindAllString(text.en, -1), verbs.FindAllString(text.es, -1)) {
			t.Errorf("text %q takes other values in Spanish", text.key)
		}
	}
	used := map[string]bool{}
	keys, beginnings := usedKeys(t)
	for _, beginning := range beginnings {
		if _, known := composed[beginning]; !known {
			t.Errorf("nobody knows which texts begin with %q", beginning)
		}
	}
	for beginning, ends := range composed {
		for _, end := range ends {
			keys = append(keys, beginning+end)
		}
	}
	for _, key := range keys {
		used[key] = true
		if !seen[key] {
			t.Errorf("there is no text %q", key)
		}
	}
	for _, text := range texts {
		if !used[text.key] {
			t.Errorf("nobody uses text %q", text.key)
		}
	}
}

func TestEveryCodeAndRuleHasASpanishText(t *testing.T) {
	spanish := &Report{Options: Options{Language: i18n.Spanish}}
	english := &Report{Options: Options{Language: i18n.English}}
	known := map[evidence.Code]bool{}
	for _, info := range slices.Concat(evidence.Codes(), pdfsig.Codes()) {
		known[info.Code] = true
		if text := spanish.sayCode(info.Code); text == info.Description {
			t.Errorf("code %q has no Spanish text", info.Code)
		}
		if text := english.sayCode(info.Code); text != info.Description {
			t.Errorf("code %q is %q", info.Code, text)
		}
	}
	for _, row := range spanishCodes {
		if !known[row.code] {
			t.Errorf("there is no code %q", row.code)
		}
		delete(known, row.code) // so a second row with this code fails
	}
	for _, rule := range evidence.DefaultRules() {
		if spanish.sayRule(rule.Name) == rule.Name {
			t.Errorf("rule %q has no Spanish text", rule.Name)
		}
		if english.sayRule(rule.Name) != rule.Name {
			t.Errorf("rule %q has another name", rule.Name)
		}
	}
	if spanish.sayCode("nosuch") != "" || spanish.sayRule("mine") != "mine" {
		t.Error("what is not known has a text")
	}
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1 000", 1234567: "1 234 567", -1000: "-1 000",
		-100: "-100"} {
		if got := strings.ReplaceAll(grouped(n), "\u202f", " "); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
}

func TestUnknownTextIsAnError(t *testing.T) {
	if text, err := (&Report{}).say("nosuch"); err == nil {
		t.Errorf("it is %q", text)
	}
}

func TestWeakSignatures(t *testing.T) {
	for _, test := range []struct {
		signature pdfsig.Signature
		want      bool
	}{
		{pdfsig.Signature{DigestAlgorithm: "SHA-256", SubFilter: "adbe.pkcs7.detached"}, false},
		{pdfsig.Signature{DigestAlgorithm: "SHA-1"}, true},
		{pdfsig.Signature{DigestAlgorithm: "MD5"}, true},
		{pdfsig.Signature{DigestAlgorithm: "SHA-256", SubFilter: "adbe.pkcs7.sha1"}, true},
	} {
		if got := weakDigest(&test.signature); got != test.want {
			t.Errorf("%+v: %v", test.signature, got)
		}
	}
}
