package evidence

// VerifyOption changes how [Archive.Verify] works.
type VerifyOption interface{ applyToVerify(*checkOptions) }

// ExtractOption changes how [Archive.Extract] works.
type ExtractOption interface{ applyToExtract(*checkOptions) }

// Option changes how [Archive.Verify] or [Archive.Extract] works.
type Option interface {
	VerifyOption
	ExtractOption
}

type option func(*checkOptions)

func (o option) applyToVerify(options *checkOptions)  { o(options) }
func (o option) applyToExtract(options *checkOptions) { o(options) }

// WithPolicy sets what is accepted. It applies to one call; pass it to a later call too. Default:
// the zero Policy.
func WithPolicy(policy Policy) Option {
	return option(func(o *checkOptions) { o.policy = policy })
}

// WithProgress calls onProgress after each read of the ZIP, with the bytes done and the size of the
// ZIP in bytes. Each byte may be read twice, for its entry and for the SHA-256 of the file, but
// done never exceeds size. Several goroutines call onProgress at once, so done may be smaller than
// before. Reading waits for onProgress, so it must return soon. Default: no calls.
func WithProgress(onProgress func(done, size int64)) Option {
	return option(func(o *checkOptions) { o.onProgress = onProgress })
}

// WithInspectors lets inspectors judge the content of entries. They never change the verdict.
// Default: none.
func WithInspectors(inspectors ...Inspector) VerifyOption {
	return option(func(o *checkOptions) { o.inspectors = append(o.inspectors, inspectors...) })
}

// WithApproval calls approve with the report of an accepted ZIP before the folder gets its name. If
// approve fails, Extract returns its error unchanged and leaves nothing behind. A ZIP that must
// also be the expected one is then read only once. Default: every accepted ZIP is extracted.
func WithApproval(approve func(*Report) error) ExtractOption {
	return option(func(o *checkOptions) { o.approve = approve })
}
