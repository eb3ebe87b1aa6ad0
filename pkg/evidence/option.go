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

// WithPolicy sets what is accepted. It holds for one call: what follows has to be given it too.
// Default: the zero Policy.
func WithPolicy(policy Policy) Option {
	return option(func(o *checkOptions) { o.policy = policy })
}

// WithProgress has onProgress called while the ZIP is read: with how much is done, in bytes of the
// ZIP, and its size in bytes. Though each byte may be read twice, for its entry and for the SHA-256
// of the file, done never exceeds size. onProgress is called after each read, by several goroutines
// at once, so a done may be less than the one before; the reading waits for it, so it must return
// soon. Default: nobody is told.
func WithProgress(onProgress func(done, size int64)) Option {
	return option(func(o *checkOptions) { o.onProgress = onProgress })
}

// WithInspectors has inspectors judge what the entries hold. They never change the verdict.
// Default: none.
func WithInspectors(inspectors ...Inspector) VerifyOption {
	return option(func(o *checkOptions) { o.inspectors = append(o.inspectors, inspectors...) })
}

// WithApproval has approve decide about the report of the accepted ZIP before the folder gets its
// name: its error is returned as it is, and nothing is left. So a ZIP that must also be the right
// one is read only once. Default: every accepted ZIP is extracted.
func WithApproval(approve func(*Report) error) ExtractOption {
	return option(func(o *checkOptions) { o.approve = approve })
}
