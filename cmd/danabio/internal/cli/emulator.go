package cli

import (
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/settings"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/emulator"
)

// emulatorData is what "emulator --json" prints.
type emulatorData struct {
	BaseURL      string `json:"baseUrl"`
	ClientID     string `json:"clientId"`
	ClientSecret string `json:"clientSecret"`
	Channel      string `json:"channel"`
}

func newEmulator(out *term.Output) *cobra.Command {
	var (
		config  emulator.Config
		secret  settings.SecretSource
		address string
	)
	cmd := &cobra.Command{
		Use:  "emulator",
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			for _, name := range []string{"client-id", "channel"} {
				if flag := cmd.Flags().Lookup(name); flag.Changed && flag.Value.String() == "" {
					return failure.Usagef(cmd, "--%s is empty", name)
				}
			}
			if config.CompleteAfter < 0 {
				return failure.Usagef(cmd, "--complete-after must not be negative")
			}
			getenv := func(string) string { return "" }
			if config.ClientID != "" {
				getenv = os.Getenv
			}
			ctx := cmd.Context()
			place, err := secret.Place(cmd, getenv, settings.Setting{})
			if err != nil {
				return err
			}
			var notice *i18n.Message
			if config.ClientSecret, notice, err = place.Read(ctx, cmd, out); err != nil {
				return err
			}
			out.Notice(i18n.Notice(notice))
			server, err := serve(address, config)
			if err != nil {
				return err
			}
			if err := server.print(out); err != nil {
				_ = server.stop()
				return err
			}
			out.Note(i18n.Textf("The emulator answers until it is interrupted. Its circuits: %s/", server.baseURL))
			select {
			case <-ctx.Done():
				return server.stop()
			case err := <-server.done:
				return i18n.Errorf("serve the emulator: %w", err)
			}
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&address, "addr", "127.0.0.1:0", "")
	flags.DurationVar(&config.CompleteAfter, "complete-after", 2*time.Second, "")
	flags.BoolVar(&config.OpenList, "open-list", false, "")
	flags.StringVar(&config.ClientID, "client-id", "", "")
	flags.StringVar(&config.Channel, "channel", "", "")
	secret.AddFlags(cmd)
	return cmd
}

func (s *server) print(out *term.Output) error {
	reach := emulatorData{s.baseURL, s.ClientID(), s.ClientSecret(), s.Channel()}
	return out.Data(reach,
		term.Line{Name: "DANABIO_BASE_URL", Value: reach.BaseURL},
		term.Line{Name: "DANABIO_CLIENT_ID", Value: reach.ClientID},
		term.Line{Name: "DANABIO_CLIENT_SECRET", Value: reach.ClientSecret},
		term.Line{Name: "DANABIO_CHANNEL", Value: reach.Channel})
}
