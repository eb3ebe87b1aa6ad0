package pdfsig

import (
	"strings"
	"time"
)

// parseDate parses a PDF date, D:YYYYMMDDHHmmSSOHH'mm', in which everything after the year is
// optional. A date without a zone is UTC.
func parseDate(text string) (time.Time, bool) {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "D:"), "'", "")
	if at := strings.IndexByte(text, 'Z'); at >= 0 {
		text = text[:at] // some programs write Z00'00'
	}
	zone := ""
	if at := strings.IndexAny(text, "+-"); at >= 0 {
		text, zone = text[:at], text[at:]
		if len(zone) == len("+HH") {
			zone += "00"
		}
	}
	const layout, shortest = "20060102150405", 4
	if len(text) < shortest || len(text) > len(layout) {
		return time.Time{}, false
	}
	format, value := layout[:len(text)], text
	if zone != "" {
		format, value = format+"-0700", value+zone
	}
	when, err := time.Parse(format, value)
	return when.UTC(), err == nil
}
