package settings

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"syscall"

	"github.com/BurntSushi/toml"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/internal/access"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// ConfigFile is the configuration file: profiles that describe how to reach the API.
type ConfigFile struct {
	Path     string // empty if this machine has no folder for it
	from     Origin // origin of the path
	Exists   bool
	Unread   error  // why it cannot be read, if it is the default file; counts only if a setting is missing
	selected string // the default profile
	line     int    // line of that choice
	Profiles map[string]profile
}

// profile is the content of one profile by key: texts unchanged, paths made absolute, switches as
// "true" and "false".
type profile map[string]string

// profileKey is a key that a profile may have, and the function that reads its value.
type profileKey struct {
	name string
	read func(*configReader, toml.Key, any) (string, error)
}

var profileKeys = [...]profileKey{
	{"environment", (*configReader).environment},
	{"base_url", (*configReader).baseURL},
	{"channel", (*configReader).text},
	{"client_id", (*configReader).text},
	{"client_secret_file", (*configReader).file},
	{"ca_file", (*configReader).file},
	{"client_certificate", (*configReader).file},
	{"client_key", (*configReader).file},
	{"allow_plain_http", (*configReader).truth},
	{"raw_basic_auth", (*configReader).truth},
}

// profileKeyAt returns the index of the key with this name in profileKeys, or -1.
func profileKeyAt(name string) int {
	return slices.IndexFunc(profileKeys[:], func(known profileKey) bool { return known.name == name })
}

// maxConfig limits the bytes that are read. No configuration is that long, but a file given by
// mistake may be.
const maxConfig = 64 << 10

// ConfigPath returns where the configuration file is, or would be.
func ConfigPath() (path string, from Origin, err error) {
	if path = os.Getenv("DANABIO_CONFIG"); path != "" {
		return path, Origin{FromVariable, "DANABIO_CONFIG"}, nil
	}
	folder, err := os.UserConfigDir()
	if err != nil {
		return "", Origin{},
			failure.BadInput("this machine names no folder for configuration files; set DANABIO_CONFIG")
	}
	return filepath.Join(folder, "danabio", "config.toml"), Origin{}, nil
}

// ReadConfigFile reads the configuration file. The default file may be missing.
func ReadConfigFile(ctx context.Context) (*ConfigFile, error) {
	path, from, err := ConfigPath()
	if err != nil {
		return &ConfigFile{}, nil
	}
	c := &ConfigFile{Path: path, from: from}
	source, err := OpenInput(ctx, path)
	if err != nil {
		unread := failure.BadInput("configuration file %s: %w", path, failure.Reason(err))
		switch {
		case from.Kind != "":
			return nil, unread
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR): // HOME may be /dev/null
			return c, nil
		case errors.Is(err, fs.ErrPermission): // HOME may be another user's
			c.Unread = unread
			return c, nil
		}
		return nil, unread
	}
	defer source.Close()
	if access.Writes(source) == access.Everything { // ssh refuses such a file too
		return nil,
			failure.BadInput("configuration file %s: other users of this machine can change it, or put another one "+
				"in its place, and so redirect the secret to a host of theirs; make it and its folder writable only "+
				"for you: chmod o-w %s %s", path, term.ShellWord(path),
				term.ShellWord(filepath.Dir(path)))
	}
	content, err := io.ReadAll(io.LimitReader(interruptible{ctx, source}, maxConfig+1))
	switch {
	case err != nil:
		return nil, failure.BadInput("configuration file %s: %w", path, failure.Reason(err))
	case len(content) > maxConfig:
		return nil, failure.BadInput("configuration file %s is too long: more than %d bytes", path, maxConfig)
	}
	c.Exists = true
	return c, c.parse(content)
}

// configReader parses a configuration file. Its errors show no value, because a value may be a
// misplaced secret.
type configReader struct {
	into    *ConfigFile
	content []byte
}

