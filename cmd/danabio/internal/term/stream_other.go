//go:build !unix

package term

import "os"

// Unwritable returns nil: only Unix systems tell before a write that it will fail.
func Unwritable(*os.File) error { return nil }

// IsNull returns false: only on Unix systems does a stream tell which device it is.
func IsNull(*os.File) bool { return false }
