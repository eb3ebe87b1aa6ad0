package evidence

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// SystemNameError means that Windows cannot use the name of an entry for a file, so that nothing
// was extracted. The ZIP is not at fault: extract it on another system, or read the archive as an
// [fs.FS] after a verification.
type SystemNameError struct{ Entry string }

func (e *SystemNameError) Error() string {
	return fmt.Sprintf("extract evidence: %q cannot be the name of a file on Windows; nothing was extracted; "+
		"extract it on Linux or macOS, or in WSL", e.Entry)
}

// maxWindowsName is the longest file name on NTFS, in UTF-16 units.
const maxWindowsName = 255

// checkSystemNames fails for the first name that the system cannot use although it is no reason to
// refuse the ZIP.
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
