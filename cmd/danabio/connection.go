package main

import (
	"context"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// connection is how a command reaches the API: its flags, and the environment where they say nothing.
type connection struct {
	environment, baseURL, channel, clientID string
	secret                                  secretSource
	allowPlainHTTP, rawBasicAuth            bool
}

// connectionHelp stands in the help of every command that connects.
const connectionHelp = `
Flags win over these variables:
  DANABIO_ENVIRONMENT         sandbox or production
  DANABIO_BASE_URL            base URL instead of an environment
  DANABIO_CHANNEL             channel
  DANABIO_CLIENT_ID           client id
  DANABIO_CLIENT_SECRET       client secret
  DANABIO_CLIENT_SECRET_FILE  file that holds nothing but the client secret`

func (c *connection) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&c.environment, "environment", "", "`name` of the vendor's server to use: sandbox or production")
	flags.StringVar(&c.baseURL, "base-url", "", "base `URL` of the server, instead of an environment")
	flags.StringVar(&c.channel, "channel", "", "`channel`, as the account manager gave it out")
	flags.StringVar(&c.clientID, "client-id", "", "client `id`")
	c.secret.addFlags(cmd)
	flags.BoolVar(&c.allowPlainHTTP, "allow-plain-http", false, "let http:// go to another machine than this one")
	flags.BoolVar(&c.rawBasicAuth, "raw-basic-auth", false, "send client id and secret without form-encoding them first")
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
	config, _, _, err := c.settings(ctx, cmd)
	return config, err
}

// settings is the configuration, with the client id and the secret, which it hides.
func (c *connection) settings(ctx context.Context, cmd *cobra.Command) (config danabio.Config, id, secret string, err error) {
	if config.Environment, err = c.server(cmd); err != nil {
		return config, "", "", err
	}
	if config.Channel, err = setting(cmd, "channel", c.channel, "DANABIO_CHANNEL"); err != nil {
		return config, "", "", err
	}
	if id, err = setting(cmd, "client-id", c.clientID, "DANABIO_CLIENT_ID"); err != nil {
		return config, "", "", err
	}
	if secret, err = c.secret.read(ctx, cmd, os.Getenv); err != nil {
		return config, "", "", err
	}
	if secret == "" {
		return config, "", "", usagef(cmd,
			"the client secret is missing; set DANABIO_CLIENT_SECRET, or give --client-secret-file or --client-secret-stdin")
	}
	config.Credentials = danabio.ClientCredentials(id, secret)
	config.AllowPlainHTTP, config.RawBasicAuth = c.allowPlainHTTP, c.rawBasicAuth
	return config, id, secret, nil
}

func (c *connection) server(cmd *cobra.Command) (danabio.Environment, error) {
	named, placed := cmd.Flags().Changed("environment"), cmd.Flags().Changed("base-url")
	environment, baseURL := os.Getenv("DANABIO_ENVIRONMENT"), os.Getenv("DANABIO_BASE_URL")
	source, urlSource := "DANABIO_ENVIRONMENT", "DANABIO_BASE_URL"
	switch {
	case named && placed:
		return "", usagef(cmd, "--environment and --base-url are both given; give one")
	case placed && c.baseURL == "":
		return "", usagef(cmd, "--base-url is empty")
	case placed:
		baseURL, urlSource = c.baseURL, "--base-url"
	case named:
		environment, baseURL, source = c.environment, "", "--environment"
	case environment != "" && baseURL != "":
		return "", usagef(cmd, "DANABIO_ENVIRONMENT and DANABIO_BASE_URL are both set; unset one")
	case environment == "" && baseURL == "":
		return "", usagef(cmd,
			"no server given; give --environment sandbox, --environment production or --base-url, or set DANABIO_ENVIRONMENT or DANABIO_BASE_URL")
	}
	if baseURL != "" {
		if !isWebURL(baseURL) {
			return "", usagef(cmd, "%s must begin with https://, such as https://acme.example.com", urlSource)
		}
		return danabio.CustomEnvironment(baseURL), nil
	}
	server := danabio.Environment(environment)
	if server != danabio.Sandbox && server != danabio.Production {
		return "", usagef(cmd, "%s is neither sandbox nor production; for a URL there is --base-url and DANABIO_BASE_URL", source)
	}
	return server, nil
}

// isWebURL reports whether there is a scheme that the client takes; what is wrong with the rest, the client finds.
func isWebURL(text string) bool {
	scheme, _, found := strings.Cut(text, "://")
	return found && (strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "http"))
}

// setting is a required value: the flag's, or the variable's when the flag is not given.
func setting(cmd *cobra.Command, flag, value, variable string) (string, error) {
	if cmd.Flags().Changed(flag) {
		if value == "" {
			return "", usagef(cmd, "--%s is empty", flag)
		}
		return value, nil
	}
	if value = os.Getenv(variable); value == "" {
		return "", usagef(cmd, "the %s is missing; give --%s or set %s", settingName(flag), flag, variable)
	}
	return value, nil
}

// settingName is what stands in a text for a flag's value.
func settingName(flag string) *message {
	if flag == "channel" {
		return textf("channel")
	}
	return textf("client id")
}

// interruptible reads from a source that may block, until the context ends; then a read that is under way is left behind.
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
