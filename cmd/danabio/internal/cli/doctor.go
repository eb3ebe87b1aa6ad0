package cli

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/doctor"
	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/settings"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/internal/credential"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// doctorRun is one run of the command "doctor".
type doctorRun struct {
	connection   settings.Connection
	cmd          *cobra.Command
	out          *term.Output
	settings     *settings.Settings // nil if they cannot be used
	secret       string
	certificates settings.Certificates
}

// checkData is the JSON form of a check in "doctor --json".
type checkData struct {
	Name   string        `json:"name"`
	Status doctor.Status `json:"status"`
	Found  string        `json:"found"`
	Advice string        `json:"advice"`
	Who    doctor.Who    `json:"who"`
}

func newDoctor(out *term.Output) *cobra.Command {
	var d doctorRun
	cmd := &cobra.Command{
		Use:  "doctor",
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			d.cmd, d.out = cmd, out
			return d.run(out)
		},
	}
	d.connection.AddFlags(cmd)
	return cmd
}

func (d *doctorRun) run(out *term.Output) error {
	var err error
	d.settings, err = d.connection.Settings(d.cmd)
	config := doctor.Config{
		First: []doctor.Step{
			{Name: "configuration", Check: func(context.Context) doctor.Check { return d.checkConfiguration(err) }},
			{Name: "secret", Check: d.checkSecret},
			{Name: "certificates", Check: d.checkCertificates},
		},
		Client:    d.client,
		Transport: func() *http.Transport { return d.certificates.Transport() },
		Trusts:    func(root *x509.Certificate) bool { return d.certificates.Trusts(root) },
	}
	if d.settings != nil && d.settings.HasServer() {
		config.Vendors = settings.Vendors(d.settings.Environment.Value)
		config.BaseURL, _ = d.settings.Config().Environment.BaseURL() // checkConfiguration reports a bad one
	}
	var unwritten error
	if !out.JSON {
		config.Report = func(check doctor.Check) {
			if unwritten == nil {
				unwritten = out.Text(checkLines(out, check))
			}
		}
	}
	began := time.Now()
	hide := out.Progress(func(now time.Time) string { return askingText(out, now.Sub(began)) })
	defer hide()
	checks, err := doctor.Run(d.cmd.Context(), config)
	hide()
	if err != nil {
		return err
	}
	if out.JSON {
		data := struct {
			Checks []checkData `json:"checks"`
		}{}
		for _, check := range checks {
			data.Checks = append(data.Checks, checkData{
				check.Name, check.Status, failure.InFlags.Replace(check.Found.String()), check.Advice.String(),
				check.Who,
			})
		}
		unwritten = out.PrintJSON(data)
	}
	if unwritten != nil {
		return unwritten
	}
	return checksFailed(checks)
}

// checkLines formats a check for people: a line, and a second one if there is something to do.
func checkLines(o *term.Output, check doctor.Check) string {
	const form = "%-7s  %-13s  %s\n"
	shown := func(text *i18n.Message) string { return term.OneLine(failure.InFlags.Replace(text.In(o.Language))) }
	lines := fmt.Sprintf(form, shown(statusText(check.Status)), check.Name, shown(textOf(check.Found)))
	if check.Advice.Format != "" {
		lines += fmt.Sprintf(form, "", "", shown(i18n.Textf("%s: %s", whoText(check.Who), textOf(check.Advice))))
	}
	return lines
}

func statusText(status doctor.Status) *i18n.Message {
	switch status {
	case doctor.Warning:
		return i18n.Textf("warning")
	case doctor.Failed:
		return i18n.Textf("failed")
	case doctor.Skipped:
		return i18n.Textf("skipped")
	}
	return i18n.Textf("ok")
}

func whoText(who doctor.Who) *i18n.Message {
	switch who {
	case doctor.Network:
		return i18n.Textf("your network people")
	case doctor.Vendor:
		return i18n.Textf("DANAconnect")
	}
	return i18n.Textf("you")
}

