package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// connection is how a command reaches the API: by its flags, and by the environment and the
// configuration file where they say nothing.
type connection struct {
	secret secretSource
	out    *output // for the log; nil: none
}

// connectionHelp stands in the help of every command that connects.
const connectionHelp = `
Flags win over these variables, and they over the configuration file ("danabio config"):
  DANABIO_ENVIRONMENT         sandbox or production
  DANABIO_BASE_URL            base URL instead of an environment
  DANABIO_CHANNEL             channel
  DANABIO_CLIENT_ID           client id
  DANABIO_CLIENT_SECRET       client secret
  DANABIO_CLIENT_SECRET_FILE  file that holds nothing but the client secret
  DANABIO_PROFILE             profile of the configuration file
  DANABIO_CONFIG              another configuration file
  HTTPS_PROXY, NO_PROXY       proxy, and hosts that are reached without it`

func (c *connection) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.String("profile", "", "`NAME` of the profile to use, of those in the configuration file")
	flags.String("environment", "", "`name` of the vendor's server to use: sandbox or production")
	flags.String("base-url", "", "base `URL` of the server, instead of an environment")
	flags.String("channel", "", "`channel`, as the account manager gave it out")
	flags.String("client-id", "", "client `id`")
	c.secret.addFlags(cmd)
	flags.String("ca-file", "", "`FILE.pem` with certificates of authorities to trust, besides the system's")
	flags.String("client-cert", "", "`FILE.pem` with the certificate that danabio shows to the server")
	flags.String("client-key", "", "`FILE.pem` with its private key (default in the file of --client-cert)")
	flags.Bool("allow-plain-http", false, "let http:// go to another machine than this one")
	flags.Bool("raw-basic-auth", false, "send client id and secret without form-encoding them first")
}

// client connects to nothing yet.
func (c *connection) client(ctx context.Context, cmd *cobra.Command) (*danabio.Client, error) {
	config, err := c.config(ctx, cmd)
	if err != nil {
		return nil, err
	}
	return danabio.New(config)
}

func (c *connection) config(ctx context.Context, cmd *cobra.Command) (danabio.Config, error) {
	access, err := c.access(ctx, cmd)
	return access.Config, err
}

// apiAccess is a configuration, with what it hides.
type apiAccess struct {
	danabio.Config
	id, secret string
	transport  *http.Transport // nil: the default one
}

// access is the configuration that the settings make. All that is required must be given.
func (c *connection) access(ctx context.Context, cmd *cobra.Command) (apiAccess, error) {
	s, err := c.settings(cmd)
	if err != nil {
		return apiAccess{}, err
	}
	if s.file.unread != nil && s.incomplete() {
		return apiAccess{}, s.file.unread
	}
	switch {
	case s.environment.value == "" && s.baseURL.value == "":
		return apiAccess{}, usagef(cmd,
			"no server given; give --environment sandbox, --environment production or --base-url, or set "+
				"DANABIO_ENVIRONMENT or DANABIO_BASE_URL")
	case s.channel.value == "":
		return apiAccess{}, usagef(cmd, "the %s is missing; give --%s or set %s", textf("channel"), "channel",
			"DANABIO_CHANNEL")
	case s.clientID.value == "":
		return apiAccess{}, usagef(cmd, "the %s is missing; give --%s or set %s", textf("client id"), "client-id",
			"DANABIO_CLIENT_ID")
	}
	access := apiAccess{Config: s.config(), id: s.clientID.value}
	var notice *message
	if access.secret, notice, err = s.secret.read(ctx, cmd, c.out); err != nil {
		return apiAccess{}, err
	}
	if access.secret == "" {
		return apiAccess{}, usagef(cmd,
			"the client secret is missing; set DANABIO_CLIENT_SECRET, or give --client-secret-file or "+
				"--client-secret-stdin")
	}
	access.Credentials = danabio.ClientCredentials(access.id, access.secret)
	access.Logger = c.out.logger()
	certificates, err := s.certificates(ctx)
	if err != nil {
		return apiAccess{}, err
	}
	for _, notice := range append(certificates.notices, notice) {
		c.out.notice(notice)
	}
	if access.transport = certificates.transport(); access.transport != nil {
		access.HTTPClient = &http.Client{Transport: access.transport}
	}
	return access, nil
}

// incomplete reports whether something is missing that a configuration file could say.
func (s *settings) incomplete() bool {
	return !s.hasServer() || s.channel.value == "" || s.clientID.value == "" || s.secret.from.kind == ""
}

// config is what can be configured without reading another file.
func (s *settings) config() danabio.Config {
	config := danabio.Config{
		Environment: danabio.Environment(s.environment.value), Channel: s.channel.value,
		AllowPlainHTTP: s.allowPlainHTTP.value == "true", RawBasicAuth: s.rawBasicAuth.value == "true",
	}
	if s.baseURL.value != "" {
		config.Environment = danabio.CustomEnvironment(s.baseURL.value)
	}
	return config
}

// isWebURL reports whether there is a scheme that the client takes; what is wrong with the rest,
// the client finds.
func isWebURL(text string) bool {
	scheme, _, found := strings.Cut(text, "://")
	return found && (strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "http"))
}

// openInput opens a file to read from, unless the context ends before: that of a pipe waits until
// somebody writes to it.
func openInput(ctx context.Context, path string) (*os.File, error) {
	type result struct {
		file *os.File
		err  error
	}
	opening := make(chan result)
	go func() {
		file, err := os.Open(path)
		select {
		case opening <- result{file, err}:
		case <-ctx.Done():
			_ = file.Close() // which a nil file takes
		}
	}()
	select {
	case opened := <-opening:
		return opened.file, opened.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// readInput reads a file as far as limit, and one byte more if there is one.
func readInput(ctx context.Context, path string, limit int64) ([]byte, error) {
	file, err := openInput(ctx, path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(interruptible{ctx, file}, limit+1))
}

// interruptible reads from a source that may block, until the context ends; then a read that is
// under way is left behind.
type interruptible struct {
	ctx    context.Context
	source io.Reader
}

func (r interruptible) Read(p []byte) (int, error) {
	type result struct {
		n   int
		err error
	}
	done := make(chan result, 1)
	go func() {
		n, err := r.source.Read(p)
		done <- result{n, err}
	}()
	select {
	case read := <-done:
		return read.n, read.err
	case <-r.ctx.Done():
		return 0, r.ctx.Err()
	}
}
