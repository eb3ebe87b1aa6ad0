package main

import (
	"context"
	"errors"
	"io"
	"os"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/internal/credential"
)

// secretSource is where the client secret comes from. There is no flag that holds it, since other users of a machine can read flags.
type secretSource struct {
	file  string
	stdin bool
}

func (s *secretSource) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.file, "client-secret-file", "", "`FILE` that holds nothing but the client secret, and that others cannot read")
	cmd.Flags().BoolVar(&s.stdin, "client-secret-stdin", false, "read the client secret from standard input")
}

// secretPlace is where the secret is: in one of the three. The zero one is that there is none.
type secretPlace struct {
	from  origin
	value string
	file  string
	stdin bool
}

// place finds the secret without reading it: where the flags say, or else the variables, or else the profile's file.
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
		return secretPlace{}, usagef(cmd, "DANABIO_CLIENT_SECRET and DANABIO_CLIENT_SECRET_FILE are both set; unset one")
	case value != "":
		return secretPlace{from: origin{fromVariable, "DANABIO_CLIENT_SECRET"}, value: value}, nil
	case file != "":
		return secretPlace{from: origin{fromVariable, "DANABIO_CLIENT_SECRET_FILE"}, file: file}, nil
	case profileFile.value != "":
		return secretPlace{from: profileFile.from, file: profileFile.value}, nil
	}
	return secretPlace{}, nil
}

// read returns the secret, empty if there is none.
func (p secretPlace) read(ctx context.Context, cmd *cobra.Command) (string, error) {
	switch {
	case p.stdin:
		return readSecret(interruptible{ctx, cmd.InOrStdin()}, shownName(standardInput))
	case p.file == "":
		secret, err := credential.Text(p.value)
		if err != nil {
			return "", badInput("%s %w", p.from.name, err)
		}
		return secret, nil
	}
	source, err := openInput(ctx, p.file)
	if err != nil {
		return "", badInput("client secret: %w", err)
	}
	defer source.Close()
	if othersRead(source) {
		return "", badInput("client secret: other users of this machine can read %s; have only you read it: chmod 600 %s", p.file, shellQuoted(p.file))
	}
	return readSecret(interruptible{ctx, source}, said(p.file))
}

// othersRead reports whether users can read a file that are neither its owner nor in its group. A group is often wanted (Kubernetes' fsGroup). On
// Windows the mode does not say, and what is no regular file is no place where a secret lies.
func othersRead(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode()&0o004 != 0
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
