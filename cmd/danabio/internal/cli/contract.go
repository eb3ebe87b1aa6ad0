package cli

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/probe"
	"github.com/danabio/danabio-go/cmd/danabio/internal/settings"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/internal/sample"
	"github.com/danabio/danabio-go/pkg/contract"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// contractRun is one run of the command "contract".
type contractRun struct {
	connection          settings.Connection
	start               bool
	signer              danabio.Signer
	started             string
	circuit, unfinished string
	report              string
	allow               string
}

// inventedSigner is the signer unless one is given. It is not a real person.
var inventedSigner = danabio.Signer{Name: "Persona Inventada", Email: "persona.inventada@example.com", NIF: "00000000T"}

func newContract(out *term.Output) *cobra.Command {
	c := contractRun{connection: settings.Connection{Out: out}}
	cmd := &cobra.Command{
		Annotations: map[string]string{"classes": classLines()},
		Use:         "contract",
		Args:        arguments(),
		RunE:        func(cmd *cobra.Command, _ []string) error { return c.run(cmd, out) },
	}
	flags := cmd.Flags()
	flags.BoolVar(&c.start, "start", false, "")
	flags.StringVar(&c.signer.Name, "signer-name", inventedSigner.Name, "")
	flags.StringVar(&c.signer.Email, "signer-email", inventedSigner.Email, "")
	flags.StringVar(&c.signer.NIF, "signer-nif", inventedSigner.NIF, "")
	flags.StringVar(&c.started, "started", "", "")
	flags.StringVar(&c.unfinished, "unfinished", "", "")
	flags.StringVar(&c.circuit, "circuit", "", "")
	flags.StringVar(&c.report, "report", "", "")
	flags.StringVar(&c.allow, "allow", "", "")
	c.connection.AddFlags(cmd)
	return cmd
}

// classLines lists the classes of deviations for the help text.
func classLines() string {
	var lines []string
	for names := range slices.Chunk(probe.Classes(), 4) {
		var line []string
		for _, name := range names {
			line = append(line, string(name))
		}
		lines = append(lines, strings.Join(line, ", "))
	}
	return "  " + strings.Join(lines, ",\n  ")
}

func (c *contractRun) run(cmd *cobra.Command, out *term.Output) error {
	if err := c.check(cmd); err != nil {
		return err
	}
	ctx := cmd.Context()
	config, err := c.config(ctx, cmd, out)
	if err != nil {
		return err
	}
	var report, started *pendingFile
	if c.report != "" {
		if report, err = newPendingFile(i18n.Textf("report"), c.report); err != nil {
			return err
		}
		defer report.discard()
	}
	if c.started != "" {
		if started, err = newPendingFile(i18n.Textf("file"), c.started); err != nil {
			return err
		}
		defer started.discard()
		promise, err := json.Marshal(struct {
			State danabio.OutcomeState `json:"state"`
		}{danabio.OutcomeUnknown})
		if err == nil {
			err = started.reserve(append(promise, '\n'), 16<<10)
		}
		if err != nil {
			return err
		}
		config.Start.Started = func(circuitID, link string) error {
			content, err := json.MarshalIndent(newStartData(&danabio.Circuit{ID: circuitID,
				Link: danabio.NewSecret(link)}), "", "  ")
			if err == nil {
				err = started.place(append(content, '\n'))
			}
			if err != nil {
				return i18n.Errorf("a circuit was started, but %s could not be written: %w", c.started,
					failure.Reason(err))
			}
			return nil
		}
	}
	if c.start {
		if err := checkStandardOutput(out, true); err != nil {
			return err
		}
	}
	result, err := probe.Run(ctx, config)
	var unknown *probe.UnknownStartError
	if errors.As(err, &unknown) {
		return newUnknownProbe(unknown.RequestID, unknown.At, unknown.Err)
	}
	if err != nil {
		return err
	}
	err = c.outcome(result)
	if report != nil {
		if failed := report.place([]byte(result.Markdown())); failed != nil {
			err = errors.Join(err, i18n.Errorf("report %s could not be written: %w", c.report, failure.Reason(failed)))
		}
	}
	if out.JSON {
		return errors.Join(err, out.PrintJSON(result))
	}
	return errors.Join(err, out.Text(result.Table()))
}

// check validates the flags without any side effects.
func (c *contractRun) check(cmd *cobra.Command) error {
	flags := cmd.Flags()
	for _, name := range []string{"signer-name", "signer-email", "signer-nif", "started", "unfinished", "circuit",
		"report", "allow"} {
		flag := flags.Lookup(name)
		if !flag.Changed {
			continue
		}
		if strings.TrimSpace(flag.Value.String()) == "" {
			return failure.Usagef(cmd, "--%s is empty", name)
		}
		if !c.start && (strings.HasPrefix(name, "signer-") || name == "started") {
			return failure.Usagef(cmd, "--%s requires --start", name)
		}
	}
	signer := 0
	for _, name := range []string{"signer-name", "signer-email", "signer-nif"} {
		if flags.Changed(name) {
			signer++
		}
	}
	if signer != 0 && signer != 3 {
		return failure.Usagef(cmd, "--signer-name, --signer-email and --signer-nif go together; give all of them or "+
			"none")
	}
	for _, class := range c.allowed() {
		if !slices.Contains(probe.Classes(), class) {
			return failure.Usagef(cmd, "--allow: there is no class %q of deviations; --help lists them", class)
		}
	}
	return nil
}

