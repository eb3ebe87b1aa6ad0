package main

import (
	"context"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// secretSource is where the client secret comes from. There is no flag that holds it, since other users of a machine can read flags.
type secretSource struct {
	file  string
	stdin bool
}

func (s *secretSource) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.file, "client-secret-file", "", "`FILE` that holds nothing but the client secret")
	cmd.Flags().BoolVar(&s.stdin, "client-secret-stdin", false, "read the client secret from standard input")
}

// maxSecret bounds what is read: no secret is that long, but a file given by mistake may be.
const maxSecret = 64 << 10

// read returns the secret, empty if there is none: the flags', or else the variables'.
func (s *secretSource) read(ctx context.Context, cmd *cobra.Command, getenv func(string) string) (string, error) {
	value, file := getenv("DANABIO_CLIENT_SECRET"), getenv("DANABIO_CLIENT_SECRET_FILE")
	given := cmd.Flags().Changed("client-secret-file")
	switch {
	case given && s.stdin:
		return "", usagef(cmd, "--client-secret-file and --client-secret-stdin are both given; give one")
	case s.stdin:
		return readSecret(interruptible{ctx, cmd.InOrStdin()}, shownName(standardInput))
	case given && s.file == "":
		return "", usagef(cmd, "--client-secret-file is empty")
	case given:
		file = s.file
	case value != "" && file != "":
		return "", usagef(cmd, "DANABIO_CLIENT_SECRET and DANABIO_CLIENT_SECRET_FILE are both set; unset one")
	}
	if file == "" {
		return value, nil
	}
	source, err := os.Open(file)
	if err != nil {
		return "", badInput("client secret: %w", err)
	}
	defer source.Close()
	return readSecret(interruptible{ctx, source}, said(file))
}

// readSecret takes all of the source but for one line break at its end, as danabio.ConfigFromEnv does.
func readSecret(source io.Reader, name error) (string, error) {
	content, err := io.ReadAll(io.LimitReader(source, maxSecret+1))
	switch {
	case err != nil:
		return "", badInput("client secret: read %s: %w", name, reason(err))
	case len(content) > maxSecret:
		return "", badInput("client secret: %s is longer than %d bytes, so it is no secret", name, maxSecret)
	}
	secret := strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r")
	if secret == "" {
		return "", badInput("client secret: %s is empty", name)
	}
	return secret, nil
}
