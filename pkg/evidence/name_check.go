package evidence

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// nameFault says what is wrong with a name.
type nameFault struct {
	code    Code
	message string
}

// checkNames checks each name, and then all names together.
func (l *layout) checkNames() error {
	for i := range l.records {
		r := &l.records[i]
		for _, fault := range nameFaults(r, &l.limits) {
			l.entryFinding(r, fault.code, r.position, "%s", fault.message)
		}
	}
	l.checkSameNames()
	return nil
}

// nameFaults returns what is wrong with a decoded name, by the rules of Linux, macOS and Windows at
// once.
func nameFaults(r *record, limits *Limits) []nameFault {
	name := r.name
	var faults []nameFault
	add := func(code Code, format string, values ...any) {
		faults = append(faults, nameFault{code, fmt.Sprintf(format, values...)})
	}
	if len(name) > limits.MaxNameLength {
		add(CodeNameTooLong, "its name has %d bytes; the limit is %d", len(name), limits.MaxNameLength)
	}
	if depth := strings.Count(strings.TrimSuffix(name, "/"), "/") + 1; depth > limits.MaxDepth {
		add(CodeNameTooDeep, "its name has %d parts; the limit is %d", depth, limits.MaxDepth)
	}
	if !utf8.ValidString(name) {
		add(CodeNameUTF8, "its name is not valid UTF-8")
	} else if r.flags&flagUTF8 == 0 && !isASCII(name) {
		charset := "UTF-8"
		if !utf8.ValidString(r.rawName) {
			charset = "CP437"
		}
		add(CodeNameCharset, "its name is not ASCII and does not say that it is UTF-8; it is read as %s", charset)
	}
	if strings.Contains(r.rawName, `\`) {
		add(CodeNameBackslash, "its name is written with backslashes, which separate folders on Windows alone; "+
			"they are read as slashes")
	}
	faults = append(faults, characterFaults(name)...)
	if strings.HasPrefix(name, "/") {
		add(CodeNameAbsolute, "its name is an absolute path")
		return faults
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(name, "/"), "/") {
		switch {
		case part == "":
			add(CodeNameEmpty, "its name is empty or has an empty part")
		case part == ".":
			add(CodeNameDot, `its name has a part "."`)
		case part == "..":
			add(CodeNameDotDot, `its name has a part ".."`)
		case strings.HasSuffix(part, ".") || strings.HasSuffix(part, " "):
			add(CodeNameTrailing, "a part of its name ends in a dot or a space, which Windows drops")
		case isReservedName(part):
			add(CodeNameReserved, "a part of its name is a device on Windows")
		}
	}
	return faults
}

// characterFaults finds characters that names must not contain, and reports each kind once.
func characterFaults(name string) []nameFault {
	var control, bidi, format, colon, unportable bool
	for _, r := range name {
		switch {
		case r < utf8.RuneSelf:
			switch r {
			case ':':
				colon = true
			case '<', '>', '"', '|', '?', '*':
				unportable = true
			default:
				control = control || r < ' ' || r == 0x7f
			}
		case unicode.Is(unicode.Bidi_Control, r):
			bidi = true
		case unicode.Is(unicode.Cf, r):
			format = true
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			control = true
		}
	}
	var faults []nameFault
	for _, kind := range []struct {
		found   bool
		code    Code
		message string
	}{
		{control, CodeNameControl, "its name contains control characters"},
		{bidi, CodeNameBidi, "its name contains characters that change the direction of writing"},
		{format, CodeNameFormat, "its name contains invisible format characters"},
		{unportable, CodeNameUnportable, "its name contains characters that Windows does not allow"},
	} {
		if kind.found {
			faults = append(faults, nameFault{kind.code, kind.message})
		}
	}
	if colon {
		if letter := name[0] | 0x20; len(name) > 1 && name[1] == ':' && letter >= 'a' && letter <= 'z' {
			return append(faults, nameFault{CodeNameDrive, "its name starts with a drive letter"})
		}
		faults = append(faults,
			nameFault{CodeNameColon, "its name contains a colon, which names a drive or a stream on Windows"})
	}
	return faults
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// isReservedName reports whether Windows takes a path element for a device, whatever its extension.
func isReservedName(part string) bool {
	base, _, _ := strings.Cut(part, ".")
	if base = strings.TrimRight(base, " "); len(base) > len("CONOUT$") {
		return false
	}
	base = strings.ToUpper(base)
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$":
		return true
	}
	number, found := strings.CutPrefix(base, "COM")
	if !found {
		number, found = strings.CutPrefix(base, "LPT")
	}
	if !found {
		return false
	}
	switch number {
	case "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³":
		return true
	}
	return false
}

// checkSameNames refuses names that some file system considers equal, and files that are also a
// folder of others.
func (l *layout) checkSameNames() {
	fold := nameFolder{caser: cases.Fold()}
	seen := make(map[string]int, len(l.records))
	folders := make(map[string]struct{})
	for i := range l.records {
		r := &l.records[i]
		key := fold.key(strings.TrimSuffix(r.name, "/"))
		for at := strings.LastIndexByte(key, '/'); at > 0; at = strings.LastIndexByte(key[:at], '/') {
			if _, known := folders[key[:at]]; known {
				break // and so are all folders above it
			}
			folders[key[:at]] = struct{}{}
		}
		first, known := seen[key]
		if !known {
			seen[key] = i
			continue
		}
		switch other := &l.records[first]; {
		case other.name == r.name:
			l.entryFinding(r, CodeNameTwice, r.position, "another entry has the same name")
		case other.isFolder() != r.isFolder():
			l.entryFinding(r, CodeNameFileAndFolder, r.position, "it and %q are a file and a folder of one name",
				other.name)
		default:
			l.entryFinding(r, CodeNameTwiceFolded, r.position,
				"it and %q have the same name where case or composition does not count", other.name)
		}
	}
	for i := range l.records {
		r := &l.records[i]
		if r.isFolder() {
			continue
		}
		if _, used := folders[fold.key(r.name)]; used {
			l.entryFinding(r, CodeNameFileAndFolder, r.position,
				"it is a file, but other entries lie in it as in a folder")
		}
	}
}

// nameFolder maps names to the same key if some file system may consider them equal: it folds case
// and composition, and drops the format characters that HFS+ ignores.
type nameFolder struct{ caser cases.Caser }

func (f *nameFolder) key(name string) string {
	if isASCII(name) {
		return strings.ToLower(name)
	}
	name = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, name)
	// Canonical caseless matching (Unicode, definition D145), normalized to NFC.
	return norm.NFC.String(f.caser.String(norm.NFD.String(name)))
}
