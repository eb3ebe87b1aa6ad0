package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
)

// flagError turns a parser error into a usage error. It omits the value of a flag unless that can
// be neither a secret nor the signer's name.
func flagError(cmd *cobra.Command, err error) error {
	var (
		unknown  *pflag.NotExistError
		syntax   *pflag.InvalidSyntaxError
		missing  *pflag.ValueRequiredError
		unusable *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedName() == "client-secret":
		return failure.Usagef(cmd,
			"there is no flag --client-secret, since other users of this machine could read it; set "+
				"DANABIO_CLIENT_SECRET or DANABIO_CLIENT_SECRET_FILE, or give --client-secret-file or "+
				"--client-secret-stdin")
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return failure.Usagef(cmd, "there is no flag -%s", unknown.GetSpecifiedName())
	case errors.As(err, &unknown):
		if similar := similarFlag(cmd, unknown.GetSpecifiedName()); similar != "" {
			return failure.Usagef(cmd, "there is no flag --%s; did you mean --%s?", unknown.GetSpecifiedName(), similar)
		}
		return failure.Usagef(cmd, "there is no flag --%s", unknown.GetSpecifiedName())
	case errors.As(err, &syntax):
		name, _, _ := strings.Cut(syntax.GetSpecifiedFlag(), "=")
		return failure.Usagef(cmd, "%s is not a flag", name)
	case errors.As(err, &missing):
		name := "--" + missing.GetSpecifiedName()
		if missing.GetSpecifiedShortnames() != "" {
			name = name[1:]
		}
		what, _ := pflag.UnquoteUsage(missing.GetFlag())
		return failure.Usagef(cmd, "%s needs a value: %s", name, what)
	case errors.As(err, &unusable):
		flag, value := unusable.GetFlag(), unusable.GetValue()
		switch {
		case flag.Value.Type() == "duration":
			return failure.Usagef(cmd, "--%s %q is not a duration; give one such as 90s, 30m or 48h", flag.Name, value)
		case flag.Name == "lang":
			return failure.Usagef(cmd, "--lang %q is not a language; give en or es", value)
		case flag.Name == "json":
			return failure.Usagef(cmd, "--json is true or false, not %q", value)
		default: // of the other types, only a switch can have an invalid value
			return failure.Usagef(cmd, "--%s is true or false", flag.Name)
		}
	}
	return failure.Usage(cmd, err)
}

// similarFlag returns the flag that was probably meant, or "".
func similarFlag(cmd *cobra.Command, name string) string {
	var names []string
	cmd.Flags().VisitAll(func(flag *pflag.Flag) { names = append(names, flag.Name) })
	return failure.SimilarWord(name, names)
}
