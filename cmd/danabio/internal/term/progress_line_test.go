package term

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/internal/term/termtest"
)

// on returns an output whose progress line and streams all go to the screen.
func on(s *termtest.Screen, change ...func(*ProgressLine)) *Output {
	out := &Output{Stdout: s, Stderr: s}
	line := &ProgressLine{Screen: s, Width: func() int { return 80 }, First: FirstLine}
	for _, one := range change {
		one(line)
	}
	out.UseLine(line)
	return out
}

func plainLine(l *ProgressLine) { l.plain = true }

func TestProgressComesAfterHalfASecondAndGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for length, want := range map[time.Duration]string{
			499 * time.Millisecond: "",
			501 * time.Millisecond: EraseLine + "at work" + EraseLine,
		} {
			s := termtest.NewScreen()
			hide := on(s).Progress(func(time.Time) string { return "at work" })
			time.Sleep(length)
			hide()
			hide()
			if got := s.String(); got != want {
				t.Errorf("after %v: %q, want %q", length, got, want)
			}
		}
	})
}

func TestProgressIsDrawnAtMostTenTimesASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := termtest.NewScreen()
		n := 0
		hide := on(s).Progress(func(time.Time) string { n++; return fmt.Sprint(n) })
		time.Sleep(10*time.Second + time.Millisecond)
		hide()
		if len(s.Times) > 98 || len(s.Times) < 90 {
			t.Errorf("drawn %d times in 10 s", len(s.Times))
		}
		for i := 1; i < len(s.Times)-1; i++ {
			if s.Times[i]-s.Times[i-1] < nextLine {
				t.Errorf("drawn at %v and %v", s.Times[i-1], s.Times[i])
			}
		}
	})
}

func TestProgressThatStandsStillIsNotDrawnAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := termtest.NewScreen()
		hide := on(s).Progress(func(time.Time) string { return "still" })
		time.Sleep(time.Minute)
		hide()
		if len(s.Times) != 2 {
			t.Errorf("written %d times: %q", len(s.Times), s.String())
		}
	})
}

func TestWhatIsPrintedMeanwhileHasALineOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := termtest.NewScreen()
		out := on(s)
		hide := out.Progress(func(time.Time) string { return "at work for a long time" })
		time.Sleep(time.Second + nextLine/2) // between two updates of the line
		out.Note(note("a note"))
		time.Sleep(time.Second)
		if err := out.Text("data\n"); err != nil {
			t.Error(err)
		}
		fmt.Fprintln(out.Stderr, "danabio: wrong")
		time.Sleep(time.Second)
		hide()
		if got := s.Left(); got != "a note\ndata\ndanabio: wrong\n" {
			t.Errorf("left on the screen: %q", got)
		}
		if n := strings.Count(s.String(), "at work"); n != 3 {
			t.Errorf("drawn %d times, want 3: %q", n, s.String())
		}
	})
}

func TestProgressKeepsToTheWidth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for width, want := range map[int]string{80: "señal\ufffd[2J", 8: "señal", 6: "señ", 3: "", 0: ""} {
			s := termtest.NewScreen()
			hide := on(s, func(l *ProgressLine) { l.Width = func() int { return width } }).Progress(
				func(time.Time) string { return "señal\x1b[2J" })
			time.Sleep(time.Second)
			hide()
			if got := s.String(); got != EraseLine+want+EraseLine {
				t.Errorf("%d columns: %q", width, got)
			}
		}
	})
}

func TestProgressIsDimWithColour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := termtest.NewScreen()
		out := on(s, func(l *ProgressLine) { l.dim = true })
		hide := out.Progress(func(time.Time) string { return "at work" })
		time.Sleep(time.Second)
		hide()
		fmt.Fprintln(out.Stderr, "danabio: wrong")
		if got := s.String(); got != EraseLine+"\x1b[2mat work\x1b[0m"+EraseLine+"danabio: wrong\n" {
			t.Errorf("got %q", got)
		}
	})
}

// A terminal that cannot erase keeps every line, so there must be few.
func TestProgressOnADumbTerminalIsAFewLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := termtest.NewScreen()
		hide := on(s, plainLine).Progress(func(time.Time) string { return "at work" })
		time.Sleep(time.Hour)
		hide()
		if got := s.String(); strings.ContainsAny(got, "\r\x1b") || strings.Count(got, "at work\n") != len(s.Times) {
			t.Errorf("got %q", got)
		}
		var times []string
		for _, at := range s.Times[:7] {
			times = append(times, at.String())
		}
		if got := strings.Join(times, " "); got != "10s 30s 1m10s 2m30s 5m10s 10m10s 15m10s" || len(s.Times) > 17 {
			t.Errorf("%d lines in an hour, the first at %s", len(s.Times), got)
		}
	})
}

func TestQuietShowsErrorsOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := termtest.NewScreen()
		out := on(s)
		out.Quiet = true
		hide := out.Progress(func(time.Time) string { return "at work" })
		time.Sleep(time.Second)
		out.Note(note("a note"))
		hide()
		fmt.Fprintln(out.Stderr, "danabio: wrong")
		if got := s.String(); got != "danabio: wrong\n" {
			t.Errorf("got %q", got)
		}
	})
}

func TestNothingIsShownWithoutATerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := termtest.NewScreen()
		out := NewOutput(s, s)
		hide := out.Progress(func(time.Time) string { return "at work" })
		time.Sleep(time.Hour)
		out.Note(note("a note"))
		hide()
		if got := s.String(); got != "" {
			t.Errorf("got %q", got)
		}
	})
}

// note is a text that is the same in every language.
type note string

func (n note) In(string) string { return string(n) }
