package pdfsig

import (
	"cmp"
	"errors"
	"io"
	"slices"

	"github.com/danabio/danabio-go/internal/pdf"
)

const (
	// A file with 100 signatures has 100 revisions. Each is opened, and searched once for
	// references.
	compareBudgetBase = 256 << 20
)

// revision is the first part of the file, opened as a file.
type revision struct {
	end          int64
	document     *pdf.Document
	openErr      error // why it cannot be compared
	decodedBytes int64 // what has been charged to the budget
}

// work returns how many bytes of streams were decoded since the last call.
func (r *revision) work() int64 {
	if r.document == nil {
		return 0
	}
	more := r.document.Decoded() - r.decodedBytes
	r.decodedBytes += more
	return more
}

// revisions opens and compares parts of the file. All of them share one budget for what is read,
// decoded and parsed.
type revisions struct {
	checker *checker
	budget  *budgetReader
}

func (c *checker) newRevisions() *revisions {
	return &revisions{c, &budgetReader{ctx: c.ctx, reader: c.reader, remaining: 12*c.size + compareBudgetBase}}
}

func (r *revisions) open(end int64) (*revision, error) {
	opened := &revision{end: end}
	opened.document, opened.openErr = openPDF(io.NewSectionReader(r.budget, 0, end), end)
	if opened.openErr != nil && !isIncomparable(opened.openErr) {
		return nil, opened.openErr
	}
	return opened, nil
}

// isIncomparable reports whether an error means that revisions cannot be compared, rather than that
// the system or the caller stopped the comparison.
func isIncomparable(err error) bool {
	return errors.Is(err, errBudget) || !isReadError(err)
}

func (r *revision) close() {
	if r.document != nil {
		r.document.Close()
	}
}

// changes compares two revisions.
func (r *revisions) changes(before, after *revision) ([]Change, error) {
	u := &update{objectLoader: objectLoader{r.checker.ctx, r.budget}, before: before.document, after: after.document}
	err := cmp.Or(before.openErr, after.openErr)
	if err == nil {
		err = r.compare(u, before, after)
	}
	for _, one := range []*revision{before, after} {
		r.budget.remaining -= one.work()
	}
	if err != nil && !isIncomparable(err) {
		return nil, err
	}
	if err != nil {
		u.noteOther("it cannot be compared: %v", err)
	}
	return u.changes, nil
}

func (r *revisions) compare(u *update, before, after *revision) error {
	var ruling []*Signature
	for i := range r.checker.report.Signatures {
		s := &r.checker.report.Signatures[i]
		switch {
		case !s.holds():
		case s.byteRange.end <= before.end:
			ruling = append(ruling, s)
		case s.byteRange.gapStart >= before.end && s.byteRange.end <= after.end:
			u.signatures = append(u.signatures, s)
		}
	}
	var err error
	if u.rules, err = u.readRules(ruling); err != nil {
		return err
	}
	return u.compare()
}

// judgeLater determines what follows each signature that holds, step by step from one signature to
// the next. It thereby finds the signatures that only validation data and time stamps follow.
func (c *checker) judgeLater() error {
	var ends []int64
	for _, s := range c.report.Signatures {
		if s.holds() {
			ends = append(ends, s.byteRange.end)
		}
	}
	if len(ends) == 0 || ends[0] == c.size {
		return nil
	}
	ends = slices.Compact(append(ends, c.size)) // signatures are sorted by end
	all := c.newRevisions()
	before, err := all.open(ends[0])
	if err != nil {
		return err
	}
	defer func() { before.close() }()
	for _, end := range ends[1:] {
		after, err := all.open(end)
		if err != nil {
			return err
		}
		changes, err := all.changes(before, after)
		if err != nil {
			after.close()
			return err
		}
		for i := range c.report.Signatures {
			if s := &c.report.Signatures[i]; s.holds() && s.byteRange.end <= before.end {
				for _, change := range changes {
					s.Later = appendChange(s.Later, change)
				}
			}
		}
		before.close()
		before = after
	}
	for i := range c.report.Signatures {
		s := &c.report.Signatures[i]
		if s.Status == StatusSignedRevisionOnly && onlyKinds(s.Later, ChangeValidationData, ChangeTimeStamp) {
			s.Status = StatusExtended
		}
	}
	return nil
}

// holds reports whether the signature is valid for what it covers.
func (s *Signature) holds() bool {
	return s.Status == StatusWholeFile || s.Status == StatusExtended || s.Status == StatusSignedRevisionOnly
}

// noteLater reports what follows the last signature, and what followed one of the earlier ones.
func (c *checker) noteLater(last int) {
	signatures := c.report.Signatures
	s := &signatures[last]
	switch s.Status {
	case StatusExtended:
		c.add(CodeValidationData, s.byteRange.end,
			"%d bytes follow the last signature: validation data and document time stamps, and nothing else",
			s.BytesAfter)
	case StatusSignedRevisionOnly:
		what := "they can change anything that is shown"
		if hasOtherChange(s.Later) {
			what = Summary(s.Later)
		}
		c.add(CodeLaterRevision, s.byteRange.end,
			"%d bytes follow the last signature, which covers the file's first %d: %s", s.BytesAfter, s.byteRange.end,
			what)
		return
	}
	for i := range signatures[:last] {
		if s := &signatures[i]; s.Kind != KindTimeStamp && s.holds() && hasOtherChange(s.Later) {
			c.report.Status = StatusSignedRevisionOnly
			c.add(CodeLaterRevision, s.byteRange.end,
				"what follows the signature in object %d, and is signed by a later one only, changes the document: %s",
				s.Object, Summary(s.Later))
		}
	}
}