func (c *ConfigFile) parse(content []byte) error {
	r := &configReader{c, content}
	var values map[string]any
	meta, err := toml.Decode(string(content), &values)
	if unread := (toml.ParseError{}); errors.As(err, &unread) {
		return failure.BadInput("%s:%d: this is not TOML: each line is a [table], a comment, or NAME = VALUE, text "+
			"is in quotes, and no name occurs twice", c.Path, unread.Position.Line)
	}
	if err != nil {
		return failure.BadInput("configuration file %s is not TOML", c.Path)
	}
	c.Profiles = map[string]profile{}
	for _, key := range meta.Keys() {
		if key = key[:min(len(key), 3)]; key[0] != "profiles" {
			key = key[:1]
		}
		if err := r.take(key, values); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Profiles)) {
		if p := c.Profiles[name]; p["environment"] != "" && p["base_url"] != "" {
			return failure.BadInput("%s: profile %q has both environment and base_url; leave one out",
				r.at(toml.Key{"profiles", name, "base_url"}), name)
		}
	}
	if c.selected != "" {
		c.line = r.line(toml.Key{"profile"})
	}
	return nil
}

// take reads one key, which has at most three parts.
func (r *configReader) take(key toml.Key, values map[string]any) error {
	last := key[len(key)-1]
	value := any(values)
	for _, part := range key {
		value = value.(map[string]any)[part]
	}
	_, isTable := value.(map[string]any)
	switch {
	case last == "client_secret":
		return failure.BadInput("%s: the client secret does not belong in this file; put it into a file that only "+
			"you can read, and name that file in client_secret_file",
			r.at(key))
	case len(key) == 1 && last == "profile":
		text, err := r.text(key, value)
		r.into.selected = text
		return err
	case len(key) == 1 && last == "profiles" && isTable:
		return nil
	case len(key) == 1 && last == "profiles":
		return failure.BadInput("%s: profiles is not a table; each profile begins with [profiles.NAME]", r.at(key))
	case len(key) == 1 && profileKeyAt(last) >= 0:
		return failure.BadInput("%s: %s is not in a profile; put it below [profiles.NAME]", r.at(key), last)
	case len(key) == 1:
		return r.unknown(key, []string{"profile", "profiles"})
	case len(key) == 2 && isTable:
		if r.into.Profiles[last] == nil {
			r.into.Profiles[last] = profile{}
		}
		return nil
	case len(key) == 2:
		return failure.BadInput("%s: profiles.%s is not a table; a profile begins with [profiles.NAME]", r.at(key),
			last)
	}
	at := profileKeyAt(last)
	if at < 0 {
		var names []string
		for _, known := range profileKeys {
			names = append(names, known.name)
		}
		return r.unknown(key, names)
	}
	text, err := profileKeys[at].read(r, key, value)
	if err != nil {
		return err
	}
	if r.into.Profiles[key[1]] == nil { // dotted keys do not create a table first
		r.into.Profiles[key[1]] = profile{}
	}
	r.into.Profiles[key[1]][last] = text
	return nil
}

func (r *configReader) unknown(key toml.Key, known []string) error {
	last := key[len(key)-1]
	if !Harmless(last) {
		return failure.BadInput("%s: there is an unknown setting; the known ones are %s", r.at(key),
			strings.Join(known, ", "))
	}
	if similar := failure.SimilarWord(last, known); similar != "" {
		return failure.BadInput("%s: there is no setting %q; did you mean %q?", r.at(key), last, similar)
	}
	return failure.BadInput("%s: there is no setting %q; the known ones are %s", r.at(key), last,
		strings.Join(known, ", "))
}

func (r *configReader) text(key toml.Key, value any) (string, error) {
	text, ok := value.(string)
	switch {
	case !ok:
		return "", failure.BadInput("%s: the value of %s is not text; put text in quotes", r.at(key), key[len(key)-1])
	case strings.TrimSpace(text) == "":
		return "", failure.BadInput("%s: %s is empty; leave the line out", r.at(key), key[len(key)-1])
	}
	return text, nil
}

func (r *configReader) environment(key toml.Key, value any) (string, error) {
	text, err := r.text(key, value)
	if err == nil && !Vendors(text) {
		err = failure.BadInput("%s: environment is neither sandbox nor production; for a URL use base_url",
			r.at(key))
	}
	return text, err
}

