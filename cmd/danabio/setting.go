package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/internal/credential"
)

// setting is one setting, and where it comes from.
type setting struct {
	value string
	from  origin
}

// origin says where a setting comes from.
type origin struct {
	kind originKind
	name string // of the flag, with its dashes, of the variable, of the profile, or of the file
}

// originKind is where settings come from.
type originKind string

// The kinds of origins, as "config show --json" prints them; empty is that nobody gave the setting.
const (
	fromFlag     originKind = "flag"
	fromVariable originKind = "variable"
	fromProfile  originKind = "profile"
	fromFile     originKind = "file" // outside of its profiles
)

// wins says which of two kinds counts: flags win over the environment, and that over the
// configuration file.
func (k originKind) wins(other originKind) bool {
	rank := map[originKind]int{fromProfile: 1, fromVariable: 2, fromFlag: 3}
	return rank[k] > rank[other]
}

// settings are all settings of a command that connects, as far as they are given.
type settings struct {
	file                                 *configFile
	profile                              setting // its name
	environment, baseURL                 setting // one of them at most
	channel, clientID                    setting
	secret                               secretPlace
	caFile, clientCertificate, clientKey setting
	allowPlainHTTP, rawBasicAuth         setting // "true" or "false"
}

// called is the setting's name where it was given, or the flag's if it was not.
func (s setting) called(flag, key string) string {
	if s.from.kind == fromProfile {
		return key
	}
	return flag
}

// layers is where a command's settings may stand.
type layers struct {
	cmd     *cobra.Command
	name    string // of the profile
	profile profile
}

// pick takes a setting from the flag, or else from the variable, or else from the profile's key.
// Without a variable or a key its name is empty.
func (l layers) pick(flag, variable, key string) (setting, error) {
	if given := l.cmd.Flags().Lookup(flag); given.Changed {
		if given.Value.String() == "" {
			return setting{}, usagef(l.cmd, "--%s is empty", flag)
		}
		return setting{given.Value.String(), origin{fromFlag, "--" + flag}}, nil
	}
	if variable != "" {
		if value := os.Getenv(variable); value != "" {
			return setting{value, origin{fromVariable, variable}}, nil
		}
	}
	if value, found := l.profile[key]; found {
		return setting{value, origin{fromProfile, l.name}}, nil
	}
	return setting{}, nil
}

// pickText is pick for what goes to the server. It leaves out what an editor or a shell puts around
// a text, and fails on what it cannot leave out.
func (l layers) pickText(flag, variable, key string) (setting, error) {
	picked, err := l.pick(flag, variable, key)
	if err != nil {
		return setting{}, err
	}
	if picked.value, err = credential.Text(picked.value); err != nil {
		if picked.from.kind == fromProfile {
			return setting{}, badInput("%s of profile %s %w", key, oneLine(l.name), err)
		}
		return setting{}, usagef(l.cmd, "%s %w", picked.from.name, err)
	}
	if picked.value == "" {
		return setting{}, nil
	}
	return picked, nil
}

// settings finds out what is given, and where. It reads the configuration file and no other. What
// is missing is no error yet.
func (c *connection) settings(cmd *cobra.Command) (*settings, error) {
	file, err := readConfigFile(cmd.Context())
	if err != nil {
		return nil, err
	}
	s := &settings{file: file}
	l := layers{cmd: cmd}
	name, err := l.pick("profile", "DANABIO_PROFILE", "")
	if err != nil {
		return nil, err
	}
	if s.profile, l.profile, err = file.choose(name); err != nil {
		return nil, err
	}
	l.name = s.profile.value
	for _, one := range []struct {
		into                *setting
		pick                func(flag, variable, key string) (setting, error)
		flag, variable, key string
	}{
		{&s.environment, l.pickText, "environment", "DANABIO_ENVIRONMENT", "environment"},
		{&s.baseURL, l.pickText, "base-url", "DANABIO_BASE_URL", "base_url"},
		{&s.channel, l.pickText, "channel", "DANABIO_CHANNEL", "channel"},
		{&s.clientID, l.pickText, "client-id", "DANABIO_CLIENT_ID", "client_id"},
		{&s.caFile, l.pick, "ca-file", "", "ca_file"},
		{&s.clientCertificate, l.pick, "client-cert", "", "client_certificate"},
		{&s.clientKey, l.pick, "client-key", "", "client_key"},
		{&s.allowPlainHTTP, l.pick, "allow-plain-http", "", "allow_plain_http"},
		{&s.rawBasicAuth, l.pick, "raw-basic-auth", "", "raw_basic_auth"},
	} {
		if *one.into, err = one.pick(one.flag, one.variable, one.key); err != nil {
			return nil, err
		}
	}
	if err := s.oneServer(cmd); err != nil {
		return nil, err
	}
	// A certificate and its key belong together, so they come from one place.
	if certificate, key := s.clientCertificate.from.kind, s.clientKey.from.kind; certificate.wins(key) {
		s.clientKey = setting{}
	} else if key.wins(certificate) {
		s.clientCertificate = setting{}
	}
	s.secret,
		err = c.secret.place(cmd, os.Getenv, setting{l.profile["client_secret_file"], origin{fromProfile, l.name}})
	return s, err
}

// oneServer settles whether an environment or a base URL counts.
func (s *settings) oneServer(cmd *cobra.Command) error {
	environment, baseURL := s.environment.from, s.baseURL.from
	switch {
	case environment.kind == fromFlag && baseURL.kind == fromFlag:
		return usagef(cmd, "--environment and --base-url are both given; give one")
	case environment.kind == fromVariable && baseURL.kind == fromVariable:
		return usagef(cmd, "DANABIO_ENVIRONMENT and DANABIO_BASE_URL are both set; unset one")
	case environment.kind.wins(baseURL.kind):
		s.baseURL = setting{}
	default:
		s.environment = setting{}
	}
	switch {
	case s.environment.value != "" && !vendors(s.environment.value):
		return usagef(cmd, "%s is neither sandbox nor production; for a URL there is --base-url and DANABIO_BASE_URL",
			environment.name)
	case s.baseURL.value != "" && !isWebURL(s.baseURL.value):
		return usagef(cmd, "%s must begin with https://, such as https://acme.example.com", baseURL.name)
	}
	return nil
}
