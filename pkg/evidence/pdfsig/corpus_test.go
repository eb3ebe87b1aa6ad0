package pdfsig_test

import (
	"bytes"
	"compress/gzip"
	"crypto"
	"crypto/fips140"
	"crypto/rand"
	"encoding/asn1"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/danabio/danabio-go/internal/pdf/pdftest"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

const (
	whole    = "WHOLE_FILE: WHOLE_FILE"
	extended = "EXTENDED: EXTENDED"
	earlier  = "SIGNED_REVISION_ONLY: SIGNED_REVISION_ONLY"
	bad      = "INVALID: INVALID"
	unsure   = "INDETERMINATE: INDETERMINATE"
	none     = "UNSIGNED:"
)

// file reads a PDF made by another program, see testdata/make.sh here and in internal/pdf.
func file(name string) []byte {
	own := []string{"poppler-signed", "itext-", "openssl-", "pdfbox-"}
	if !slices.ContainsFunc(own, func(by string) bool { return strings.HasPrefix(name, by) }) {
		content, err := os.ReadFile(filepath.Join("../../../internal/pdf/testdata", name))
		if err != nil {
			panic(err)
		}
		return content
	}
	packed, err := os.Open(filepath.Join("testdata", name+".gz"))
	if err != nil {
		panic(err)
	}
	defer packed.Close()
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		panic(err)
	}
	content, err := io.ReadAll(unpacked)
	if err != nil {
		panic(err)
	}
	return content
}

// once returns the contract signed by ana.
func once() []byte { return sign(contract(), by(people().ana)) }

func by(p *party) signing { return signing{cms: forgedCMS{by: p, time: noon}} }

// with changes the default signing.
func with(change func(s *signing)) []byte {
	s := by(people().ana)
	change(&s)
	return sign(contract(), s)
}

func withCMS(change func(f *forgedCMS)) []byte {
	return with(func(s *signing) { change(&s.cms) })
}

// again signs in the second field.
func again(base []byte, change ...func(s *signing)) []byte {
	s := by(people().bruno)
	s.object, s.other = 7, []numbered{{6, field("second", 7)}}
	for _, one := range change {
		one(&s)
	}
	return sign(base, s)
}

// ranged signs with a different byte range. The signature covers exactly that range.
func ranged(numbers func(open, end, size int) []int) func() []byte {
	return func() []byte { return with(func(s *signing) { s.numbers = numbers }) }
}

// swap replaces a text with another of the same length.
func swap(content []byte, from, to string) []byte {
	if len(from) != len(to) || bytes.Count(content, []byte(from)) != 1 {
		panic("not a replacement in place: " + from)
	}
	return bytes.Replace(content, []byte(from), []byte(to), 1)
}

func rangeText(text string) func() []byte {
	return func() []byte {
		return with(func(s *signing) {
			s.written = func(n []int) string {
				return strings.NewReplacer("a", fmt.Sprint(n[1]), "b", fmt.Sprint(n[2]), "c",
					fmt.Sprint(n[3])).Replace(text)
			}
		})
	}
}

// stamped adds a document time stamp over the whole file.
func stamped(base []byte) []byte { return stampedWith(base, forgedCMS{by: people().stamper}) }

func stampedWith(base []byte, f forgedCMS) []byte {
	return again(base, func(s *signing) {
		s.subFilter = "ETSI.RFC3161"
		s.raw = func(digest func(crypto.Hash) []byte) []byte {
			return stampWith(f, noon, crypto.SHA256, digest(crypto.SHA256))
		}
	})
}

// digested signs the SHA-1 of the covered bytes, or something else.
func digested(change func(f *forgedCMS)) []byte {
	return with(func(s *signing) {
		s.subFilter = "adbe.pkcs7.sha1"
		s.raw = func(digest func(crypto.Hash) []byte) []byte {
			f := s.cms
			f.content = digest(crypto.SHA1)
			change(&f)
			return f.sign(func(h crypto.Hash) []byte { return hashed(h, f.content) })
		}
	})
}

// dss appends the update that PAdES-LT adds after a signature.
func dss(base []byte) []byte {
	return update(base,
		numbered{1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 6 0 R] /SigFlags 3 >> /DSS << /Certs " +
			"[20 0 R] >> >>"},
		numbered{20, "<< /Length 4 >>\nstream\n1234\nendstream"})
}

func nested(depth int, leaf []byte) []byte {
	for range depth {
		leaf = sequence(leaf)
	}
	return leaf
}

// wrapped keeps the two signed parts, moves the second to the end, and inserts another byte range
// and another document between them. A reader that only hashes the named range finds no fault.
func wrapped() []byte {
	signed := with(func(s *signing) {
		s.template = "<< /Type /Sig /SubFilter /adbe.pkcs7.detached /Contents {contents} /ByteRange {range} >>"
	})
	end := bytes.LastIndexByte(signed, '>') // of the trailer
	end = bytes.LastIndex(signed[:end], []byte("> /ByteRange")) + 1
	open := bytes.LastIndexByte(signed[:end], '<')
	table := pdftest.StartXRef(signed) // the signed part names this cross-reference position
	another := numbered{8, page("Pay 900")}
	file := func(second int) []byte {
		out := fmt.Appendf(bytes.Clone(signed[:end]), " /ByteRange [0 %d %06d %d] >>\nendobj\n", open, second,
			len(signed)-end)
		out = append(out, bytes.Repeat([]byte(" "), table-len(out))...)
		find := func(object string) int { return bytes.LastIndex(signed[:open], []byte(object)) }
		head := fmt.Sprintf("xref\n4 2\n%010d 00000 n \n%010d 00000 n \n8 1\n", find("4 0 obj"), find("5 0 obj"))
		tail := fmt.Sprintf("trailer\n<< /Size 100 /Root 1 0 R /Prev %d >>\n", pdftest.StartXRef(contract()))
		const line = "0000000000 00000 n \n"
		out = fmt.Appendf(out, "%s%010d 00000 n \n%s", head, len(out)+len(head)+len(line)+len(tail), tail)
		out = fmt.Appendf(out, "8 0 obj\n%s\nendobj\n", another.text)
		return append(out, signed[end:]...)
	}
	return file(len(file(0)) - len(signed) + end)
}