// textOf converts a text of package doctor, or one made by sayCheck, to a message.
func textOf(text doctor.Text) *i18n.Message {
	format, args := text.Format, slices.Clone(text.Args)
	for i, arg := range args {
		if inside, ok := arg.(doctor.Text); ok {
			args[i] = textOf(inside)
		}
	}
	return i18n.Textf(format, args...)
}

// checkText returns a text for a check.
func checkText(format string, args ...any) doctor.Text { return doctor.Say(format, args...) }

func checksFailed(checks []doctor.Check) error {
	var names []string
	var first doctor.Kind
	for _, check := range checks {
		if check.Status == doctor.Failed {
			if names = append(names, check.Name); first == 0 {
				first = check.Kind
			}
		}
	}
	if names == nil {
		return nil
	}
	kinds := map[doctor.Kind]failure.Kind{
		doctor.Configuration: failure.KindBadInput, doctor.Unreached: failure.KindUnavailable,
		doctor.Unauthorized: failure.KindUnauthorized,
		doctor.Refused:      failure.KindRefused,
	}
	return failure.FailedChecks(i18n.Errorf("failed: %s", strings.Join(names, ", ")), kinds[first])
}

// badSettings returns the check for invalid settings, with the message that any other command would
// print.
func badSettings(err error) doctor.Check {
	return doctor.Fails(doctor.Configuration, checkText("%s", err), doctor.You,
		checkText("correct it; \"danabio config show\" says where each setting comes from"))
}

func (d *doctorRun) checkConfiguration(err error) doctor.Check {
	if err != nil {
		return badSettings(err)
	}
	s := d.settings
	var missing []string
	for _, one := range []struct {
		given bool
		flag  string
	}{
		{s.HasServer(), "--environment"}, {s.Channel.Value != "", "--channel"}, {s.ClientID.Value != "", "--client-id"},
		{s.Secret.From.Kind != "", "--client-secret-file"},
	} {
		if !one.given {
			missing = append(missing, one.flag)
		}
	}
	switch {
	case len(missing) > 0 && s.File.Unread != nil:
		return badSettings(s.File.Unread)
	case len(missing) > 0:
		advice := checkText("give them, set their variables, or put them into a profile of %s",
			shortenHome(s.File.Path))
		if s.File.Path == "" { // there is no home directory
			advice = checkText("give them, or set their variables")
		}
		return doctor.Fails(doctor.Configuration, checkText("%s; what these flags give is missing: %s", d.source(),
			strings.Join(missing, ", ")), doctor.You, advice)
	}
	config := s.Config()
	config.Credentials = danabio.ClientCredentials("id", "secret") // the secret has not been read yet
	client, err := danabio.New(config)
	strays := s.Strays()
	switch {
	case err != nil && errors.Is(err, danabio.ErrProxy): // the check "proxy" reports it
	case err != nil && strays != "":
		return doctor.Fails(doctor.Configuration,
			checkText("%s; a stray space or quote is at one end of, or an invisible character is in: %s", err, strays),
			doctor.You,
			checkText("type it again"))
	case err != nil:
		return badSettings(err)
	default:
		_ = client.Close() // it was made only for its checks
	}
	if added := doctor.AddedPath(s.BaseURL.Value); added != "" {
		return doctor.Check{
			Status: doctor.Warning, Who: doctor.You, Advice: checkText("give the base URL without it"),
			Found: checkText("the base URL ends in %s, which danabio adds by itself", added),
		}
	}
	if strays != "" {
		return doctor.Check{
			Status: doctor.Warning, Who: doctor.You, Advice: checkText("type it again, unless that is part of it"),
			Found: checkText("%s; a stray space or quote is at one end of, or an invisible character is in: %s",
				d.source(),
				strays),
		}
	}
	return doctor.Fine(checkText("%s; nothing is missing", d.source()))
}

// source describes where the settings come from, apart from flags and variables.
func (d *doctorRun) source() doctor.Text {
	switch s := d.settings; {
	case s.Profile.Value != "":
		return checkText("profile %s of %s", s.Profile.Value, shortenHome(s.File.Path))
	case s.File.Exists:
		return checkText("no profile of %s is chosen", shortenHome(s.File.Path))
	case s.File.Unread != nil:
		return checkText("%s cannot be read, and is not needed", shortenHome(s.File.Path))
	}
	return checkText("no configuration file, only flags and variables")
}

