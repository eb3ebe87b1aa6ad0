package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// licenseTexts are words that stand in a licence and in no other of these, by its SPDX name.
var licenseTexts = []struct{ name, words string }{
	{"Apache-2.0", "apache license"},
	{"BSD-3-Clause", "neither the name of"},
	{"MIT", "permission is hereby granted, free of charge, to any person obtaining a copy"},
	{"MPL-2.0", "mozilla public license"},
}

var (
	licenseFile = regexp.MustCompile(`(?i)^(licen[sc]e|copying)([-.].*)?$`)
	noticeFile  = regexp.MustCompile(`(?i)^notice([-.].*)?$`) // which the Apache licence wants to be passed on
)

// licensing is under which terms something may be passed on.
type licensing struct {
	licenses []license // empty if none is known here
	texts    string    // what must be passed on with it
}

// licensingIn returns the licence of what lies in a folder: of the texts that stand in its licence
// files each holds for something in it.
func licensingIn(folder string) (licensing, error) {
	files, err := os.ReadDir(folder)
	if err != nil {
		return licensing{}, err
	}
	var found []string
	var texts strings.Builder
	for _, file := range files {
		isLicense := licenseFile.MatchString(file.Name())
		if file.IsDir() || !isLicense && !noticeFile.MatchString(file.Name()) {
			continue
		}
		content, err := os.ReadFile(filepath.Join(folder, file.Name()))
		if err != nil {
			return licensing{}, err
		}
		if isLicense {
			found = append(found, licensesOf(string(content))...)
		}
		texts.WriteString(strings.TrimRight(string(content), " \r\n") + "\n\n")
	}
	if len(found) == 0 {
		return licensing{nil, texts.String()}, nil
	}
	slices.Sort(found)
	return licensing{[]license{{strings.Join(slices.Compact(found), " AND ")}}, texts.String()}, nil
}

func licensesOf(text string) []string {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	var found []string
	for _, license := range licenseTexts {
		if strings.Contains(text, license.words) {
			found = append(found, license.name)
		}
	}
	const bsd = "redistribution and use in source and binary forms"
	if strings.Contains(text, bsd) && !slices.Contains(found, "BSD-3-Clause") {
		found = append(found, "BSD-2-Clause")
	}
	return found
}
