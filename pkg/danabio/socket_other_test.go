//go:build !linux

package danabio_test

// systemFaults need what not every system has.
func systemFaults() []socketFault { return nil }