// shortenHome replaces the user's home directory in path by ~, because it often contains the user's
// name.
func shortenHome(path string) string {
	if home, err := os.UserHomeDir(); err == nil {
		if rest, found := strings.CutPrefix(path, home+string(filepath.Separator)); found {
			return filepath.Join("~", rest)
		}
	}
	return path
}

func (d *doctorRun) checkSecret(ctx context.Context) doctor.Check {
	if d.settings == nil {
		return doctor.Skips(checkText("the settings cannot be used"))
	}
	if d.settings.Secret.From.Kind == "" {
		return doctor.Skips(checkText("none is given"))
	}
	place := d.settings.Secret
	var notice *i18n.Message
	var err error
	if d.secret, notice, err = place.Read(ctx, d.cmd, d.out); err != nil {
		return badSettings(err)
	}
	found := checkText("given by %s", place.From.Name)
	if place.From.Kind == settings.FromProfile {
		found = checkText("read from %s", shortenHome(place.File))
	}
	if credential.Stray(d.secret) {
		return doctor.Check{
			Status: doctor.Warning, Who: doctor.You, Advice: checkText("type it again, unless that is part of it"),
			Found: checkText("%s; a stray space or quote is at one end of it, or an invisible character is in it",
				found),
		}
	}
	if notice != nil {
		return withNotice(found, notice)
	}
	return doctor.Fine(found)
}

// withNotice returns a warning about files that work but have a notice.
func withNotice(found doctor.Text, notice *i18n.Message) doctor.Check {
	return doctor.Check{
		Status: doctor.Warning, Who: doctor.You,
		Advice: checkText("if you can, make it readable only for you or a group"),
		Found:  checkText("%s; %s", found, notice),
	}
}

func (d *doctorRun) checkCertificates(ctx context.Context) doctor.Check {
	if d.settings == nil {
		return doctor.Skips(checkText("the settings cannot be used"))
	}
	var err error
	if d.certificates, err = d.settings.Certificates(ctx); err != nil {
		return badSettings(err)
	}
	c := d.certificates
	var found doctor.Text
	switch {
	case c.Roots == nil && systemTrustsNobody():
		return doctor.Check{
			Status: doctor.Warning, Who: doctor.You,
			Found: checkText("no authority of your own, and this system trusts none either"),
			Advice: checkText("install the package ca-certificates, or name a file with authorities in SSL_CERT_FILE " +
				"or with --ca-file"),
		}
	case c.Roots == nil && c.Client == nil:
		found = checkText("none of your own; the system's authorities are trusted")
	case c.Client == nil:
		found = checkText("authorities of your own, trusted in addition to the system's: %d", len(c.Roots))
	default:
		found = checkText("the client certificate of %s is good until %s; authorities of your own: %d",
			c.Client.Leaf.Subject,
			settings.Day(c.Client.Leaf.NotAfter), len(c.Roots))
	}
	switch {
	case c.Client != nil && time.Until(c.Client.Leaf.NotAfter) < doctor.Soon:
		return doctor.Check{Status: doctor.Warning, Found: found, Who: doctor.You,
			Advice: checkText("have it renewed in time")}
	case len(c.Notices) > 0:
		return withNotice(found, c.Notices[0])
	}
	return doctor.Fine(found)
}

// systemTrustsNobody reports whether the system has no root certificates, as in a container image
// without any.
func systemTrustsNobody() bool {
	pool, err := x509.SystemCertPool()
	return err == nil && pool.Equal(x509.NewCertPool())
}

// client returns the configuration of the client. It is called after the first checks.
func (d *doctorRun) client() danabio.Config {
	config := d.settings.Config()
	config.Credentials = danabio.ClientCredentials(d.settings.ClientID.Value, d.secret)
	if transport := d.certificates.Transport(); transport != nil {
		config.HTTPClient = &http.Client{Transport: transport}
	}
	return config
}
