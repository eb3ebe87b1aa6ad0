package cli

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/danabio"
)

func TestMeasured(t *testing.T) {
	out := term.NewOutput(io.Discard, io.Discard)
	for _, test := range []struct {
		done, total int64
		perSecond   float64
		want        string
	}{
		{0, 45_600_000, 0, "Receiving: 0 bytes of 45.6 MB (0 %)"},
		{11_400_000, 45_600_000, 1_900_000, "Receiving: 11.4 MB of 45.6 MB (25 %), 1900 kB/s, 18s left"},
		{45_599_999, 45_600_000, 1_900_000, "Receiving: 45.6 MB of 45.6 MB (99 %), 1900 kB/s, 0s left"},
		{45_600_000, 45_600_000, 1_900_000, "Receiving: 45.6 MB of 45.6 MB (100 %)"},
		{11_400_000, -1, 0, "Receiving: 11.4 MB"},
		{11_400_000, -1, 12_000_000, "Receiving: 11.4 MB, 12.0 MB/s"},
		{1, 9e18, 1, "Receiving: 1 bytes of 9000000000.0 GB (0 %), 1 bytes/s"},
		{9e18 - 5, 9e18, 5, "Receiving: 9000000000.0 GB of 9000000000.0 GB (100 %), 5 bytes/s, 1s left"},
		{1, 45_600_000, 1.5, "Receiving: 1 bytes of 45.6 MB (0 %), 1 bytes/s"}, // 8444 hours
		{0, 45_600_000, 127, "Receiving: 0 bytes of 45.6 MB (0 %), 127 bytes/s, 99h44m15s left"},
		{0, 0, 0, "Receiving: 0 bytes of 0 bytes (0 %)"},
		{7, 5, 3, "Receiving: 7 bytes of 5 bytes (140 %)"}, // a server that sends more than it announced
	} {
		if got := progressText(out, "Receiving", test.done, test.total, test.perSecond); got != test.want {
			t.Errorf("%d of %d: %q, want %q", test.done, test.total, got, test.want)
		}
	}
}

func TestMeasuredInSpanish(t *testing.T) {
	out := term.NewOutput(io.Discard, io.Discard)
	out.Language = i18n.Spanish
	if got := progressText(out, say(out, "Receiving"), 11_400_000, 45_600_000, 1_900_000); got != "Recibiendo: 11.4 "+
		"MB de 45.6 MB (25 %), 1900 kB/s, faltan 18s" {
		t.Error(got)
	}
}

func TestRateLooksBackAFewSeconds(t *testing.T) {
	var r rate
	at := time.Unix(1e9, 0)
	step := func(count int64) float64 {
		at = at.Add(100 * time.Millisecond)
		return r.add(at, count)
	}
	count, last := int64(0), 0.0
	for i := range 100 {
		count += 1000
		if last = step(count); i < 4 && last != 0 {
			t.Errorf("a rate of %v after %d samples, which is too early to tell", last, i+1)
		}
	}
	if last < 9_999 || last > 10_001 {
		t.Errorf("%v a second, want 10000", last)
	}
	for range 60 {
		last = step(count)
	}
	if last != 0 {
		t.Errorf("%v a second after 6 s without any", last)
	}
	if last = step(0); last != 0 {
		t.Errorf("%v a second when it begins anew", last)
	}
	for i := range 10 {
		last = step(int64(i+1) * 500)
	}
	if last < 4_999 || last > 5_001 {
		t.Errorf("%v a second after it began anew, want 5000", last)
	}
	if len(r.samples) > 60 {
		t.Errorf("%d samples are kept", len(r.samples))
	}
}

