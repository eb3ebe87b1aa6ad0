package main

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

	"github.com/danabio/danabio-go/internal/credential"
	"github.com/danabio/danabio-go/internal/doctor"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// doctorRun is one call of the command "doctor".
type doctorRun struct {
	connection   connection
	cmd          *cobra.Command
	out          *output
	settings     *settings // nil: they cannot be used
	secret       string
	certificates certificates
}

// checkData is one check, as "doctor --json" prints it.
type checkData struct {
	Name   string        `json:"name"`
	Status doctor.Status `json:"status"`
	Found  string        `json:"found"`
	Advice string        `json:"advice"`
	Who    doctor.Who    `json:"who"`
}

func newDoctor(out *output) *cobra.Command {
	var d doctorRun
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Find out why the API cannot be reached",
		Long: `Check step by step what the other commands need, and say for what is wrong who can mend it: you,
your network people or DANAconnect. The checks are:

  configuration  the configuration file, and whether anything is missing
  secret         whether the client secret can be read
  certificates   --ca-file, --client-cert and --client-key
  proxy          which proxy the variables name, if any
  dns            the addresses of the server or the proxy
  tcp            whether it accepts connections
  tls            the server's certificate
  clock          this machine's clock against the server's
  token          whether the server accepts the credentials
  channel        whether it lets them use the channel, by asking for a circuit that does not exist
  temp-folder    whether there is room for temporary files

Each is ok, warning, failed or skipped, and takes 10 seconds at most. No circuit is started. What is
printed holds neither the credentials nor the channel, nor anything that the server wrote.

The exit code is 0 if nothing failed, else that of the first failure: 2 configuration, secret or
certificates; 1 network, server or this machine; 4 credentials; 7 refused.

With --json: {"checks": [{"name": …, "status": "ok", "warning", "failed" or "skipped", "found": …,
"advice": …, "who": "you", "network", "vendor" or ""}]}
` + connectionHelp,
		Example: `  danabio doctor --profile sandbox`,
		Args:    arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			d.cmd, d.out = cmd, out
			return d.run(out)
		},
	}
	d.connection.addFlags(cmd)
	return cmd
}

func (d *doctorRun) run(out *output) error {
	var err error
	d.settings, err = d.connection.settings(d.cmd)
	config := doctor.Config{
		First: []doctor.Step{
			{Name: "configuration", Check: func(context.Context) doctor.Check { return d.checkConfiguration(err) }},
			{Name: "secret", Check: d.checkSecret},
			{Name: "certificates", Check: d.checkCertificates},
		},
		Client:    d.client,
		Transport: func() *http.Transport { return d.certificates.transport() },
		Trusts:    func(root *x509.Certificate) bool { return d.certificates.trusts(root) },
	}
	if d.settings != nil && d.settings.hasServer() {
		config.Vendors = vendors(d.settings.environment.value)
		config.BaseURL, _ = d.settings.config().Environment.BaseURL() // checkConfiguration tells of a bad one
	}
	var unwritten error
	if !out.json {
		config.Report = func(check doctor.Check) {
			if unwritten == nil {
				unwritten = out.text(out.checkLines(check))
			}
		}
	}
	began := time.Now()
	hide := out.progress(func(now time.Time) string { return out.asking(now.Sub(began)) })
	defer hide()
	checks, err := doctor.Run(d.cmd.Context(), config)
	hide()
	if err != nil {
		return err
	}
	if out.json {
		data := struct {
			Checks []checkData `json:"checks"`
		}{}
		for _, check := range checks {
			data.Checks = append(data.Checks, checkData{
				check.Name, check.Status, inFlags.Replace(check.Found.String()), check.Advice.String(), check.Who,
			})
		}
		unwritten = out.jsonData(data)
	}
	if unwritten != nil {
		return unwritten
	}
	return checksFailed(checks)
}

// checkLines is a check for people: a line, and another one if there is something to do.
func (o *output) checkLines(check doctor.Check) string {
	const form = "%-7s  %-13s  %s\n"
	shown := func(text *message) string { return oneLine(inFlags.Replace(text.in(o.language))) }
	lines := fmt.Sprintf(form, shown(statusText(check.Status)), check.Name, shown(textOf(check.Found)))
	if check.Advice.Format != "" {
		lines += fmt.Sprintf(form, "", "", shown(textf("%s: %s", whoText(check.Who), textOf(check.Advice))))
	}
	return lines
}

