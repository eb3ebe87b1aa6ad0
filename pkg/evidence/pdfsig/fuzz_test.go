package pdfsig_test

import (
	"bytes"
	"crypto"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/smallstep/pkcs7"

	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

// brute checks a signature with a good status using nothing but the bytes of the file. It returns
// the position of the contents.
func brute(t *testing.T, file []byte, s pdfsig.Signature) (open, end int) {
	t.Helper()
	if len(s.ByteRange) != 4 {
		t.Fatalf("%s with byte range %v", s.Status, s.ByteRange)
	}
	start, length, after, rest := s.ByteRange[0], s.ByteRange[1], s.ByteRange[2], s.ByteRange[3]
	size := int64(len(file))
	if start != 0 || length <= 0 || after <= length || rest < 0 || after+rest != size-s.BytesAfter ||
		s.BytesAfter < 0 ||
		(s.BytesAfter == 0) != (s.Status == pdfsig.StatusWholeFile) {
		t.Fatalf("%s with byte range %v of %d bytes, %d after", s.Status, s.ByteRange, size, s.BytesAfter)
	}
	gap := string(file[length:after])
	if gap[0] != '<' || gap[len(gap)-1] != '>' ||
		strings.Trim(gap[1:len(gap)-1], "0123456789abcdefABCDEF \t\r\n\f\x00") != "" {
		t.Fatalf("%s with %q left out", s.Status, gap)
	}
	digits := strings.Map(func(c rune) rune {
		if strings.ContainsRune(" \t\r\n\f\x00", c) {
			return -1
		}
		return c
	}, gap[1:len(gap)-1])
	if len(digits)%2 != 0 {
		digits += "0"
	}
	contents, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	covered := slices.Concat(file[:length], file[after:after+rest])
	if s.SubFilter == "adbe.x509.rsa_sha1" {
		return int(length), int(after) // no CMS; TestGenuineSignaturesAreJudged checks those of openssl
	}
	message, err := pkcs7.Parse(contents) // it ignores what follows the CMS
	unreadable := func(words string) bool { return strings.Contains(err.Error(), words) }
	if err != nil && slices.ContainsFunc([]string{"x509: ", "ecdsa: ", "not on curve"}, unreadable) {
		// pkcs7 needs certificates that package x509 accepts; our code only needs the signer's key
		return int(length), int(after)
	}
	if err != nil {
		t.Fatal(err)
	}
	if s.Kind == pdfsig.KindTimeStamp {
		if digest := hashed(crypto.SHA256, covered); s.DigestAlgorithm == "SHA-256" &&
			!bytes.Contains(message.Content, digest) {
			t.Fatal("the time stamp is of other bytes")
		}
		return int(length), int(after)
	}
	if s.SubFilter == "adbe.pkcs7.sha1" {
		if !bytes.Equal(message.Content, hashed(crypto.SHA1, covered)) {
			t.Fatal("the digest inside is of other bytes")
		}
		return int(length), int(after)
	}
	message.Content = covered
	err = message.Verify()
	var outside *pkcs7.SigningTimeNotValidError
	beyond := err != nil &&
		slices.ContainsFunc(beyondPKCS7, func(words string) bool { return strings.Contains(err.Error(), words) })
	if err != nil && !beyond && !errors.As(err, &outside) && s.DigestAlgorithm != "MD5" &&
		s.DigestAlgorithm != "SHA-224" {
		// pkcs7 accepts attributes only in DER order; our code also accepts their order in the file
		if !strings.Contains(err.Error(), "verification") || !unsorted(contents) {
			t.Fatalf("pkcs7 says %v", err)
		}
	}
	return int(length), int(after)
}

// beyondPKCS7 lists pkcs7's errors for signers named by a key identifier, for RSA-PSS and for
// SHA-3. TestGenuineSignaturesAreJudged checks such signatures made by openssl.
var beyondPKCS7 = []string{"Message has no signers", "unsupported algorithm", "cannot decrypt data"}

// unsorted reports whether a CMS has the attribute that TestCorpus puts in the wrong place.
func unsorted(contents []byte) bool { return bytes.Contains(contents, marshal(oidFirst)) }

// holds reports whether the signature with this status is valid.
func holds(status pdfsig.Status) bool {
	return slices.Contains([]pdfsig.Status{pdfsig.StatusWholeFile, pdfsig.StatusExtended,
		pdfsig.StatusSignedRevisionOnly}, status)
}

// sound reports whether a file with this status is not refused.
func sound(status pdfsig.Status) bool {
	return slices.Contains([]pdfsig.Status{pdfsig.StatusWholeFile, pdfsig.StatusExtended, pdfsig.StatusUnsigned},
		status)
}

// changesMore reports whether a signature is followed by changes other than signatures, form values
// and validation data.
func changesMore(s pdfsig.Signature) bool {
	return slices.ContainsFunc(s.Later, func(c pdfsig.Change) bool { return c.Kind == pdfsig.ChangeOther })
}

// holdsUp checks that a report is consistent with the file and with itself.
func holdsUp(t *testing.T, file []byte, report *pdfsig.Report) {
	t.Helper()
	var has []pdfsig.Status
	last, more := pdfsig.Status(""), false
	for _, s := range report.Signatures {
		has = append(has, s.Status)
		if holds(s.Status) {
			brute(t, file, s)
			if end := int64(len(file)) - s.BytesAfter; s.BytesAfter > 0 && !changesMore(s) {
				showsTheSame(t, file[:end], file)
			}
		} else if s.Status != pdfsig.StatusInvalid && s.Status != pdfsig.StatusIndeterminate {
			t.Fatalf("status %q", s.Status)
		}
		if s.Kind != pdfsig.KindTimeStamp {
			last = s.Status
			more = more || changesMore(s)
		}
	}
	if more {
		last = pdfsig.StatusSignedRevisionOnly
	}
	switch {
	case slices.Contains(has, pdfsig.StatusInvalid):
		last = pdfsig.StatusInvalid
	case slices.Contains(has, pdfsig.StatusIndeterminate):
		last = pdfsig.StatusIndeterminate
	case last == "" && len(has) > 0: // time stamps only
		last = has[len(has)-1]
	case last == "":
		last = pdfsig.StatusUnsigned
	}
	if report.Status != last && report.Status != pdfsig.StatusIndeterminate {
		t.Fatalf("a file with %v is %s", has, report.Status)
	}
	if sound(report.Status) != (len(againstStatus(report)) == 0) {
		t.Fatalf("%s with %v", report.Status, report.Findings)
	}
}

// beside lists codes that refuse a valid signature.
var beside = []evidence.Code{
	pdfsig.CodeUnsignedAttribute, pdfsig.CodeFutureTime, pdfsig.CodeTimeStampUnknown, pdfsig.CodeUntrusted,
	pdfsig.CodeTrustNotJudged,
}

// againstStatus returns the refusals that rule out WHOLE_FILE.
func againstStatus(report *pdfsig.Report) []evidence.Finding {
	return slices.DeleteFunc(report.Refusals(),
		func(f evidence.Finding) bool { return slices.Contains(beside, f.Code) })
}

// FuzzCheck checks arbitrary bytes. brute must confirm each WHOLE_FILE and SIGNED_REVISION_ONLY.
func FuzzCheck(f *testing.F) {
	for _, test := range corpus {
		if file := built(test.name); len(file) < 8<<10 {
			f.Add(file)
		}
	}
	for _, test := range attacks {
		f.Add(test.build())
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		holdsUp(t, file, check(t, file, pdfsig.Options{Roots: people().roots(), TimeStampRoots: people().stampRoots()}))
	})
}