// besides returns a contract that ana signed, and bruno in the same CMS.
func besides(change func(f *forgedCMS)) func() []byte {
	return func() []byte {
		return withCMS(func(f *forgedCMS) {
			f.beside = &forgedCMS{by: people().bruno}
			change(f.beside)
		})
	}
}

// tokenOf returns a contract that ana signed, with a time stamp in the given CMS.
func tokenOf(token forgedCMS) func() []byte {
	return func() []byte {
		return withCMS(func(f *forgedCMS) {
			f.stamp = func(value []byte) []byte {
				return stampWith(token, noon, crypto.SHA256, hashed(crypto.SHA256, value))
			}
		})
	}
}

// bareRSA returns an RSA signature without a CMS.
func bareRSA(hash crypto.Hash) func() []byte {
	return func() []byte {
		return with(func(s *signing) {
			s.subFilter, s.entries = "adbe.x509.rsa_sha1", fmt.Sprintf("/Cert <%x>", people().ana.certificate().Raw)
			s.raw = func(digest func(crypto.Hash) []byte) []byte {
				value, err := people().ana.key.Sign(rand.Reader, digest(hash), hash)
				if err != nil {
					panic(err)
				}
				return marshal(value)
			}
		})
	}
}

// raw signs with bytes that may not be a CMS.
func raw(content func() []byte, reserve int) func() []byte {
	return func() []byte {
		return with(func(s *signing) {
			s.reserve = reserve
			s.raw = func(func(crypto.Hash) []byte) []byte { return content() }
		})
	}
}

