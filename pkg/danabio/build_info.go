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

// linkedCommit is set by the linker in published programs, which are built without a repository's
// data.
var linkedCommit string

// buildCommit is the commit that this library was built from, as receipts name it; empty if it is
// not known.
var buildCommit = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if linkedCommit != "" || !ok {
		return linkedCommit
	}
	return commitOf(info)
})

// commitOf finds the commit of this module, not that of a program that imports it. A tree with
// changes is marked "-dirty". A released version names no commit: its tag does.
func commitOf(info *debug.BuildInfo) string {
	// the end of a version that the go command makes of a commit without a tag
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
