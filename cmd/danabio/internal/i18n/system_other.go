//go:build !windows

package i18n

// ofSystem returns "": other systems have only the variables.
func ofSystem() string { return "" }
