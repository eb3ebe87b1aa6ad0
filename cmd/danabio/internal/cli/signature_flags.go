package cli

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"iter"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/settings"
	"github.com/danabio/danabio-go/internal/pemfile"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
	"github.com/danabio/danabio-go/pkg/verdict"
)

// signatureFlags holds the flags of the commands that judge the PDFs in evidence.
type signatureFlags struct {
	roots, sent string
}

func (s *signatureFlags) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.roots, "roots", "", "")
	cmd.Flags().StringVar(&s.sent, "sent", "", "")
}

// verifier is what signatureFlags configure.
type verifier struct {
	*verdict.Judge
	sent   *danabio.StartReceipt // nil if there is nothing to compare with
	roots  bool                  // --roots was given
	strict bool
}

// open reads the files that the flags name.
func (s *signatureFlags) open(cmd *cobra.Command, files []string, accept []evidence.Code,
	policy evidence.Policy) (*verifier, error) {
	options := pdfsig.Options{Accept: accept}
	for _, name := range []string{"roots", "sent"} {
		if flag := cmd.Flags().Lookup(name); flag.Changed && flag.Value.String() == "" {
			return nil, failure.Usagef(cmd, "--%s is empty", name)
		}
	}
	if s.roots != "" {
		found, _, _, err := settings.PEMFile{What: "--roots", Path: s.roots}.Certificates(cmd.Context(),
			pemfile.ForSigning)
		if err != nil {
			return nil, err
		}
		options.Roots = x509.NewCertPool()
		for _, root := range found {
			options.Roots.AddCert(root)
		}
		options.TimeStampRoots = options.Roots
	}
	var sent *danabio.StartReceipt
	if s.sent != "" {
		if len(files) > 1 {
			return nil,
				failure.Usagef(cmd, "--sent is about one start, so one FILE.zip can be compared with it, not %d",
					len(files))
		}
		var err error
		if sent, err = readStartReceipt(cmd.Context(), s.sent); err != nil {
			return nil, err
		}
	}
	judge, err := newVerifier(verdict.Policy{Evidence: policy, Signatures: options}, sent)
	switch {
	case err != nil && s.sent != "":
		return nil, failure.BadInput("--sent %s: %w", s.sent, err)
	case err != nil:
		return nil, failure.Usage(cmd, err)
	}
	return judge, nil
}

func newVerifier(policy verdict.Policy, sent *danabio.StartReceipt) (*verifier, error) {
	if sent != nil {
		policy.Sent, policy.Circuit = sent.Documents, sent.CircuitID
	}
	judge, err := verdict.New(policy)
	return &verifier{judge, sent, policy.Signatures.Roots != nil, policy.Evidence.Strict}, err
}

// maxStartReceipt limits the bytes that are read. Tens of thousands of documents fit.
const maxStartReceipt = 16 << 20

// readStartReceipt reads a file written by [sentFile.store].
func readStartReceipt(ctx context.Context, path string) (*danabio.StartReceipt, error) {
	content, err := settings.ReadInput(ctx, path, maxStartReceipt)
	if err != nil {
		return nil, failure.BadInput("--sent %s: %w", path, failure.Reason(err))
	}
	var sent danabio.StartReceipt
	if err := json.Unmarshal(content, &sent); len(content) > maxStartReceipt || err != nil {
		return nil, failure.BadInput("--sent %s is not a file that start --receipt wrote", path)
	}
	if len(sent.Documents) == 0 {
		return nil, failure.BadInput("--sent %s names no documents: its state is %q", path, sent.State)
	}
	return &sent, nil
}

func allInspections(report *evidence.Report) iter.Seq[*evidence.Inspection] {
	return func(yield func(*evidence.Inspection) bool) {
		for i := range report.Entries {
			for n := range report.Entries[i].Inspections {
				if !yield(&report.Entries[i].Inspections[n]) {
					return
				}
			}
		}
	}
}
