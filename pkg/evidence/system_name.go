package evidence

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// SystemNameError says that Windows cannot hold the name of an entry, so that nothing was
// extracted. It is no fault of the ZIP: extract it on another system, or read it as the [fs.FS]
// that it is after a verification.
type SystemNameError struct{ Entry string }

func (e *SystemNameError) Error() string {
	return fmt.Sprintf("extract evidence: %q cannot be the name of a file on Windows; nothing was extracted; "+
		"extract it on Linux or macOS, or in WSL", e.Entry)
}

// maxWindowsName is the length of a file's name that NTFS can hold, in UTF-16 units.
const maxWindowsName = 255

// checkSystemNames fails for the first name that the system cannot hold, of those that are no
// reason to refuse the ZIP.
func (a *Archive) checkSystemNames(goos string) error {
	if goos != "windows" {
		return nil
	}
	for i := range a.layout.records {
		name := a.layout.records[i].name
		if strings.ContainsAny(name, `<>"|?*`) {
			return &SystemNameError{name}
		}
		for part := range strings.SplitSeq(name, "/") {
			if len(utf16.Encode([]rune(part))) > maxWindowsName {
				return &SystemNameError{name}
			}
		}
	}
	return nil
}
