package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/robustio"
	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/internal/sample"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/emulator"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/verdict"
)

// demo is one run of the command "demo".
type demo struct {
	out    *term.Output
	cmd    *cobra.Command
	folder string
	pdf    string
	steps  int
}

// demoData is what "demo --json" prints.
type demoData struct {
	Folder    string               `json:"folder"`
	CircuitID string               `json:"circuitId"`
	Document  danabio.SentDocument `json:"document"`
	Evidence  string               `json:"evidence"` // path of the ZIP
	Receipt   string               `json:"receipt"`  // path of its receipt
	Size      int64                `json:"size"`     // of the ZIP, bytes
	SHA256    string               `json:"sha256"`   // of the ZIP
	Files     []string             `json:"files"`    // paths of the extracted files
	Report    string               `json:"report"`   // path of the audit report
}

func newDemo(out *term.Output) *cobra.Command {
	d := demo{out: out}
	cmd := &cobra.Command{
		Use:  "demo",
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			d.cmd = cmd
			return d.run()
		},
	}
	cmd.Flags().StringVar(&d.folder, "out", "", "")
	cmd.Flags().StringVar(&d.pdf, "pdf", "", "")
	return cmd
}

func (d *demo) run() error {
	name, content := sample.ContractName, sample.Contract
	if flag := d.cmd.Flags().Lookup("pdf"); flag.Changed {
		if d.pdf == "" {
			return failure.Usagef(d.cmd, "--pdf is empty")
		}
		var err error
		if content, err = readPDF(d.pdf); err != nil {
			return err
		}
		name = filepath.Base(d.pdf)
	}
	if err := d.makeFolder(); err != nil {
		return err
	}
	data, err := d.path(name, content)
	if err != nil {
		_ = robustio.RemoveAll(d.folder) // this run created it
		return err
	}
	if d.out.JSON {
		return d.out.PrintJSON(data)
	}
	return d.out.Text(d.ending())
}

// readPDF reads the document before the first step, and fails if it could not be sent.
func readPDF(path string) ([]byte, error) {
	content, err := os.ReadFile(path)
	switch {
	case err != nil:
		return nil, failure.BadInput("--pdf %s: %w", path, failure.Reason(err))
	case !bytes.Contains(content[:min(len(content), 1024)], []byte("%PDF-")):
		return nil, failure.BadInput("--pdf %s is not a PDF", path)
	}
	return content, nil
}

// makeFolder creates the folder that --out names, or the first default folder whose name is free.
func (d *demo) makeFolder() error {
	const first = "danabio-demo"
	if flag := d.cmd.Flags().Lookup("out"); flag.Changed {
		if d.folder == "" {
			return failure.Usagef(d.cmd, "--out is empty")
		}
		d.folder = filepath.Clean(d.folder)
		if err := checkFolder(filepath.Dir(d.folder)); err != nil {
			return err
		}
		err := os.Mkdir(d.folder, 0o700)
		if errors.Is(err, fs.ErrExist) {
			return failure.FileExists("%s exists; choose another name for --out", d.folder)
		}
		return err
	}
	d.folder = first
	for n := 2; ; n++ {
		err := os.Mkdir(d.folder, 0o700)
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
		d.folder = fmt.Sprintf("%s-%d", first, n)
	}
}

const demoCompleteAfter = time.Second

