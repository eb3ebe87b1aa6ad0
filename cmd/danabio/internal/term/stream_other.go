//go:build !unix

package term

import "os"

// Unwritable is nil: what can be found out before a write differs by system.
func Unwritable(*os.File) error { return nil }

// IsNull reports whether a stream is the null device, as far as the system tells.
func IsNull(*os.File) bool { return false }