func TestReadingIsToldInBytes(t *testing.T) {
	out := term.NewOutput(io.Discard, io.Discard)
	r := newReadProgress(out, "Verifying")
	for _, test := range []struct {
		done, size int64
		want       string
	}{
		{500, 1000, "Verifying: 500 bytes of 1000 bytes (50 %)"},
		{1000, 1000, "Verifying: 1000 bytes of 1000 bytes (100 %)"},
		{0, 0, "Verifying: 0 bytes of 0 bytes (0 %)"},
	} {
		r.update(test.done, test.size)
		if got := r.text(time.Now()); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
	stdin := newReadProgress(out, "Reading standard input")
	if _, err := io.Copy(io.Discard, countingReader{bytes.NewReader(make([]byte, 20_000)), stdin}); err != nil {
		t.Fatal(err)
	}
	if got := stdin.text(time.Now()); got != "Reading standard input: 20 kB" {
		t.Error(got)
	}
}

func TestTransfersAreToldStepByStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transfers := newTransferProgress(term.NewOutput(io.Discard, io.Discard), 1)
		now := transfers.began
		var got []string
		say := func(after time.Duration) { got = append(got, transfers.text(now.Add(after))) }
		move := func(bytes int64, restarts int) {
			transfers.onProgress(danabio.Progress{Circuit: "a", Bytes: bytes, Total: 200_000, Restarts: restarts})
		}
		say(2 * time.Second)
		transfers.onPoll("a", danabio.Poll{Number: 1, Next: 5 * time.Second, Err: danabio.ErrNotReady})
		say(3*time.Second + 500*time.Millisecond)
		say(20 * time.Second)
		transfers.onPoll("a", danabio.Poll{Number: 2, Next: 5 * time.Second, Err: danabio.ErrUnavailable})
		say(4 * time.Second)
		transfers.onPoll("a", danabio.Poll{Number: 3, Next: 5 * time.Second, Err: &danabio.APIError{StatusCode: 409}})
		say(4 * time.Second)
		move(0, 0)
		move(50_000, 0)
		say(10 * time.Second)
		move(0, 1)
		move(100_000, 1)
		say(10 * time.Second)
		move(200_000, 1)
		say(10 * time.Second)
		for i, want := range []string{
			"Asking the server, for 2s",
			"Waiting for 3s, polls: 1, next in 2s",
			"Waiting for 20s, polls: 1, next in 0s",
			"Waiting for 4s, polls: 2, next in 1s; the server cannot be reached",
			"Waiting for 4s, polls: 3, next in 1s; the last answer does not say whether it is done",
			"Receiving: 50 kB of 200 kB (25 %), ",
			"Receiving, try 2: 100 kB of 200 kB (50 %), ",
			"Received 200 kB; verifying",
		} {
			if !strings.HasPrefix(got[i], want) {
				t.Errorf("step %d: %q, want %q", i, got[i], want)
			}
		}
	})
}

func TestSendingIsToldUntilTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transfers := newTransferProgress(term.NewOutput(io.Discard, io.Discard), 0)
		now := transfers.began
		transfers.onProgress(danabio.Progress{RequestID: "r", Total: 100_000})
		transfers.onProgress(danabio.Progress{RequestID: "r", Bytes: 40_000, Total: 100_000})
		if got := transfers.text(now.Add(4 * time.Second)); !strings.HasPrefix(got,
			"Sending: 40 kB of 100 kB (40 %), ") {
			t.Error(got)
		}
		transfers.onProgress(danabio.Progress{RequestID: "r", Bytes: 100_000, Total: 100_000})
		if got := transfers.text(time.Now().Add(90 * time.Second)); got != "Sent 100 kB; waiting for the answer for "+
			"1m30s" {
			t.Error(got)
		}
	})
}

func TestSeveralTransfersAreSummed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transfers := newTransferProgress(term.NewOutput(io.Discard, io.Discard), 5)
		now := transfers.began
		for i := range 3 {
			transfers.onProgress(danabio.Progress{Circuit: fmt.Sprint(i), Bytes: 100_000, Total: 200_000})
		}
		transfers.finish("0")
		transfers.onPoll("3", danabio.Poll{Number: 4, Next: time.Minute, Err: danabio.ErrNotReady})
		if got := transfers.text(now); got != "Receiving, 1 of 5 circuits done: 300 kB of 600 kB (50 %)" {
			t.Error(got)
		}
		transfers.onProgress(danabio.Progress{Circuit: "4", Bytes: 100_000, Total: -1})
		if got := transfers.text(now); got != "Receiving, 1 of 5 circuits done: 400 kB" {
			t.Error(got)
		}
		for i := range 3 {
			transfers.finish(fmt.Sprint(i))
		}
		transfers.onPoll("4", danabio.Poll{Number: 2, Next: 30 * time.Second, Err: danabio.ErrUnavailable})
		if got := transfers.text(time.Now().Add(10 * time.Second)); got != "Waiting for 10s, polls: 6, next in 20s; "+
			"3 of 5 circuits done" {
			t.Error(got)
		}
	})
}
