package failure

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
)

func TestExitCode(t *testing.T) {
	unknown := &danabio.OutcomeUnknownError{RequestID: "r", Outcome: danabio.OutcomeUnknown, Err: context.Canceled}
	tests := []struct {
		name string
		err  error
		want int
	}{
		{"no error", nil, 0},
		{"any other error", errors.New("disk on fire"), 1},
		{"error of the system", fs.ErrPermission, 1},
		{"context's deadline", context.DeadlineExceeded, 1},
		{"wrong usage", Usagef(&cobra.Command{Use: "x"}, "wrong"), 2},
		{"bad input found here", BadInput("bad"), 2},
		{"bad input found by the client", danabio.ErrInvalidRequest, 2},
		{"plain HTTP, which is bad input too", fmt.Errorf("%w: %w", danabio.ErrInvalidRequest, danabio.ErrPlainHTTP),
			1},
		{"not ready", danabio.ErrNotReady, 3},
		{"not ready while the server was unavailable",
			fmt.Errorf("%w: %w", danabio.ErrNotReady, danabio.ErrUnavailable), 3},
		{"not authorised", danabio.ErrUnauthorized, 4},
		{"unknown outcome", unknown, 5},
		{"unknown outcome with what to do", &unknownStart{error: unknown, outcome: unknown}, 5},
		{"unknown outcome because of a document",
			&danabio.OutcomeUnknownError{Outcome: danabio.PartlySent, Err: danabio.ErrInvalidRequest}, 5},
		{"evidence not acceptable", danabio.ErrIntegrity, 6},
		{"evidence refused", &evidence.RefusedError{}, 6},
		{"server refuses", &danabio.APIError{Operation: operationStart, StatusCode: 403}, 7},
		{"server refuses a download", &danabio.APIError{Operation: "download evidence", StatusCode: 403}, 7},
		{"interrupted", context.Canceled, 130},
		{"interrupted while waiting", fmt.Errorf("%w; the last: %w", context.Canceled, danabio.ErrNotReady), 130},
		{"unavailable", danabio.ErrUnavailable, 1},
		{"broken off", danabio.ErrTruncated, 1},
		{"protocol", danabio.ErrProtocol, 1},
		{"redirect", danabio.ErrRedirected, 1},
		{"certificate", danabio.ErrCertificate, 1},
		{"unknown host", danabio.ErrUnknownHost, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := test.err
			if err != nil {
				err = fmt.Errorf("some command: %w", err)
			}
			if got := ExitCode(err); got != test.want {
				t.Errorf("exit code %d, want %d", got, test.want)
			}
		})
	}
}

func TestAdvice(t *testing.T) {
	const (
		again  = "Nothing is left half done; try again later."
		oneFor = "The server has one answer for a circuit that is not completed and for one that it does not know.\n"
	)
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"not ready", danabio.ErrNotReady, oneFor +
			`Try again later, which "danabio wait" does by itself, or check the circuit id and the channel.`},
		{"not ready after waiting", waitError{danabio.ErrNotReady}, oneFor +
			"Give the same command again to wait longer, or check the circuit id and the channel."},
		{"unavailable while waiting", waitError{fmt.Errorf("%w: %w", danabio.ErrNotReady, danabio.ErrUnavailable)},
			again},
		{"broken off", danabio.ErrTruncated, again},
		{"not acceptable and kept",
			waitError{&danabio.RejectedError{Kept: "e.zip.rejected", Err: danabio.ErrIntegrity}},
			"Both files stay; send the reasons to DANAconnect. The same command asks again."},
		{"not acceptable and not kept", waitError{danabio.ErrIntegrity}, ""},
		{"any other error", errors.New("disk on fire"), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Advice(fmt.Errorf("some command: %w", test.err)).In(i18n.English); got != test.want {
				t.Errorf("advice %q, want %q", got, test.want)
			}
		})
	}
}

// The time shown is that of the request, not of the message.
func TestAdviceOnAnUnknownOutcomeTellsWhenTheRequestWasBegun(t *testing.T) {
	unknown := &danabio.OutcomeUnknownError{RequestID: "r", StartedAt: time.Date(2030, 1, 31, 12, 0, 0, 5e6, time.UTC),
		Outcome: danabio.OutcomeUnknown, Err: context.Canceled}
	if got := Advice(&unknownStart{unknown, unknown}).In(i18n.English); !strings.Contains(got,
		"\n  time        2030-01-31T12:00:00Z\n") {
		t.Errorf("advice %q", got)
	}
}