// corpus lists PDFs with the expected result: the status of the file, the statuses of its
// signatures in the order of their ends, and the codes of its findings.
var corpus = []struct {
	name  string
	build func() []byte
	want  string
	codes string
}{
	// sound ones
	{"RSA", once, whole, ""},
	{"ECDSA", func() []byte { return sign(contract(), by(people().bruno)) }, whole, ""},
	{"SHA-384", func() []byte { return withCMS(func(f *forgedCMS) { f.hash = crypto.SHA384 }) }, whole, ""},
	{"ECDSA with SHA-512",
		func() []byte { return withCMS(func(f *forgedCMS) { f.by, f.hash = people().bruno, crypto.SHA512 }) }, whole,
		""},
	{"PAdES with the certificate named", func() []byte {
		return with(func(s *signing) {
			s.subFilter, s.cms.signingCertified = "ETSI.CAdES.detached", people().ana.certificate()
		})
	}, whole, ""},
	{"twice", func() []byte { return again(once()) }, "WHOLE_FILE: SIGNED_REVISION_ONLY WHOLE_FILE", ""},
	{"three times", func() []byte {
		return again(again(once()), func(s *signing) {
			s.object, s.other = 30, []numbered{{31, field("third", 30)},
				{1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 6 0 R 31 0 R] /SigFlags 3 >> >>"}}
		})
	}, "WHOLE_FILE: SIGNED_REVISION_ONLY SIGNED_REVISION_ONLY WHOLE_FILE", ""},
	{"first signed by the base, not in an update", func() []byte {
		s := by(people().ana)
		s.build = func(_ []byte, objects ...numbered) []byte {
			return pdftest.Table(append(pdftest.Pages("/AcroForm << /Fields [4 0 R] >>", ""), field("signer", 5),
				objects[len(objects)-1].text)...)
		}
		return sign(nil, s)
	}, whole, ""},
	{"time stamp of the signature", func() []byte {
		return withCMS(func(f *forgedCMS) { f.stamp = stampBy(people().stamper, noon, crypto.SHA256) })
	}, whole, ""},
	{"document time stamp behind a signature", func() []byte { return stamped(once()) },
		"EXTENDED: EXTENDED WHOLE_FILE", "validation-data"},
	{"document time stamp alone", func() []byte { return stamped(contract()) }, whole, "time-stamp-unknown"},
	{"BER with indefinite lengths", func() []byte { return withCMS(func(f *forgedCMS) { f.indefinite = true }) }, whole,
		""},
	{"hexadecimal in capitals", func() []byte {
		signed := once()
		at := bytes.LastIndex(signed, []byte("/Contents <")) + len("/Contents <")
		copy(signed[at:], bytes.ToUpper(signed[at:at+2*usualRoom]))
		return signed
	}, whole, ""},
	{"no final newline", func() []byte {
		s := by(people().ana)
		s.build = func(base []byte, objects ...numbered) []byte { return bytes.TrimSpace(update(base, objects...)) }
		return sign(contract(), s)
	}, whole, ""},
	{"junk before the header", func() []byte {
		return sign(append([]byte("HTTP/1.1 200 OK\r\n\r\n"), contract()...),
			by(people().ana))
	}, whole, ""},
	{"certified by its author", func() []byte {
		return with(func(s *signing) {
			s.entries = "/Reference [<< /TransformMethod /DocMDP /TransformParams << /P 1 >> >>]"
		})
	}, whole, ""},
	{"dictionary inside its field", func() []byte {
		return with(func(s *signing) {
			s.object, s.other = 4, []numbered{}
			s.template = "<< /FT /Sig /T (signer) /V << /Type /Sig /SubFilter /adbe.pkcs7.detached /ByteRange " +
				"{range} /Contents {contents} >> >>"
		})
	}, whole, ""},
	{"digest of the digest", func() []byte { return digested(func(*forgedCMS) {}) }, whole, "weak-digest"},
	{"signpdf", func() []byte { return file("signpdf.pdf") }, whole, ""},
	{"signpdf, signed again by us", func() []byte {
		s := by(people().ana)
		s.object, s.other = 90, []numbered{{91, field("another", 90)}}
		return sign(file("signpdf.pdf"), s)
	}, "WHOLE_FILE: SIGNED_REVISION_ONLY WHOLE_FILE", ""},

	{"iText, validation data", func() []byte { return file("itext-lt.pdf") }, extended, "validation-data"},
	{"iText, validation data and a document time stamp", func() []byte { return file("itext-lta.pdf") },
		"EXTENDED: EXTENDED WHOLE_FILE", "validation-data"},
	{"iText, the same renewed", func() []byte { return file("itext-lta-twice.pdf") },
		"EXTENDED: EXTENDED EXTENDED WHOLE_FILE", "validation-data"},
	{"iText, signed again behind a document time stamp", func() []byte { return file("itext-lta-signed.pdf") },
		"WHOLE_FILE: SIGNED_REVISION_ONLY SIGNED_REVISION_ONLY WHOLE_FILE", ""},
	{"iText, certified and signed", func() []byte { return file("itext-certified-twice.pdf") },
		"WHOLE_FILE: SIGNED_REVISION_ONLY WHOLE_FILE", ""},
	{"iText, signed twice, and validation data", func() []byte { return file("itext-twice-lt.pdf") },
		"EXTENDED: SIGNED_REVISION_ONLY EXTENDED", "validation-data"},
	{"PDFBox, three times, and each in a new field", func() []byte { return file("pdfbox-new-fields.pdf") },
		"WHOLE_FILE: SIGNED_REVISION_ONLY SIGNED_REVISION_ONLY WHOLE_FILE", ""},
	{"PDFBox, in fields that were there", func() []byte { return file("pdfbox-old-fields.pdf") },
		"WHOLE_FILE: SIGNED_REVISION_ONLY WHOLE_FILE", ""},
	{"poppler", func() []byte { return file("poppler-signed.pdf") }, whole, ""},
	{"poppler, twice", func() []byte { return file("poppler-signed-twice.pdf") },
		"WHOLE_FILE: SIGNED_REVISION_ONLY WHOLE_FILE", ""},
	{"poppler, behind a cross-reference stream", func() []byte { return file("poppler-signed-stream.pdf") }, whole, ""},
	{"poppler, behind object streams", func() []byte { return file("poppler-signed-object-streams.pdf") }, whole, ""},
	{"poppler, in a form", func() []byte { return file("poppler-signed-form.pdf") }, whole, ""},
	{"poppler, first of two revisions",
		func() []byte { return file("poppler-signed-twice.pdf")[:len(file("poppler-signed.pdf"))] }, whole, ""},

	{"two signers", besides(func(*forgedCMS) {}), whole, ""},
	{"signer by key identifier", func() []byte { return withCMS(func(f *forgedCMS) { f.keyID = true }) }, whole, ""},
	{"RSA-PSS", func() []byte { return withCMS(func(f *forgedCMS) { f.pss = true }) }, whole, ""},
	{"SHA-3", func() []byte { return withCMS(func(f *forgedCMS) { f.hash = crypto.SHA3_256 }) }, whole, ""},
	{"ECDSA with SHA-3",
		func() []byte { return withCMS(func(f *forgedCMS) { f.by, f.hash = people().bruno, crypto.SHA3_256 }) }, whole,
		""},

	// unusual ones that are valid
	{"MD5", func() []byte { return withCMS(func(f *forgedCMS) { f.hash = crypto.MD5 }) }, bad,
		"signature-digest-broken"},
	{"SHA-1", func() []byte { return withCMS(func(f *forgedCMS) { f.hash = crypto.SHA1 }) }, whole, "weak-digest"},
	{"no signed attributes", func() []byte { return withCMS(func(f *forgedCMS) { f.bare = true }) }, whole,
		"no-signed-attributes"},
	{"attributes signed in another order than DER's", func() []byte {
		return withCMS(func(f *forgedCMS) {
			f.unsorted, f.more = true, [][2]any{{oidFirst, "x"}}
		})
	}, whole, ""},
	{"more behind the signers, which nobody signed",
		func() []byte { return withCMS(func(f *forgedCMS) { f.behind = "hello" }) },
		unsure, "signature-cms-unsupported"},
	{"content inside a detached signature",
		func() []byte { return withCMS(func(f *forgedCMS) { f.content = []byte("x") }) }, bad,
		"signature-content-inside"},
	{"signing time outside the certificate's validity", func() []byte {
		return withCMS(func(f *forgedCMS) { f.time = noon.AddDate(-3, 0, 0) })
	}, whole, "signing-time"},
	{"no field", func() []byte { return with(func(s *signing) { s.other = []numbered{} }) }, whole,
		"signature-no-field"},
	{"signature's time stamp over something else", func() []byte {
		return withCMS(func(f *forgedCMS) {
			f.stamp = func([]byte) []byte { return stampBy(people().stamper, noon, crypto.SHA256)([]byte("x")) }
		})
	}, whole, "time-stamp"},
	{"signature's time stamp of a SHA-1", func() []byte {
		return withCMS(func(f *forgedCMS) { f.stamp = stampBy(people().stamper, noon, crypto.SHA1) })
	}, whole, "weak-digest"},
	{"signature's time stamp signed with SHA-1", tokenOf(forgedCMS{by: people().stamper, hash: crypto.SHA1}), whole,
		"weak-digest"},
	{"signature's time stamp of an MD5", func() []byte {
		return withCMS(func(f *forgedCMS) { f.stamp = stampBy(people().stamper, noon, crypto.MD5) })
	}, whole, "time-stamp"},
	{"signature's time stamp with an unsigned attribute that nobody knows",
		tokenOf(forgedCMS{by: people().stamper, unsigned: [][2]any{{oidFirst, "x"}}}), whole,
		"signature-unsigned-attribute"},
	{"signature's time stamp by two",
		tokenOf(forgedCMS{by: people().stamper, beside: &forgedCMS{by: people().stamper, claimedType: oidStampInfo}}),
		whole, "time-stamp"},
	{"signature's time stamp that is none", func() []byte {
		return withCMS(func(f *forgedCMS) { f.stamp = func([]byte) []byte { return marshal("x") } })
	}, whole, "time-stamp"},
	{"an object that cannot be read", func() []byte {
		return sign(update(contract(), numbered{50, "@ no object"}), by(people().ana))
	}, whole, "pdf-unreadable-object"},

	// changed after signing: incremental saving and shadow attacks
	{"one byte behind", func() []byte { return append(once(), '\n') }, earlier, "later-revision"},
	{"junk behind", func() []byte { return append(once(), bytes.Repeat([]byte{0, 0xFF}, 5000)...) }, earlier,
		"later-revision"},
	{"incremental saving: another amount", func() []byte { return update(once(), numbered{8, page("Pay 900")}) },
		earlier, "later-revision"},
	{"incremental saving: pages without an update's end", func() []byte {
		return append(once(), "\n3 0 obj\n<< /Type /Page /Parent 2 0 R /Contents 99 0 R >>\nendobj\n"...)
	}, earlier, "later-revision"},
	{"incremental saving: the signature copied with its old byte range", func() []byte {
		signed := once()
		at := bytes.LastIndex(signed, []byte("5 0 obj\n")) + len("5 0 obj\n")
		end := at + bytes.Index(signed[at:], []byte("\nendobj"))
		return update(signed, numbered{8, page("Pay 900")}, numbered{5, string(signed[at:end])})
	}, "INVALID: INVALID SIGNED_REVISION_ONLY", "signature-byte-range signature-superseded"},
	{"shadow: what was hidden is shown", func() []byte {
		base := update(contract(), numbered{21, "<< /Type /Pages /Kids [22 0 R] /Count 1 >>"},
			numbered{22, "<< /Type /Page /Parent 21 0 R /Contents 23 0 R >>"}, numbered{23, page("Pay 900")})
		return update(sign(base, by(people().ana)),
			numbered{1, "<< /Type /Catalog /Pages 21 0 R /AcroForm << /Fields [4 0 R] >> >>"})
	}, earlier, "later-revision"},
	{"shadow: only the cross-reference is replaced", func() []byte {
		signed := sign(update(contract(), numbered{23, page("Pay 900")}), by(people().ana))
		at := bytes.Index(signed, []byte("23 0 obj"))
		start := len(signed)
		return fmt.Appendf(signed, "xref\n23 1\n%010d 00000 n \ntrailer\n<< /Size 100 /Root 1 0 R /Prev %d "+
			">>\nstartxref\n%d\n%%%%EOF\n", at, pdftest.StartXRef(signed), start)
	}, earlier, "later-revision"},
	{"validation data behind the signature", func() []byte { return dss(once()) }, extended, "validation-data"},
	{"validation data and a document time stamp", func() []byte { return stamped(dss(once())) },
		"EXTENDED: EXTENDED WHOLE_FILE", "validation-data"},
	{"another amount under a document time stamp",
		func() []byte { return stamped(update(once(), numbered{8, page("Pay 900")})) },
		"SIGNED_REVISION_ONLY: SIGNED_REVISION_ONLY WHOLE_FILE", "later-revision"},
	{"another amount under a second signature",
		func() []byte { return again(update(once(), numbered{8, page("Pay 900")})) },
		"SIGNED_REVISION_ONLY: SIGNED_REVISION_ONLY WHOLE_FILE", "later-revision"},
	{"signature freed by an update",
		func() []byte { return update(once(), numbered{4, field("signer", 99)}, numbered{5, ""}) },
		earlier, "later-revision signature-superseded"},
	{"first of two signatures overwritten by an update",
		func() []byte { return update(again(once()), numbered{5, "null"}) },
		"SIGNED_REVISION_ONLY: SIGNED_REVISION_ONLY SIGNED_REVISION_ONLY", "later-revision signature-superseded"},
	{"room for a signature, overwritten by the signature", func() []byte {
		return sign(update(contract(), numbered{5, "<< /Type /Sig /ByteRange [0 1 2 3] /Contents <00> >>"}),
			by(people().ana))
	}, whole, "signature-superseded"},
	{"signature broken and overwritten",
		func() []byte { return update(swap(once(), "Pay 100", "Pay 900"), numbered{5, "null"}) }, bad,
		"signature-digest-mismatch"},
	{"signature overwritten by an update", func() []byte { return update(once(), numbered{5, "null"}) },
		earlier, "later-revision signature-superseded"},

	{"poppler, updated", func() []byte { return update(file("poppler-signed.pdf"), numbered{99, "(later)"}) }, earlier,
		"later-revision"},
	{"poppler, one byte behind", func() []byte { return append(file("poppler-signed-stream.pdf"), '\n') }, earlier,
		"later-revision"},
	{"poppler, one byte of the page changed", func() []byte {
		changed := file("poppler-signed.pdf")
		changed[350] ^= 1
		return changed
	}, bad, "signature-digest-mismatch"},

	// changed bytes
	{"another amount in place", func() []byte { return swap(once(), "Pay 100", "Pay 900") }, bad,
		"signature-digest-mismatch"},
	{"another amount in place, without signed attributes", func() []byte {
		return swap(withCMS(func(f *forgedCMS) { f.bare = true }), "Pay 100", "Pay 900")
	}, bad, "signature-mismatch"},
	{"another amount in place under a document time stamp alone",
		func() []byte { return swap(stamped(contract()), "Pay 100", "Pay 900") }, bad, "signature-digest-mismatch"},
	{"first of two signatures changed", func() []byte {
		signed := again(once())
		at := bytes.Index(signed, []byte("Pay 100"))
		signed[at+4] = '9'
		return signed
	}, "INVALID: INVALID INVALID", "signature-digest-mismatch"},
	{"cut by a little", func() []byte { s := once(); return s[:len(s)-20] }, "INDETERMINATE:",
		"pdf-structure signature-unreached"},
	{"cut to half", func() []byte { s := once(); return s[:len(s)/2] }, "INDETERMINATE:",
		"pdf-structure signature-unreached"},
	{"cut to what was there before", func() []byte { return once()[:len(contract())] }, none, "unsigned"},

	// signature wrapping and tricks with the byte range; the bytes in the range are signed
	{"range starts at 10", ranged(func(o, e, n int) []int { return []int{10, o - 10, e, n - e} }), bad,
		"signature-byte-range"},
	{"range starts at 10 and goes on 10 bytes longer",
		ranged(func(o, e, n int) []int { return []int{10, o, e, n - e} }), bad, "signature-byte-range"},
	{"gap wider in front", ranged(func(o, e, n int) []int { return []int{0, o - 40, e, n - e} }), bad,
		"signature-byte-range"},
	{"gap wider behind", ranged(func(o, e, n int) []int { return []int{0, o, e + 2, n - e - 2} }), bad,
		"signature-byte-range"},
	{"gap without the brackets", ranged(func(o, e, n int) []int { return []int{0, o + 1, e - 1, n - e + 1} }), bad,
		"signature-byte-range"},
	{"parts that overlap", ranged(func(o, e, n int) []int { return []int{0, e + 1, e, n - e} }), bad,
		"signature-byte-range"},
	{"second part first", ranged(func(o, e, n int) []int { return []int{e, n - e, 0, o} }), bad,
		"signature-byte-range"},
	{"no gap at all", ranged(func(o, e, n int) []int { return []int{0, o, o, n - o} }), bad, "signature-byte-range"},
	{"ends behind the file", ranged(func(o, e, n int) []int { return []int{0, o, e, n - e + 1} }), bad,
		"signature-byte-range"},
	{"ends far behind the file", rangeText("[0 a b 9223372036854775807]"), bad, "signature-byte-range"},
	{"ends inside the dictionary", ranged(func(o, e, n int) []int { return []int{0, o, e, 1} }), bad,
		"signature-byte-range"},
	{"ends before the revision does", ranged(func(o, e, n int) []int { return []int{0, o, e, n - e - 30} }), bad,
		"signature-revision"},
	{"revision that does not know the signature", func() []byte {
		signed := with(func(s *signing) {
			s.build = func(base []byte, objects ...numbered) []byte {
				last := objects[len(objects)-1]
				unlisted := fmt.Appendf(base, "%d 0 obj\n%s\nendobj\n", last.number, last.text)
				return updateWith(unlisted, fmt.Sprintf("/Prev %d", pdftest.StartXRef(base)),
					objects[:len(objects)-1]...)
			}
		})
		return fmt.Appendf(signed,
			"xref\n5 1\n%010d 00000 n \ntrailer\n<< /Size 100 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n",
			bytes.Index(signed, []byte("5 0 obj")), pdftest.StartXRef(signed), len(signed))
	}, bad, "signature-revision"},
	{"negative start", rangeText("[-0 a b -1]"), bad, "signature-byte-range"},
	{"negative length", rangeText("[0 -1 b c]"), bad, "signature-byte-range"},
	{"two numbers", rangeText("[0 a]"), bad, "signature-byte-range"},
	{"five numbers", rangeText("[0 a b c 0]"), bad, "signature-byte-range"},
	{"six numbers", rangeText("[0 a b c 0 0]"), bad, "signature-byte-range"},
	{"real numbers", rangeText("[0.0 a b c]"), bad, "signature-byte-range"},
	{"numbers beyond 64 bits", rangeText("[0 a b 18446744073709551616]"), bad, "signature-byte-range"},
	{"range that is not an array", rangeText("a"), bad, "signature-byte-range"},
	{"range by reference", func() []byte {
		return with(func(s *signing) {
			s.template = "<< /Type /Sig /SubFilter /adbe.pkcs7.detached /ByteRange 9 0 R /Contents {contents} >>"
			s.other = []numbered{{4, field("signer", 5)}, {9, rangeRoom}}
		})
	}, bad, "signature-byte-range"},
	{"number by reference", rangeText("[0 a b 9 0 R]"), bad, "signature-byte-range"},
	{"range null", rangeText("null"), bad, "signature-byte-range"},
	{"wrapping: something else between the parts", wrapped, bad, "signature-byte-range"},

	// signature forgery: required parts are missing or wrong
	{"no byte range", func() []byte {
		return update(contract(), numbered{4, field("signer", 5)},
			numbered{5, "<< /Type /Sig /SubFilter /adbe.pkcs7.detached /Contents <00> >>"})
	}, bad, "signature-byte-range"},
	{"no contents", func() []byte {
		return update(contract(), numbered{4, field("signer", 5)},
			numbered{5, "<< /Type /Sig /SubFilter /adbe.pkcs7.detached /ByteRange [0 1 2 3] >>"})
	}, bad, "signature-contents"},
	{"contents null", func() []byte {
		return update(contract(), numbered{4, field("signer", 5)},
			numbered{5, "<< /Type /Sig /ByteRange [0 1 2 3] /Contents null >>"})
	}, bad, "signature-contents"},
	{"contents by reference", func() []byte {
		return update(contract(), numbered{4, field("signer", 5)},
			numbered{5, "<< /Type /Sig /ByteRange [0 1 2 3] /Contents 9 0 R >>"}, numbered{9, "<3000>"})
	}, bad, "signature-contents"},
	{"an empty dictionary as a field's value", func() []byte {
		return update(contract(), numbered{4, field("signer", 5)}, numbered{5, "<< >>"})
	}, bad, "signature-contents"},
	{"a number as a field's value", func() []byte {
		return update(contract(), numbered{4, field("signer", 5)}, numbered{5, "17"})
	}, bad, "signature-contents"},
	{"value of a field whose parent says that it is a signature", func() []byte {
		return update(contract(), numbered{4, "<< /T (x) /Parent 9 0 R /V 5 0 R >>"},
			numbered{9, "<< /FT /Sig /T (above) >>"}, numbered{5, "<< /A 1 >>"})
	}, bad, "signature-contents"},
	{"known by its byte range only", func() []byte {
		return update(contract(), numbered{5, "<< /ByteRange [0 1 2 3] /Contents <00> >>"})
	}, bad, "signature-byte-range"},
	{"known by its SubFilter and contents only", func() []byte {
		return update(contract(), numbered{5, "<< /SubFilter /adbe.pkcs7.detached /Contents <00> >>"})
	}, bad, "signature-byte-range"},
	{"known by its type only", func() []byte { return update(contract(), numbered{5, "<< /Type /DocTimeStamp >>"}) },
		bad, "signature-contents"},
	{"contents empty", raw(func() []byte { return nil }, 1), bad, "signature-cms"},
	{"contents zero", raw(func() []byte { return nil }, usualRoom), bad, "signature-cms"},
	{"contents literal", func() []byte {
		return with(func(s *signing) { s.text = func(h string) string { return "(" + h + ")" } })
	}, bad, "signature-contents"},
	{"contents twice", func() []byte { return with(func(s *signing) { s.entries = "/Contents <00>" }) }, bad,
		"signature-duplicate-key"},
	{"byte range twice", func() []byte { return with(func(s *signing) { s.entries = "/ByteRange [0 1 2 3]" }) }, bad,
		"signature-duplicate-key"},
	{"contents twice, once escaped", func() []byte { return with(func(s *signing) { s.entries = "/#43ontents <00>" }) },
		bad, "signature-duplicate-key"},
	{"in an object stream", func() []byte {
		return pdftest.Stream(4, append(pdftest.Pages("/AcroForm << /Fields [4 0 R] >>", ""), field("signer", 5),
			"<< /Type /Sig /ByteRange [0 1 2 3] /Contents <00> >>")...)
	}, bad, "signature-object-stream"},
	{"decoy in a stream", func() []byte {
		text := "9 0 obj << /Type /Sig /ByteRange [0 1 2 3] /Contents <00> >> endobj"
		return update(contract(), numbered{9, fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(text), text)})
	}, none, "unsigned"},
	{"decoy in a comment and in a string", func() []byte {
		return update(contract(), numbered{9, "(<< /Type /Sig >>)\n% << /Type /Sig /ByteRange [0 1 2 3] >>"})
	}, none, "unsigned"},

	// broken and foreign CMS
	{"CMS with a wrong signature", func() []byte { return withCMS(func(f *forgedCMS) { f.spoil = true }) }, bad,
		"signature-mismatch"},
	{"CMS by another key", func() []byte {
		return withCMS(func(f *forgedCMS) { f.by = &party{people().bruno.key, people().ana.chain} })
	}, bad, "signature-mismatch"},
	{"CMS cut", raw(func() []byte { return forgedCMS{by: people().ana}.sign(empty)[:500] }, 500), bad, "signature-cms"},
	{"CMS with another digest in its attributes", func() []byte {
		return with(func(s *signing) { s.raw = func(func(crypto.Hash) []byte) []byte { return s.cms.sign(empty) } })
	}, bad, "signature-digest-mismatch"},
	{"CMS with half a digest in its attributes", func() []byte {
		return with(func(s *signing) {
			s.raw = func(digest func(crypto.Hash) []byte) []byte {
				return s.cms.sign(func(h crypto.Hash) []byte { return digest(h)[:16] })
			}
		})
	}, bad, "signature-digest-mismatch"},
	{"RSA signature under the name of ECDSA", func() []byte {
		return withCMS(func(f *forgedCMS) { f.algorithm = ecdsaOIDs[crypto.SHA256] })
	}, bad, "signature-mismatch"},
	{"CMS with two digests in its attributes", func() []byte {
		return withCMS(func(f *forgedCMS) { f.more = [][2]any{{oidDigestIs, make([]byte, 32)}} })
	}, bad, "signature-attributes"},
	{"CMS with another content type in its attributes", func() []byte {
		return withCMS(func(f *forgedCMS) { f.claimedType = oidStampInfo })
	}, bad, "signature-attributes"},
	{"CMS with another certificate over the same key", func() []byte {
		return withCMS(func(f *forgedCMS) {
			f.signingCertified = f.by.certificate()
			f.by = &party{f.by.key, append(append(f.by.chain[:0:0], people().impostor), people().stampRoot.chain...)}
		})
	}, bad, "signature-certificate"},
	{"CMS without certificates",
		func() []byte { return withCMS(func(f *forgedCMS) { f.certificates = people().stampRoot.chain }) }, unsure,
		"signature-certificate-missing"},
	{"two signers, one of whom did not sign", besides(func(f *forgedCMS) { f.spoil = true }), bad,
		"signature-mismatch"},
	{"two signers, one of whom is not judged", besides(func(f *forgedCMS) { f.algorithm = oidFirst }), unsure,
		"signature-algorithm"},
	{"two signers, one of whom did not sign and the other is not judged", func() []byte {
		return withCMS(func(f *forgedCMS) {
			f.algorithm, f.beside = oidFirst, &forgedCMS{by: people().bruno, algorithm: digestOIDs[crypto.MD5],
				hash: crypto.MD5}
		})
	}, bad, "signature-digest-broken"},
	{"two signers, one of whom has a broken digest",
		besides(func(f *forgedCMS) { f.hash = crypto.MD5; f.algorithm = ecdsaOIDs[crypto.SHA1] }), bad,
		"signature-digest-broken"},
	{"two signers, one of whom used a weak digest", besides(func(f *forgedCMS) { f.hash = crypto.SHA1 }), whole,
		"weak-digest"},
	{"signer by another's key identifier", func() []byte {
		return withCMS(func(f *forgedCMS) { f.keyID = true; f.certificates = people().stampRoot.chain })
	}, unsure, "signature-certificate-missing"},
	{"RSA-PSS with a wrong signature",
		func() []byte { return withCMS(func(f *forgedCMS) { f.pss, f.spoil = true, true }) }, bad,
		"signature-mismatch"},
	{"unsigned attribute that nobody knows", func() []byte {
		return withCMS(func(f *forgedCMS) { f.unsigned = [][2]any{{oidFirst, "<script>"}} })
	}, whole, "signature-unsigned-attribute"},
	{"unsigned attribute that is known", func() []byte {
		return withCMS(func(f *forgedCMS) {
			f.unsigned = [][2]any{{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 24}, "x"}}
		})
	}, whole, ""},
	{"RSA key of 512 bits", func() []byte { return sign(contract(), by(withKey(512))) }, unsure, "signature-algorithm"},
	{"RSA key of 16,392 bits",
		func() []byte { return with(func(s *signing) { s.cms.by, s.reserve = withKey(16392), 9000 }) }, unsure,
		"signature-limit"},
	{"algorithms that disagree", func() []byte {
		return withCMS(func(f *forgedCMS) { f.algorithm = []int{1, 2, 840, 113549, 1, 1, 13} })
	}, unsure, "signature-algorithm"},
	{"text for a CMS", raw(func() []byte { return []byte("this is no CMS at all") }, 64), bad, "signature-cms"},
	{"DER that is no CMS", raw(func() []byte { return sequence(marshal(1)) }, 64), bad, "signature-cms"},
	{"certificate for a CMS", raw(func() []byte { return people().ana.certificate().Raw }, usualRoom), bad,
		"signature-cms"},
	{"CMS that is encrypted data", raw(func() []byte {
		return sequence(marshal(oidEnveloped), element(0xA0, sequence(marshal(1))))
	}, 64), bad, "signature-cms"},
	{"signed data with nothing in it",
		raw(func() []byte { return sequence(marshal(oidSigned), element(0xA0, sequence())) }, 64), unsure,
		"signature-cms-unsupported"},
	{"31 levels of DER", raw(func() []byte { return nested(31, nil) }, 256), bad, "signature-cms"},
	{"33 levels of DER", raw(func() []byte { return nested(33, nil) }, 256), unsure, "signature-limit"},
	{"183 kB of nested DER", raw(func() []byte { return nested(100, bytes.Repeat([]byte{0x30, 0x00}, 90_000)) },
		200_000), unsure, "signature-limit"},
	{"500 kB of nested BER", raw(func() []byte { return bytes.Repeat([]byte{0x30, 0x80}, 250_000) }, 500_000), unsure,
		"signature-limit"},
	{"CMS above 1 MiB", raw(func() []byte { return sequence(marshal(make([]byte, 1<<20))) }, 1<<20+100), unsure,
		"signature-limit"},
	{"digest of the digest, with a wrong signature",
		func() []byte { return digested(func(f *forgedCMS) { f.spoil = true }) }, bad, "signature-mismatch"},
	{"digest of another digest",
		func() []byte { return digested(func(f *forgedCMS) { f.content = empty(crypto.SHA1) }) }, bad,
		"signature-digest-mismatch"},
	{"document time stamp with a wrong signature",
		func() []byte { return stampedWith(contract(), forgedCMS{by: people().stamper, spoil: true}) }, bad,
		"signature-mismatch"},
	{"document time stamp without signed attributes",
		func() []byte { return stampedWith(contract(), forgedCMS{by: people().stamper, bare: true}) }, bad,
		"signature-attributes"},
	{"signature's time stamp with a wrong signature", func() []byte {
		return withCMS(func(f *forgedCMS) {
			f.stamp = func(value []byte) []byte {
				return stampWith(forgedCMS{by: people().stamper, spoil: true}, noon, crypto.SHA256,
					hashed(crypto.SHA256, value))
			}
		})
	}, whole, "time-stamp"},
	{"document time stamp over something else", func() []byte {
		return again(contract(), func(s *signing) {
			s.subFilter = "ETSI.RFC3161"
			s.raw = func(func(crypto.Hash) []byte) []byte {
				return stampDigest(people().stamper, noon, crypto.SHA256, empty(crypto.SHA256))
			}
		})
	}, bad, "signature-digest-mismatch"},
	{"signature in place of a document time stamp",
		func() []byte { return with(func(s *signing) { s.subFilter = "ETSI.RFC3161" }) }, bad, "signature-cms"},
	{"document time stamp in place of a signature", func() []byte {
		return with(func(s *signing) {
			s.raw = func(digest func(crypto.Hash) []byte) []byte {
				return stampDigest(people().stamper, noon, crypto.SHA256, digest(crypto.SHA256))
			}
		})
	}, bad, "signature-content-inside"},

	// unsupported algorithms and formats
	{"adbe.x509.rsa_sha1 without a certificate",
		func() []byte { return with(func(s *signing) { s.subFilter = "adbe.x509.rsa_sha1" }) },
		unsure, "signature-certificate-missing"},
	{"adbe.x509.rsa_sha1 with SHA-512 in it", bareRSA(crypto.SHA512), whole, ""},
	{"adbe.x509.rsa_sha1 with MD5 in it", bareRSA(crypto.MD5), bad, "signature-digest-broken"},
	{"adbe.x509.rsa_sha1 with a CMS", func() []byte {
		return with(func(s *signing) {
			s.subFilter, s.entries = "adbe.x509.rsa_sha1", fmt.Sprintf("/Cert <%x>", people().ana.certificate().Raw)
		})
	}, bad, "signature-cms"},
	{"adbe.x509.rsa_sha1 with a certificate that is none", func() []byte {
		return with(func(s *signing) { s.subFilter, s.entries = "adbe.x509.rsa_sha1", "/Cert [<3000> 1 null]" })
	}, unsure, "signature-certificate-missing"},
	{"unknown SubFilter", func() []byte { return with(func(s *signing) { s.subFilter = "X" }) }, unsure,
		"signature-sub-filter"},
	{"SubFilter by reference", func() []byte {
		return with(func(s *signing) {
			s.template = "<< /Type /Sig /SubFilter 9 0 R /ByteRange {range} /Contents {contents} >>"
		})
	}, unsure, "signature-sub-filter"},
	{"a password that is needed", func() []byte { return file("encrypted-object-streams.pdf") }, "INDETERMINATE:",
		"pdf-encrypted"},
	{"an encryption that is not known", func() []byte {
		return pdftest.TableWith("/Encrypt << /Filter /Adobe.PubSec /V 4 >>", pdftest.Pages("", "")...)
	}, "INDETERMINATE:", "pdf-encrypted"},
	{"encryption added by an update", func() []byte {
		return updateWith(once(), fmt.Sprintf("/Encrypt 9 0 R /Prev %d", pdftest.StartXRef(once())),
			numbered{9, "<< >>"})
	}, "INDETERMINATE:", "pdf-encrypted"},
	{"no cross-reference", func() []byte { return bytes.ReplaceAll(once(), []byte("startxref"), []byte("startyref")) },
		"INDETERMINATE:", "pdf-structure"},
	{"cross-reference that points nowhere", func() []byte {
		return append(once(), "startxref\n7\n%%EOF\n"...)
	}, "INDETERMINATE:", "pdf-structure"},
	{"cross-reference in a loop", func() []byte {
		signed := once()
		return updateWith(signed, fmt.Sprintf("/Prev %d", len(signed)), numbered{}) // points to itself
	}, "INDETERMINATE:", "pdf-structure"},
	{"empty", func() []byte { return nil }, "UNSIGNED:", "pdf-damaged unsigned"},
	{"text", func() []byte { return []byte("hello") }, "UNSIGNED:", "pdf-damaged unsigned"},
	{"damaged, and not signed", func() []byte { return contract()[:len(contract())/2] }, "UNSIGNED:",
		"pdf-damaged unsigned"},
	{"damaged, with a signature whose key is written in numbers", func() []byte {
		return append(contract()[:len(contract())/2], "<< /#42yteR#61n#67#65 [0 1 2 3] >>"...)
	}, "INDETERMINATE:", "pdf-structure"},
	{"damaged far in front of a signature", func() []byte {
		const far = 1<<20 - 4 // the boundary between two parts that are read in sequence
		return append(append(bytes.Clone(contract()[:100]), make([]byte, far-100)...), "/ByteRange"...)
	}, "INDETERMINATE:", "pdf-structure"},
	{"no signature, and an object that cannot be read",
		func() []byte { return update(contract(), numbered{50, "@ no object"}) },
		"UNSIGNED:", "pdf-unreadable-object unsigned"},
	{"no signature but a sign of one, and an object that cannot be read", func() []byte {
		return update(contract(), numbered{50, "@ /ByteRange"})
	}, "INDETERMINATE:", "pdf-structure signature-unreached"},
	{"more signatures than are judged", func() []byte {
		var many []numbered
		for n := range 101 {
			many = append(many, numbered{100 + n, "<< /Type /Sig >>"})
		}
		return update(contract(), many...)
	}, "INVALID:" + strings.Repeat(" INVALID", 100), "signature-contents signature-limit"},

	// encrypted with an empty password
	{"iText, RC4", func() []byte { return file("itext-rc4-lta.pdf") }, "EXTENDED: EXTENDED WHOLE_FILE",
		"validation-data"},
	{"iText, AES-128", func() []byte { return file("itext-aes128-lta.pdf") }, "EXTENDED: EXTENDED WHOLE_FILE",
		"validation-data"},
	{"iText, AES-256", func() []byte { return file("itext-aes256-lta.pdf") }, "EXTENDED: EXTENDED WHOLE_FILE",
		"validation-data"},
	{"RC4 without a signature", func() []byte { return file("encrypted-empty-rc4.pdf") }, none, "unsigned"},
	{"AES-128 without a signature", func() []byte { return file("encrypted-empty-aes128.pdf") }, none, "unsigned"},
	{"AES-256 without a signature", func() []byte { return file("encrypted-empty-aes256.pdf") }, none, "unsigned"},
	{"AES-256 of an earlier kind without a signature", func() []byte { return file("encrypted-empty-aes256-r5.pdf") },
		none, "unsigned"},

	// without a signature
	{"words of a signature in an object of an earlier revision", func() []byte {
		return update(update(contract(), numbered{9, "(/ByteRange)"}), numbered{9, "null"})
	}, none, "unsigned"},
	{"unsigned", contract, none, "unsigned"},
	{"unsigned with a form", func() []byte { return file("pdf-lib-form.pdf") }, none, "unsigned"},
	{"unsigned with object streams", func() []byte { return file("qpdf-object-streams-linearized.pdf") }, none,
		"unsigned"},
	{"field whose value is not there", func() []byte { return update(contract(), numbered{4, field("signer", 99)}) },
		none, "unsigned"},
}

