package settings

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/internal/access"
	"github.com/danabio/danabio-go/internal/credential"
)

// SecretSource is where the client secret comes from. No flag contains the secret itself, because
// other users of a machine can read flags.
type SecretSource struct {
	file  string
	Stdin bool
}

func (s *SecretSource) AddFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.file, "client-secret-file", "", "")
	cmd.Flags().BoolVar(&s.Stdin, "client-secret-stdin", false, "")
}

// SecretPlace is where the secret is: one of value, File and stdin. The zero value means that there
// is no secret.
type SecretPlace struct {
	From  Origin
	value string
	File  string
	stdin bool
}

// Place finds the secret without reading it. Flags override the variables, and these override the
// profile's file.
func (s *SecretSource) Place(cmd *cobra.Command, getenv func(string) string, profileFile Setting) (SecretPlace, error) {
	value, file := getenv("DANABIO_CLIENT_SECRET"), getenv("DANABIO_CLIENT_SECRET_FILE")
	given := cmd.Flags().Changed("client-secret-file")
	switch {
	case given && s.Stdin:
		return SecretPlace{},
			failure.Usagef(cmd, "--client-secret-file and --client-secret-stdin are both given; give one")
	case s.Stdin:
		return SecretPlace{From: Origin{FromFlag, "--client-secret-stdin"}, stdin: true}, nil
	case given && s.file == "":
		return SecretPlace{}, failure.Usagef(cmd, "--client-secret-file is empty")
	case given:
		return SecretPlace{From: Origin{FromFlag, "--client-secret-file"}, File: s.file}, nil
	case value != "" && file != "":
		return SecretPlace{},
			failure.Usagef(cmd, "DANABIO_CLIENT_SECRET and DANABIO_CLIENT_SECRET_FILE are both set; unset one")
	case value != "":
		return SecretPlace{From: Origin{FromVariable, "DANABIO_CLIENT_SECRET"}, value: value}, nil
	case file != "":
		return SecretPlace{From: Origin{FromVariable, "DANABIO_CLIENT_SECRET_FILE"}, File: file}, nil
	case profileFile.Value != "":
		return SecretPlace{From: profileFile.From, File: profileFile.Value}, nil
	}
	return SecretPlace{}, nil
}

// Read returns the secret, or "" if there is none, and a notice about its file, if any.
func (p SecretPlace) Read(ctx context.Context, cmd *cobra.Command,
	out *term.Output) (secret string, notice *i18n.Message, err error) {
	switch {
	case p.stdin:
		secret, err = readSecret(typedSecret(ctx, cmd.InOrStdin(), out), failure.FileName(failure.StandardInput))
		return secret, nil, err
	case p.File == "":
		if secret, err = credential.Text(p.value); err != nil {
			return "", nil, failure.BadInput("%s %w", p.From.Name, err)
		}
		return secret, nil, nil
	}
	source, err := OpenInput(ctx, p.File)
	if err != nil {
		return "", nil, failure.BadInput("client secret: %w", err)
	}
	defer source.Close()
	if notice, err = checkExposure(i18n.Textf("client secret"), source, p.File); err != nil {
		return "", nil, err
	}
	secret, err = readSecret(interruptible{ctx, source}, i18n.Verbatim(p.File))
	return secret, notice, err
}

// typedSecret returns a reader for standard input. On a terminal it prompts for the secret, hides
// what is typed, and stops after the line.
func typedSecret(ctx context.Context, stdin io.Reader, out *term.Output) io.Reader {
	terminal, ok := stdin.(*os.File)
	if !ok {
		return interruptible{ctx, stdin}
	}
	echo, err := term.WithoutEcho(terminal)
	if err != nil { // not a terminal
		return interruptible{ctx, stdin}
	}
	defer echo()
	fmt.Fprint(out.Stderr, i18n.Textf("Client secret: ").In(out.Language))
	line, err := bufio.NewReader(interruptible{ctx, terminal}).ReadString('\n')
	fmt.Fprintln(out.Stderr) // replaces the line break that was typed
	if err != nil && err != io.EOF {
		return failedReader{err}
	}
	return strings.NewReader(line)
}

// failedReader is a reader that fails.
type failedReader struct{ err error }

func (r failedReader) Read([]byte) (int, error) { return 0, r.err }

// checkExposure fails if other users can read a file with a secret. It returns a notice if only the
// file's folder prevents that. Access by a group is allowed, because it is often intended
// (Kubernetes' fsGroup).
func checkExposure(what error, file *os.File, path string) (notice *i18n.Message, err error) {
	switch access.Reads(file) {
	case access.Everything:
		return nil,
			failure.BadInput("%s: other users of this machine can read %s; make it readable only for you: chmod 600 "+
				"%s (in Kubernetes, defaultMode: 0440 with fsGroup)",
				what, path, term.ShellWord(path))
	case access.KeptOut:
		return i18n.Textf("%s: its permissions let all users read %s; it is used anyway, since its mount is "+
			"read-only or others cannot enter its folder (in Kubernetes, defaultMode: 0440 with fsGroup avoids that)",
			what, term.OneLine(path)), nil
	}
	return nil, nil
}

// readSecret reads the whole source, as danabio.ConfigFromEnv does.
func readSecret(source io.Reader, name error) (string, error) {
	secret, err := credential.Read(source)
	var fault *credential.Error
	switch {
	case errors.Is(err, credential.ErrTooLong):
		return "", failure.BadInput("client secret: %s is too long: more than %d bytes", name, credential.MaxSize)
	case errors.As(err, &fault):
		return "", failure.BadInput("client secret: %s %w", name, err)
	case err != nil:
		return "", failure.BadInput("client secret: read %s: %w", name, failure.Reason(err))
	case secret == "":
		return "", failure.BadInput("client secret: %s is empty", name)
	}
	return secret, nil
}
