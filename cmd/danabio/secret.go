package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/internal/access"
	"github.com/danabio/danabio-go/internal/credential"
)

// secretSource is where the client secret comes from. There is no flag that holds it, since other
// users of a machine can read flags.
type secretSource struct {
	file  string
	stdin bool
}

func (s *secretSource) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.file, "client-secret-file", "",
		"`FILE` that holds nothing but the client secret, and that others cannot read")
	cmd.Flags().BoolVar(&s.stdin, "client-secret-stdin", false, "read the client secret from standard input")
}

// secretPlace is where the secret is: in one of the three. The zero one is that there is none.
type secretPlace struct {
	from  origin
	value string
	file  string
	stdin bool
}

// place finds the secret without reading it: where the flags say, or else the variables, or else
// the profile's file.
func (s *secretSource) place(cmd *cobra.Command, getenv func(string) string, profileFile setting) (secretPlace, error) {
	value, file := getenv("DANABIO_CLIENT_SECRET"), getenv("DANABIO_CLIENT_SECRET_FILE")
	given := cmd.Flags().Changed("client-secret-file")
	switch {
	case given && s.stdin:
		return secretPlace{}, usagef(cmd, "--client-secret-file and --client-secret-stdin are both given; give one")
	case s.stdin:
		return secretPlace{from: origin{fromFlag, "--client-secret-stdin"}, stdin: true}, nil
	case given && s.file == "":
		return secretPlace{}, usagef(cmd, "--client-secret-file is empty")
	case given:
		return secretPlace{from: origin{fromFlag, "--client-secret-file"}, file: s.file}, nil
	case value != "" && file != "":
		return secretPlace{},
			usagef(cmd, "DANABIO_CLIENT_SECRET and DANABIO_CLIENT_SECRET_FILE are both set; unset one")
	case value != "":
		return secretPlace{from: origin{fromVariable, "DANABIO_CLIENT_SECRET"}, value: value}, nil
	case file != "":
		return secretPlace{from: origin{fromVariable, "DANABIO_CLIENT_SECRET_FILE"}, file: file}, nil
	case profileFile.value != "":
		return secretPlace{from: profileFile.from, file: profileFile.value}, nil
	}
	return secretPlace{}, nil
}

// read returns the secret, empty if there is none, and what should be known about its file, if
// anything.
func (p secretPlace) read(ctx context.Context, cmd *cobra.Command,
	out *output) (secret string, notice *message, err error) {
	switch {
	case p.stdin:
		secret, err = readSecret(typedSecret(ctx, cmd.InOrStdin(), out), shownName(standardInput))
		return secret, nil, err
	case p.file == "":
		if secret, err = credential.Text(p.value); err != nil {
			return "", nil, badInput("%s %w", p.from.name, err)
		}
		return secret, nil, nil
	}
	source, err := openInput(ctx, p.file)
	if err != nil {
		return "", nil, badInput("client secret: %w", err)
	}
	defer source.Close()
	if notice, err = checkExposure("client secret", source, p.file); err != nil {
		return "", nil, err
	}
	secret, err = readSecret(interruptible{ctx, source}, said(p.file))
	return secret, notice, err
}

// typedSecret is standard input. On a terminal it asks for the secret, does not show what is typed,
// and ends with the line.
func typedSecret(ctx context.Context, stdin io.Reader, out *output) io.Reader {
	terminal, ok := stdin.(*os.File)
	if !ok {
		return interruptible{ctx, stdin}
	}
	echo, err := withoutEcho(terminal)
	if err != nil { // it is no terminal
		return interruptible{ctx, stdin}
	}
	defer echo()
	fmt.Fprint(out.stderr, out.say("Client secret: "))
	line, err := bufio.NewReader(interruptible{ctx, terminal}).ReadString('\n')
	fmt.Fprintln(out.stderr) // in place of the line break that was typed
	if err != nil && err != io.EOF {
		return failedReader{err}
	}
	return strings.NewReader(line)
}

// failedReader fails.
type failedReader struct{ err error }

func (r failedReader) Read([]byte) (int, error) { return 0, r.err }

// checkExposure fails if other users can read a file with a secret, and tells if only its place
// keeps them from it. A group is often wanted (Kubernetes' fsGroup).
func checkExposure(what string, file *os.File, path string) (notice *message, err error) {
	switch access.Reads(file) {
	case access.Everything:
		return nil,
			badInput("%s: other users of this machine can read %s; have only you read it: chmod 600 %s (in "+
				"Kubernetes, defaultMode: 0440 with fsGroup)",
				what, path, shellWord(path))
	case access.KeptOut:
		return textf("%s: by its own permissions all users can read %s; it is used, since its mount is read-only or "+
			"others cannot enter its folder "+
			"(in Kubernetes, defaultMode: 0440 with fsGroup does without that)", what, oneLine(path)), nil
	}
	return nil, nil
}

// readSecret takes all of the source, as danabio.ConfigFromEnv does.
func readSecret(source io.Reader, name error) (string, error) {
	secret, err := credential.Read(source)
	var fault *credential.Error
	switch {
	case errors.Is(err, credential.ErrTooLong):
		return "", badInput("client secret: %s is longer than %d bytes, so it is no secret", name, credential.MaxSize)
	case errors.As(err, &fault):
		return "", badInput("client secret: %s %w", name, err)
	case err != nil:
		return "", badInput("client secret: read %s: %w", name, reason(err))
	case secret == "":
		return "", badInput("client secret: %s is empty", name)
	}
	return secret, nil
}