// path runs all steps, and prints each one when it is done.
func (d *demo) path(name string, content []byte) (data demoData, err error) {
	ctx := d.cmd.Context()
	data.Folder = d.folder
	if err := os.WriteFile(filepath.Join(d.folder, "document.pdf"), content, 0o600); err != nil {
		return data, err
	}
	server, err := serve("127.0.0.1:0", emulator.Config{CompleteAfter: demoCompleteAfter})
	if err != nil {
		return data, err
	}
	defer server.stop()
	if err := d.step("emulator", "answers on %s; nothing leaves this machine", server.baseURL); err != nil {
		return data, err
	}

	client, err := danabio.New(danabio.Config{
		Environment: danabio.CustomEnvironment(server.baseURL),
		Channel:     server.Channel(),
		Credentials: danabio.ClientCredentials(server.ClientID(), server.ClientSecret()),
		Logger:      d.out.Logger(),
	})
	if err != nil {
		return data, err
	}
	defer client.Close()
	token, err := client.Authenticate(ctx)
	if err != nil {
		return data, err
	}
	if err := d.step("token", "got one, good until %s", token.ExpiresAt.Format("15:04:05 MST")); err != nil {
		return data, err
	}

	circuit, err := client.StartCircuit(ctx, danabio.CircuitRequest{
		ID: "demo",
		// of the sample contract
		Signer:    danabio.Signer{Name: "Ana Sofía Muñoz Güell", Email: "ana.munoz@example.com", NIF: "X-0000000-0"},
		Documents: []danabio.Document{danabio.Bytes(name, content)},
	})
	if failure.Refused(err) {
		return data, i18n.Errorf("the emulator refuses %s: %w", name, err)
	}
	if err != nil {
		return data, err
	}
	data.CircuitID, data.Document = circuit.ID, circuit.Documents[0]
	sent, err := newStartReceiptFile(filepath.Join(d.folder, "start.json"))
	if err != nil {
		return data, err
	}
	defer sent.discard()
	start := client.StartReceipt(circuit)
	if err := sent.store(start); err != nil {
		return data, err
	}
	if err := d.step("start", "sent %s: circuit %s", term.OneLine(data.Document.Name), circuit.ID); err != nil {
		return data, err
	}

	data.Evidence = filepath.Join(d.folder, "evidence.zip")
	data.Receipt = danabio.ReceiptPath(data.Evidence)
	polls, began := 1, time.Now()
	receipt, err := client.WaitForEvidence(ctx, circuit.ID, data.Evidence, danabio.PollPolicy{
		MinInterval: 300 * time.Millisecond, MaxInterval: 300 * time.Millisecond, MaxWait: time.Minute,
		Notify: func(danabio.Poll) { polls++ },
	})
	if err != nil {
		return data, err
	}
	data.Size, data.SHA256 = receipt.Size, receipt.SHA256
	if err := d.step("wait", "asked %s in %s until the circuit was completed", times(polls),
		time.Since(began).Round(100*time.Millisecond)); err != nil {
		return data, err
	}
	if err := d.step("download", "%s, %s", data.Evidence, bytesText(receipt.Size)); err != nil {
		return data, err
	}

	judge, err := newVerifier(verdict.Policy{}, start)
	if err != nil {
		return data, err
	}
	found, err := verify(d.cmd, d.out, data.Evidence, evidence.Policy{}, judge)
	if err != nil {
		return data, err
	}
	if err := d.step("verify", "every byte read: %s, one reading, as its receipt says",
		filesText(found.Report)); err != nil {
		return data, err
	}
	if found.Signatures != verdict.SignaturesGood || found.Sent != verdict.SentSigned {
		return data, i18n.Errorf("the emulator's evidence is not as it should be: signatures %s, sent %s",
			found.Signatures,
			found.Sent)
	}
	if err := d.step("sign", "%s: signed whole, begins with what was sent",
		term.OneLine(found.SentDocuments[0].Entry)); err != nil {
		return data, err
	}

	archive, err := evidence.Open(data.Evidence, evidence.Limits{})
	if err != nil {
		return data, err
	}
	defer archive.Close()
	folder := filepath.Join(d.folder, "evidence")
	if err := archive.Extract(ctx, folder); err != nil {
		return data, err
	}
	data.Files = extractedPaths(folder, found.Report)
	if err := d.step("extract", "%d files in %s", len(data.Files), folder+string(filepath.Separator)); err != nil {
		return data, err
	}

	data.Report = filepath.Join(d.folder, "report.html")
	if err := d.report(data.Evidence, judge, data.Report); err != nil {
		return data, err
	}
	return data, d.step("report", "%s, to be read by people", data.Report)
}

func (d *demo) report(evidencePath string, judge *verifier, path string) error {
	made, err := reportOptions(d.out, false)
	if err != nil {
		return err
	}
	part, err := newReportFile(d.cmd, path)
	if err != nil {
		return err
	}
	defer part.Discard()
	if _, judgement, err := report(d.cmd, d.out, evidencePath, evidence.Policy{}, judge, made, part); err != nil ||
		judgement != nil {
		return errors.Join(judgement, err)
	}
	return placeReport(part, path)
}

const demoSteps = 9

// step prints that a step is done.
func (d *demo) step(name, format string, args ...any) error {
	d.steps++
	if d.out.JSON {
		return nil
	}
	return d.out.Text(fmt.Sprintf("%d/%d  %-8s  %s\n", d.steps, demoSteps, name,
		i18n.Textf(format, args...).In(d.out.Language)))
}

// ending returns a summary of the folder's files, and what to try next.
func (d *demo) ending() string {
	in := func(names ...string) string { return filepath.Join(append([]string{d.folder}, names...)...) }
	me := programName()
	return i18n.Textf(`
In %s:
  document.pdf                what was sent to be signed
  start.json                  its size and SHA-256
  evidence.zip                signed document, pictures, consent, audit data
  evidence.zip.receipt.json   its SHA-256: shows later that nothing was changed
  evidence/                   the same as evidence.zip, extracted
  report.html                 what was checked and found, for an auditor

Open the PDF in evidence/documents to see the signature, at the foot of page 1.

Next:
  %s
  %s emulator
  %s start --help
`, in(), term.OneCommand(me+" evidence verify "+term.ShellWord(in("evidence.zip")), "--sent "+
		term.ShellWord(in("start.json"))), me,
		me).In(d.out.Language)
}

// programName returns how the user can call this program again.
func programName() string {
	if path, err := os.Executable(); err == nil && strings.Contains(path, "go-build") {
		return "go run ./cmd/danabio"
	}
	if _, err := exec.LookPath("danabio"); err == nil {
		return "danabio"
	}
	return term.ProgramWord(os.Args[0])
}

func bytesText(n int64) *i18n.Message {
	if n < 10_000 {
		return i18n.Textf("%d bytes", n)
	}
	if n < 10_000_000 {
		return i18n.Textf("%d kB", (n+500)/1000)
	}
	if n < 10_000_000_000 {
		return i18n.Textf("%.1f MB", float64(n)/1e6)
	}
	return i18n.Textf("%.1f GB", float64(n)/1e9)
}

func times(n int) *i18n.Message {
	if n == 1 {
		return i18n.Textf("once")
	}
	return i18n.Textf("%d times", n)
}

func filesText(report *evidence.Report) *i18n.Message {
	files := 0
	for _, entry := range report.Entries {
		if !entry.Folder {
			files++
		}
	}
	return i18n.Textf("%d files", files)
}
