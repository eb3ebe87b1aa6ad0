package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
)

// untilSignal returns a context that ends when a signal asks the process to stop: Ctrl-C, SIGTERM,
// or the SIGHUP of a closed terminal unless nohup ignores it. A second Ctrl-C ends the process at
// once, with a separate exit code, because a signal does not kill process 1 of a container. Other
// signals may come in pairs, for example from a shell and its terminal, so a second one changes
// nothing.
func untilSignal() context.Context {
	// Without a handler, writing to a standard output that nobody reads would end the process
	// silently. Ignoring the signal would also work, but child processes would inherit that.
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
