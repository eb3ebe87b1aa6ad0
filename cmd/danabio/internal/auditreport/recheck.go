package auditreport

import (
	"fmt"
	"slices"
	"strings"

	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

// recheckStep is a way to check something again with other programs. Title and Note are keys of
// texts.
type recheckStep struct {
	Title, Note string
	Commands    []string
}

const (
	maxHashes  = 500 // files whose SHA-256 is among the commands
	maxPDFSigs = 30
	maxOpenSSL = 30 // signatures with openssl commands
)

// recheck returns commands for a POSIX shell. They begin by copying the ZIP under a plain name into
// a new folder, so that an odd name matters in one place only. All foreign names are quoted so that
// a shell takes them literally. Names with invisible characters need bash.
func (r *Report) recheck() []recheckStep {
	name := r.name()
	begin := []string{"mkdir -m 700 check", "cp " + shellWord("./"+name) + " check/evidence.zip", "cd check"}
	steps := []recheckStep{{"recheck.begin", "recheck.begin.note", begin}}
	if r.Evidence.SHA256 != "" {
		hash := []string{"printf '%s  %s\\n' " + r.Evidence.SHA256 + " evidence.zip | sha256sum -c -"}
		if r.Receipt.Content != nil {
			hash = append(hash, "grep -m 1 '\"sha256\"' "+shellWord("../"+name+".receipt.json"))
		}
		steps = append(steps, recheckStep{"recheck.hash", "recheck.hash.note", hash})
	}
	if r.Evidence.Verdict != evidence.VerdictAccepted {
		return append(steps, recheckStep{"recheck.refused", "recheck.refused.note",
			[]string{"zipinfo -v evidence.zip", "unzip -t evidence.zip"}})
	}
	steps = append(steps,
		recheckStep{"recheck.zip", "", []string{"unzip -t evidence.zip"}},
		// unzip spoils accented names in a ZIP from another system
		recheckStep{"recheck.extract", "", []string{"python3 -m zipfile -e evidence.zip files"}},
		recheckStep{"recheck.files", "", r.hashCommands()})
	return append(steps, r.documentCommands()...)
}

// hashCommands compare each file with its SHA-256.
func (r *Report) hashCommands() []string {
	list := []string{"(cd files && sha256sum -c -) <<'END'"}
	var apart []string
	count := 0
	for _, entry := range r.Evidence.Entries {
		if entry.Folder {
			continue
		}
		if count++; count > maxHashes {
			break
		}
		if strings.ContainsFunc(entry.Name, odd) {
			apart = append(apart, fmt.Sprintf("(cd files && printf '%%s  %%s\\n' %s %s | sha256sum -c -)", entry.SHA256,
				shellWord(entry.Name)))
			continue
		}
		list = append(list, entry.SHA256+"  "+entry.Name)
	}
	return append(append(list, "END"), apart...)
}

// documentCommands check the PDFs.
func (r *Report) documentCommands() []recheckStep {
	var pdfsigs, openssl, sent []string
	documents, _ := r.documents()
	for n, d := range documents {
		path := shellWord("files/" + d.Entry.Name)
		if len(pdfsigs) < maxPDFSigs {
			pdfsigs = append(pdfsigs, "pdfsig "+path)
		}
		for i := range d.Signatures {
			if len(openssl) < 4*maxOpenSSL {
				openssl = append(openssl,
					opensslCommands(path, fmt.Sprintf("%d-%d", n+1, i+1), &d.Signatures[i].Signature)...)
			}
		}
	}
	for _, found := range r.Found {
		if found.Entry != "" {
			sent = append(sent, fmt.Sprintf(`test "$(head -c %d %s | sha256sum)" = '%s  -' && echo same`,
				found.Size, shellWord("files/"+found.Entry), strings.ToLower(found.SHA256)))
		}
	}
	var steps []recheckStep
	for _, step := range []recheckStep{
		{"recheck.pdfsig", "recheck.pdfsig.note", pdfsigs},
		{"recheck.openssl", "recheck.openssl.note", openssl},
		{"recheck.sent", "recheck.sent.note", sent},
	} {
		if len(step.Commands) > 0 {
			steps = append(steps, step)
		}
	}
	return steps
}

// opensslCommands extract a valid signature from its PDF and check it against the bytes that it
// covers.
func opensslCommands(path, number string, s *pdfsig.Signature) []string {
	good := []pdfsig.Status{pdfsig.StatusWholeFile, pdfsig.StatusExtended, pdfsig.StatusSignedRevisionOnly}
	holds := slices.Contains(good, s.Status)
	detached := s.SubFilter == "adbe.pkcs7.detached" || s.SubFilter == "ETSI.CAdES.detached"
	if !holds || !detached || len(s.ByteRange) != 4 {
		return nil
	}
	length, after, rest := s.ByteRange[1], s.ByteRange[2], s.ByteRange[3]
	signed, cms, signer := "signed-"+number+".bin", "signature-"+number+".der", "signer-"+number+".pem"
	return []string{
		fmt.Sprintf("{ head -c %d %s; tail -c +%d %s | head -c %d; } > %s", length, path, after+1, path, rest, signed),
		// without the two brackets around the hexadecimal digits
		fmt.Sprintf("tail -c +%d %s | head -c %d | xxd -r -p > %s", length+2, path, after-length-2, cms),
		fmt.Sprintf("openssl cms -verify -binary -inform DER -in %s -content %s -noverify -signer %s -out /dev/null",
			cms, signed, signer),
		fmt.Sprintf("openssl x509 -in %s -noout -subject -issuer -serial -dates -fingerprint -sha256", signer),
	}
}

// shellWord quotes a text so that a shell takes it as one word, byte for byte. Invisible characters
// need bash's $'…' form.
func shellWord(text string) string {
	if strings.ContainsFunc(text, odd) {
		var b strings.Builder
		b.WriteString("$'")
		for i, c := range text {
			switch {
			case c == '\'' || c == '\\':
				b.WriteString(`\` + string(c))
			case !odd(c):
				b.WriteRune(c)
			case c == '\ufffd' && !strings.HasPrefix(text[i:], "\ufffd"): // a byte that is not UTF-8
				fmt.Fprintf(&b, `\x%02x`, text[i])
			default:
				for _, octet := range []byte(string(c)) {
					fmt.Fprintf(&b, `\x%02x`, octet)
				}
			}
		}
		return b.String() + "'"
	}
	if text != "" &&
		strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@%+,=") == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
