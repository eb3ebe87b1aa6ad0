package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/robustio"

	"github.com/danabio/danabio-go/gen/biometricapi"
	"github.com/danabio/danabio-go/internal/coding"
	"github.com/danabio/danabio-go/internal/reach"
	"github.com/danabio/danabio-go/pkg/evidence"
)

func (p *prober) downloadRequest(circuit, token string) (*http.Request, error) {
	request, err := biometricapi.NewDownloadEvidenceRequest(p.config.BaseURL+"/", p.config.Channel, circuit, nil)
	if err != nil {
		return nil, fmt.Errorf("probe: make a download: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	return request, nil
}

// download prepares the probe of a download with the run's own token. Without a circuit or a token
// it only notes the probe.
func (p *prober) download(c call, circuit string) (ready bool, _ call, err error) {
	c.operation = p.spec.operation(downloadEvidence)
	if circuit == "" {
		p.note(c)
		return false, c, nil
	}
	if p.token == "" {
		p.note(c).notChecked(NoToken, "there is no token for it")
		return false, c, nil
	}
	c.request, err = p.downloadRequest(circuit, p.token)
	return err == nil, c, err
}

func (p *prober) probeUnknown(ctx context.Context) error {
	ready, c, err := p.download(call{name: "download-unknown", sends: "a made-up circuit", want: http.StatusNotFound},
		p.unknown)
	if ready {
		if _, x := p.probe(ctx, c); x.status != 0 {
			p.answers.unknown = x
		}
	}
	return err
}

func (p *prober) probeUnfinished(ctx context.Context) error {
	ready, c, err := p.download(call{name: "download-unfinished", sends: "a circuit that is not completed",
		want: http.StatusNotFound}, p.unfinished)
	if !ready {
		if probe := p.result.Probe("download-unfinished"); p.config.Start != nil && probe != nil &&
			probe.Verdict == NotAsked {
			probe.notChecked(NoCircuit, "the start gave no circuit for it")
		}
		return err
	}
	probe, x := p.probe(ctx, c)
	if x.ok() && c.operation.alsoSuccess(c.operation.success(), x.status) {
		probe.Deviations = []Deviation{}
		probe.notChecked(Completed, fmt.Sprintf("the server answers %d: the circuit is completed", x.status))
		return nil
	}
	if x.status != 0 {
		p.answers.unfinished = x
	}
	return nil
}

// probeFinished downloads evidence and verifies it.
func (p *prober) probeFinished(ctx context.Context) error {
	ready, c,
		err := p.download(call{name: "download-finished", sends: "a completed circuit",
		want: p.spec.operation(downloadEvidence).success()}, p.config.Circuit)
	if !ready {
		return err
	}
	probe := p.note(c)
	if p.config.Progress != nil {
		p.config.Progress(c.name)
	}
	return p.receive(ctx, probe, c)
}

// receive stores evidence in a temporary file. The file is unlinked at once where the system allows
// that, and is gone when receive returns.
func (p *prober) receive(ctx context.Context, probe *Probe, c call) error {
	file, err := os.CreateTemp("", "danabio-contract-*") // mode 0600
	if err != nil {
		probe.notChecked(NotStored, "no temporary file could be made")
		return nil
	}
	_ = os.Remove(file.Name()) // Windows removes it below
	defer robustio.RemoveAll(file.Name())
	defer file.Close()
	limits, err := evidence.Limits{}.WithDefaults()
	if err != nil {
		return fmt.Errorf("probe: %w", err)
	}

	ctx, cancel := context.WithTimeout(ctx, evidenceLimit)
	defer cancel()
	alive, still := context.WithCancelCause(ctx)
	defer still(nil)
	timer := time.AfterFunc(limit, func() { still(context.DeadlineExceeded) })
	defer timer.Stop()

	x := &exchange{name: c.name}
	response := p.begin(alive, x, c.request, p.plain)
	if response == nil {
		if errors.Is(context.Cause(alive), context.DeadlineExceeded) {
			x.failure = "no answer came within " + limit.String()
		}
		p.judge(probe, c, x)
		return nil
	}
	if !x.ok() {
		most := int64(maxBody)
		x.body, err = io.ReadAll(io.LimitReader(response.Body, most))
		if err != nil {
			x.failure = "the answer's body broke off"
		}
		p.end(x, response)
		p.judge(probe, c, x)
		if x.status == http.StatusNotFound {
			probe.Deviations = []Deviation{}
			probe.notChecked(NotCompleted, "the server answers 404: the circuit is unknown or not completed")
		}
		return nil
	}
	into := &progress{file: file, timer: timer}
	body := &source{Reader: response.Body}
	codings := coding.Of(x.header)
	decoded, err := coding.NewReader(body, codings)
	if errors.Is(err, coding.ErrUnknown) {
		decoded, err, x.encoded = body, nil, true
	}
	var size int64
	if err == nil {
		size, err = io.Copy(into, io.LimitReader(decoded, limits.MaxFileSize+1))
	}
	if err != nil && body.err == nil && !into.failed { // the body is not in the coding that it claims
		err, x.encoded = nil, true
	}
	timer.Stop()
	switch {
	case into.failed:
		err = nil
	case err != nil && context.Cause(alive) != nil:
		x.failure = fmt.Sprintf("the evidence stalled for %s, or took longer than %s", limit, evidenceLimit)
	case err != nil:
		x.failure = "the evidence " + reach.Cause(err, "broke off")
	}
	p.end(x, response)
	probe.Came = &Answer{Status: x.status, MediaType: mediaType(x.header), Body: fmt.Sprintf("%d bytes", size)}
	if x.coded = "; the evidence is verified as what it decodes to"; x.encoded {
		x.coded = "; the evidence could not be judged, since it could not be decoded"
	}
	p.judgeFindings(probe, c, x)
	switch {
	case into.failed:
		probe.notChecked(NotStored, "the evidence could not be stored in a temporary file")
		return nil
	case x.failure != "":
	case x.encoded:
		probe.Came.Body = x.shape()
		probe.notChecked(NotDecoded, "the evidence is "+x.shape())
	default:
		if len(codings) > 0 {
			probe.Came.Body += ", decoded"
		}
		p.answers.finished = x
		p.verify(ctx, probe, file, size, limits)
	}
	p.conclude(probe, x)
	return nil
}

// source records a read error, so that a body that broke off can be told from one that does not
// decode.
type source struct {
	io.Reader
	err error
}

func (s *source) Read(b []byte) (int, error) {
	n, err := s.Reader.Read(b)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// progress resets a timer with every write.
type progress struct {
	file   *os.File
	timer  *time.Timer
	failed bool
}

func (w *progress) Write(b []byte) (int, error) {
	w.timer.Reset(limit)
	n, err := w.file.Write(b)
	w.failed = err != nil
	return n, err
}

// verify checks the ZIP with package evidence. It reports only codes and counts.
func (p *prober) verify(ctx context.Context, probe *Probe, file io.ReaderAt, size int64, limits evidence.Limits) {
	archive, err := evidence.OpenReader(file, size, limits)
	var report *evidence.Report
	if err == nil {
		defer archive.Close()
		report, err = archive.Verify(ctx)
	}
	switch {
	case errors.Is(err, evidence.ErrRefused):
		codes := map[evidence.Code]bool{}
		for _, finding := range report.Refusals() {
			codes[finding.Code] = true
		}
		what := fmt.Sprintf("a ZIP of %d bytes that is not acceptable: %s", size,
			joined(slices.Sorted(maps.Keys(codes))))
		if codes[evidence.CodeNoEndRecord] {
			what = notZIP(file, size)
		}
		p.deviate(probe, Evidence, "", "the evidence is %s", what)
		probe.Came.Body += ", no acceptable ZIP"
	case err != nil:
		probe.notChecked(NotStored, "the evidence could not be read back from its temporary file")
	default:
		probe.Came.Body += ", " + contents(report)
	}
}

func joined(codes []evidence.Code) string {
	var names []string
	for _, code := range codes {
		names = append(names, string(code))
	}
	return strings.Join(names, ", ")
}

// contents counts a ZIP's files by media type, which is detected from their content.
func contents(report *evidence.Report) string {
	counts, files := map[string]int{}, 0
	for _, entry := range report.Entries {
		if !entry.Folder {
			counts[entry.MediaType]++
			files++
		}
	}
	var types []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		types = append(types, fmt.Sprintf("%d %s", counts[name], name))
	}
	return fmt.Sprintf("%d files (%s)", files, strings.Join(types, ", "))
}
