package settings

import (
	"context"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// Connection is how a command reaches the API. Its flags override the environment and the
// configuration file.
type Connection struct {
	Secret SecretSource
	Out    *term.Output // for the log; nil for no log
}

func (c *Connection) AddFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.String("profile", "", "")
	flags.String("environment", "", "")
	flags.String("base-url", "", "")
	flags.String("channel", "", "")
	flags.String("client-id", "", "")
	c.Secret.AddFlags(cmd)
	flags.String("ca-file", "", "")
	flags.String("client-cert", "", "")
	flags.String("client-key", "", "")
	flags.Bool("allow-plain-http", false, "")
	flags.Bool("raw-basic-auth", false, "")
}

// Client returns a client. It does not connect yet.
func (c *Connection) Client(ctx context.Context, cmd *cobra.Command) (*danabio.Client, error) {
	config, err := c.Config(ctx, cmd)
	if err != nil {
		return nil, err
	}
	return danabio.New(config)
}

func (c *Connection) Config(ctx context.Context, cmd *cobra.Command) (danabio.Config, error) {
	access, err := c.Access(ctx, cmd)
	return access.Config, err
}

// APIAccess is a configuration together with the values that it hides.
type APIAccess struct {
	danabio.Config
	ID, Secret string
	Transport  *http.Transport // nil for the default one
}

// Access returns the configuration for the settings. It fails if a required one is missing.
func (c *Connection) Access(ctx context.Context, cmd *cobra.Command) (APIAccess, error) {
	s, err := c.Settings(cmd)
	if err != nil {
		return APIAccess{}, err
	}
	if s.File.Unread != nil && s.missing() != nil {
		return APIAccess{}, s.File.Unread
	}
	if err := s.missing(); err != nil {
		return APIAccess{}, failure.Usage(cmd, err)
	}
	access := APIAccess{Config: s.Config(), ID: s.ClientID.Value}
	var notice *i18n.Message
	if access.Secret, notice, err = s.Secret.Read(ctx, cmd, c.Out); err != nil {
		return APIAccess{}, err
	}
	access.Credentials = danabio.ClientCredentials(access.ID, access.Secret)
	access.Logger = c.Out.Logger()
	certificates, err := s.Certificates(ctx)
	if err != nil {
		return APIAccess{}, err
	}
	for _, notice := range append(certificates.Notices, notice) {
		c.Out.Notice(i18n.Notice(notice))
	}
	if access.Transport = certificates.Transport(); access.Transport != nil {
		access.HTTPClient = &http.Client{Transport: access.Transport}
	}
	return access, nil
}

// isWebURL reports whether text has a scheme that the client supports. The client checks the rest.
func isWebURL(text string) bool {
	scheme, _, found := strings.Cut(text, "://")
	return found && (strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "http"))
}
