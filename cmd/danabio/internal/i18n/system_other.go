//go:build !windows

package i18n

// ofSystem returns nothing: the variables are what a system has where it is not Windows.
func ofSystem() string { return "" }
