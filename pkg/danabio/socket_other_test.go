//go:build !linux

package danabio_test

// systemFaults need features that not every system has.
func systemFaults() []socketFault { return nil }
