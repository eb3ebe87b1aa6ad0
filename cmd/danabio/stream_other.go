//go:build !unix

package main

import "os"

// unwritable is nil: what can be found out before a write differs by system.
func unwritable(*os.File) error { return nil }

// isNull reports whether a stream is the null device, as far as the system tells.
func isNull(*os.File) bool { return false }