func statusText(status doctor.Status) *message {
	switch status {
	case doctor.Warning:
		return textf("warning")
	case doctor.Failed:
		return textf("failed")
	case doctor.Skipped:
		return textf("skipped")
	}
	return textf("ok")
}

func whoText(who doctor.Who) *message {
	switch who {
	case doctor.Network:
		return textf("your network people")
	case doctor.Vendor:
		return textf("DANAconnect")
	}
	return textf("you")
}

// textOf is a text of package doctor, or one that say made, as a message.
func textOf(text doctor.Text) *message {
	format, args := text.Format, slices.Clone(text.Args)
	for i, arg := range args {
		if inside, ok := arg.(doctor.Text); ok {
			args[i] = textOf(inside)
		}
	}
	return textf(format, args...)
}

// say makes a text for a check.
func say(format string, args ...any) doctor.Text { return doctor.Say(format, args...) }

// failedChecks says that checks failed.
type failedChecks struct {
	error
	kind kind // of the first
}

func (e *failedChecks) Unwrap() error { return e.error }

// advice is nothing: each check has said its own.
func (e *failedChecks) advice() *message { return nil }

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
	kinds := map[doctor.Kind]kind{
		doctor.Configuration: kindBadInput, doctor.Unreached: kindUnavailable, doctor.Unauthorized: kindUnauthorized,
		doctor.Refused: kindRefused,
	}
	return &failedChecks{errorf("failed: %s", strings.Join(names, ", ")), kinds[first]}
}

// unusable is that settings are wrong, in the words of any other command.
func unusable(err error) doctor.Check {
	return doctor.Fails(doctor.Configuration, say("%s", err), doctor.You,
		say("correct it; \"danabio config show\" says where each setting comes from"))
}

func (d *doctorRun) checkConfiguration(err error) doctor.Check {
	if err != nil {
		return unusable(err)
	}
	s := d.settings
	var missing []string
	for _, one := range []struct {
		given bool
		flag  string
	}{
		{s.hasServer(), "--environment"}, {s.channel.value != "", "--channel"}, {s.clientID.value != "", "--client-id"},
		{s.secret.from.kind != "", "--client-secret-file"},
	} {
		if !one.given {
			missing = append(missing, one.flag)
		}
	}
	switch {
	case len(missing) > 0 && s.file.unread != nil:
		return unusable(s.file.unread)
	case len(missing) > 0:
		advice := say("give them, set their variables, or put them into a profile of %s", homely(s.file.path))
		if s.file.path == "" { // there is no home
			advice = say("give them, or set their variables")
		}
		return doctor.Fails(doctor.Configuration, say("%s; what these flags give is missing: %s", d.source(),
			strings.Join(missing, ", ")), doctor.You, advice)
	}
	config := s.config()
	config.Credentials = danabio.ClientCredentials("id", "secret") // the secret is not read yet
	client, err := danabio.New(config)
	strays := s.strays()
	switch {
	case err != nil && errors.Is(err, danabio.ErrProxy): // of which "proxy" tells
	case err != nil && strays != "":
		return doctor.Fails(doctor.Configuration,
			say("%s; a stray blank or quote is at an end of, or an invisible character is in: %s", err, strays),
			doctor.You,
			say("type it anew"))
	case err != nil:
		return unusable(err)
	default:
		_ = client.Close() // it was made for its checks
	}
	if added := doctor.AddedPath(s.baseURL.value); added != "" {
		return doctor.Check{
			Status: doctor.Warning, Who: doctor.You, Advice: say("give the base URL without it"),
			Found: say("the base URL ends in %s, which danabio adds by itself", added),
		}
	}
	if strays != "" {
		return doctor.Check{
			Status: doctor.Warning, Who: doctor.You, Advice: say("type it anew, unless that is part of it"),
			Found: say("%s; a stray blank or quote is at an end of, or an invisible character is in: %s", d.source(),
				strays),
		}
	}
	return doctor.Fine(say("%s; nothing is missing", d.source()))
}

// strays names the settings that look as if something had come along with them, which other
// commands send as they are.
func (s *settings) strays() string {
	var names []string
	for _, one := range []struct {
		setting
		key string
	}{{s.baseURL, "base_url"}, {s.channel, "channel"}, {s.clientID, "client_id"}} {
		if credential.Stray(one.value) {
			names = append(names, one.called(one.from.name, one.key))
		}
	}
	return strings.Join(names, ", ")
}

