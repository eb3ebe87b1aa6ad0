//go:build !linux && !windows

package atomicfile

import "errors"

// renameNew fails: the system has no such call that can be made from here.
func renameNew(string, string) error { return errors.ErrUnsupported }
