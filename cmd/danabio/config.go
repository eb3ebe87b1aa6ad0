package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/internal/language"
)

func newConfig(out *output) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config COMMAND",
		Short: "Show the configuration file and the settings in effect",
		Long: `The configuration file holds profiles, each of which says how to reach the API:

  profile = "sandbox"            # used when nobody says which

  [profiles.sandbox]
  environment = "sandbox"        # or base_url = "https://acme.example.com"
  channel = "xxxx-xxxxx-45555-55555"
  client_id = "acme"
  client_secret_file = "secret.txt"

There are also ca_file, client_certificate, client_key, allow_plain_http and raw_basic_auth. Paths
are as seen from the folder of the file; "~/" is your own folder. --profile or DANABIO_PROFILE
choose another profile, DANABIO_CONFIG another file. The client secret itself does not stand in it.`,
		Example: `  danabio config show --profile sandbox`,
		Args:    cobra.ArbitraryArgs,
		RunE:    group,
	}
	cmd.AddCommand(newConfigPath(out), newConfigShow(out))
	return cmd
}

func newConfigPath(out *output) *cobra.Command {
	return &cobra.Command{
		Use:   "path",
		Short: "Print where the configuration file is",
		Long: `Print where the configuration file is, or would be.

With --json: {"path": …}`,
		Example: `  danabio config path`,
		Args:    arguments(),
		RunE: func(*cobra.Command, []string) error {
			path, _, err := configPath()
			if err != nil {
				return err
			}
			if out.json {
				return out.jsonData(struct {
					Path string `json:"path"`
				}{path})
			}
			return out.text(path + "\n")
		},
	}
}

// configData is what "config show --json" prints.
type configData struct {
	File     configFileData `json:"file"`
	Profile  settingData    `json:"profile"`
	Settings []settingData  `json:"settings"`
}

type configFileData struct {
	Path   string `json:"path"`
	Exists bool   `json:"exists"`
	unread bool
}

type settingData struct {
	Name   string     `json:"name"`
	Set    bool       `json:"set"`
	Value  string     `json:"value"`  // never of the secret, nor of a base URL that is none
	Source originKind `json:"source"` // "flag", "variable", "profile", "file"; empty if it is not set
	From   string     `json:"from"`   // the flag, the variable, the profile's name or the file
}

func newConfigShow(out *output) *cobra.Command {
	var connection connection
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Print the settings in effect, and where each comes from",
		Long: `Print the settings that a command with the same flags would have, and where each comes from. Of the
client secret is shown only whether there is one and from where. Nothing is sent.

With --json: {"file": {"path": …, "exists": …}, "profile": a setting, "settings": [{"name": …,
"set": …, "value": …, "source": "flag", "variable", "profile", "file" or "", "from": …}]}
` + connectionHelp,
		Example: `  danabio config show --profile sandbox --channel other`,
		Args:    arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := connection.settings(cmd)
			if err != nil {
				return err
			}
			data := s.shown()
			if out.json {
				return out.jsonData(data)
			}
			return out.text(data.table(out.language))
		},
	}
	connection.addFlags(cmd)
	return cmd
}

// shown is what may be shown of the settings.
func (s *settings) shown() configData {
	data := configData{
		File:    configFileData{s.file.path, s.file.exists || s.file.unread != nil, s.file.unread != nil},
		Profile: s.profile.shown("profile"),
	}
	baseURL := s.baseURL
	if _, err := s.config().Environment.BaseURL(); err != nil && baseURL.value != "" {
		baseURL.value = "" // it may hold a password
	}
	secret, secretFile := setting{}, setting{}
	if s.secret.file != "" {
		secretFile = setting{s.secret.file, s.secret.from}
	} else {
		secret = setting{"", s.secret.from}
	}
	for _, one := range []struct {
		name string
		setting
	}{
		{"environment", s.environment}, {"base_url", baseURL}, {"channel", s.channel}, {"client_id", s.clientID},
		{"client_secret", secret}, {"client_secret_file", secretFile},
		{"ca_file", s.caFile}, {"client_certificate", s.clientCertificate}, {"client_key", s.clientKey},
		{"allow_plain_http", s.allowPlainHTTP}, {"raw_basic_auth", s.rawBasicAuth},
	} {
		data.Settings = append(data.Settings, one.shown(one.name))
	}
	return data
}

func (s setting) shown(name string) settingData {
	if s.from.kind == "" {
		return settingData{Name: name}
	}
	return settingData{Name: name, Set: true, Value: s.value, Source: s.from.kind, From: s.from.name}
}

// table is the same for people.
func (d configData) table(wanted language.Language) string {
	path := "-"
	switch {
	case d.File.unread:
		path = textf("%s (cannot be read)", d.File.Path).in(wanted)
	case d.File.Exists:
		path = d.File.Path
	case d.File.Path != "":
		path = textf("%s (does not exist)", d.File.Path).in(wanted)
	}
	rows := append([]settingData{{Name: "file", Value: path}, d.Profile}, d.Settings...)
	width := 0
	for i := range rows[1:] {
		row := &rows[1+i]
		switch {
		case !row.Set:
			row.Value = "-"
		case row.Value == "":
			row.Value = textf("(not shown)").in(wanted)
		}
		switch row.Source {
		case fromProfile:
			row.From = textf("profile %s", row.From).in(wanted)
		case fromFile:
			row.From = filepath.Base(row.From)
		}
		width = max(width, utf8.RuneCountInString(row.Value))
	}
	var b strings.Builder
	for _, row := range rows {
		line := fmt.Sprintf("%-18s  %-*s  %s", row.Name, width, oneLine(row.Value), oneLine(row.From))
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}
