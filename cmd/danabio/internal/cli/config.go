package cli

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/settings"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
)

func newConfig(out *term.Output) *cobra.Command {
	cmd := &cobra.Command{
		Use:  "config COMMAND",
		Args: cobra.ArbitraryArgs,
		RunE: group,
	}
	cmd.AddCommand(newConfigPath(out), newConfigShow(out))
	return cmd
}

func newConfigPath(out *term.Output) *cobra.Command {
	return &cobra.Command{
		Use:  "path",
		Args: arguments(),
		RunE: func(*cobra.Command, []string) error {
			path, _, err := settings.ConfigPath()
			if err != nil {
				return err
			}
			if out.JSON {
				return out.PrintJSON(struct {
					Path string `json:"path"`
				}{path})
			}
			return out.Text(path + "\n")
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
	Name   string              `json:"name"`
	Set    bool                `json:"set"`
	Value  string              `json:"value"`  // empty for the secret, and for an invalid base URL
	Source settings.OriginKind `json:"source"` // "flag", "variable", "profile", "file"; empty if it is not set
	From   string              `json:"from"`   // the flag, the variable, the profile's name or the file
}

func newConfigShow(out *term.Output) *cobra.Command {
	var connection settings.Connection
	cmd := &cobra.Command{
		Use:  "show",
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := connection.Settings(cmd)
			if err != nil {
				return err
			}
			data := newConfigData(s)
			if out.JSON {
				return out.PrintJSON(data)
			}
			return out.Text(data.table(out.Language))
		},
	}
	connection.AddFlags(cmd)
	return cmd
}

// newConfigData copies the settings that may be shown.
func newConfigData(s *settings.Settings) configData {
	data := configData{
		File:    configFileData{s.File.Path, s.File.Exists || s.File.Unread != nil, s.File.Unread != nil},
		Profile: newSettingData(s.Profile, "profile"),
	}
	baseURL := s.BaseURL
	if _, err := s.Config().Environment.BaseURL(); err != nil && baseURL.Value != "" {
		baseURL.Value = "" // it may contain a password
	}
	secret, secretFile := settings.Setting{}, settings.Setting{}
	if s.Secret.File != "" {
		secretFile = settings.Setting{Value: s.Secret.File, From: s.Secret.From}
	} else {
		secret = settings.Setting{Value: "", From: s.Secret.From}
	}
	for _, one := range []struct {
		name string
		settings.Setting
	}{
		{"environment", s.Environment}, {"base_url", baseURL}, {"channel", s.Channel}, {"client_id", s.ClientID},
		{"client_secret", secret}, {"client_secret_file", secretFile},
		{"ca_file", s.CAFile}, {"client_certificate", s.ClientCertificate}, {"client_key", s.ClientKey},
		{"allow_plain_http", s.AllowPlainHTTP}, {"raw_basic_auth", s.RawBasicAuth},
	} {
		data.Settings = append(data.Settings, newSettingData(one.Setting, one.name))
	}
	return data
}

func newSettingData(s settings.Setting, name string) settingData {
	if s.From.Kind == "" {
		return settingData{Name: name}
	}
	return settingData{Name: name, Set: true, Value: s.Value, Source: s.From.Kind, From: s.From.Name}
}

// table formats the data as a table.
func (d configData) table(wanted i18n.Language) string {
	path := "-"
	switch {
	case d.File.unread:
		path = i18n.Textf("%s (cannot be read)", d.File.Path).In(wanted)
	case d.File.Exists:
		path = d.File.Path
	case d.File.Path != "":
		path = i18n.Textf("%s (does not exist)", d.File.Path).In(wanted)
	}
	rows := append([]settingData{{Name: "file", Value: path}, d.Profile}, d.Settings...)
	width := 0
	for i := range rows[1:] {
		row := &rows[1+i]
		switch {
		case !row.Set:
			row.Value = "-"
		case row.Value == "":
			row.Value = i18n.Textf("(not shown)").In(wanted)
		}
		switch row.Source {
		case settings.FromProfile:
			row.From = i18n.Textf("profile %s", row.From).In(wanted)
		case settings.FromFile:
			row.From = filepath.Base(row.From)
		}
		width = max(width, utf8.RuneCountInString(row.Value))
	}
	var b strings.Builder
	for _, row := range rows {
		line := fmt.Sprintf("%-18s  %-*s  %s", row.Name, width, term.OneLine(row.Value), term.OneLine(row.From))
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}
