package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// usageError is wrong usage of a command.
type usageError struct {
	command string
	err     error
}

func usage(cmd *cobra.Command, err error) error { return &usageError{cmd.CommandPath(), err} }

func usagef(cmd *cobra.Command, format string, args ...any) error {
	return usage(cmd, errorf(format, args...))
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }
func (e *usageError) advice() *message {
	return textf("Run %q to see how it is used.", e.command+" --help")
}

// inputError is bad input that was found here, before the client could find it.
type inputError struct {
	*message
	kind kind
}

func badInput(format string, args ...any) error {
	return &inputError{textf(format, args...), kindBadInput}
}

// inTheWay is that there is something already where something new is to be.
func inTheWay(format string, args ...any) error {
	return &inputError{textf(format, args...), kindFileExists}
}

func (e *inputError) Unwrap() []error { return []error{danabio.ErrInvalidRequest, e.message} }

// flagError leaves out what was given to a flag, unless it can be neither a secret nor the signer's
// name.
func flagError(cmd *cobra.Command, err error) error {
	var (
		unknown  *pflag.NotExistError
		syntax   *pflag.InvalidSyntaxError
		missing  *pflag.ValueRequiredError
		unusable *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedName() == "client-secret":
		return usagef(cmd, "there is no flag --client-secret, since other users of this machine could read it; set "+
			"DANABIO_CLIENT_SECRET or "+
			"DANABIO_CLIENT_SECRET_FILE, or give --client-secret-file or --client-secret-stdin")
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return usagef(cmd, "there is no flag -%s", unknown.GetSpecifiedName())
	case errors.As(err, &unknown):
		if similar := similarFlag(cmd, unknown.GetSpecifiedName()); similar != "" {
			return usagef(cmd, "there is no flag --%s; did you mean --%s?", unknown.GetSpecifiedName(), similar)
		}
		return usagef(cmd, "there is no flag --%s", unknown.GetSpecifiedName())
	case errors.As(err, &syntax):
		name, _, _ := strings.Cut(syntax.GetSpecifiedFlag(), "=")
		return usagef(cmd, "%s is no flag", name)
	case errors.As(err, &missing):
		name := "--" + missing.GetSpecifiedName()
		if missing.GetSpecifiedShortnames() != "" {
			name = name[1:]
		}
		what, _ := pflag.UnquoteUsage(missing.GetFlag())
		return usagef(cmd, "%s needs a value: %s", name, what)
	case errors.As(err, &unusable):
		flag, value := unusable.GetFlag(), unusable.GetValue()
		switch {
		case flag.Value.Type() == "duration":
			return usagef(cmd, "--%s %q is no duration; give one such as 90s, 30m or 48h", flag.Name, value)
		case flag.Name == "lang":
			return usagef(cmd, "--lang %q is no language; give en or es", value)
		case flag.Name == "json":
			return usagef(cmd, "--json is true or false, not %q", value)
		default: // of the other types, only a switch can have a value that is unusable
			return usagef(cmd, "--%s is true or false", flag.Name)
		}
	}
	return usage(cmd, err)
}

// similarFlag returns the flag that was meant, or nothing.
func similarFlag(cmd *cobra.Command, name string) string {
	var names []string
	cmd.Flags().VisitAll(func(flag *pflag.Flag) { names = append(names, flag.Name) })
	return similarWord(name, names)
}

// similarWord returns the one of the known words that was meant, or nothing. It is found as a
// mistyped command is.
func similarWord(word string, known []string) string {
	words := &cobra.Command{SuggestionsMinimumDistance: 2}
	for _, name := range known {
		words.AddCommand(&cobra.Command{Use: name, Run: func(*cobra.Command, []string) {}})
	}
	if similar := words.SuggestionsFor(word); len(similar) > 0 {
		return similar[0]
	}
	return ""
}

// unknownStart adds to a start's unknown outcome what is needed to find out.
type unknownStart struct {
	error
	outcome *danabio.OutcomeUnknownError
}

func (e *unknownStart) Unwrap() error { return e.error }

func (e *unknownStart) advice() *message {
	what := textf("The request was sent, but no answer says whether a circuit was started.")
	if e.outcome.Outcome == danabio.PartlySent {
		what = textf("The request was sent in part, and what the server did with it is not known.")
	}
	return textf(`%s
It is not sent again, because the signer might then get two circuits.
%s
If one was, "danabio wait" with its circuit id goes on from there. If none was, start anew.
%s`,
		what, askVendor(e.outcome.RequestID, e.outcome.Channel, e.outcome.StartedAt), readOn(kindOutcomeUnknown))
}

// afterStart is that something failed when the circuit had been started.
type afterStart struct {
	error
	circuit *danabio.Circuit
}

func (e *afterStart) Unwrap() error { return e.error }
func (e *afterStart) advice() *message {
	return textf("Do not give the same command again: it would start another circuit. Go on with: danabio wait -o "+
		"evidence.zip -- %s\n"+
		"If the signer's link did not come out, ask DANAconnect for it, or have them cancel the circuit and start "+
		"anew.", shellWord(e.circuit.ID))
}