// FuzzByteRange signs the bytes in the byte range with a good key, so only the byte range can be
// wrong. The numbers are relative to those of a sound signature. A file that is WHOLE_FILE must
// lose that status if any byte outside /Contents changes.
func FuzzByteRange(f *testing.F) {
	f.Add(0, 0, 0, 0, "", "", "", []byte(nil), uint32(100), byte(1))
	f.Add(10, -10, 0, 0, "", "", "", []byte(nil), uint32(5), byte(1))
	f.Add(0, -40, 0, 0, "/A (b)", "", "", []byte(nil), uint32(1), byte(1))
	f.Add(0, 0, 2, -2, "", "/A 1", "", []byte(nil), uint32(1), byte(1))
	f.Add(0, 0, 0, 1, "", "", "", []byte("tail"), uint32(1), byte(1))
	f.Add(0, 0, 0, -30, "", "", "", []byte(nil), uint32(1), byte(1))
	f.Add(0, 1, -1, 1, "", "", "", []byte(nil), uint32(1), byte(1))
	f.Add(0, 0, 30, -30, "", "", "> /Contents <00", []byte(nil), uint32(1), byte(1))
	f.Add(0, 0, 8, -8, "/ByteRange [0 1 2 3]", "", " 0 0\n0 0", []byte(nil), uint32(1), byte(0x20))
	f.Add(0, 0, 0, 0, "/Contents <00>", "/Contents <00>", "", []byte(nil), uint32(1), byte(1))
	f.Add(0, 0, 6, -6, "", "", ">>> endobj", []byte(nil), uint32(1), byte(1))
	f.Add(0, 0, 0, 0, ">> endobj 5 0 obj <<", "% ", "", []byte("\n%%EOF\n"), uint32(1), byte(1))
	f.Fuzz(func(t *testing.T, start, length, after, rest int, before, behind, inside string, tail []byte, at uint32,
		bits byte) {
		if len(before)+len(behind)+len(inside)+len(tail) > 1<<12 ||
			strings.Contains(before+behind+inside+string(tail), mark) {
			return
		}
		const farthest = 1 << 30
		for _, number := range []int{start, length, after, rest} {
			if number > farthest || number < -farthest {
				return
			}
		}
		s := signing{
			cms: forgedCMS{by: people().bruno}, reserve: 1400,
			template: "<< /Type /Sig /SubFilter /adbe.pkcs7.detached " + before +
				" /ByteRange {range} /Contents {contents} " + behind + " >>",
			text: func(h string) string { return "<" + h + inside + ">" },
			numbers: func(open, end, size int) []int {
				return []int{start, open + length, end + after, size - end + rest}
			},
		}
		signed := append(sign(contract(), s), tail...)
		report := check(t, signed, pdfsig.Options{})
		holdsUp(t, signed, report)
		flip := func(i int) []byte {
			changed := bytes.Clone(signed)
			changed[i] ^= max(bits, 1)
			return changed
		}
		if report.Status != pdfsig.StatusWholeFile {
			// no contents are right for a wrong byte range
			position := bytes.Index(signed, []byte("/Contents <")) + len("/Contents <") + int(at%2800)
			if changed := flip(position); check(t, changed, pdfsig.Options{}).Status == pdfsig.StatusWholeFile {
				t.Fatalf("byte %d changed makes %s a WHOLE_FILE", position, report.Status)
			}
			return
		}
		open, end := brute(t, signed, report.Signatures[len(report.Signatures)-1])
		outside := len(signed) - (end - open)
		for n := range 8 { // with one position only, most errors would go unnoticed
			position := (int(at) + n*outside/8) % outside
			if position >= open {
				position += end - open
			}
			changed := flip(position)
			if report := check(t, changed, pdfsig.Options{}); report.Status == pdfsig.StatusWholeFile {
				t.Fatalf("byte %d of %d can be changed", position, len(signed))
			}
		}
		position := open + int(at)%(end-open)
		changed := flip(position)
		holdsUp(t, changed, check(t, changed, pdfsig.Options{}))
	})
}

