package danabio

import (
	"regexp"
	"runtime/debug"
	"sync"
)

const (
	modulePath  = "github.com/danabio/danabio-go"
	libraryName = "danabio-go " + Version
)

// linkedCommit is set by the linker in published programs, which are built without the data of a
// repository.
var linkedCommit string

// buildCommit returns the commit that this library was built from, or "" if it is not known.
// Receipts name it.
var buildCommit = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if linkedCommit != "" || !ok {
		return linkedCommit
	}
	return commitOf(info)
})

// commitOf returns the commit of this module, even in a program that imports it. It marks a tree
// with changes by "-dirty". For a released version it returns "", because the tag names the commit.
func commitOf(info *debug.BuildInfo) string {
	// the end of the version that the go command gives to a commit without a tag
	pseudoVersion := regexp.MustCompile(`[-.]\d{14}-([0-9a-f]{12})$`)
	if info.Main.Path == modulePath {
		settings := map[string]string{}
		for _, setting := range info.Settings {
			settings[setting.Key] = setting.Value
		}
		commit := settings["vcs.revision"]
		if commit != "" && settings["vcs.modified"] == "true" {
			commit += "-dirty"
		}
		return commit
	}
	for _, module := range info.Deps {
		if module.Path != modulePath || module.Replace != nil {
			continue
		}
		if found := pseudoVersion.FindStringSubmatch(module.Version); found != nil {
			return found[1]
		}
	}
	return ""
}
