//go:build !linux && !windows

package atomicfile

import "errors"

// renameNew fails: this system has no such call.
func renameNew(string, string) error { return errors.ErrUnsupported }
