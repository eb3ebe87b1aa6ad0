package danabio

import (
	"runtime/debug"
	"testing"
)

func TestCommitIsThatOfThisModule(t *testing.T) {
	const revision = "0123456789abcdef0123456789abcdef01234567"
	vcs := func(modified string) []debug.BuildSetting {
		return []debug.BuildSetting{{Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: modified}}
	}
	importer := func(module debug.Module) *debug.BuildInfo {
		return &debug.BuildInfo{Main: debug.Module{Path: "bank.example.com/loans"}, Settings: vcs("false"),
			Deps: []*debug.Module{{Path: "golang.org/x/text", Version: "v0.0.0-20260101000000-aaaaaaaaaaaa"}, &module}}
	}
	own := debug.Module{Path: modulePath}
	for name, test := range map[string]struct {
		info *debug.BuildInfo
		want string
	}{
		"built here":          {&debug.BuildInfo{Main: own, Settings: vcs("false")}, revision},
		"built here, changed": {&debug.BuildInfo{Main: own, Settings: vcs("true")}, revision + "-dirty"},
		"built without git":   {&debug.BuildInfo{Main: own}, ""},
		"imported at a commit": {importer(debug.Module{Path: modulePath,
			Version: "v0.1.1-0.20261129140000-0123456789ab"}), "0123456789ab"},
		"imported at a release": {importer(debug.Module{Path: modulePath, Version: "v0.1.0"}), ""},
		"imported from a folder": {importer(debug.Module{Path: modulePath,
			Version: "v0.1.1-0.20261129140000-0123456789ab",
			Replace: &debug.Module{Path: "../danabio-go"}}), ""},
	} {
		if got := commitOf(test.info); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