// This does the same for each byte and each truncation of one file.
func TestEveryByteOfAWholeFileCounts(t *testing.T) {
	signed := with(func(s *signing) {
		s.cms.by, s.cms.certificates, s.reserve = people().bruno, people().bruno.chain[:1], 700
	})
	s := check(t, signed, pdfsig.Options{}).Signatures[0]
	if s.Status != pdfsig.StatusWholeFile {
		t.Fatal(s.Reason)
	}
	open, end := brute(t, signed, s)
	for i := range signed {
		for _, bit := range []byte{1, 0x20} {
			if bit > 1 && i%5 != 0 {
				continue
			}
			changed := bytes.Clone(signed)
			changed[i] ^= bit
			report := check(t, changed, pdfsig.Options{})
			holdsUp(t, changed, report)
			if inside := i > open && i < end-1; !inside && report.Status == pdfsig.StatusWholeFile {
				t.Fatalf("byte %d of %d, %q, can be changed", i, len(signed), signed[i])
			}
		}
	}
	for cut := range signed {
		report := check(t, signed[:cut], pdfsig.Options{})
		holdsUp(t, signed[:cut], report)
		if report.Status == pdfsig.StatusWholeFile || report.Status == pdfsig.StatusUnsigned && cut > len(contract()) {
			t.Fatalf("cut to %d of %d bytes it is %s", cut, len(signed), report.Status)
		}
	}
}
