package pdf

import (
	"strings"
	"unicode/utf16"
)

// DecodeText decodes a text string: UTF-16 or UTF-8 if it has the byte order mark, and otherwise
// Latin-1, which differs from PDFDocEncoding only in a few characters.
func DecodeText(text []byte) string {
	if len(text) >= 2 && text[0] == 0xFE && text[1] == 0xFF {
		var units []uint16
		for i := 2; i+1 < len(text); i += 2 {
			units = append(units, uint16(text[i])<<8|uint16(text[i+1]))
		}
		return string(utf16.Decode(units))
	}
	if rest, ok := strings.CutPrefix(string(text), "\xEF\xBB\xBF"); ok {
		return strings.ToValidUTF8(rest, "\uFFFD")
	}
	runes := make([]rune, len(text))
	for i, c := range text {
		runes[i] = rune(c)
	}
	return string(runes)
}

// grow appends a decoded byte of a name or string and counts it towards the object's limit.
func (p *parser) grow(dst []byte, c byte) ([]byte, error) {
	if p.text++; p.text > maxObjectText {
		return nil, fault(ErrLimit, p.at, "more than %d bytes of text in one object", maxObjectText)
	}
	if p.sought != nil && len(dst) > maxSought {
		return dst, nil // already longer than any sought name
	}
	return append(dst, c), nil
}

func hexValue(c byte) (byte, bool) {
	switch {
	case isDigit(c):
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

func (p *parser) name() (Object, error) {
	p.at++
	o := Object{Kind: Name, Text: p.empty()}
	var err error
	for {
		c, ok := p.source.at(p.at)
		if !ok || !isRegular(c) {
			return o, nil
		}
		p.at++
		if c == '#' {
			// PDF 1.1 had no escapes: a # that two hexadecimal digits do not follow is literal
			first, _ := p.source.at(p.at)
			second, _ := p.source.at(p.at + 1)
			high, okHigh := hexValue(first)
			if low, okLow := hexValue(second); okHigh && okLow {
				c = high<<4 | low
				p.at += 2
			}
		}
		if o.Text, err = p.grow(o.Text, c); err != nil {
			return Object{}, err
		}
	}
}

func (p *parser) hex() (Object, error) {
	start := p.at
	p.at++
	o := Object{Kind: Hex, Text: p.empty()}
	var err error
	var high byte
	odd := false
	for {
		c, ok := p.source.at(p.at)
		if !ok {
			return Object{}, p.wrong(start, "a hexadecimal string does not end")
		}
		p.at++
		if c == '>' {
			break
		}
		if isSpace(c) {
			continue
		}
		digit, ok := hexValue(c)
		if !ok {
			return Object{}, p.wrong(p.at-1, "a hexadecimal string contains something other than digits")
		}
		if odd {
			if o.Text, err = p.grow(o.Text, high<<4|digit); err != nil {
				return Object{}, err
			}
		}
		high, odd = digit, !odd
	}
	if odd {
		o.Text, err = p.grow(o.Text, high<<4)
	}
	return o, err
}

func (p *parser) literal() (Object, error) {
	start := p.at
	p.at++
	o := Object{Kind: Literal, Text: p.empty()}
	var err error
	for open := 1; ; {
		c, ok := p.source.at(p.at)
		if !ok {
			return Object{}, p.wrong(start, "a string does not end")
		}
		p.at++
		switch c {
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				return o, nil
			}
		case '\r':
			p.lineFeed()
			c = '\n'
		case '\\':
			if c, ok = p.escape(); !ok {
				continue
			}
		}
		if o.Text, err = p.grow(o.Text, c); err != nil {
			return Object{}, err
		}
	}
}

// lineFeed consumes the second half of a CR LF line end.
func (p *parser) lineFeed() {
	if c, ok := p.source.at(p.at); ok && c == '\n' {
		p.at++
	}
}

// escape consumes what follows a backslash. It returns false if that adds no character.
func (p *parser) escape() (byte, bool) {
	c, ok := p.source.at(p.at)
	if !ok {
		return 0, false
	}
	p.at++
	switch c {
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case '\n':
		return 0, false
	case '\r':
		p.lineFeed()
		return 0, false
	}
	if c < '0' || c > '7' {
		return c, true
	}
	value := c - '0'
	for range 2 {
		digit, ok := p.source.at(p.at)
		if !ok || digit < '0' || digit > '7' {
			break
		}
		value = value<<3 | digit - '0' // overflow is ignored, as PDF requires
		p.at++
	}
	return value, true
}
