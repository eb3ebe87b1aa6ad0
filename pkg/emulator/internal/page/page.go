// Package page renders the emulator's pages for people: the steps of the signer's page behind a
// circuit's link, how the circuit ended, what went wrong, and the list of circuits. Call [Render]
// with the data to show, and send [Policy] with the result.
//
// This package contains templates, style, script and all texts in English and Spanish. Package
// emulator decides what a step does and who may see a page. The pages need the script only for
// drawing. They load nothing from elsewhere and set no cookie.
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

// Steps of a signer, in order.
const (
	Consent   = "consent"
	Front     = "front"
	Back      = "back"
	Selfie    = "selfie"
	Review    = "review"
	Signature = "signature"
)

// Steps lists all steps in order.
var Steps = []string{Consent, Front, Back, Selfie, Review, Signature}

// Pictures lists the steps that ask for a picture.
var Pictures = []string{Front, Back, Selfie}

// Other pages.
const (
	Completed = "completed"
	Rejected  = "rejected"
	Expired   = "expired"
	Unknown   = "unknown"   // there is no circuit behind the link
	Ended     = "ended"     // the circuit has ended, so the form came too late
	Early     = "early"     // it is not the step's turn
	Malformed = "malformed" // the request is not a form of this page
	Foreign   = "foreign"   // the form comes from another site
	Full      = "full"      // no memory is left
	Failed    = "failed"    // an internal error of the emulator
	List      = "list"      // all circuits
	NoList    = "no-list"   // the list is not for this client
)

// Problems with the signer's input. The step is shown again with the problem.
const (
	ProblemLarge      = "too-large"
	ProblemKind       = "wrong-kind"
	ProblemDimensions = "too-many-pixels"
	ProblemNoPicture  = "no-picture"
	ProblemNoInk      = "no-ink"
	ProblemNoName     = "no-name"
	ProblemLongName   = "long-name"
)

// View is the data of a page.
type View struct {
	Language Language
	Chosen   bool   // the address names the language, and links preserve it
	Name     string // name of the page
	Problem  string // with the input for the step, or empty
	Next     string // first step to be done, or empty if the page does not need it

	Documents []Document    // of the circuit
	Signer    string        // proposed name for typing
	Key       string        // of the link
	Given     []string      // steps whose picture was given
	Way       string        // chosen way of signing: draw, type or sample
	Alone     time.Duration // for Completed: how long after its start the circuit completed by itself; 0 if it did not
	Back      bool          // show a link back to the circuit
	Circuits  []Circuit     // for the list
	MaxUpload int64         // in bytes
}

// Document is a document to sign.
type Document struct {
	Name string
	Size int64
}

// Circuit is an entry of the list.
type Circuit struct {
	ID, RequestID, State, Key string
	StartedAt                 time.Time
}

//go:embed *.html page.css page.js
var files embed.FS

// style and script are embedded in each page, so that it needs no further request.
var style, script = read("page.css"), read("page.js")

func read(name string) string {
	content, err := files.ReadFile(name)
	if err != nil {
		panic(err) // impossible, since the file is embedded
	}
	return string(content)
}

// Policy is the pages' Content-Security-Policy. It allows only their own style, script, pictures
// and forms, and data: addresses, for the empty icon.
var Policy = sync.OnceValue(func() string {
	return "default-src 'none'; style-src " + source(style) + "; script-src " + source(script) +
		"; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
		"require-trusted-types-for " +
		"'script'"
})

func source(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// bodies maps page names to templates, which are parsed on first use.
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

// Style returns the style unescaped, as the policy allows it.
func (v View) Style() template.CSS { return template.CSS(style) }

// Script returns the script unescaped, as the policy allows it.
func (v View) Script() template.JS { return template.JS(script) }

// T returns the text of a key, whose parts are joined by dots.
func (v View) T(key string, more ...string) (string, error) {
	for _, part := range more {
		key += "." + part
	}
	return text(v.Language, key)
}

// F returns the text of a key with the values formatted into it.
func (v View) F(key string, values ...any) (string, error) {
	format, err := text(v.Language, key)
	return fmt.Sprintf(format, values...), err
}

// To returns the address of a step of this circuit, or of its current step for "", in the language
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

// Switches returns the other languages.
func (v View) Switches() []Language {
	return slices.DeleteFunc(slices.Clone(Languages), func(l Language) bool { return l == v.Language })
}

// In returns the address of this page in another language.
func (v View) In(language Language) string {
	v.Language, v.Chosen = language, true
	if v.IsStep() {
		return v.To(v.Name)
	}
	return v.To("")
}

// IsStep reports whether the page is a step.
func (v View) IsStep() bool { return slices.Contains(Steps, v.Name) }

// Number returns the number of the page's step, from 1.
func (v View) Number() int { return slices.Index(Steps, v.Name) + 1 }

// Count returns the number of steps.
func (v View) Count() int { return len(Steps) }

// Progress is one step in the progress line.
type Progress struct {
	Step               string
	Current, Reachable bool
}

// Line returns the progress line.
func (v View) Line() []Progress {
	line := make([]Progress, len(Steps))
	for i, step := range Steps {
		line[i] = Progress{Step: step, Current: step == v.Name, Reachable: i <= slices.Index(Steps, v.Next)}
	}
	return line
}

// Has reports whether the picture of the step was given.
func (v View) Has(step string) bool { return slices.Contains(v.Given, step) }

// Pictures returns the steps that ask for a picture.
func (v View) Pictures() []string { return Pictures }

// Ink returns the size of the drawing area, and the largest number of points.
func (v View) Ink() (ink struct{ Width, Height, Points int }) {
	ink.Width, ink.Height, ink.Points = pen.Width, pen.Height, pen.MaxPoints
	return ink
}

// Megabytes formats a number of bytes.
func (v View) Megabytes(size int64) string { return fmt.Sprintf("%d MB", size>>20) }

// Kilobytes formats a number of bytes, rounded up.
func (v View) Kilobytes(size int64) string { return fmt.Sprintf("%d kB", (size+999)/1000) }
