//go:build !linux && !windows

package newfile

import "errors"

// renameNew fails: this system has no such call.
func renameNew(string, string) error { return errors.ErrUnsupported }
