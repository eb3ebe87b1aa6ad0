package emulator

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"time"

	"github.com/danabio/danabio-go/pkg/emulator/internal/page"
	"github.com/danabio/danabio-go/pkg/emulator/internal/pen"
	"github.com/danabio/danabio-go/pkg/emulator/internal/picture"
)

// Limits of a form on the page, in bytes.
const (
	maxUploadBytes = 10 << 20
	maxFieldsBytes = 256 << 10
)

// maxUpload returns the largest picture that is accepted.
func (e *Emulator) maxUpload() int64 { return min(maxUploadBytes, e.config.MaxRequestBytes) }

// form is a submitted form.
type form struct {
	do, step, way, strokes, name string
	picture                      []byte
}

// errTooLarge means that a form, or a picture in it, exceeds the limit.
var errTooLarge = errors.New("form is too large")

// readForm reads a form into memory. A body that is not a form counts as an empty form. A multipart
// form must name an action.
func (e *Emulator) readForm(r *http.Request) (*form, error) {
	whole := r.Body
	r.Body = http.MaxBytesReader(nil, whole, e.maxUpload()+maxFieldsBytes)
	var err error
	if mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); mediaType == "multipart/form-data" {
		// The limit is that of the body, so that nothing is written to disk.
		err = r.ParseMultipartForm(maxUploadBytes + maxFieldsBytes)
	} else if mediaType == "application/x-www-form-urlencoded" {
		err = r.ParseForm()
	}
	var limit *http.MaxBytesError
	if errors.As(err, &limit) {
		// A browser shows the answer only after it has sent its form. So read the rest, up to the
		// limit for any request.
		io.Copy(io.Discard, io.LimitReader(whole, e.config.MaxRequestBytes))
		return nil, errTooLarge
	}
	if err != nil {
		return nil, err
	}
	sent := &form{
		do: r.PostForm.Get("do"), step: r.PostForm.Get("step"), way: r.PostForm.Get("way"),
		strokes: r.PostForm.Get("strokes"), name: r.PostForm.Get("name"),
	}
	if r.MultipartForm == nil {
		return sent, nil
	}
	if sent.do == "" {
		return nil, errors.New("form ended before its first field")
	}
	sent.picture, err = e.readPicture(r.MultipartForm.File["picture"])
	return sent, err
}

