package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// The exit codes, as the help of the root command explains them.
const (
	exitDone         = 0
	exitFailed       = 1
	exitUsage        = 2
	exitNotReady     = 3
	exitUnauthorized = 4
	exitUnknown      = 5
	exitIntegrity    = 6
	exitRefused      = 7
	exitInterrupted  = 130
)

// exitCode is the one place where an error becomes an exit code.
func exitCode(err error) int {
	var (
		unknown *danabio.OutcomeUnknownError
		exists  *danabio.IntentExistsError
		wrong   *usageError
		several *failedFiles
	)
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &several):
		return several.code
	case errors.As(err, &unknown): // whatever the cause, this is what the caller must know
		return exitUnknown
	case errors.As(err, &exists) && exists.Outcome() == danabio.Started:
		return exitUsage
	case errors.As(err, &exists):
		return exitUnknown
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.Is(err, danabio.ErrPlainHTTP):
		return exitFailed
	case errors.As(err, &wrong), errors.Is(err, danabio.ErrInvalidRequest):
		return exitUsage
	case errors.Is(err, danabio.ErrUnauthorized):
		return exitUnauthorized
	case errors.Is(err, danabio.ErrNotReady):
		return exitNotReady
	case errors.Is(err, danabio.ErrIntegrity), errors.Is(err, evidence.ErrRefused), errors.Is(err, errDeviates):
		return exitIntegrity
	case refused(err):
		return exitRefused
	}
	return exitFailed
}

// refused reports whether the server answered and does not want the request. A 429 to a start is that too, since no circuit was
// started; a 429 to anything else is as good as no answer.
func refused(err error) bool {
	var answer *danabio.APIError
	if !errors.As(err, &answer) {
		return false
	}
	return answer.Operation == operationStart || !errors.Is(err, danabio.ErrUnavailable)
}

// operationStart is how an [danabio.APIError] calls a start.
const operationStart = "start circuit"

// usageError is wrong usage of a command.
type usageError struct {
	command string
	err     error
}

func usage(cmd *cobra.Command, err error) error { return &usageError{cmd.CommandPath(), err} }

func usagef(cmd *cobra.Command, format string, args ...any) error {
	return usage(cmd, fmt.Errorf(format, args...))
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }
func (e *usageError) advice() string {
	return fmt.Sprintf("Run %q to see how it is used.", e.command+" --help")
}

// inputError is bad input that was found here, before the client could find it.
type inputError struct{ error }

func badInput(format string, args ...any) error { return inputError{fmt.Errorf(format, args...)} }

func (e inputError) Unwrap() []error { return []error{danabio.ErrInvalidRequest, e.error} }

// flagError leaves out what was given to a flag, unless it can be neither a secret nor the signer's name.
func flagError(cmd *cobra.Command, err error) error {
	var (
		unknown  *pflag.NotExistError
		syntax   *pflag.InvalidSyntaxError
		missing  *pflag.ValueRequiredError
		unusable *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedName() == "client-secret":
		err = errors.New("there is no flag --client-secret, since other users of this machine could read it; set DANABIO_CLIENT_SECRET or " +
			"DANABIO_CLIENT_SECRET_FILE, or give --client-secret-file or --client-secret-stdin")
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		err = fmt.Errorf("there is no flag -%s", unknown.GetSpecifiedName())
	case errors.As(err, &unknown):
		err = fmt.Errorf("there is no flag --%s", unknown.GetSpecifiedName())
		if similar := similarFlag(cmd, unknown.GetSpecifiedName()); similar != "" {
			err = fmt.Errorf("%w; did you mean --%s?", err, similar)
		}
	case errors.As(err, &syntax):
		name, _, _ := strings.Cut(syntax.GetSpecifiedFlag(), "=")
		err = fmt.Errorf("%s is no flag", name)
	case errors.As(err, &missing):
		name := "--" + missing.GetSpecifiedName()
		if missing.GetSpecifiedShortnames() != "" {
			name = name[1:]
		}
		what, _ := pflag.UnquoteUsage(missing.GetFlag())
		err = fmt.Errorf("%s needs a value: %s", name, what)
	case errors.As(err, &unusable):
		flag, value := unusable.GetFlag(), unusable.GetValue()
		switch {
		case flag.Value.Type() == "duration":
			err = fmt.Errorf("--%s %q is no duration; give one such as 90s, 30m or 48h", flag.Name, value)
		case flag.Name == "json":
			err = fmt.Errorf("--json is true or false, not %q", value)
		default: // of the other types, only a switch can have a value that is unusable
			err = fmt.Errorf("--%s is true or false", flag.Name)
		}
	}
	return usage(cmd, err)
}

