package failure

import (
	"errors"
	"slices"
)

// The exit codes, as the help of the root command explains them.
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

// ByWeight are the exit codes, the one that matters most first: that the user ended it; what may
// have been done and nobody knows; evidence that is not what it should be, whatever else the system
// can read; what keeps everything else from being done; what the server does not want; what could
// not be found out; what was given wrongly; and what only takes time.
var ByWeight = []int{
	ExitInterrupted, ExitUnknown, ExitIntegrity, ExitUnauthorized, ExitRefused, ExitFailed, ExitUsage, ExitNotReady,
	ExitDone,
}

// Worse returns the exit code that matters more.
func Worse(a, b int) int {
	return ByWeight[min(slices.Index(ByWeight, a), slices.Index(ByWeight, b))]
}

// ExitCode is the one place where an error becomes an exit code.
func ExitCode(err error) int {
	var several interface{ Worst() int }
	switch {
	case err == nil:
		return ExitDone
	case errors.As(err, &several):
		return several.Worst()
	}
	return kindOf(err).ExitCode()
}
