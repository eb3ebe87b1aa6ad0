package cli

import (
	"cmp"
	"context"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/settings"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// maxRequest limits the bytes that are read. Hundreds of documents fit.
const maxRequest = 1 << 20

// checkBesidesRequest fails if flags or arguments repeat what the request file contains.
func (s *start) checkBesidesRequest(cmd *cobra.Command, files []string) error {
	for _, name := range []string{"signer-name", "signer-email", "signer-nif"} {
		if cmd.Flags().Changed(name) {
			return failure.Usagef(cmd,
				"--%s and --request are both given, and the file of --request names the signer; give one", name)
		}
	}
	switch {
	case len(files) > 0:
		return failure.Usagef(cmd,
			"there are arguments and --request, and the file of --request names the documents; give one")
	case cmd.Flags().Changed("stdin-name"):
		return failure.Usagef(cmd,
			"--stdin-name and --request are both given, and the file of --request names the documents; give one")
	case s.request == failure.StandardInput && s.connection.Secret.Stdin:
		return failure.Usagef(cmd, "standard input cannot be both the request and the client secret; give the secret "+
			"with --client-secret-file or DANABIO_CLIENT_SECRET")
	}
	return nil
}

// requested returns the content of the request file, or nil without one.
func (s *start) requested(ctx context.Context, cmd *cobra.Command) (*danabio.CircuitRequest, error) {
	if s.request == "" {
		return nil, nil
	}
	name, folder := failure.FileName(s.request), filepath.Dir(s.request) // for -, the working folder
	content, err := s.readRequest(ctx, cmd, name)
	if err != nil {
		return nil, err
	}
	file, err := parseRequest(name, content)
	if err != nil {
		return nil, err
	}
	if file.ID != "" && s.id != "" {
		return nil, failure.Usagef(cmd, `--id is given, and the request in %w has an "id" too; give one`, name)
	}
	asked := danabio.CircuitRequest{
		ID:     cmp.Or(file.ID, s.id),
		Signer: danabio.Signer{Name: file.Signer.Name, Email: file.Signer.Email, NIF: file.Signer.NIF},
	}
	for _, wanted := range file.Documents {
		path := wanted.File
		if !filepath.IsAbs(path) {
			path = filepath.Join(folder, path)
		}
		document := danabio.File(path)
		if wanted.Name != "" {
			document = document.Named(wanted.Name)
		}
		asked.Documents = append(asked.Documents, document)
	}
	return &asked, nil
}

func (s *start) readRequest(ctx context.Context, cmd *cobra.Command, name error) ([]byte, error) {
	source := cmd.InOrStdin()
	if s.request != failure.StandardInput {
		file, err := settings.OpenInput(ctx, s.request)
		if err != nil {
			return nil, failure.BadInput("request in %w: %w", name, failure.Reason(err))
		}
		defer file.Close()
		source = file
	}
	content, err := io.ReadAll(io.LimitReader(settings.Interruptible(ctx, source), maxRequest+1))
	if err != nil {
		return nil, failure.BadInput("request in %w: %w", name, failure.Reason(err))
	}
	return content, nil
}

// requestError is bad input that the client found in a request file. It names the fields as the
// file does.
type requestError struct{ error }

var inRequest = strings.NewReplacer(
	"CircuitRequest.ID", `"id"`,
	"Signer.Name", `"signer.name"`,
	"Signer.Email", `"signer.email"`,
	"Signer.NIF", `"signer.nif"`,
)

func (e requestError) Error() string { return inRequest.Replace(e.error.Error()) }
func (e requestError) Unwrap() error { return e.error }
