//go:build !linux && !darwin && !freebsd

package access

import "os"

// readOnly is false: how to find out differs by system.
func readOnly(*os.File) bool { return false }
