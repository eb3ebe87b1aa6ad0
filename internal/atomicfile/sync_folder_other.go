//go:build !unix || aix || solaris

package atomicfile

// SyncFolder does nothing: the system has no such call.
func SyncFolder(string) error { return nil }

// syncUnsupported is false: which errors say that differs by system.
func syncUnsupported(error) bool { return false }