var (
	oidFirst     = asn1.ObjectIdentifier{1, 2, 3} // its attribute sorts first in DER
	oidEnveloped = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 3}
)

// empty returns the digest of no bytes.
func empty(h crypto.Hash) []byte { return hashed(h, nil) }

// built returns a file of the corpus. All files are built once.
func built(name string) []byte { return corpusFiles()[name] }

var corpusFiles = sync.OnceValue(func() map[string][]byte {
	files := map[string][]byte{}
	fips140.WithoutEnforcement(func() { // old programs signed with these algorithms
		for _, test := range corpus {
			files[test.name] = test.build()
		}
	})
	return files
})

func TestCorpus(t *testing.T) {
	if len(corpus) < 60 || len(corpusFiles()) != len(corpus) {
		t.Fatalf("the corpus has %d files and %d names", len(corpus), len(corpusFiles()))
	}
	for _, test := range corpus {
		t.Run(test.name, func(t *testing.T) {
			file := built(test.name)
			report := check(t, file, pdfsig.Options{})
			fips140.WithoutEnforcement(func() { holdsUp(t, file, report) })
			if got := statuses(report); got != test.want {
				t.Errorf("got %s, want %s\n%+v", got, test.want, report.Findings)
			}
			if got := codes(report); got != test.codes {
				t.Errorf("found %q, want %q\n%+v", got, test.codes, report.Findings)
			}
			for _, finding := range report.Findings {
				if finding.Class != pdfsig.ClassSignature || finding.Message == "" || finding.Offset < 0 {
					t.Errorf("finding %+v", finding)
				}
			}
			refused := len(againstStatus(report)) > 0
			if sound(report.Status) == refused {
				t.Errorf("%s with refusals %v", report.Status, againstStatus(report))
			}
			for _, s := range report.Signatures {
				undecided := s.Status == pdfsig.StatusInvalid || s.Status == pdfsig.StatusIndeterminate
				if undecided != (s.Reason != "") {
					t.Errorf("%s with reason %q", s.Status, s.Reason)
				}
			}
		})
	}
}
