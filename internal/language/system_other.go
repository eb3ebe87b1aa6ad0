//go:build !windows

package language

// ofSystem returns "": other systems have only the variables.
func ofSystem() string { return "" }
