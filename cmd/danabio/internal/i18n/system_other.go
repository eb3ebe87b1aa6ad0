//go:build !windows

package i18n

// ofSystem returns "": other systems only have the variables.
func ofSystem() string { return "" }
