package emulator

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// randomText returns n random lower-case letters and digits, for names that people copy.
func randomText(n int) string {
	var text string
	for len(text) < n {
		text += strings.ToLower(rand.Text())
	}
	return text[:n]
}

// randomToken returns an opaque token that looks like the published example: 60 characters,
// including dashes and underscores, and not three parts separated by dots.
func randomToken() string {
	var raw [45]byte
	rand.Read(raw[:])
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

// randomCircuitID returns an ID for the number-th circuit. Odd ones, including the first, have the
// shape of the published example, which only looks like a UUID. Even ones are UUIDs. So a client
// that expects UUIDs meets both.
func randomCircuitID(number int) string {
	var raw [16]byte
	rand.Read(raw[:])
	if number%2 == 0 {
		raw[6] = raw[6]&0x0f | 0x40
		raw[8] = raw[8]&0x3f | 0x80
	}
	text := hex.EncodeToString(raw[:])
	groups := []string{text[:8], text[8:12], text[12:16], text[16:20], text[20:]}
	if number%2 != 0 {
		groups[4] = "xx" + randomText(8)
	}
	return strings.Join(groups, "-")
}