func (e *Emulator) readPicture(files []*multipart.FileHeader) ([]byte, error) {
	if len(files) == 0 {
		return nil, nil
	}
	if files[0].Size > e.maxUpload() {
		return nil, errTooLarge
	}
	file, err := files[0].Open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

// act answers a POST to a circuit's link: it accepts the form and redirects to the page. A POST
// without a form completes the circuit, like the button for developers.
func (e *Emulator) act(c *circuit, r *http.Request) *reply {
	if !e.sameOrigin(r) {
		return e.showMessage(c, r, http.StatusForbidden, page.Foreign)
	}
	sent, err := e.readForm(r)
	switch {
	case errors.Is(err, errTooLarge):
		return e.showCircuit(c, r, http.StatusRequestEntityTooLarge, page.View{Problem: page.ProblemLarge})
	case err != nil:
		return e.showMessage(c, r, http.StatusBadRequest, page.Malformed)
	}
	now := e.config.Now().UTC()
	switch sent.do {
	case "", "complete":
		return e.finish(c, r, StateCompleted)
	case "reject":
		return e.finish(c, r, StateRejected)
	case "expire":
		return e.finish(c, r, StateExpired)
	case "consent":
		return e.step(c, r, page.Consent, func(v *visit) int64 { v.consentedAt = now; return 0 })
	case "sample", "upload":
		return e.takePicture(c, r, sent, now)
	case "review":
		return e.step(c, r, page.Review, func(v *visit) int64 { v.reviewedAt = now; return 0 })
	case "sign":
		return e.sign(c, r, sent, now)
	}
	return e.showMessage(c, r, http.StatusBadRequest, page.Malformed)
}

// finish ends the circuit.
func (e *Emulator) finish(c *circuit, r *http.Request, state State) *reply {
	ended, err := e.end(c, state)
	switch {
	case err != nil:
		return e.showMessage(c, r, http.StatusInternalServerError, page.Failed)
	case ended != state:
		return e.showMessage(c, r, http.StatusConflict, page.Ended)
	}
	return toCircuit(c, r)
}

// refusals maps the page on which take explains a refusal to its status.
var refusals = map[string]int{
	page.Ended: http.StatusConflict, page.Early: http.StatusConflict, page.Full: http.StatusInsufficientStorage,
}

// takeStep changes the circuit's visit if the circuit is open, it is the step's turn, and there is
// room for the additional bytes that change returns. It returns "" on success, and otherwise the
// page that explains the refusal.
func (e *Emulator) takeStep(c *circuit, step string, change func(*visit) (more int64)) (refusal string) {
	now := e.config.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.settle(c, now) != StateOpen {
		return page.Ended
	}
	if !c.visit.allows(step) {
		return page.Early
	}
	changed := c.visit
	more := change(&changed)
	if more > 0 && e.heldBytes+more > e.maxHeld {
		return page.Full
	}
	e.heldBytes += more
	c.reservedBytes += more
	c.visit = changed
	return ""
}

// step answers a form that performs a step.
func (e *Emulator) step(c *circuit, r *http.Request, step string, change func(*visit) (more int64)) *reply {
	if refusal := e.takeStep(c, step, change); refusal != "" {
		return e.showMessage(c, r, refusals[refusal], refusal)
	}
	return toCircuit(c, r)
}

// takePicture accepts the picture of a step, either the signer's or the sample.
func (e *Emulator) takePicture(c *circuit, r *http.Request, sent *form, now time.Time) *reply {
	if !slices.Contains(page.Pictures, sent.step) {
		return e.showMessage(c, r, http.StatusBadRequest, page.Malformed)
	}
	taken := submittedPicture{at: now}
	if sent.do == "upload" {
		// Check first with an empty change: a picture that will be refused need not be decoded.
		if refusal := e.takeStep(c, sent.step, func(*visit) int64 { return 0 }); refusal != "" {
			return e.showMessage(c, r, refusals[refusal], refusal)
		}
		var problem string
		if taken.content, problem = e.photo(sent.picture); problem != "" {
			return e.showCircuit(c, r, http.StatusUnprocessableEntity, page.View{Name: sent.step, Problem: problem})
		}
	}
	return e.step(c, r, sent.step, func(v *visit) int64 { return v.give(sent.step, taken) })
}

// photo returns an uploaded picture as it is stored, or what is wrong with it.
func (e *Emulator) photo(file []byte) (content []byte, problem string) {
	if len(file) == 0 {
		return nil, page.ProblemNoPicture
	}
	e.decodeSlots.Lock()
	defer e.decodeSlots.Unlock()
	content, err := picture.Photo(file)
	switch {
	case errors.Is(err, picture.ErrDimensions):
		return nil, page.ProblemDimensions
	case err != nil:
		return nil, page.ProblemKind
	}
	return content, ""
}

// sign accepts the signature and completes the circuit. A repetition has no further effect.
func (e *Emulator) sign(c *circuit, r *http.Request, sent *form, now time.Time) *reply {
	switch refusal := e.takeStep(c, page.Signature, func(*visit) int64 { return 0 }); refusal {
	case "":
	case page.Ended:
		return e.finish(c, r, StateCompleted)
	default:
		return e.showMessage(c, r, refusals[refusal], refusal)
	}
	signature, err := pen.Sample(), error(nil)
	problems := map[error]string{}
	switch sent.way {
	case "draw":
		signature, err = pen.Parse(sent.strokes)
		problems[pen.ErrEmpty] = page.ProblemNoInk
	case "type":
		signature, err = pen.Typed(sent.name)
		problems[pen.ErrEmpty], problems[pen.ErrTooLong] = page.ProblemNoName, page.ProblemLongName
	case "sample":
	default:
		return e.showMessage(c, r, http.StatusBadRequest, page.Malformed)
	}
	if problem := problems[err]; problem != "" {
		return e.showCircuit(c, r, http.StatusUnprocessableEntity, page.View{
			Name: page.Signature, Problem: problem, Way: sent.way, Signer: sent.name,
		})
	} else if err != nil {
		return e.showMessage(c, r, http.StatusBadRequest, page.Malformed)
	}
	refusal := e.takeStep(c, page.Signature, func(v *visit) int64 {
		more := len(signature.String()) - len(v.signature.String())
		v.signature, v.signedAt = signature, now
		return int64(more * (len(c.request.documents) + 1)) // drawn on each document, and once as a file
	})
	if refusal != "" && refusal != page.Ended {
		return e.showMessage(c, r, refusals[refusal], refusal)
	}
	return e.finish(c, r, StateCompleted)
}
