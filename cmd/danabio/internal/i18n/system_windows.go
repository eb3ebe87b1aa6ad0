package i18n

import "golang.org/x/sys/windows"

// ofSystem returns the first of the user's display languages, for example es-MX.
func ofSystem() string {
	languages, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	if err != nil || len(languages) == 0 {
		return ""
	}
	return languages[0]
}
