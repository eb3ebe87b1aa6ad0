package cli

import (
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
)

// say returns a text for people that is part of another one or is shown on the progress line.
func say(o *term.Output, format string, args ...any) string {
	return i18n.Textf(format, args...).In(o.Language)
}
