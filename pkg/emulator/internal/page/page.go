// Package page makes the pages that people see at an emulator: the steps of the signer's page
// behind a circuit's link, how it ended, what went wrong, and the list of circuits. Call [Render]
// with what is to be shown, and send [Policy] with it.
//
// Templates, style, script and all texts in English and Spanish live here. What a step does, and
// who may see a page, is package emulator's. The pages work without the script but for drawing;
// they load nothing from elsewhere and set no cookie.
package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/danabio/danabio-go/pkg/emulator/internal/pen"
)

// The steps in the order in which a signer takes them.
const (
	Consent   = "consent"
	Front     = "front"
	Back      = "back"
	Selfie    = "selfie"
	Review    = "review"
	Signature = "signature"
)

// Steps are all of them, in order.
var Steps = []string{Consent, Front, Back, Selfie, Review, Signature}

// Pictures are the steps that ask for a picture.
var Pictures = []string{Front, Back, Selfie}

// The other pages.
const (
	Completed = "completed"
	Rejected  = "rejected"
	Expired   = "expired"
	Unknown   = "unknown"   // no circuit behind the link
	Ended     = "ended"     // the circuit has ended, and what was sent came too late
	Early     = "early"     // a step before its turn
	Malformed = "malformed" // what was sent is no form of this page's
	Foreign   = "foreign"   // a form that another site sent
	Full      = "full"      // no memory is left
	Failed    = "failed"    // the emulator's own failure
	List      = "list"      // all circuits
	NoList    = "no-list"   // the list is not for this client
)

// What may be wrong with what a signer gave; the step is shown again with it.
const (
	ProblemLarge      = "too-large"
	ProblemKind       = "wrong-kind"
	ProblemDimensions = "too-many-pixels"
	ProblemNoPicture  = "no-picture"
	ProblemNoInk      = "no-ink"
	ProblemNoName     = "no-name"
	ProblemLongName   = "long-name"
)

// View is what a page shows.
type View struct {
	Language Language
	Chosen   bool   // the address asks for the language, and links go on doing so
	Name     string // which page
	Problem  string // with the step, empty if there is none
	Next     string // the first step that is still to be done; empty where that is none of the page's business

	Documents []Document    // of the circuit
	Signer    string        // the name for typing
	Key       string        // the link's
	Given     []string      // the steps whose picture was given
	Way       string        // the way of signing that was chosen: draw, type or sample
	Alone     time.Duration // Completed: how long after its start the circuit completed by itself; 0: it was told to
	Back      bool          // a way back to the circuit is shown
	Circuits  []Circuit     // of the list
	MaxUpload int64         // bytes
}

// Document is a document that is to be signed.
type Document struct {
	Name string
	Size int64
}

// Circuit is a line of the list.
type Circuit struct {
	ID, RequestID, State, Key string
	StartedAt                 time.Time
}

//go:embed *.html page.css page.js
var files embed.FS

// style and script stand in each page, so that it is whole in one answer.
var style, script = read("page.css"), read("page.js")

func read(name string) string {
	content, err := files.ReadFile(name)
	if err != nil {
		panic(err) // embedded
	}
	return string(content)
}

// Policy is the pages' Content-Security-Policy: their own style, script, pictures and forms, and
// nothing else; the empty icon is a data: address.
var Policy = "default-src 'none'; style-src " + source(style) + "; script-src " + source(script) +
	"; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for " +
	"'script'"

func source(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// bodies are the templates by the pages that they make, parsed when the first is asked for.
var bodies = sync.OnceValue(func() map[string]*template.Template {
	made := map[string]*template.Template{}
	for file, names := range map[string][]string{
		"consent.html":   {Consent},
		"picture.html":   Pictures,
		"review.html":    {Review},
		"signature.html": {Signature},
		"message.html": {Completed, Rejected, Expired, Unknown, Ended, Early, Malformed, Foreign, Full, Failed,
			NoList},
		"list.html": {List},
	} {
		for _, name := range names {
			made[name] = template.Must(template.ParseFS(files, "layout.html", file))
		}
	}
	return made
})

// Render returns the page as HTML.
func Render(view View) ([]byte, error) {
	body := bodies()[view.Name]
	if body == nil {
		return nil, fmt.Errorf("page: there is no page %q", view.Name)
	}
	var made bytes.Buffer
	if err := body.ExecuteTemplate(&made, "layout.html", view); err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	return made.Bytes(), nil
}

// Style and Script give the template what the policy allows, as it is.
func (v View) Style() template.CSS { return template.CSS(style) }

// Script is explained at Style.
func (v View) Script() template.JS { return template.JS(script) }

// T is the text of a key, whose parts are joined by dots.
func (v View) T(key string, more ...string) (string, error) {
	for _, part := range more {
		key += "." + part
	}
	return text(v.Language, key)
}

// F is the text of a key with values in it.
func (v View) F(key string, values ...any) (string, error) {
	format, err := text(v.Language, key)
	return fmt.Sprintf(format, values...), err
}

// To is the address of a step of this circuit, of the circuit's current one for "", in the language
// of this page.
func (v View) To(step string) string {
	query := url.Values{}
	if step != "" {
		query.Set("step", step)
	}
	if v.Chosen {
		query.Set("lang", string(v.Language))
	}
	return "?" + query.Encode()
}

// Switches are the languages to change to.
func (v View) Switches() []Language {
	return slices.DeleteFunc(slices.Clone(Languages), func(l Language) bool { return l == v.Language })
}

// In is the address of this page in another language.
func (v View) In(language Language) string {
	v.Language, v.Chosen = language, true
	if v.IsStep() {
		return v.To(v.Name)
	}
	return v.To("")
}

// IsStep tells the steps from the other pages.
func (v View) IsStep() bool { return slices.Contains(Steps, v.Name) }

// Number is the place of the page's step, from 1.
func (v View) Number() int { return slices.Index(Steps, v.Name) + 1 }

// Count is how many steps there are.
func (v View) Count() int { return len(Steps) }

// Progress is one step in the line of all.
type Progress struct {
	Step               string
	Current, Reachable bool
}

// Line is the line of all steps.
func (v View) Line() []Progress {
	line := make([]Progress, len(Steps))
	for i, step := range Steps {
		line[i] = Progress{Step: step, Current: step == v.Name, Reachable: i <= slices.Index(Steps, v.Next)}
	}
	return line
}

// Has reports whether the picture of the step was given.
func (v View) Has(step string) bool { return slices.Contains(v.Given, step) }

// Pictures are the steps that ask for one.
func (v View) Pictures() []string { return Pictures }

// Ink gives the template the size of the area that a signature is drawn in, and the most points it
// may have.
func (v View) Ink() (ink struct{ Width, Height, Points int }) {
	ink.Width, ink.Height, ink.Points = pen.Width, pen.Height, pen.MaxPoints
	return ink
}

// Megabytes writes a number of bytes for people.
func (v View) Megabytes(size int64) string { return fmt.Sprintf("%d MB", size>>20) }

// Kilobytes writes a number of bytes for people, rounded up.
func (v View) Kilobytes(size int64) string { return fmt.Sprintf("%d kB", (size+999)/1000) }
