package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
)

// untilSignal is a context that ends when a signal asks the process to: Ctrl-C, SIGTERM, or the
// SIGHUP of a terminal that is closed, unless nohup has it ignored. A Ctrl-C after that ends the
// process at once, with an exit code of its own, since process 1 of a container does not die by a
// signal. Other signals may come in pairs, as from a shell and its terminal, and the second changes
// nothing.
func untilSignal() context.Context {
	// Else a write to a standard output that nobody reads any more would end the process without a
	// word. Ignored would do too, but the programs that are run would inherit that.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	endings := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		endings = append(endings, syscall.SIGHUP)
	}
	came := make(chan os.Signal, len(endings))
	signal.Notify(came, endings...)
	ctx, end := context.WithCancel(context.Background())
	go func() {
		<-came
		end()
		for again := range came {
			if again == os.Interrupt {
				os.Exit(failure.ExitInterrupted)
			}
		}
	}()
	return ctx
}