// interruptedStart adds to an interrupted start that no circuit was started, where that is so.
func interruptedStart(err error) error {
	var (
		unknown *danabio.OutcomeUnknownError
		journal *danabio.JournalError
	)
	if !errors.Is(err, context.Canceled) || errors.As(err, &unknown) || errors.As(err, &journal) {
		return err
	}
	return &unstarted{err}
}

// unstarted is an interrupted start that started nothing.
type unstarted struct{ error }

func (e *unstarted) Unwrap() error { return e.error }
func (e *unstarted) advice() *message {
	return textf("Nothing was sent, or the server refused it, and by its answer it started no circuit. The same " +
		"command can be given again.")
}

// askVendor says how to find out what became of a start.
func askVendor(requestID, channel string, at time.Time) *message {
	return textf(`To find out, ask DANAconnect whether a circuit was started for this request:
  request ID  %s
  channel     %s
  time        %s`, oneLine(requestID), oneLine(channel), at.UTC().Format(time.RFC3339))
}

// readOn says where there is more about a kind.
func readOn(k kind) *message {
	return textf("Read on: https://github.com/danabio/danabio-go/blob/main/docs/errors.md#%s", string(k))
}

// advice says what can be done about an error; nil if the error says that itself, or if nothing is
// known to help.
func advice(err error) *message {
	var (
		adviser  interface{ advice() *message }
		rejected *danabio.RejectedError
		unplaced *danabio.UnplacedError
		exists   *danabio.IntentExistsError
	)
	switch {
	case errors.As(err, &adviser):
		return adviser.advice()
	case errors.As(err, &unplaced) && !errors.Is(err, danabio.ErrIntegrity):
		return textf("The evidence is whole and verified. Give it its name yourself, or have the command store it in "+
			"another folder: %s", oneLine(unplaced.Kept))
	case errors.As(err, &exists) && exists.Outcome() == danabio.Started:
		return textf("Go on with: danabio wait -o evidence.zip -- %s", shellWord(exists.Result.CircuitID))
	case errors.As(err, &exists):
		return textf("%s\nWrite down what they say with \"danabio journal settle\".\n%s",
			askVendor(exists.Intent.RequestID, exists.Intent.Channel, exists.Intent.At), readOn(kindOutcomeUnknown))
	case errors.As(err, &rejected):
		return textf("Both files stay; send the reasons to DANAconnect. The same command asks again.")
	case noTemporaryFolder(err):
		return textf("There is no temporary folder to write to at %s; make one, or name another by TMPDIR (on "+
			"Windows TMP).", oneLine(os.TempDir()))
	}
	return adviceOnKind(err)
}

// noTemporaryFolder reports whether a temporary file could not be made, as in a container without
// /tmp.
func noTemporaryFolder(err error) bool {
	var file *fs.PathError
	return errors.As(err, &file) &&
		(file.Path == os.TempDir() || filepath.Dir(file.Path) == filepath.Clean(os.TempDir())) &&
		(errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) ||
			errors.Is(err, syscall.ENOTDIR))
}

func adviceOnKind(err error) *message {
	switch kindOf(err) {
	case kindInterrupted:
		return textf("Nothing half done is left behind; the same command can be given again.")
	case kindPlainHTTP:
		return textf("Plain HTTP shows the secret and personal data to everybody on the way.")
	case kindUnauthorized:
		return textf("Check the client id, the secret, and that they belong to this environment.")
	case kindNotReady:
		switch {
		case errors.Is(err, danabio.ErrUnavailable):
			return textf("Nothing is left half done; try again later.")
		case errors.As(err, &waitError{}):
			return textf("The server has one answer for a circuit that is not completed and for one that it does not " +
				"know.\n" +
				"Give the same command again to wait longer, or check the circuit id and the channel.")
		}
		return textf("The server has one answer for a circuit that is not completed and for one that it does not " +
			"know.\n" +
			`Try again later, which "danabio wait" does by itself, or check the circuit id and the channel.`)
	case kindUnavailable, kindTruncated:
		return textf("Nothing is left half done; try again later.")
	case kindUnknownHost:
		return textf(
			`Check the spelling of --environment or --base-url, and that this machine can look up names; "danabio doctor" tells the one from the other.`)
	case kindCertificate:
		return textf(
			`Nothing was sent. "danabio doctor" says what is wrong with the certificate, and who can mend that.`)
	case kindTLS:
		return textf(`Trying again does not help. "danabio doctor" says what does not fit, and who can mend that.`)
	case kindProxy:
		return textf("The proxy was asked once, since repeated wrong passwords lock accounts. Check the variable " +
			"that names it, " +
			"the user name and password in it, and whether it lets the server's host through; " +
			`"danabio doctor" says which one is used.`)
	case kindRedirect:
		return textf("Nothing is sent to another address than the one given. Check --environment or --base-url, and " +
			"whether a proxy asks for a login.")
	case kindRefused:
		return textf("The same request will be refused again. What the server says tells what to change; else send " +
			"DANAconnect its request id and the time.")
	case kindRateLimited:
		return textf("By its answer the server started no circuit. Give the same command again, later.")
	case kindNoSpace:
		return textf("Nothing is left half done. Make room, and give the same command again.")
	case kindPermission:
		return textf("Nothing is left half done. Check who owns the file and its folder, and which user this is.")
	}
	return nil
}