// similarFlag returns the flag that was meant, or nothing. It is found as a mistyped command is: by a command that has one for each flag.
func similarFlag(cmd *cobra.Command, name string) string {
	flags := &cobra.Command{SuggestionsMinimumDistance: 2}
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		flags.AddCommand(&cobra.Command{Use: flag.Name, Run: func(*cobra.Command, []string) {}})
	})
	if similar := flags.SuggestionsFor(name); len(similar) > 0 {
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

func (e *unknownStart) advice() string {
	what := "The request was sent, but no answer says whether a circuit was started."
	if e.outcome.State == danabio.PartlySent {
		what = "The request was sent in part, and what the server did with it is not known."
	}
	return fmt.Sprintf(`%s
It is not sent again, because the signer might then get two circuits.
%s
If one was, "danabio wait" with its circuit id goes on from there. If none was, start anew.`,
		what, askVendor(e.outcome.ID, e.outcome.Channel, e.outcome.At))
}

// askVendor says how to find out what became of a start.
func askVendor(requestID, channel string, at time.Time) string {
	return fmt.Sprintf(`To find out, ask DANAconnect whether a circuit was started for this request:
  request ID  %s
  channel     %s
  time        %s`, oneLine(requestID), oneLine(channel), at.UTC().Format(time.RFC3339))
}

// advice says what can be done about an error, or nothing.
func advice(err error) string {
	var (
		adviser  interface{ advice() string }
		rejected *danabio.RejectedError
		exists   *danabio.IntentExistsError
	)
	switch {
	case errors.As(err, &adviser):
		return adviser.advice()
	case errors.As(err, &exists) && exists.Outcome() == danabio.Started:
		return fmt.Sprintf("Go on with: danabio wait %s -o evidence.zip", shellQuoted(exists.Result.CircuitID))
	case errors.As(err, &exists):
		return askVendor(exists.Intent.RequestID, exists.Intent.Channel, exists.Intent.At) + "\n" +
			`Write down what they say with "danabio journal settle".`
	case errors.As(err, &rejected):
		return "Both files stay; send the reasons to DANAconnect. The same command asks again."
	case errors.Is(err, context.Canceled):
		return "Nothing half done is left behind; the same command can be given again."
	case errors.Is(err, danabio.ErrPlainHTTP):
		return "Plain HTTP shows the secret and personal data to everybody on the way."
	case errors.Is(err, danabio.ErrInvalidRequest):
		return ""
	case errors.Is(err, danabio.ErrUnauthorized):
		return "Check the client id, the secret, and that they belong to this environment."
	case errors.Is(err, danabio.ErrNotReady) && !errors.Is(err, danabio.ErrUnavailable):
		next := `Try again later, which "danabio wait" does by itself`
		if errors.As(err, &waitError{}) {
			next = "Give the same command again to wait longer"
		}
		return "The server has one answer for a circuit that is not completed and for one that it does not know.\n" +
			next + ", or check the circuit id and the channel."
	case errors.Is(err, danabio.ErrUnavailable), errors.Is(err, danabio.ErrTruncated):
		return "Nothing is left half done; try again later."
	}
	return ""
}
