package danabio

import (
	"net/url"
	"strings"
	"unicode"
)

// LinkOpens reports whether the circuit's link is one that a signer can be sent to: an https URL of
// a host, or an http URL of this machine, without a user name, blanks or control characters. What
// the vendor's links look like is not published (assumed). A link that is none is kept as it came,
// for whoever asks the vendor about it.
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
