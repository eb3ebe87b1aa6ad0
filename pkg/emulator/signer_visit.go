package emulator

import (
	"archive/zip"
	"slices"
	"time"

	"github.com/danabio/danabio-go/pkg/emulator/internal/page"
	"github.com/danabio/danabio-go/pkg/emulator/internal/pen"
	"github.com/danabio/danabio-go/pkg/emulator/internal/picture"
)

// visit is what a signer has done on the page of a circuit. The zero value means nothing.
type visit struct {
	consentedAt time.Time
	pictures    map[string]submittedPicture // by step
	reviewedAt  time.Time
	signature   pen.Signature
	signedAt    time.Time
}

// submittedPicture is a picture that the signer gave.
type submittedPicture struct {
	at      time.Time
	content []byte // nil for the sample
}

// pictureFiles maps steps to the files of the evidence.
var pictureFiles = map[string]string{
	page.Front:  "identity/document-front.jpg",
	page.Back:   "identity/document-back.jpg",
	page.Selfie: "identity/selfie.jpg",
}

const signatureFile = "identity/signature.png"

// hasBegun reports whether a step was done.
func (v *visit) hasBegun() bool { return !v.consentedAt.IsZero() }

// next returns the first step that is still to be done.
func (v *visit) next() string {
	if v.consentedAt.IsZero() {
		return page.Consent
	}
	for _, step := range page.Pictures {
		if _, ok := v.pictures[step]; !ok {
			return step
		}
	}
	if v.reviewedAt.IsZero() {
		return page.Review
	}
	return page.Signature
}

// allows reports whether it is the step's turn, or was before.
func (v *visit) allows(step string) bool {
	at := slices.Index(page.Steps, step)
	return at >= 0 && at <= slices.Index(page.Steps, v.next())
}

// give stores a picture, replacing an earlier one of the step, and returns how many more bytes it
// has. It resets the review.
func (v *visit) give(step string, picture submittedPicture) (more int64) {
	more = int64(len(picture.content) - len(v.pictures[step].content))
	pictures := map[string]submittedPicture{step: picture}
	for other, picture := range v.pictures {
		if other != step {
			pictures[other] = picture
		}
	}
	v.pictures = pictures // a new map, so that copies of the visit do not change
	v.reviewedAt = time.Time{}
	return more
}

// pictureSteps returns the steps whose pictures were given.
func (v *visit) pictureSteps() (steps []string) {
	for _, step := range page.Pictures {
		if _, ok := v.pictures[step]; ok {
			steps = append(steps, step)
		}
	}
	return steps
}

// samplePicture returns the drawn picture of a step.
func samplePicture(step, holder string) []byte {
	for _, file := range portraitCache.of(holder) {
		if file.name == pictureFiles[step] {
			return file.content
		}
	}
	return nil
}

// files returns the pictures for the evidence: those that the signer gave, and samples for the
// rest.
func (v *visit) files(holder string) []file {
	files := slices.Clone(portraitCache.of(holder))
	for step, picture := range v.pictures {
		for i := range files {
			if files[i].name == pictureFiles[step] && picture.content != nil {
				files[i].content = picture.content
			}
		}
	}
	if !v.signedAt.IsZero() {
		files = append(files, file{signatureFile, zip.Store, picture.Signature(v.signature)})
	}
	return files
}

// events returns the events for the audit, in chronological order. A step that the signer left out
// has the time of the circuit's end.
func (v *visit) events(started, end time.Time) []eventRecord {
	or := func(at time.Time) time.Time {
		if at.IsZero() {
			return end
		}
		return at
	}
	shown := or(v.pictures[page.Front].at)
	if back := or(v.pictures[page.Back].at); back.After(shown) {
		shown = back
	}
	events := []eventRecord{
		{started, "circuit started"}, {shown, "identity document shown"},
		{or(v.pictures[page.Selfie].at), "face matched"},
		{or(v.consentedAt), "consent given"}, {or(v.signedAt), "documents signed"}, {end, "circuit completed"},
	}
	slices.SortStableFunc(events, func(a, b eventRecord) int { return a.At.Compare(b.At) })
	return events
}
