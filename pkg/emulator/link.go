package emulator

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/http"
)

const linkStyle = `body{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem;color:#222;background:#fff}` +
	`h1{font-size:1.4rem}button{font:inherit;padding:.6rem 1.2rem}.warning{border-left:.4rem solid #b30000;padding-left:1rem}`

// linkPage is the page behind a circuit's link. English and Spanish stand on it together, since nobody is asked which.
var linkPage = template.Must(template.New("link").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>danabio emulator</title>
<style>` + linkStyle + `</style>
</head>
<body>
<h1>danabio emulator</h1>
<div class="warning">
<p>This page is an emulator's, not DANAconnect's. Nothing is verified here, and no signature made here binds anyone.</p>
<p lang="es">Esta página es de un emulador, no de DANAconnect. Aquí no se verifica nada, y ninguna firma hecha aquí obliga a nadie.</p>
</div>
{{if .Unknown}}<p>There is no circuit behind this link.</p>
<p lang="es">No hay ningún circuito detrás de este enlace.</p>
{{else if .Failed}}<p>The evidence of this circuit could not be made.</p>
<p lang="es">No se pudo crear la evidencia de este circuito.</p>
{{else if .Completed}}<p>The circuit is complete. Its evidence can be downloaded.</p>
<p lang="es">El circuito está completo. Su evidencia se puede descargar.</p>
{{else}}<p>The button does what a signer would do: identity document, face, consent and signature.</p>
<p lang="es">El botón hace lo que haría un firmante: documento de identidad, rostro, consentimiento y firma.</p>
<form method="post"><button type="submit">Complete the circuit / <span lang="es">Completar el circuito</span></button></form>
{{end}}</body>
</html>
`))

// linkState is what the page shows.
type linkState struct{ Unknown, Failed, Completed bool }

// linkPolicy allows the page its own style and form, and nothing else.
var linkPolicy = func() string {
	sum := sha256.Sum256([]byte(linkStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}()

// link answers GET and POST on a circuit's link. A POST completes the circuit and leads back to the page.
func (e *Emulator) link(key string, r *http.Request) *answer {
	now := e.config.Now()
	e.mu.Lock()
	c := e.byLink[key]
	completed := c != nil && e.settle(c, now)
	e.mu.Unlock()
	switch {
	case c == nil:
		return showLink(http.StatusNotFound, linkState{Unknown: true})
	case r.Method == http.MethodPost:
		if err := e.complete(c); err != nil {
			return showLink(http.StatusInternalServerError, linkState{Failed: true})
		}
		// Relative to the link, so that it holds behind a proxy with a path of its own too.
		return newAnswer(http.StatusSeeOther, "text/plain; charset=utf-8", nil).with("Location", "./"+key).with("Cache-Control", "no-store")
	}
	return showLink(http.StatusOK, linkState{Completed: completed})
}

// showLink returns the page. A link is a secret of the signer's: it goes into no cache and no Referer.
func showLink(status int, state linkState) *answer {
	var page bytes.Buffer
	if err := linkPage.Execute(&page, state); err != nil {
		return refuse(http.StatusInternalServerError, "the emulator could not make the page")
	}
	return newAnswer(status, "text/html; charset=utf-8", page.Bytes()).
		with("Content-Security-Policy", linkPolicy).with("Cache-Control", "no-store").
		with("Referrer-Policy", "no-referrer").with("X-Content-Type-Options", "nosniff").with("X-Frame-Options", "DENY")
}
