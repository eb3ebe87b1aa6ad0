//go:build !linux && !windows

package newfile

import "errors"

// renameNew fails: the system has no such call that can be made from here.
func renameNew(string, string) error { return errors.ErrUnsupported }
