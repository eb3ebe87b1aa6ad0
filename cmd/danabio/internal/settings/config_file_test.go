package settings

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// For any configuration file, the result is either exactly its content or an input error with the
// line of the key in the error. The secret in the file is never shown.
func FuzzConfigFile(f *testing.F) {
	for _, seed := range []string{
		"", "profile = \"a\"\n[profiles.a]\nchannel = \"c\"\n", "[profiles.a]\nclient_secret = \"hunter2\"\n",
		"[profiles.a]\nclient_secret = hunter2\n",
		"profiles = {a = {channel = 'c'}}", "profiles.a.channel.b = 1", "[[profiles.a]]\nchannel = 'c'",
		"[profiles]\na = 3\n",
		"[profiles.\"x y\"]\nallow_plain_http = true\nca_file = '~/ca.pem'",
		"[profiles.a]\nchannel = '''\nhunter2'''\nchanel = [\n1,\n2]\n", "profile = 1", "[0.0]",
	} {
		f.Add(seed)
	}
	place := regexp.MustCompile(`^c\.toml:(\d+): `)
	f.Fuzz(func(t *testing.T, content string) {
		if len(content) > 2000 {
			return
		}
		file := &ConfigFile{Path: "c.toml"}
		err := file.parse([]byte(content))
		if err == nil {
			var values struct {
				Profile  string
				Profiles map[string]map[string]any
			}
			if _, err := toml.Decode(content, &values); err != nil {
				t.Fatalf("taken, but %v", err)
			}
			if values.Profile != file.selected || len(values.Profiles) != len(file.Profiles) {
				t.Errorf("profile %q and %d profiles, want %q and %d", file.selected, len(file.Profiles),
					values.Profile, len(values.Profiles))
			}
			for name, profile := range file.Profiles {
				if len(profile) != len(values.Profiles[name]) || values.Profiles[name]["channel"] != nil &&
					values.Profiles[name]["channel"] != profile["channel"] {
					t.Errorf("profile %q is %q, want %v", name, profile, values.Profiles[name])
				}
			}
			return
		}
		if !errors.Is(err, danabio.ErrInvalidRequest) {
			t.Errorf("%v is no bad input", err)
		}
		if strings.Contains(err.Error(), "hunter2") && !strings.Contains(err.Error(), "there is no setting") {
			t.Errorf("%v shows the secret", err)
		}
		if at := place.FindStringSubmatch(err.Error()); at != nil {
			if line, _ := strconv.Atoi(at[1]); line < 1 || line > strings.Count(content, "\n")+1 {
				t.Errorf("%v: there is no such line", err)
			}
		}
	})
}

// The error names the right line, and finds it quickly even in a long file.
func TestConfigFileErrorHasItsLine(t *testing.T) {
	long := strings.Repeat("# a comment\n", 2000)
	for _, test := range []struct {
		name, content string
		line          int
	}{
		{"first", "colour = 1", 1},
		{"last, without its end", long + "colour = 1", 2001},
		{"in the middle", long + "colour = 1\n" + long, 2001},
		{"after a text of many lines", "[profiles.a]\nchannel = \"\"\"\none\ntwo\"\"\"\n" + long + "colour = 1\n",
			2005},
		{"before a text of many lines", long + "colour = 1\n[profiles.a]\nchannel = \"\"\"\none\ntwo\"\"\"\n", 2001},
		{"a list of many lines", "colour = [\n1,\n2\n]\n" + long, 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			began := time.Now()
			err := (&ConfigFile{Path: "c.toml"}).parse([]byte(test.content))
			if want := fmt.Sprintf("c.toml:%d: there is no setting \"colour\"", test.line); err == nil ||
				!strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %s", err, want)
			}
			if took := time.Since(began); took > time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

// The text in the place of a setting's name may be the secret.
func TestConfigFileErrorShowsOnlyWhatLooksLikeAName(t *testing.T) {
	err := (&ConfigFile{Path: "c.toml"}).parse([]byte("[profiles.a]\nhunter2 = 1\n"))
	if err == nil || strings.Contains(err.Error(), "hunter2") ||
		!strings.HasPrefix(err.Error(), "c.toml:2: there is an unknown setting") {
		t.Errorf("%v", err)
	}
}

// Profile names are untrusted text.
func TestConfigFileErrorIsOneLine(t *testing.T) {
	file := &ConfigFile{Path: "c.toml", Exists: true}
	if err := file.parse([]byte("[profiles.\"a\\nb\"]\nchannel = \"c\"\n")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := file.choose(Setting{"x", Origin{FromFlag, "--profile"}}); err == nil ||
		strings.Contains(err.Error(), "\n") {
		t.Errorf("%q", err)
	}
}

func TestConfigFileWithoutPlace(t *testing.T) {
	file := &ConfigFile{}
	if _, _, err := file.choose(Setting{"a", Origin{FromFlag, "--profile"}}); err == nil ||
		!strings.Contains(err.Error(), "set DANABIO_CONFIG") {
		t.Errorf("%v", err)
	}
}
