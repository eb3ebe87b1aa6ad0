package pdfsig

import (
	"cmp"
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/danabio/danabio-go/internal/pdf"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// checker judges one file.
type checker struct {
	ctx       context.Context
	reader    io.ReaderAt
	size      int64
	options   *Options
	report    *Report
	document  *pdf.Document
	finder    *finder
	remaining workLimits
	prefixes  map[crypto.Hash]prefixHash // by algorithm, over the file's first bytes

	validation   *validationData // from the file's /DSS
	voucherCache map[voucherKey]bool
	now          time.Time // the present
}

// add adds a finding at an offset of the file.
func (c *checker) add(code evidence.Code, offset int64, format string, values ...any) {
	c.report.Findings = append(c.report.Findings, evidence.Finding{
		Class: ClassSignature, Code: code, Severity: c.options.severity(code), Offset: max(0, offset),
		Message: fmt.Sprintf(format, values...),
	})
}

// run fills the report.
func (c *checker) run() error {
	if err := c.judgeFile(); err != nil {
		return err
	}
	c.noteNotJudged()
	return c.compareSent()
}

// judgeFile finds and judges the signatures and sets the file's status.
func (c *checker) judgeFile() error {
	// The file is read up to four times: for the cross-reference, for the names that each object
	// contains, again for objects that may contain a signature, and for the lengths of streams.
	budget := 4*c.size + findBudgetBase
	metered := &budgetReader{ctx: c.ctx, reader: c.reader, remaining: budget}
	err := c.openAndFind(metered)
	if c.document != nil {
		defer c.document.Close()
	}
	if errors.Is(err, errBudget) {
		c.setIndeterminate(CodeLimit, -1, fmt.Sprintf("finding the signatures requires reading more than %d bytes",
			budget))
		return nil
	}
	var broken *pdf.Error
	if errors.Is(err, pdf.ErrEncrypted) && errors.As(err, &broken) {
		c.setIndeterminate(CodeEncrypted, -1, "its signatures were not looked for: "+broken.Error())
		return nil
	}
	if errors.As(err, &broken) {
		return c.judgeUnreadable(broken)
	}
	if err != nil {
		return err
	}
	slices.SortStableFunc(c.finder.candidates, func(a, b candidate) int { // prefix reuses hashes in this order
		return cmp.Compare(a.offset, b.offset)
	})
	for _, superseded := range []bool{false, true} {
		for _, candidate := range c.finder.candidates {
			if candidate.isSuperseded != superseded {
				continue
			}
			if err := c.judge(candidate); err != nil {
				return err
			}
		}
	}
	slices.SortStableFunc(c.report.Signatures,
		func(a, b Signature) int { return cmp.Compare(a.byteRange.end, b.byteRange.end) })
	if err := c.judgeLater(); err != nil {
		return err
	}
	if err := c.judgeTrust(); err != nil {
		return err
	}
	for i := range c.report.Signatures {
		c.report.Signatures[i].message, c.report.Signatures[i].stampMessage = nil, nil
	}
	unreached := int64(-1)
	if len(c.report.Signatures) == 0 {
		if unreached, err = c.findUnreferenced(); err != nil {
			return err
		}
	}
	written := int64(-1)
	if len(c.report.Signatures) == 0 && c.finder.unreadableObjects > 0 {
		if written, err = c.findByteRangeKey(); err != nil {
			return err
		}
	}
	c.setStatus(unreached, written)
	return nil
}

// setIndeterminate marks the file INDETERMINATE without judging its signatures.
func (c *checker) setIndeterminate(code evidence.Code, offset int64, message string) {
	c.report.Status = StatusIndeterminate
	c.add(code, offset, "%s", message)
}

func (c *checker) openAndFind(r io.ReaderAt) error {
	var err error
	if c.document, err = openPDF(r, c.size); err != nil {
		return err
	}
	c.finder = &finder{ctx: c.ctx, document: c.document}
	return c.finder.find()
}

// openPDF opens a PDF, with the empty user password if it is encrypted.
func openPDF(r io.ReaderAt, size int64) (*pdf.Document, error) {
	document, err := pdf.Open(r, size)
	if err != nil {
		return nil, err
	}
	if err := document.Unlock(); err != nil {
		document.Close()
		return nil, err
	}
	return document, nil
}

// setStatus sets the file's status by the rule in the package comment.
func (c *checker) setStatus(unreached, written int64) {
	signatures := c.report.Signatures
	has := func(status Status) bool {
		return slices.ContainsFunc(signatures, func(s Signature) bool { return s.Status == status })
	}
	hidden := c.noteUnsearched(len(signatures) > 0, written)
	if unreached >= 0 {
		c.add(CodeUnreached, unreached,
			"there is a signature dictionary in the file that its cross-reference does not lead to; other programs "+
				"may find it")
		hidden = true
	}
	if c.finder.tooMany {
		c.add(CodeLimit, -1, "there are more than %d signatures", maxSignatures)
	}
	switch {
	case has(StatusInvalid):
		c.report.Status = StatusInvalid
		return
	case has(StatusIndeterminate), c.finder.tooMany, hidden:
		c.report.Status = StatusIndeterminate
		return
	case len(signatures) == 0:
		c.report.Status = StatusUnsigned
		c.add(CodeUnsigned, -1, "the PDF has no signature")
		return
	}
	last := len(signatures) - 1
	for last > 0 && signatures[last].Kind == KindTimeStamp {
		last--
	}
	if signatures[last].Kind == KindTimeStamp {
		last = len(signatures) - 1
		if c.report.Trust == Trusted {
			c.add(CodeTimeStampOnly, -1, "the PDF has document time stamps and no signature of anybody")
		} else {
			c.add(CodeTimeStampUnknown, -1,
				"the PDF has document time stamps and no signature of anybody, and their authority is not known to "+
					"be one: %s",
				signatures[last].Trust.Reason)
		}
	}
	c.report.Status = signatures[last].Status
	c.noteLater(last)
}

// noteUnsearched reports what may hide signatures: unreadable objects and, in a file without
// signatures, bytes that the cross-reference does not reach. It returns whether a file without
// signatures may contain some. If no signature dictionary is written anywhere in the file, none can
// be hidden.
func (c *checker) noteUnsearched(signed bool, written int64) (hidden bool) {
	code := CodeStructure
	if signed || written < 0 {
		code = CodeUnreadableObject
	}
	if n := c.finder.unreadableObjects; n > 0 {
		c.add(code, -1, "%d objects cannot be read and were not searched for signatures; the first: %s", n,
			c.finder.unreadableReason)
		hidden = written >= 0
	}
	if rest := c.document.Rest(); rest < c.size && !signed {
		c.add(CodeStructure, rest, "%d bytes follow the end of the PDF; they may be an update that was cut, with a "+
			"signature in it", c.size-rest)
		hidden = true
	}
	return hidden && !signed
}

// judgeUnreadable sets the status of a file whose structure cannot be read. A program that repairs
// the file can only find signatures that are written in it.
func (c *checker) judgeUnreadable(broken *pdf.Error) error {
	written, err := c.findByteRangeKey()
	if err != nil {
		return err
	}
	if written >= 0 {
		c.setIndeterminate(CodeStructure, broken.Offset, fmt.Sprintf(
			"%v; a signature is written at byte %d, which programs that repair the file may find", broken, written))
		return nil
	}
	c.report.Status = StatusUnsigned
	c.add(CodeDamaged, broken.Offset, "%v; no signature is written in it", broken)
	c.add(CodeUnsigned, -1, "the PDF has no signature")
	return nil
}

// judge judges one signature dictionary and adds it to the report. The error is the context's or
// the reader's.
func (c *checker) judge(where candidate) error {
	s := Signature{
		Object: where.entry.Number, Kind: KindSignature, Superseded: where.isSuperseded, fileOffset: where.fileOffset(),
		Trust: Trust{Status: NotJudged, Reason: "the signature is not valid, or was not judged"},
	}
	wrong, err := c.judgeInto(&s, where)
	if errors.Is(err, errBudget) {
		wrong, err = indeterminateFault(CodeLimit, "judging it requires more reading than is allowed"), nil
	}
	if err != nil {
		return err
	}
	if wrong != nil && wrong.status == StatusInvalid && s.Superseded && len(c.report.Signatures) > 0 {
		// for example a placeholder; the document has other signatures now
		c.add(CodeSuperseded, where.fileOffset(),
			"signature dictionary in object %d, which a later revision overwrote or removed, does not count: %s",
			s.Object, wrong.message)
		return nil
	}
	if wrong != nil {
		s.Status, s.Reason = wrong.status, wrong.message
		c.add(wrong.code, where.fileOffset(), "signature in object %d: %s", s.Object, wrong.message)
	} else {
		c.accept(&s, where)
	}
	c.report.Signatures = append(c.report.Signatures, s)
	return nil
}

// accept completes a signature that holds.
func (c *checker) accept(s *Signature, where candidate) {
	s.BytesAfter = c.size - s.byteRange.end
	s.Status = StatusWholeFile
	if s.BytesAfter > 0 {
		s.Status = StatusSignedRevisionOnly
	}
	if s.Superseded {
		c.add(CodeSuperseded, where.fileOffset(), "signature in object %d: a later revision overwrote or removed it",
			s.Object)
	}
	if where.field.Kind == pdf.Null {
		c.add(CodeNoField, where.fileOffset(), "signature in object %d: no form field leads to it", s.Object)
	}
}

func (c *checker) judgeInto(s *Signature, where candidate) (*fault, error) {
	if where.entry.Type == pdf.Compressed {
		return invalidFault(CodeObjectStream,
			"its dictionary is in an object stream, where no byte range can leave out its contents"), nil
	}
	loaded, err := c.document.LoadEntry(where.entry)
	if err != nil {
		if isReadError(err) {
			return nil, err
		}
		return indeterminateFault(CodeStructure, "it cannot be read again"), nil
	}
	dictionary, _ := dictionaryAt(loaded.Object, where.offset)
	if dictionary.Kind != pdf.Dictionary {
		return invalidFault(CodeContents, "a signature field's value is not a dictionary"), nil
	}
	if err := c.describe(s, dictionary, where); err != nil {
		return nil, err
	}
	if _, twice := dictionary.DuplicateKey(); twice {
		return invalidFault(CodeDuplicateKey, "its dictionary has a key twice, so that readers differ about it"), nil
	}
	covered, wrong := checkByteRange(dictionary, c.size)
	if wrong != nil {
		return wrong, nil
	}
	s.byteRange = covered
	if number, reaches := c.finder.extents.reachingInto(covered, where.entry.Number); reaches {
		return invalidFault(CodeByteRange, fmt.Sprintf(
				"object %d reaches into what its /ByteRange leaves out, and what it shows there is not signed",
				number)),
			nil
	}
	if covered.end < c.size || where.isSuperseded {
		if wrong, err := c.checkRevision(covered, where, dictionary); wrong != nil || err != nil {
			return wrong, err
		}
	}
	return c.judgeContents(s, dictionary)
}

// dictionaryAt returns the value at an offset inside another value.
func dictionaryAt(o pdf.Object, offset int64) (pdf.Object, bool) {
	if o.Offset == offset {
		return o, true
	}
	for _, item := range o.Items {
		if item.Kind == pdf.Dictionary || item.Kind == pdf.Array {
			if found, ok := dictionaryAt(item, offset); ok {
				return found, true
			}
		}
	}
	return pdf.Object{}, false
}

// checkRevision opens the signed bytes as a file and checks that they lead to the same signature.
// Otherwise the signature was moved into a document that its signer never saw.
func (c *checker) checkRevision(covered signedRange, where candidate, dictionary pdf.Object) (*fault, error) {
	metered := &budgetReader{ctx: c.ctx, reader: c.reader, remaining: 2*covered.end + findBudgetBase}
	revision, err := openPDF(io.NewSectionReader(metered, 0, covered.end), covered.end)
	if err != nil {
		if isReadError(err) {
			return nil, err
		}
		if errors.Is(err, pdf.ErrLimit) || errors.Is(err, pdf.ErrUnsupported) {
			return indeterminateFault(CodeStructure, "the signed revision cannot be read: "+err.Error()), nil
		}
		return invalidFault(CodeRevision, "the signed revision is not a complete PDF: "+err.Error()), nil
	}
	defer revision.Close()
	entry, ok := revision.Entry(where.entry.Number)
	if !ok || entry != where.entry {
		return invalidFault(CodeRevision, "the signed revision does not have this signature"), nil
	}
	loaded, err := revision.LoadEntry(entry)
	if isReadError(err) {
		return nil, err
	}
	if same, _ := dictionaryAt(loaded.Object, where.offset); err != nil || !same.Equal(dictionary) {
		return invalidFault(CodeRevision, "the signed revision does not have this signature"), nil
	}
	return nil, nil
}
