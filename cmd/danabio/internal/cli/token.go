package cli

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/settings"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
)

// tokenData is what "token --json" prints.
type tokenData struct {
	ExpiresAt time.Time `json:"expiresAt"`
}

func newToken(out *term.Output) *cobra.Command {
	connection := settings.Connection{Out: out}
	cmd := &cobra.Command{
		Use:  "token",
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			client, err := connection.Client(ctx, cmd)
			if err != nil {
				return err
			}
			defer client.Close()
			began := time.Now()
			hide := out.Progress(func(now time.Time) string { return askingText(out, now.Sub(began)) })
			defer hide()
			token, err := client.Authenticate(ctx)
			hide()
			if err != nil {
				return err
			}
			out.Note(i18n.Textf("The server accepts the credentials."))
			return out.Data(tokenData{token.ExpiresAt},
				term.Line{Name: "expiresAt", Value: token.ExpiresAt.Format(time.RFC3339)})
		},
	}
	connection.AddFlags(cmd)
	return cmd
}