func (s *settings) hasServer() bool { return s.environment.value != "" || s.baseURL.value != "" }

// source says what the settings come from, besides flags and variables.
func (d *doctorRun) source() doctor.Text {
	switch s := d.settings; {
	case s.profile.value != "":
		return say("profile %s of %s", s.profile.value, homely(s.file.path))
	case s.file.exists:
		return say("no profile of %s is chosen", homely(s.file.path))
	case s.file.unread != nil:
		return say("%s cannot be read, and is not needed", homely(s.file.path))
	}
	return say("no configuration file, only flags and variables")
}

// homely is a path without the name of the user, which the user's folder often has.
func homely(path string) string {
	if home, err := os.UserHomeDir(); err == nil {
		if rest, found := strings.CutPrefix(path, home+string(filepath.Separator)); found {
			return filepath.Join("~", rest)
		}
	}
	return path
}

func (d *doctorRun) checkSecret(ctx context.Context) doctor.Check {
	if d.settings == nil {
		return doctor.Skips(say("the settings cannot be used"))
	}
	if d.settings.secret.from.kind == "" {
		return doctor.Skips(say("none is given"))
	}
	place := d.settings.secret
	var notice *message
	var err error
	if d.secret, notice, err = place.read(ctx, d.cmd, d.out); err != nil {
		return unusable(err)
	}
	found := say("given by %s", place.from.name)
	if place.from.kind == fromProfile {
		found = say("read from %s", homely(place.file))
	}
	if credential.Stray(d.secret) {
		return doctor.Check{
			Status: doctor.Warning, Who: doctor.You, Advice: say("type it anew, unless that is part of it"),
			Found: say("%s; a stray blank or quote is at an end of it, or an invisible character is in it", found),
		}
	}
	if notice != nil {
		return noticed(found, notice)
	}
	return doctor.Fine(found)
}

// noticed is a check of files that work, and of which something should be known.
func noticed(found doctor.Text, notice *message) doctor.Check {
	return doctor.Check{
		Status: doctor.Warning, Who: doctor.You, Advice: say("have only you, or a group, read it, if you can"),
		Found: say("%s; %s", found, notice),
	}
}

func (d *doctorRun) checkCertificates(ctx context.Context) doctor.Check {
	if d.settings == nil {
		return doctor.Skips(say("the settings cannot be used"))
	}
	var err error
	if d.certificates, err = d.settings.certificates(ctx); err != nil {
		return unusable(err)
	}
	c := d.certificates
	var found doctor.Text
	switch {
	case c.roots == nil && systemTrustsNobody():
		return doctor.Check{
			Status: doctor.Warning, Who: doctor.You,
			Found: say("no authority of your own, and this system trusts none either"),
			Advice: say("install the package ca-certificates, or name a file with authorities by SSL_CERT_FILE or " +
				"--ca-file"),
		}
	case c.roots == nil && c.client == nil:
		found = say("none of your own; the system's authorities are trusted")
	case c.client == nil:
		found = say("authorities of your own, trusted besides the system's: %d", len(c.roots))
	default:
		found = say("the client certificate of %s is good until %s; authorities of your own: %d", c.client.Leaf.Subject,
			day(c.client.Leaf.NotAfter), len(c.roots))
	}
	switch {
	case c.client != nil && time.Until(c.client.Leaf.NotAfter) < doctor.Soon:
		return doctor.Check{Status: doctor.Warning, Found: found, Who: doctor.You,
			Advice: say("have it renewed in time")}
	case len(c.notices) > 0:
		return noticed(found, c.notices[0])
	}
	return doctor.Fine(found)
}

// systemTrustsNobody reports whether the system's pool of authorities is empty, as in a container
// image without certificates.
func systemTrustsNobody() bool {
	pool, err := x509.SystemCertPool()
	return err == nil && pool.Equal(x509.NewCertPool())
}

// client is called once the first checks are made.
func (d *doctorRun) client() danabio.Config {
	config := d.settings.config()
	config.Credentials = danabio.ClientCredentials(d.settings.clientID.value, d.secret)
	if transport := d.certificates.transport(); transport != nil {
		config.HTTPClient = &http.Client{Transport: transport}
	}
	return config
}
