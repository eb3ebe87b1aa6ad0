//go:build !unix

package term

import "os"

// Unwritable returns nil, because it is not implemented for this system.
func Unwritable(*os.File) error { return nil }

// IsNull returns false, because it is not implemented for this system.
func IsNull(*os.File) bool { return false }
