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

// signing is how the PDFs in evidence are judged: the flags of the commands that do.
type signing struct {
	roots, sent string
}

func (s *signing) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.roots, "roots", "",
		"`FILE.pem` with the certificates to which signers' must lead; else trust is not judged")
	cmd.Flags().StringVar(&s.sent, "sent", "", "`START.json` that start --receipt wrote, to compare with what was sent")
}

// signingHelp stands in the help of every command with these flags.
const signingHelp = `
Signatures of PDFs are judged too. A signature is WHOLE_FILE if it covers the file but for
itself, EXTENDED if validation data and document time stamps alone follow (PAdES-LT and LTA),
SIGNED_REVISION_ONLY if anything else does, INVALID if it does not hold, and INDETERMINATE if it
is of a kind that is not judged. Evidence is not good if a PDF has an INVALID signature, one whose
last signature is neither WHOLE_FILE nor EXTENDED, or one that was changed between two signatures
otherwise than by signing, or by form values that its certification allows. A PDF without any is
a notice. Nor is it good if its only signature is a document time stamp of an authority that does
not lead to --roots.

With --roots the certificate of each signer must lead to one of them and be meant for signing
documents: anything but trust=trusted is exit code 6. It is judged at the time of a time stamp that
leads to --roots too, else at the present; that only the signer says when he signed is a notice.
Without --roots trust is not-judged, and changes nothing.

Revocation is judged by the OCSP answers and CRLs that the PDFs carry, never by the network. A
certificate that was revoked is exit code 6, unless a trusted time stamp is older.

With --sent each document that was sent must be in the evidence: a PDF that is or begins with
exactly its bytes, as one does that was signed by an incremental update. What that update adds
must be signatures and validation data alone; else the document was changed before it was signed.
`

// judges is what signing's flags stand for.
type judges struct {
	*verdict.Judge
	sent   *danabio.StartReceipt // nil: nothing to compare with
	roots  bool                  // were given
	strict bool
}

// open reads what the flags name.
func (s *signing) open(cmd *cobra.Command, files []string, accept []evidence.Code,
	policy evidence.Policy) (*judges, error) {
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
		if sent, err = readSent(cmd.Context(), s.sent); err != nil {
			return nil, err
		}
	}
	judges, err := newJudges(verdict.Policy{Evidence: policy, Signatures: options}, sent)
	switch {
	case err != nil && s.sent != "":
		return nil, failure.BadInput("--sent %s: %w", s.sent, err)
	case err != nil:
		return nil, failure.Usage(cmd, err)
	}
	return judges, nil
}

func newJudges(policy verdict.Policy, sent *danabio.StartReceipt) (*judges, error) {
	if sent != nil {
		policy.Sent, policy.Circuit = sent.Documents, sent.CircuitID
	}
	judge, err := verdict.New(policy)
	return &judges{judge, sent, policy.Signatures.Roots != nil, policy.Evidence.Strict}, err
}

// maxSent bounds what is read: ten thousands of documents fit in.
const maxSent = 16 << 20

// readSent reads what [sentFile.store] wrote.
func readSent(ctx context.Context, path string) (*danabio.StartReceipt, error) {
	content, err := settings.ReadInput(ctx, path, maxSent)
	if err != nil {
		return nil, failure.BadInput("--sent %s: %w", path, failure.Reason(err))
	}
	var sent danabio.StartReceipt
	if err := json.Unmarshal(content, &sent); len(content) > maxSent || err != nil {
		return nil, failure.BadInput("--sent %s is no file that start --receipt wrote", path)
	}
	if len(sent.Documents) == 0 {
		return nil, failure.BadInput("--sent %s names no documents: its state is %q", path, sent.State)
	}
	return &sent, nil
}

func inspections(report *evidence.Report) iter.Seq[*evidence.Inspection] {
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
