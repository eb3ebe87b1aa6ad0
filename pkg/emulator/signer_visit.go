package emulator

import (
	"archive/zip"
	"slices"
	"time"

	"github.com/danabio/danabio-go/pkg/emulator/internal/page"
	"github.com/danabio/danabio-go/pkg/emulator/internal/pen"
	"github.com/danabio/danabio-go/pkg/emulator/internal/picture"
)

// visit is what a signer has done on the page of a circuit. The zero value is nothing yet.
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
	content []byte // nil: the sample
}

// pictureFiles are the evidence's files by the steps that give them.
var pictureFiles = map[string]string{
	page.Front:  "identity/document-front.jpg",
	page.Back:   "identity/document-back.jpg",
	page.Selfie: "identity/selfie.jpg",
}

const signatureFile = "identity/signature.png"

// hasBegun reports whether a step was taken.
func (v *visit) hasBegun() bool { return !v.consentedAt.IsZero() }

// next is the first step that is still to be taken.
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

// give takes a picture, instead of the step's earlier one if there is one, and returns how many
// bytes more it has than that. What was reviewed is to be reviewed again.
func (v *visit) give(step string, picture submittedPicture) (more int64) {
	more = int64(len(picture.content) - len(v.pictures[step].content))
	pictures := map[string]submittedPicture{step: picture}
	for other, picture := range v.pictures {
		if other != step {
			pictures[other] = picture
		}
	}
	v.pictures = pictures // a new map, so that copies of the visit stay as they are
	v.reviewedAt = time.Time{}
	return more
}

// pictureSteps are the steps whose pictures were given.
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

// files are the pictures for the evidence: what the signer gave, and samples for the rest.
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

// events are the audit's, in the order of their times: the circuit's end where the signer left a
// step out.
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