func (r *configReader) baseURL(key toml.Key, value any) (string, error) {
	text, err := r.text(key, value)
	if err == nil && !isWebURL(text) {
		err = failure.BadInput("%s: base_url must begin with https://, such as https://acme.example.com", r.at(key))
	}
	return text, err
}

// file reads a path relative to the folder of the configuration file. "~/" is the user's home
// directory.
func (r *configReader) file(key toml.Key, value any) (string, error) {
	path, err := r.text(key, value)
	if err != nil {
		return "", err
	}
	if rest, found := strings.CutPrefix(path, "~/"); found {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", failure.BadInput("%s: this machine does not say where ~ is; give the whole path", r.at(key))
		}
		return filepath.Join(home, rest), nil
	}
	if filepath.IsAbs(path) {
		return path, nil
	}
	return filepath.Join(filepath.Dir(r.into.Path), path), nil
}

func (r *configReader) truth(key toml.Key, value any) (string, error) {
	truth, ok := value.(bool)
	if !ok {
		return "", failure.BadInput("%s: the value of %s is neither true nor false, without quotes", r.at(key),
			key[len(key)-1])
	}
	return strconv.FormatBool(truth), nil
}

// at returns the position of a key as FILE:LINE.
func (r *configReader) at(key toml.Key) string { return r.into.Path + ":" + strconv.Itoa(r.line(key)) }

// line returns the first line by which the key is defined, because the TOML package does not report
// positions.
func (r *configReader) line(key toml.Key) int {
	lines := bytes.SplitAfter(r.content, []byte("\n"))
	ends, end := make([]int, len(lines)), 0
	for i, line := range lines {
		end += len(line)
		ends[i] = end
	}
	// whole returns the first line from i on where no text or list is incomplete, and whether the
	// key is defined by then. Everything before the file's last line is complete at some line, and
	// a defined key stays defined, so a binary search works.
	whole := func(i int) (int, bool) {
		for ; i < len(ends)-1; i++ {
			var values map[string]any
			if meta, err := toml.Decode(string(r.content[:ends[i]]), &values); err == nil {
				return i, meta.IsDefined(key...)
			}
		}
		return i, true
	}
	first, _ := whole(sort.Search(len(ends)-1, func(i int) bool {
		_, there := whole(i)
		return there
	}))
	return first + 1
}

// Vendors reports whether text names one of the vendor's servers.
func Vendors(text string) bool {
	return danabio.Environment(text) == danabio.Sandbox || danabio.Environment(text) == danabio.Production
}

// choose returns the profile to use: the named one, or the file's default if name is empty.
func (c *ConfigFile) choose(name Setting) (Setting, profile, error) {
	place := c.Path
	if name.Value == "" {
		if c.selected == "" {
			return Setting{}, nil, nil
		}
		name = Setting{c.selected, Origin{FromFile, c.Path}}
		place += ":" + strconv.Itoa(c.line)
	}
	if chosen := c.Profiles[name.Value]; chosen != nil {
		return name, chosen, nil
	}
	var known []string
	for _, name := range slices.Sorted(maps.Keys(c.Profiles)) {
		known = append(known, term.OneLine(name))
	}
	switch similar := failure.SimilarWord(name.Value, known); {
	case c.Unread != nil:
		return name, nil, c.Unread
	case c.Path == "":
		return name, nil,
			failure.BadInput("there is no profile %q, since this machine names no folder for configuration files; set "+
				"DANABIO_CONFIG", name.Value)
	case !c.Exists:
		return name, nil, failure.BadInput("there is no profile %q, since there is no configuration file %s",
			name.Value,
			c.Path)
	case similar != "":
		return name, nil, failure.BadInput("%s: there is no profile %q; did you mean %q? It has: %s", place, name.Value,
			similar, strings.Join(known, ", "))
	case len(known) == 0:
		return name, nil, failure.BadInput("%s: there is no profile %q, and no other one", place, name.Value)
	}
	return name, nil, failure.BadInput("%s: there is no profile %q; it has: %s", place, name.Value,
		strings.Join(known, ", "))
}
