package danabio

import (
	"net/url"
	"strings"
	"unicode"
)

// LinkOpens reports whether the circuit's link can be sent to a signer: an https URL with a host,
// or an http URL of this machine, without a user name, spaces or control characters. The form of
// the vendor's links is not published (assumed). A link for which LinkOpens is false is kept
// unchanged, so that the vendor can be asked about it.
func (c *Circuit) LinkOpens() bool {
	text := c.Link.Reveal()
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
		return false
	}
	link, err := url.Parse(text)
	if err != nil || link.Hostname() == "" || link.User != nil {
		return false
	}
	return link.Scheme == "https" || link.Scheme == "http" && isLoopback(link.Hostname())
}
