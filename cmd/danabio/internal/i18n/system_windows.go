package i18n

import "golang.org/x/sys/windows"

// ofSystem returns the first of the languages in which the user wants to read Windows, es-MX say.
func ofSystem() string {
	languages, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	if err != nil || len(languages) == 0 {
		return ""
	}
	return languages[0]
}
