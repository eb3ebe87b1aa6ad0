package emulator

import (
	"net/http"
	"strings"

	"github.com/danabio/danabio-go/pkg/emulator/internal/page"
)

// link answers GET and POST on a circuit's link, and GET on the pictures below it. The key in the
// path admits the signer: there is no session and no cookie.
func (e *Emulator) link(where *route, r *http.Request) *reply {
	e.mu.Lock()
	c := e.byLink[where.link]
	e.mu.Unlock()
	switch {
	case c == nil:
		return e.show(r, http.StatusNotFound, page.View{Name: page.Unknown})
	case where.picture != "":
		return e.servePicture(c, where.picture, r)
	case r.Method == http.MethodPost:
		return e.act(c, r)
	}
	return e.showCircuit(c, r, http.StatusOK, page.View{})
}

// showCircuit shows the state of the circuit: the step that the address names if its turn has come,
// else the next step, or how the circuit ended. It keeps what is already set in view.
func (e *Emulator) showCircuit(c *circuit, r *http.Request, status int, view page.View) *reply {
	now := e.config.Now()
	e.mu.Lock()
	state, visit := e.settle(c, now), c.visit
	if state == StateOpen {
		view.Next, view.Given = visit.next(), visit.pictureSteps()
	} else if c.timedCompletion {
		view.Alone = e.config.CompleteAfter
	}
	step := r.URL.Query().Get("step")
	allowed := visit.allows(step)
	e.mu.Unlock()

	switch {
	case state != StateOpen:
		view.Problem = ""
		view.Name = map[State]string{StateCompleted: page.Completed, StateRejected: page.Rejected,
			StateExpired: page.Expired}[state]
	case view.Name != "":
	case allowed:
		view.Name = step
	default:
		view.Name = view.Next
	}
	if view.Name != page.Completed {
		view.Alone = 0
	}
	if view.Way == "" { // otherwise the name is what was typed
		view.Signer = c.request.signer.Name
	}
	view.Key, view.MaxUpload = c.link, e.maxUpload()
	for _, document := range c.request.documents {
		view.Documents = append(view.Documents, page.Document{Name: document.Name, Size: document.Size})
	}
	return e.show(r, status, view)
}

// showMessage explains what was wrong with a form for the circuit, with a link back.
func (e *Emulator) showMessage(c *circuit, r *http.Request, status int, name string) *reply {
	return e.show(r, status, page.View{Name: name, Key: c.link, Back: true})
}

// toCircuit redirects to the circuit's page after a form. The address is relative, so that it also
// works behind a proxy with a path prefix.
func toCircuit(c *circuit, r *http.Request) *reply {
	language, chosen := page.Choose(r.URL.Query().Get("lang"), "")
	location := "./" + c.link
	if chosen {
		location += "?lang=" + string(language)
	}
	return newReply(http.StatusSeeOther, "text/plain; charset=utf-8", nil).with("Location",
		location).with("Cache-Control", "no-store")
}

// show answers with a page. A link is its signer's secret: it must not reach a cache or a Referer.
func (e *Emulator) show(r *http.Request, status int, view page.View) *reply {
	view.Language, view.Chosen = page.Choose(r.URL.Query().Get("lang"), r.Header.Get("Accept-Language"))
	text, err := page.Render(view)
	if err != nil {
		return refuse(http.StatusInternalServerError, "the emulator could not make the page")
	}
	return lockDown(newReply(status, "text/html; charset=utf-8", text).
		with("Content-Language", string(view.Language)).with("Content-Security-Policy", page.Policy()))
}

// lockDown adds the security headers of every page and picture.
func lockDown(a *reply) *reply {
	return a.with("Cache-Control", "no-store").with("Referrer-Policy", "no-referrer").with("X-Content-Type-Options",
		"nosniff").
		with("X-Frame-Options", "DENY").with("Cross-Origin-Resource-Policy", "same-origin")
}

// servePicture answers with a picture that the signer gave, while the circuit is open.
func (e *Emulator) servePicture(c *circuit, name string, r *http.Request) *reply {
	step, isPicture := strings.CutSuffix(name, ".jpg")
	now := e.config.Now()
	e.mu.Lock()
	picture, found := c.visit.pictures[step]
	found = found && isPicture && e.settle(c, now) == StateOpen
	e.mu.Unlock()
	if !found {
		return e.show(r, http.StatusNotFound, page.View{Name: page.Unknown})
	}
	if picture.content == nil {
		picture.content = samplePicture(step, c.request.signer.Name)
	}
	return lockDown(newReply(http.StatusOK, "image/jpeg", picture.content).with("Content-Security-Policy",
		"default-src 'none'; sandbox"))
}

// sameOrigin reports whether a form comes from this site, or from a client that is not a browser.
func (e *Emulator) sameOrigin(r *http.Request) bool {
	// The page forbids Referer, so a browser gives the origin of its own forms as "null". Over
	// plain HTTP to another machine, for example from a phone, it sends no Sec-Fetch-Site either.
	// To address such a form one must know the key in the path, which no other site does.
	if r.Header.Get("Origin") == "null" && r.Header.Get("Sec-Fetch-Site") == "" {
		return true
	}
	return e.crossOrigin.Check(r) == nil
}
