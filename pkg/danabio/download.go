package danabio

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/danabio/danabio-go/internal/atomicfile"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// DownloadEvidence stores the evidence of a circuit at path, with its receipt beside it, and
// returns that. The file is there whole, verified and durable, or not at all; it has mode 0600. A
// target that exists is an error, unless it and its receipt are what this download would give: then
// nothing is asked for.
//
// It fails with [ErrNotReady] while the circuit is not completed, or is unknown; with
// [ErrInvalidRequest], [ErrUnauthorized], [ErrUnavailable], or [ErrTruncated]; with an [*APIError]
// when the server refuses; with the system's error when the file cannot be written, in an
// [*UnplacedError] if it is written but cannot have its name; and with [ErrIntegrity] when what
// came is not acceptable; if it came whole the error is a [*RejectedError], and it was kept aside.
func (c *Client) DownloadEvidence(ctx context.Context, circuit, path string) (*Receipt, error) {
	receipt, err := c.downloadEvidence(ctx, circuit, path, c.retry)
	if err != nil {
		return nil, operationError(operationDownload, circuit, err)
	}
	return receipt, nil
}

// maxStandstills is how many tries may come no further than an earlier one.
const maxStandstills = 3

func (c *core) downloadEvidence(ctx context.Context, circuit, path string, policy RetryPolicy) (*Receipt, error) {
	if err := checkSegment("circuit", circuit); err != nil {
		return nil, err
	}
	target, receipt, err := c.newTarget(ctx, circuit, path)
	if receipt != nil || err != nil {
		return receipt, err
	}
	furthest := int64(-1) // nothing has come yet
	standstills, refusals := 0, 0
	comes := transfer{c.onProgress, Progress{Circuit: circuit}}
	for {
		download := &downloadAttempt{core: c, circuit: circuit, target: target, transfer: comes,
			lastAttempt: refusals > 0}
		receipt, err := download.try(ctx, policy)
		if err == nil {
			c.log.LogAttrs(ctx, levelDebug, "danabio: evidence stored", logCircuit(circuit), logBytes(receipt.Size))
			return receipt, nil
		}
		switch {
		case errors.Is(err, ErrTruncated):
			if download.bytes <= furthest {
				standstills++
			}
			furthest = max(furthest, download.bytes)
			if standstills >= maxStandstills {
				return nil, err
			}
		case errors.Is(err, ErrIntegrity) && !errors.Is(err, errTooLarge) && refusals == 0:
			refusals++
		default:
			return nil, err
		}
		delay, _ := policy.delay(1, err)
		c.log.LogAttrs(ctx, levelDebug, "danabio: starting the download over", logCircuit(circuit),
			logBytes(download.bytes), logDelay(delay))
		comes.progress.Restarts++
		comes.begin(-1)
		if ended := sleep(ctx, delay); ended != nil {
			return nil, fmt.Errorf("%w while waiting to start over after: %w", ended, err)
		}
	}
}

// downloadAttempt is one try to get the body.
type downloadAttempt struct {
	core        *core
	circuit     string
	target      target
	transfer    transfer
	lastAttempt bool // what is not acceptable is kept aside
	bytes       int64
}

func (d *downloadAttempt) try(ctx context.Context, policy RetryPolicy) (*Receipt, error) {
	stream, err := d.core.openEvidence(ctx, d.circuit, policy)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	stream.begin(d.transfer)
	limit := d.core.limits.MaxFileSize
	if stream.resp.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	part, err := atomicfile.Create(d.target.path)
	if err != nil {
		return nil, nameTarget(err, d.target.path)
	}
	defer part.Discard()
	d.bytes, err = writeEvidence(part, stream, limit)
	whole := stream.err != nil && !errors.Is(stream.err, ErrTruncated) && ctx.Err() == nil
	if err != nil && !(whole && errors.Is(err, ErrIntegrity)) {
		return nil, nameTarget(err, d.target.path)
	}
	report, verified := d.verify(ctx, part.Name())
	if report != nil && report.SHA256 != "" && report.SHA256 != stream.sha256() {
		return nil,
			fmt.Errorf("%s: what was stored is not what came; another program or a fault of this machine changed it",
				d.target.path)
	}
	if err == nil {
		err = verified
	}
	switch {
	case err == nil:
		err = stream.checkEncoding()
	case errors.Is(err, ErrIntegrity) && !isZIP(stream.first):
		err = maskedError{stream.notZIPError().Error(), err}
	}
	if err != nil {
		return nil, d.rejectEvidence(ctx, part, report, err)
	}
	receipt, err := d.target.place(ctx, part, d.core.receipt(d.circuit, d.target.name, stream, report))
	if unplaced := (*UnplacedError)(nil); errors.As(err, &unplaced) {
		return nil, err
	}
	return receipt, nameTarget(err, d.target.path)
}

func (d *downloadAttempt) verify(ctx context.Context, path string) (*evidence.Report, error) {
	archive, err := evidence.Open(path, d.core.limits)
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	report, err := archive.Verify(ctx, evidence.WithPolicy(d.core.policy))
	var refused *evidence.RefusedError
	if errors.As(err, &refused) {
		refused.Path = d.target.path // the file that was verified is about to get another name
		err = fmt.Errorf("%w: %w", ErrIntegrity, err)
	}
	return report, err
}

// rejectEvidence keeps evidence aside that is whole but not acceptable, when it came so for the
// second time.
func (d *downloadAttempt) rejectEvidence(ctx context.Context, part *atomicfile.File, report *evidence.Report,
	err error) error {
	if !errors.Is(err, ErrIntegrity) {
		return nameTarget(err, d.target.path)
	}
	if !d.lastAttempt {
		return err
	}
	kept, keeping := d.target.reject(ctx, part,
		Rejected{Circuit: d.circuit, Channel: d.core.channel, BaseURL: d.core.baseURL, Reason: err.Error(),
			Report: report, Library: libraryName, Commit: buildCommit()})
	if keeping != nil {
		return fmt.Errorf("%w; it could not be kept aside: %w", err, d.target.keepUnplaced(part, keeping))
	}
	return &RejectedError{Kept: kept, Err: err}
}

// nameTarget names the target in an error of the system instead of the temporary file.
func nameTarget(err error, path string) error {
	var file *fs.PathError
	if errors.As(err, &file) {
		return &fs.PathError{Op: file.Op, Path: path, Err: file.Err}
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return &fs.PathError{Op: link.Op, Path: path, Err: link.Err}
	}
	return err
}
