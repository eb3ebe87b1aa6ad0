// Package settings finds out how to reach the API: from flags, variables and the configuration
// file, with the client secret and certificates that they name. Call [Connection.AddFlags], and
// then [Connection.Config].
//
// This package contains all that a command reads before it connects, but for what is sent.
package settings

import (
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/internal/credential"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// Setting is the value of a setting and its origin.
type Setting struct {
	Value string
	From  Origin
}

// Origin is where a setting comes from.
type Origin struct {
	Kind OriginKind
	Name string // name of the flag with its dashes, of the variable, of the profile, or of the file
}

// OriginKind is the kind of place a setting comes from.
type OriginKind string

// These are the kinds of origins, as "config show --json" prints them. The empty kind means that
// the setting is not set.
const (
	FromFlag     OriginKind = "flag"
	FromVariable OriginKind = "variable"
	FromProfile  OriginKind = "profile"
	FromFile     OriginKind = "file" // outside its profiles
)

// wins reports whether k overrides other: flags override the environment, and that overrides the
// configuration file.
func (k OriginKind) wins(other OriginKind) bool {
	rank := map[OriginKind]int{FromProfile: 1, FromVariable: 2, FromFlag: 3}
	return rank[k] > rank[other]
}

// Settings contains all settings of a command that connects. Some may be missing.
type Settings struct {
	File                                 *ConfigFile
	Profile                              Setting // its name
	Environment, BaseURL                 Setting // at most one of them
	Channel, ClientID                    Setting
	Secret                               SecretPlace
	CAFile, ClientCertificate, ClientKey Setting
	AllowPlainHTTP, RawBasicAuth         Setting // "true" or "false"
}

// called returns the setting's name where it was given, or the flag's name if it was not.
func (s Setting) called(flag, key string) string {
	if s.From.Kind == FromProfile {
		return key
	}
	return flag
}

// layers are the places where a command's settings can come from.
type layers struct {
	cmd     *cobra.Command
	name    string // name of the profile
	profile profile
}

// pick returns a setting from the flag, the variable or the profile's key, in this order. An empty
// variable or key means that there is none.
func (l layers) pick(flag, variable, key string) (Setting, error) {
	if given := l.cmd.Flags().Lookup(flag); given.Changed {
		if given.Value.String() == "" {
			return Setting{}, failure.Usagef(l.cmd, "--%s is empty", flag)
		}
		return Setting{given.Value.String(), Origin{FromFlag, "--" + flag}}, nil
	}
	if variable != "" {
		if value := os.Getenv(variable); value != "" {
			return Setting{value, Origin{FromVariable, variable}}, nil
		}
	}
	if value, found := l.profile[key]; found {
		return Setting{value, Origin{FromProfile, l.name}}, nil
	}
	return Setting{}, nil
}

// pickText is pick for a text that is sent to the server. It removes what an editor or a shell adds
// around a text, and fails for what it cannot remove.
func (l layers) pickText(flag, variable, key string) (Setting, error) {
	picked, err := l.pick(flag, variable, key)
	if err != nil {
		return Setting{}, err
	}
	if picked.Value, err = credential.Text(picked.Value); err != nil {
		if picked.From.Kind == FromProfile {
			return Setting{}, failure.BadInput("%s of profile %s %w", key, term.OneLine(l.name), err)
		}
		return Setting{}, failure.Usagef(l.cmd, "%s %w", picked.From.Name, err)
	}
	if picked.Value == "" {
		return Setting{}, nil
	}
	return picked, nil
}

// Settings collects the settings and their origins. It reads the configuration file and no other. A
// missing setting is not an error yet.
func (c *Connection) Settings(cmd *cobra.Command) (*Settings, error) {
	file, err := ReadConfigFile(cmd.Context())
	if err != nil {
		return nil, err
	}
	s := &Settings{File: file}
	l := layers{cmd: cmd}
	name, err := l.pick("profile", "DANABIO_PROFILE", "")
	if err != nil {
		return nil, err
	}
	if s.Profile, l.profile, err = file.choose(name); err != nil {
		return nil, err
	}
	l.name = s.Profile.Value
	for _, one := range []struct {
		into                *Setting
		pick                func(flag, variable, key string) (Setting, error)
		flag, variable, key string
	}{
		{&s.Environment, l.pickText, "environment", "DANABIO_ENVIRONMENT", "environment"},
		{&s.BaseURL, l.pickText, "base-url", "DANABIO_BASE_URL", "base_url"},
		{&s.Channel, l.pickText, "channel", "DANABIO_CHANNEL", "channel"},
		{&s.ClientID, l.pickText, "client-id", "DANABIO_CLIENT_ID", "client_id"},
		{&s.CAFile, l.pick, "ca-file", "", "ca_file"},
		{&s.ClientCertificate, l.pick, "client-cert", "", "client_certificate"},
		{&s.ClientKey, l.pick, "client-key", "", "client_key"},
		{&s.AllowPlainHTTP, l.pick, "allow-plain-http", "", "allow_plain_http"},
		{&s.RawBasicAuth, l.pick, "raw-basic-auth", "", "raw_basic_auth"},
	} {
		if *one.into, err = one.pick(one.flag, one.variable, one.key); err != nil {
			return nil, err
		}
	}
	if err := s.oneServer(cmd); err != nil {
		return nil, err
	}
	// A certificate and its key belong together, so they must have the same origin.
	if certificate, key := s.ClientCertificate.From.Kind, s.ClientKey.From.Kind; certificate.wins(key) {
		s.ClientKey = Setting{}
	} else if key.wins(certificate) {
		s.ClientCertificate = Setting{}
	}
	s.Secret,
		err = c.Secret.Place(cmd, os.Getenv, Setting{l.profile["client_secret_file"], Origin{FromProfile, l.name}})
	return s, err
}

// oneServer decides between an environment and a base URL.
func (s *Settings) oneServer(cmd *cobra.Command) error {
	environment, baseURL := s.Environment.From, s.BaseURL.From
	switch {
	case environment.Kind == FromFlag && baseURL.Kind == FromFlag:
		return failure.Usagef(cmd, "--environment and --base-url are both given; give one")
	case environment.Kind == FromVariable && baseURL.Kind == FromVariable:
		return failure.Usagef(cmd, "DANABIO_ENVIRONMENT and DANABIO_BASE_URL are both set; unset one")
	case environment.Kind.wins(baseURL.Kind):
		s.BaseURL = Setting{}
	default:
		s.Environment = Setting{}
	}
	switch {
	case s.Environment.Value != "" && !Vendors(s.Environment.Value):
		return failure.Usagef(cmd,
			"%s is neither sandbox nor production; for a URL use --base-url or DANABIO_BASE_URL",
			environment.Name)
	case s.BaseURL.Value != "" && !isWebURL(s.BaseURL.Value):
		return failure.Usagef(cmd, "%s must begin with https://, such as https://acme.example.com", baseURL.Name)
	}
	return nil
}

func (s *Settings) HasServer() bool { return s.Environment.Value != "" || s.BaseURL.Value != "" }

// missing says which required settings nobody gave, each on a line, or returns nil.
func (s *Settings) missing() error {
	var lines []error
	if !s.HasServer() {
		lines = append(lines, i18n.Errorf("no server given; give --environment sandbox, --environment production or "+
			"--base-url, or set DANABIO_ENVIRONMENT or DANABIO_BASE_URL"))
	}
	if s.Channel.Value == "" {
		lines = append(lines, i18n.Errorf("the %s is missing; give --%s or set %s", i18n.Textf("channel"), "channel",
			"DANABIO_CHANNEL"))
	}
	if s.ClientID.Value == "" {
		lines = append(lines, i18n.Errorf("the %s is missing; give --%s or set %s", i18n.Textf("client id"),
			"client-id", "DANABIO_CLIENT_ID"))
	}
	if s.Secret.From.Kind == "" {
		lines = append(lines, i18n.Errorf("the client secret is missing; set DANABIO_CLIENT_SECRET, or give "+
			"--client-secret-file or --client-secret-stdin"))
	}
	return errors.Join(lines...)
}

// Config returns the part of the configuration that needs no other file.
func (s *Settings) Config() danabio.Config {
	config := danabio.Config{
		Environment: danabio.Environment(s.Environment.Value), Channel: s.Channel.Value,
		AllowPlainHTTP: s.AllowPlainHTTP.Value == "true", RawBasicAuth: s.RawBasicAuth.Value == "true",
	}
	if s.BaseURL.Value != "" {
		config.Environment = danabio.CustomEnvironment(s.BaseURL.Value)
	}
	return config
}

// Strays names the settings that seem to contain stray characters. Other commands send them
// unchanged.
func (s *Settings) Strays() string {
	var names []string
	for _, one := range []struct {
		Setting
		key string
	}{{s.BaseURL, "base_url"}, {s.Channel, "channel"}, {s.ClientID, "client_id"}} {
		if credential.Stray(one.Value) {
			names = append(names, one.called(one.From.Name, one.key))
		}
	}
	return strings.Join(names, ", ")
}
