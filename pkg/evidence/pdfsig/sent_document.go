package pdfsig

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/danabio/danabio-go/pkg/evidence"
)

// checkSent refuses what cannot be compared with a file.
func checkSent(s evidence.SentDocument) error {
	if digest, err := hex.DecodeString(s.SHA256); err != nil || len(digest) != sha256.Size {
		return fmt.Errorf("pdfsig options: the SHA-256 of sent document %q is not 64 hexadecimal digits", s.Name)
	}
	if s.Size < 1 {
		return fmt.Errorf("pdfsig options: the size of sent document %q is %d; it must be positive", s.Name, s.Size)
	}
	return nil
}

// Relation says how a file relates to a document that was sent.
type Relation string

const (
	RelationIdentical  Relation = "identical"
	RelationBeginsWith Relation = "begins-with" // the file starts with the document, as after an incremental update
	RelationDiffers    Relation = "differs"     // the file matches none of the sent documents
	RelationNotFound   Relation = "not-found"   // no entry matches; only from [FindSent]
)

// SentMatch is the comparison of one file with the documents that were sent.
type SentMatch struct {
	// Relation is the relation to the first of Documents, or RelationDiffers.
	Relation Relation `json:"relation"`
	// Documents lists the documents that the file equals or begins with, the longest first. There
	// are several if a document was sent twice, or if one begins with another.
	Documents []DocumentMatch `json:"documents,omitempty"`
}

// DocumentMatch is a sent document that a file equals or begins with.
type DocumentMatch struct {
	evidence.SentDocument
	Relation Relation `json:"relation"`
	// Covered is true if a signature that holds covers all bytes of the document.
	Covered bool `json:"covered"`
	// Changes lists what the file adds to the document or replaces in it up to the end of its last
	// signature, except for signatures, validation data and document time stamps. If it is not
	// empty, the signature covers a different document from the one that was sent.
	Changes []Change `json:"changes,omitempty"`
}

// Signed reports whether the document is what was signed: a signature that holds covers it, and
// nothing in it was changed before.
func (d *DocumentMatch) Signed() bool { return d.Covered && len(d.Changes) == 0 }

// compareSent fills Report.Sent in one pass over the file.
func (c *checker) compareSent() error {
	if len(c.options.Sent) == 0 {
		return nil
	}
	match := &SentMatch{Relation: RelationDiffers}
	c.report.Sent = match
	bySize := slices.SortedStableFunc(slices.Values(c.options.Sent),
		func(a, b evidence.SentDocument) int { return cmp.Compare(a.Size, b.Size) })
	hash := sha256.New()
	at := int64(0)
	for _, sent := range bySize {
		if sent.Size > c.size {
			break
		}
		if err := copyRange(c.ctx, hash, c.reader, at, sent.Size-at); err != nil {
			return err
		}
		at = sent.Size
		if !strings.EqualFold(hex.EncodeToString(hash.Sum(nil)), sent.SHA256) {
			continue
		}
		document := DocumentMatch{SentDocument: sent, Relation: RelationBeginsWith}
		if sent.Size == c.size {
			document.Relation = RelationIdentical
		}
		if last := c.signatureCovering(sent.Size); last != nil {
			document.Covered = true
			var err error
			if document.Changes, err = c.changesBefore(last, sent.Size); err != nil {
				return err
			}
		}
		match.Documents = append(match.Documents, document)
	}
	slices.Reverse(match.Documents)
	if len(match.Documents) > 0 {
		match.Relation = match.Documents[0].Relation
	}
	return nil
}

// signatureCovering returns the last signature that holds and covers the first size bytes of the
// file, or nil.
func (c *checker) signatureCovering(size int64) *Signature {
	for i := range slices.Backward(c.report.Signatures) {
		if s := &c.report.Signatures[i]; s.holds() && s.Kind != KindTimeStamp && s.byteRange.gapStart >= size {
			return s
		}
	}
	return nil
}

// changesBefore returns the changes between the first size bytes of the file and the end of a
// signature, except for signatures and validation data.
func (c *checker) changesBefore(s *Signature, size int64) ([]Change, error) {
	all := c.newRevisions()
	sent, err := all.open(size)
	if err != nil {
		return nil, err
	}
	defer sent.close()
	signed, err := all.open(s.byteRange.end)
	if err != nil {
		return nil, err
	}
	defer signed.close()
	changes, err := all.changes(sent, signed)
	changes = slices.DeleteFunc(changes, func(c Change) bool {
		return c.Kind == ChangeSignature || c.Kind == ChangeValidationData || c.Kind == ChangeTimeStamp
	})
	return changes, err
}

// Found says where in a ZIP a sent document is.
type Found struct {
	DocumentMatch
	// Entry is the name of the entry that equals the document or begins with it. If there are
	// several, one with a signature over the document is preferred.
	Entry string `json:"entry,omitempty"`
}

// FindSent looks up each sent document in a report made with an [Inspector] that has the same
// [Options].Sent. The results are in the order of sent. The relation is identical, begins-with or
// not-found.
func FindSent(report *evidence.Report, sent []evidence.SentDocument) []Found {
	found := make([]Found, 0, len(sent))
	for _, one := range sent {
		best := Found{DocumentMatch: DocumentMatch{SentDocument: one, Relation: RelationNotFound}}
		for i := range report.Entries {
			if candidate := findIn(&report.Entries[i], one); candidate.rank() > best.rank() {
				best = candidate
			}
		}
		found = append(found, best)
	}
	return found
}

// rank orders results by how much they prove about the document.
func (f *Found) rank() int {
	switch {
	case f.Signed():
		return 4
	case f.Covered:
		return 3
	case f.Relation == RelationBeginsWith:
		return 2
	case f.Relation == RelationIdentical:
		return 1
	}
	return 0
}

func findIn(entry *evidence.EntryReport, sent evidence.SentDocument) Found {
	found := Found{DocumentMatch: DocumentMatch{SentDocument: sent, Relation: RelationNotFound}}
	if entry.Size == sent.Size && strings.EqualFold(entry.SHA256, sent.SHA256) {
		found.Relation, found.Entry = RelationIdentical, entry.Name
	}
	for _, inspection := range entry.Inspections {
		details, ok := inspection.Details.(*Details)
		if !ok || details.Sent == nil {
			continue
		}
		for _, document := range details.Sent.Documents {
			if document.Size == sent.Size && strings.EqualFold(document.SHA256, sent.SHA256) {
				found.DocumentMatch, found.Entry = document, entry.Name
				found.SentDocument = sent
			}
		}
	}
	return found
}
