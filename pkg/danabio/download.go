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
// returns the receipt. The file appears complete, verified and durable, or not at all. Its mode is
// 0600. An existing target is an error, unless it and its receipt are what this download would
// give: then DownloadEvidence returns that receipt and sends no request.
//
// It fails with:
//
//   - [ErrNotReady] if the circuit is not completed or is unknown;
//   - [ErrInvalidRequest], [ErrUnauthorized], [ErrUnavailable] or [ErrTruncated];
//   - an [*APIError] if the server refuses the request;
//   - the system's error if the file cannot be written, inside an [*UnplacedError] if it is written
//     but cannot get its name;
//   - [ErrIntegrity] if the evidence is not acceptable. If it arrived complete, the error is a
//     [*RejectedError] and the evidence was kept aside.
func (c *Client) DownloadEvidence(ctx context.Context, circuit, path string) (*Receipt, error) {
	receipt, err := c.downloadEvidence(ctx, circuit, path, c.retry)
	if err != nil {
		return nil, operationError(operationDownload, circuit, err)
	}
	return receipt, nil
}

// maxStandstills is how many attempts may come no further than an earlier one.
const maxStandstills = 3

func (c *core) downloadEvidence(ctx context.Context, circuit, path string, policy RetryPolicy) (*Receipt, error) {
	if err := checkSegment("circuit", circuit); err != nil {
		return nil, err
	}
	target, receipt, err := c.newTarget(ctx, circuit, path)
	if receipt != nil || err != nil {
		return receipt, err
	}
	furthest := int64(-1) // nothing has arrived yet
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

// downloadAttempt is one attempt to get the body.
type downloadAttempt struct {
	core        *core
	circuit     string
	target      target
	transfer    transfer
	lastAttempt bool // evidence that is not acceptable is kept aside
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
			fmt.Errorf("%s: what was stored is not what was received; another program or a fault of this machine "+
				"changed it",
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
		refused.Path = d.target.path // the verified file is about to be renamed
		err = fmt.Errorf("%w: %w", ErrIntegrity, err)
	}
	return report, err
}

// rejectEvidence handles an error of the body. If complete evidence is not acceptable for the
// second time, it keeps it aside.
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

// nameTarget replaces the temporary file's name in a system error by the target's.
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
