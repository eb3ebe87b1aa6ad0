package main

import (
	"time"

	"github.com/spf13/cobra"
)

// tokenData is what "token --json" prints.
type tokenData struct {
	ExpiresAt time.Time `json:"expiresAt"`
}

func newToken(out *output) *cobra.Command {
	connection := connection{out: out}
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Check the credentials",
		Long: `Get a token from the server, to see that the credentials are right. The token itself is
never printed; what is printed is until when one like it would be used:

  expiresAt=2030-01-31T12:00:00Z

With --json: {"expiresAt": "2030-01-31T12:00:00Z"}
` + connectionHelp,
		Example: `  danabio token --environment sandbox --channel xxxx-xxxxx-45555-55555 --client-id acme --client-secret-file secret.txt`,
		Args:    arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			client, err := connection.client(ctx, cmd)
			if err != nil {
				return err
			}
			defer client.Close()
			began := time.Now()
			hide := out.progress(func(now time.Time) string { return out.asking(now.Sub(began)) })
			defer hide()
			token, err := client.Authenticate(ctx)
			hide()
			if err != nil {
				return err
			}
			out.note("The server accepts the credentials.")
			return out.data(tokenData{token.ExpiresAt}, line{"expiresAt", token.ExpiresAt.Format(time.RFC3339)})
		},
	}
	connection.addFlags(cmd)
	return cmd
}