func (c *contractRun) allowed() []contract.Class {
	var classes []contract.Class
	for name := range strings.SplitSeq(c.allow, ",") {
		if name = strings.TrimSpace(name); name != "" {
			classes = append(classes, contract.Class(name))
		}
	}
	return classes
}

// config returns the probe's configuration, checked as for any other command that connects.
func (c *contractRun) config(ctx context.Context, cmd *cobra.Command, out *term.Output) (probe.Config, error) {
	access, err := c.connection.Access(ctx, cmd)
	if err != nil {
		return probe.Config{}, err
	}
	client, err := danabio.New(access.Config)
	if err != nil {
		return probe.Config{}, err
	}
	_ = client.Close() // it was made only for its checks
	base, err := access.Environment.BaseURL()
	if err != nil {
		return probe.Config{}, err
	}
	config := probe.Config{
		BaseURL: base, Server: serverName(base), Channel: access.Channel, ClientID: access.ID,
		ClientSecret: access.Secret,
		Transport:    access.Transport, RawBasicAuth: access.RawBasicAuth, Library: "danabio-go/" + danabio.Version,
		Unfinished: c.unfinished, Circuit: c.circuit, Allow: c.allowed(),
		Progress: func(name string) { out.Note(i18n.Textf("Asking: %s", name)) },
	}
	if c.start {
		config.Start = &probe.Start{
			SignerName: c.signer.Name, SignerEmail: c.signer.Email, SignerNIF: c.signer.NIF,
			DocumentName: sample.ContractName, Document: sample.Contract,
		}
	}
	if err := config.Check(); err != nil {
		return config, failure.BadInput("%w", err)
	}
	return config, nil
}

// serverName returns the name to show for the server. A custom host is not shown, because it may be
// a customer's name.
func serverName(base string) string {
	for _, vendors := range []danabio.Environment{danabio.Sandbox, danabio.Production} {
		if known, err := vendors.BaseURL(); err == nil && strings.EqualFold(base, known) {
			return "the vendor's " + string(vendors)
		}
	}
	if parsed, err := url.Parse(base); err == nil {
		if ip := net.ParseIP(parsed.Hostname()); ip != nil && ip.IsLoopback() ||
			strings.EqualFold(parsed.Hostname(), "localhost") {
			return "a server on this machine"
		}
	}
	return "a server with a base URL of its own"
}

// outcome returns the error for a result, with the exit code that the help text documents.
func (c *contractRun) outcome(result *probe.Result) error {
	var unknown *unknownProbe
	unchecked := map[probe.Reason]bool{}
	for _, p := range result.Probes {
		if p.OutcomeUnknown {
			unknown = newUnknownProbe(p.RequestID, p.SentAt, i18n.Detail(p.Explanation))
		}
		if p.Verdict == probe.NotChecked {
			unchecked[p.Reason] = true
		}
	}
	deviating := result.Names(probe.Deviates)
	switch {
	case len(deviating) > 0:
		return &deviationError{i18n.Errorf("%w: %s", failure.ErrDeviates, strings.Join(deviating, ", ")), unknown}
	case unknown != nil:
		return unknown
	case len(unchecked) == 0:
		return nil
	case unchecked[probe.CredentialsRefused]:
		return i18n.Errorf("%w: the server refuses the client id and secret", danabio.ErrUnauthorized)
	case unchecked[probe.NotCompleted]:
		return i18n.Errorf("--circuit: %w", danabio.ErrNotReady)
	}
	return i18n.Errorf("not checked: %s", strings.Join(result.Names(probe.NotChecked), ", "))
}

// deviationError reports that the server does not follow the spec, and possibly that the outcome of
// the start is unknown.
type deviationError struct {
	error
	unknown *unknownProbe
}

func (e *deviationError) Unwrap() error { return e.error }

func (e *deviationError) Advice() *i18n.Message {
	if e.unknown == nil {
		return nil
	}
	return i18n.Textf("The start was sent, and may have started a circuit.\n%s", e.unknown.Advice())
}

// unknownProbe is a start whose outcome is unknown. It shows less than the error of the command
// "start".
type unknownProbe struct {
	*danabio.OutcomeUnknownError
}

func newUnknownProbe(requestID string, at time.Time, err error) *unknownProbe {
	return &unknownProbe{&danabio.OutcomeUnknownError{RequestID: requestID, StartedAt: at,
		Outcome: danabio.OutcomeUnknown, Err: err}}
}

func (e *unknownProbe) Unwrap() error { return e.OutcomeUnknownError }

func (e *unknownProbe) Advice() *i18n.Message {
	return i18n.Textf(`To find out, ask DANAconnect whether a circuit was started for this request:
  request ID  %s
  time        %s`, term.OneLine(e.RequestID), e.StartedAt.UTC().Format(time.RFC3339))
}
