package cli

import (
	"crypto/rand"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/settings"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// start is one run of the command "start".
type start struct {
	connection settings.Connection
	id         string
	signer     danabio.Signer
	receipt    string
	journal    string
	stdinName  string
	request    string // path of the request file
}

// startData is what "start --json" prints.
type startData struct {
	CircuitID    string `json:"circuitId"`
	Link         string `json:"link"`
	UnusableLink string `json:"unusableLink,omitempty"` // what the server sent in place of a usable link
	// Notices describe anything unusual in the server's answer. Absent if there is nothing.
	Notices []string `json:"notices,omitempty"`
}

func newStartData(circuit *danabio.Circuit) startData {
	if link := circuit.Link.Reveal(); link == "" || circuit.LinkOpens() {
		return startData{CircuitID: circuit.ID, Link: link, Notices: circuit.Notices}
	}
	return startData{CircuitID: circuit.ID, UnusableLink: circuit.Link.Reveal(), Notices: circuit.Notices}
}

func (d startData) lines() []term.Line {
	lines := []term.Line{{Name: "circuitId", Value: d.CircuitID}, {Name: "link", Value: d.Link}}
	if d.UnusableLink != "" {
		lines = append(lines, term.Line{Name: "unusableLink", Value: d.UnusableLink})
	}
	return lines
}

// notices describe anything unusual about a circuit that was started.
func (d startData) notices() []*i18n.Message {
	var notices []*i18n.Message
	for _, notice := range d.Notices {
		notices = append(notices, i18n.Textf("The circuit was started, but note: %s", notice))
	}
	if strings.HasPrefix(d.CircuitID, "-") {
		notices = append(notices,
			i18n.Textf("the circuit's id begins with -, as flags do; where it is an argument put -- before it: "+
				"danabio wait -o evidence.zip -- %s",
				term.ShellWord(d.CircuitID)))
	}
	if d.UnusableLink != "" {
		notices = append(notices,
			i18n.Textf("the link that the server gave is not an https URL, so it is printed as unusableLink; do not "+
				"open it, and ask DANAconnect for the right one"))
	}
	return notices
}

func newStart(out *term.Output) *cobra.Command {
	s := start{connection: settings.Connection{Out: out}}
	cmd := &cobra.Command{
		Use: "start --request FILE.json | --signer-name NAME --signer-email EMAIL --signer-nif NIF " + moreFiles,
		Args: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("request") {
				return nil // the request file names the documents
			}
			return arguments(moreFiles)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, files []string) error {
			return failure.InterruptedStart(s.run(cmd, out, files))
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&s.signer.Name, "signer-name", "", "")
	flags.StringVar(&s.signer.Email, "signer-email", "", "")
	flags.StringVar(&s.signer.NIF, "signer-nif", "", "")
	flags.StringVar(&s.request, "request", "", "")
	flags.StringVar(&s.id, "id", "", "")
	flags.StringVar(&s.receipt, "receipt", "", "")
	flags.StringVar(&s.journal, "journal", "", "")
	flags.StringVar(&s.stdinName, "stdin-name", "", "")
	s.connection.AddFlags(cmd)
	return cmd
}

func (s *start) run(cmd *cobra.Command, out *term.Output, files []string) error {
	if err := s.check(cmd, files); err != nil {
		return err
	}
	ctx := cmd.Context()
	asked, err := s.requested(ctx, cmd)
	if err != nil {
		return err
	}
	config, err := s.connection.Config(ctx, cmd)
	if err != nil {
		return err
	}
	if s.journal != "" {
		if err := checkJournal(s.journal); err != nil {
			return err
		}
		config.Journal = startJournal{s.journal}
	}
	sending := newTransferProgress(out, 0)
	if out.Line != nil {
		config.Progress = sending.onProgress
	}
	client, err := danabio.New(config)
	if err != nil {
		return err
	}
	defer client.Close()
	var sent *startReceiptFile
	if s.receipt != "" {
		if sent, err = newStartReceiptFile(s.receipt); err != nil {
			return err
		}
		defer sent.discard()
	}
	if asked == nil {
		documents, remove, err := s.documents(cmd, out, files)
		defer remove()
		if err != nil {
			return err
		}
		asked = &danabio.CircuitRequest{ID: s.id, Signer: s.signer, Documents: documents}
	}
	if asked.ID == "" {
		asked.ID = rand.Text() // as the client would; the receipt needs it first
	}
	if sent != nil {
		if err := sent.reserve(client, *asked, config.Channel); err != nil {
			return err
		}
	}
	if err := checkStandardOutput(out, s.receipt != "" || s.journal != ""); err != nil {
		return err
	}
	hide := out.Progress(sending.text)
	defer hide()
	circuit, err := client.StartCircuit(ctx, *asked)
	hide()
	if s.request != "" && errors.Is(err, danabio.ErrInvalidRequest) {
		err = requestError{err}
	}
	var unknown *danabio.OutcomeUnknownError
	if errors.As(err, &unknown) {
		err = failure.UnknownStart(err, unknown)
		if sent != nil {
			err = errors.Join(err, sent.store(client.UnknownStartReceipt(unknown)))
		}
		return err
	}
	if circuit == nil {
		return err
	}
	// From here on there is a circuit. Its id must be printed whatever else fails.
	var failures []error
	but := func(err error) {
		if err != nil {
			failures = append(failures,
				failure.AfterStart(i18n.Errorf("circuit %q was started, but %w", circuit.ID, err), circuit))
		}
	}
	but(err) // an error of the journal
	if sent != nil {
		but(sent.store(client.StartReceipt(circuit)))
	}
	data := newStartData(circuit)
	but(out.Data(data, data.lines()...))
	for _, notice := range data.notices() {
		out.Notice(i18n.Notice(notice))
	}
	out.Note(i18n.Textf("Request %s is sent. Next: danabio wait -o evidence.zip -- %s", term.OneLine(circuit.RequestID),
		term.ShellWord(circuit.ID)))
	return errors.Join(failures...)
}

// check validates flags and arguments without any side effects.
func (s *start) check(cmd *cobra.Command, files []string) error {
	for _, name := range []string{"id", "receipt", "journal", "request"} {
		if flag := cmd.Flags().Lookup(name); flag.Changed && flag.Value.String() == "" {
			return failure.Usagef(cmd, "--%s is empty", name)
		}
	}
	if s.request != "" {
		return s.checkBesidesRequest(cmd, files)
	}
	var missing []string
	for _, flag := range []struct{ name, value string }{
		{"--signer-name", s.signer.Name}, {"--signer-email", s.signer.Email}, {"--signer-nif", s.signer.NIF},
	} {
		if strings.TrimSpace(flag.value) == "" {
			missing = append(missing, flag.name)
		}
	}
	if len(missing) > 0 {
		return failure.Usagef(cmd, "missing or empty: %s", strings.Join(missing, ", "))
	}
	piped := countOf(files, failure.StandardInput)
	switch {
	case piped > 1:
		return failure.Usagef(cmd, "standard input can be only one document, but - is given %d times", piped)
	case piped == 0 && cmd.Flags().Changed("stdin-name"):
		return failure.Usagef(cmd, "--stdin-name is given, but no document is read from standard input; give - as a "+
			"file")
	case piped == 1 && s.connection.Secret.Stdin:
		return failure.Usagef(cmd, "standard input cannot be both a document and the client secret; give the secret "+
			"with --client-secret-file or DANABIO_CLIENT_SECRET")
	case piped == 1 && s.stdinName == "":
		return failure.Usagef(cmd, "a document from standard input needs a name; give --stdin-name NAME.pdf")
	case piped == 1 && !plainName(s.stdinName):
		return failure.Usagef(cmd, "--stdin-name must be the name of a file without folders, such as contract.pdf")
	}
	return nil
}

// documents returns the documents to send, and a function that removes their temporary files. The
// function is never nil.
func (s *start) documents(cmd *cobra.Command, out *term.Output, files []string) ([]danabio.Document, func(), error) {
	remove := func() {}
	var documents []danabio.Document
	for _, file := range files {
		if file == failure.StandardInput {
			source, hide := readStandardInput(out, cmd)
			spooled, cleanUp, err := spool(source, s.stdinName)
			hide()
			if err != nil {
				return nil, remove, err
			}
			file, remove = spooled, cleanUp
		}
		documents = append(documents, danabio.File(file))
	}
	return documents, remove, nil
}
