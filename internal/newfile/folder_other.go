//go:build !unix || aix || solaris

package newfile

// SyncFolder does nothing: the system has no such call.
func SyncFolder(string) error { return nil }

// linksUnsupported is true for every error: which of them say that there are no links differs by file system, and the others come again.
func linksUnsupported(error) bool { return true }
