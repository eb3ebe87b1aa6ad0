package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/settings"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// manyCircuits names the arguments of the commands that store evidence.
const manyCircuits = "CIRCUIT…"

// retrieval is one call of a command that stores the evidence of circuits.
type retrieval struct {
	connection settings.Connection
	out        *term.Output
	target     string // -o
	transfers  *transferProgress
	turns      chan struct{} // one for each circuit that may ask the server
}

// maxTurns is how many circuits are polled or downloaded at the same time.
const maxTurns = 4

func (r *retrieval) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&r.target, "output", "o", "", "")
	r.connection.AddFlags(cmd)
}

// admit waits for a turn. It takes a free one even if ctx has ended, so that each circuit is asked
// for at least once.
func (r *retrieval) admit(ctx context.Context) (leave func(), err error) {
	leave = func() { <-r.turns }
	select {
	case r.turns <- struct{}{}:
		return leave, nil
	default:
	}
	select {
	case r.turns <- struct{}{}:
		return leave, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// getEvidence stores the evidence of a circuit at path.
type getEvidence func(ctx context.Context, client *danabio.Client, circuit, path string) (*danabio.Receipt, error)

// maxCircuits limits the bytes read from standard input. Tens of thousands of ids fit.
const maxCircuits = 4 << 20

// circuitsFromInput replaces a - by the circuits that standard input lists, one per line.
func (r *retrieval) circuitsFromInput(cmd *cobra.Command, circuits []string) ([]string, error) {
	at := slices.Index(circuits, failure.StandardInput)
	switch {
	case at < 0:
		return circuits, nil
	case countOf(circuits, failure.StandardInput) > 1:
		return nil, failure.Usagef(cmd, "standard input can name the circuits only once, but - is given %d times",
			countOf(circuits, failure.StandardInput))
	case r.connection.Secret.Stdin:
		return nil,
			failure.Usagef(cmd,
				"standard input cannot contain both circuits and the client secret; give the secret with "+
					"--client-secret-file or DANABIO_CLIENT_SECRET")
	}
	source, hide := readStandardInput(r.out, cmd)
	defer hide()
	content, err := io.ReadAll(io.LimitReader(source, maxCircuits+1))
	switch {
	case err != nil:
		return nil, failure.BadInput("circuits in standard input: %w", failure.Reason(err))
	case len(content) > maxCircuits:
		return nil, failure.BadInput("circuits in standard input: there are more than %d bytes", maxCircuits)
	}
	var found []string
	for line := range strings.Lines(strings.TrimPrefix(string(content), "\ufeff")) {
		if circuit := strings.TrimSpace(line); circuit != "" {
			found = append(found, circuit)
		}
	}
	if found == nil {
		return nil, failure.BadInput("standard input contains no circuits; give one per line")
	}
	return slices.Replace(slices.Clone(circuits), at, at+1, found...), nil
}

func (r *retrieval) run(cmd *cobra.Command, circuits []string, get getEvidence) error {
	circuits, err := r.circuitsFromInput(cmd, circuits)
	if err != nil {
		return err
	}
	paths, makes, err := r.paths(cmd, circuits)
	if err != nil {
		return err
	}
	config, err := r.connection.Config(cmd.Context(), cmd)
	if err != nil {
		return err
	}
	r.transfers, r.turns = newTransferProgress(r.out, len(circuits)), make(chan struct{}, maxTurns)
	if r.out.Line != nil {
		config.Progress = r.transfers.onProgress
	}
	client, err := danabio.New(config)
	if err != nil {
		return err
	}
	defer client.Close()
	if makes {
		if err := os.Mkdir(r.target, 0o700); err != nil {
			return failure.BadInput("create folder %s: %w", r.target, failure.Reason(err))
		}
		defer os.Remove(r.target) // does nothing unless the folder is empty
	}
	hide := r.out.Progress(r.transfers.text)
	defer hide()
	if len(circuits) > 1 {
		return r.runAll(cmd.Context(), client, circuits, paths, get)
	}
	receipt, err := get(cmd.Context(), client, circuits[0], paths[0])
	hide()
	if errors.Is(err, context.Canceled) {
		err = &interruptedError{err, i18n.Textf("circuit %s into %s", term.OneLine(circuits[0]),
			term.OneLine(paths[0]))}
	}
	if err != nil {
		return failure.AboutCircuit(circuits[0], err)
	}
	return r.printStored(paths[0], receipt, receiptLines(paths[0], receipt))
}

// printStored prints what was stored, and a notice if the Content-Encoding of the response was
// wrong.
func (r *retrieval) printStored(path string, receipt *danabio.Receipt, lines []term.Line) error {
	if err := r.out.Data(r.storedJSON(path, receipt), lines...); err != nil {
		return err
	}
	if label := receipt.Headers["Content-Encoding"]; label != "" && !r.out.Quiet {
		notice := i18n.Textf("it was labelled Content-Encoding: %s, which is wrong", term.OneLine(label))
		fmt.Fprintln(r.out.Stderr, "danabio: "+
			i18n.Textf("notice: %s: %s", failure.FileName(path), notice).In(r.out.Language))
	}
	return nil
}

// storedData is the --json output for a file whose path was derived from a folder.
type storedData struct {
	*danabio.Receipt
	Path string `json:"path"`
}

// storedJSON returns the --json output for evidence at path: the receipt, and the path if -o did
// not name it.
func (r *retrieval) storedJSON(path string, receipt *danabio.Receipt) any {
	if path == r.target {
		return receipt
	}
	return storedData{receipt, path}
}

func receiptLines(path string, receipt *danabio.Receipt) []term.Line {
	return []term.Line{{Name: "file", Value: path}, {Name: "size", Value: strconv.FormatInt(receipt.Size, 10)},
		{Name: "sha256", Value: receipt.SHA256}}
}

// paths returns where to store the evidence of each circuit, and whether the folder must be
// created.
func (r *retrieval) paths(cmd *cobra.Command, circuits []string) (paths []string, makes bool, err error) {
	info, err := os.Stat(r.target)
	folder := err == nil && info.IsDir()
	switch {
	case r.target == "" && len(circuits) == 1:
		return nil, false, failure.Usagef(cmd, "-o FILE.zip is missing")
	case r.target == "":
		return nil, false, failure.Usagef(cmd, "-o DIR is missing")
	case len(circuits) == 1 && !folder:
		return []string{r.target}, false, nil
	case folder:
	case err == nil:
		return nil, false, failure.BadInput("%s is not a folder, which several circuits need", r.target)
	case strings.EqualFold(filepath.Ext(r.target), ".zip"):
		return nil, false, failure.BadInput("-o %s looks like a file, but several circuits need a folder; give -o DIR",
			r.target)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, false, failure.BadInput("folder %s: %w", r.target, failure.Reason(err))
	default:
		if err := checkFolder(filepath.Dir(filepath.Clean(r.target))); err != nil {
			return nil, false, err
		}
	}
	taken := map[string]string{}
	for i, circuit := range circuits {
		if strings.Contains(circuit, "://") { // not printed, because it may be the signer's link
			return nil, false, failure.BadInput("circuit %d looks like a link; give the identifier", i+1)
		}
		if !namesFile(circuit) {
			return nil, false,
				failure.BadInput("no file can be named after circuit %q; give it by itself, with -o FILE.zip",
					circuit)
		}
		// Some file systems ignore the case of names.
		switch other, clash := taken[strings.ToLower(circuit)]; {
		case clash && other == circuit:
			return nil, false, failure.BadInput("circuit %q is given twice", circuit)
		case clash:
			return nil, false,
				failure.BadInput("circuits %q and %q would go into one file; give one of them by itself, with -o "+
					"FILE.zip",
					other, circuit)
		}
		taken[strings.ToLower(circuit)] = circuit
		paths = append(paths, filepath.Join(r.target, circuit+".zip"))
	}
	return paths, !folder, nil
}

// namesFile reports whether a circuit's id is safe in a file name on any system. It leaves room for
// the suffixes that are appended.
func namesFile(circuit string) bool {
	letter := func(b byte) bool { return b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' }
	if circuit == "" || len(circuit) > 190 || !letter(circuit[0]) || !filepath.IsLocal(circuit) {
		return false
	}
	for i := range len(circuit) {
		if !letter(circuit[i]) && !strings.ContainsRune("-_.", rune(circuit[i])) {
			return false
		}
	}
	return true
}

// circuitResult is the result for one circuit among several.
type circuitResult struct {
	index   int
	receipt *danabio.Receipt
	err     error
}

// runAll retrieves all circuits at the same time, prints each result as it comes, and continues
// after failures.
func (r *retrieval) runAll(parent context.Context, client *danabio.Client, circuits, paths []string,
	get getEvidence) error {
	ctx, end := context.WithCancel(parent)
	defer end()
	results := make(chan circuitResult)
	for i := range circuits {
		go func() {
			receipt, err := get(ctx, client, circuits[i], paths[i])
			r.transfers.finish(circuits[i])
			results <- circuitResult{i, receipt, err}
		}()
	}
	r.out.JSONLines = true
	failed := failedCircuits{all: len(circuits)}
	var undone []int
	var unwritten error
	for range circuits {
		result := <-results
		if errors.Is(result.err, context.Canceled) && ctx.Err() != nil {
			undone = append(undone, result.index)
			continue
		}
		if err := r.printResult(circuits[result.index], paths[result.index], result, &failed); err != nil &&
			unwritten == nil {
			unwritten = err
		}
		if unwritten != nil || errors.Is(result.err, danabio.ErrUnauthorized) {
			end()
		}
	}
	slices.Sort(undone)
	var left []string
	for _, i := range undone {
		left = append(left, circuits[i])
	}
	switch {
	case parent.Err() != nil && len(left) > 0:
		return &interruptedError{
			i18n.Errorf("%w, with %d of %d circuits to go", context.Canceled, len(left), len(circuits)),
			i18n.Textf("circuits %s into %s", shortList(left), term.OneLine(r.target)),
		}
	case unwritten != nil:
		return unwritten
	case failed.count > 0:
		failed.left = left
		return &failed
	}
	return nil
}

// printResult prints the result for a circuit. It fails if the result cannot be printed.
func (r *retrieval) printResult(circuit, path string, result circuitResult, failed *failedCircuits) error {
	if result.err == nil {
		lines := append([]term.Line{{Name: "circuit", Value: circuit}}, receiptLines(path, result.receipt)...)
		return r.printStored(path, result.receipt, lines)
	}
	err := failure.AboutCircuit(circuit, result.err)
	failed.add(err)
	if r.out.JSON {
		failure.Print(r.out, err)
	} else {
		failure.PrintLines(r.out, err)
	}
	return nil
}

// failedCircuits reports that some of several circuits failed. Each failure has been printed
// already.
type failedCircuits struct {
	count, all int
	code       int
	left       []string        // no longer asked for
	advices    []*i18n.Message // for the failures, each once
}

func (e *failedCircuits) add(err error) {
	e.count++
	e.code = failure.Worse(e.code, failure.ExitCode(err))
	text := failure.Advice(err)
	if text != nil &&
		!slices.ContainsFunc(e.advices, func(known *i18n.Message) bool { return known.Error() == text.Error() }) {
		e.advices = append(e.advices, text)
	}
}

func (e *failedCircuits) text() *i18n.Message {
	return i18n.Textf("%d of %d circuits failed", e.count, e.all)
}
func (e *failedCircuits) Error() string             { return e.text().Error() }
func (e *failedCircuits) Spanish() i18n.Translation { return e.text().Spanish() }

func (e *failedCircuits) Worst() int { return e.code }

func (e *failedCircuits) Advice() *i18n.Message {
	advices := e.advices
	if len(e.left) > 0 {
		advices = append(slices.Clone(advices), i18n.Textf("Not requested: %s", shortList(e.left)))
	}
	if len(advices) == 0 {
		return nil
	}
	all := advices[0]
	for _, one := range advices[1:] {
		all = i18n.Textf("%s\n%s", all, one)
	}
	return all
}
