package failure

import (
	"errors"
	"slices"
)

// These are the exit codes. The help of the root command explains them.
const (
	ExitDone         = 0
	ExitFailed       = 1
	ExitUsage        = 2
	ExitNotReady     = 3
	ExitUnauthorized = 4
	ExitUnknown      = 5
	ExitIntegrity    = 6
	ExitRefused      = 7
	ExitInterrupted  = 130
)

// ByWeight lists the exit codes, the most important first: the user interrupted the command; the
// outcome of an action is unknown; evidence is not what it should be; the credentials are refused,
// so nothing else can be done; the server refuses a request; something could not be found out; the
// input is wrong; something is not ready yet.
var ByWeight = []int{
	ExitInterrupted, ExitUnknown, ExitIntegrity, ExitUnauthorized, ExitRefused, ExitFailed, ExitUsage, ExitNotReady,
	ExitDone,
}

// Worse returns the more important of two exit codes.
func Worse(a, b int) int {
	return ByWeight[min(slices.Index(ByWeight, a), slices.Index(ByWeight, b))]
}

// ExitCode returns the exit code of an error. No other function maps errors to exit codes.
func ExitCode(err error) int {
	var several interface{ Worst() int }
	switch {
	case err == nil:
		return ExitDone
	case errors.As(err, &several):
		return several.Worst()
	}
	return KindOf(err).ExitCode()
}
