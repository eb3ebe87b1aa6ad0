//go:build !unix || aix || solaris

package atomicfile

// SyncFolder does nothing: this system has no such call.
func SyncFolder(string) error { return nil }

// syncUnsupported returns false: this system has no known errors of that kind.
func syncUnsupported(error) bool { return false }
