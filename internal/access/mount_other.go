//go:build !linux && !darwin && !freebsd

package access

import "os"

// readOnly returns false: this system has no portable way to find out.
func readOnly(*os.File) bool { return false }
