package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// screen is a terminal that remembers when it was written to.
type screen struct {
	mu    sync.Mutex
	began time.Time
	all   strings.Builder
	times []time.Duration
}

func newScreen() *screen { return &screen{began: time.Now()} }

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.times = append(s.times, time.Since(s.began))
	return s.all.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.String()
}

// left is what a person sees in the end: of each line what was written since it was last erased.
func (s *screen) left() string {
	var lines []string
	for line := range strings.SplitSeq(eraseLine+strings.ReplaceAll(s.String(), "\n", "\n"+eraseLine), "\n") {
		lines = append(lines, line[strings.LastIndex(line, eraseLine)+len(eraseLine):])
	}
	return strings.Join(lines, "\n")
}

// on is an output whose line and streams are all on the screen.
func on(s *screen, change ...func(*progressLine)) *output {
	out := &output{stdout: s, stderr: s}
	line := &progressLine{screen: s, width: func() int { return 80 }, first: firstLine}
	for _, one := range change {
		one(line)
	}
	out.useLine(line)
	return out
}

func plainLine(l *progressLine) { l.plain = true }

func TestProgressComesAfterHalfASecondAndGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for length, want := range map[time.Duration]string{
			499 * time.Millisecond: "",
			501 * time.Millisecond: eraseLine + "at work" + eraseLine,
		} {
			s := newScreen()
			hide := on(s).progress(func(time.Time) string { return "at work" })
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
		s := newScreen()
		n := 0
		hide := on(s).progress(func(time.Time) string { n++; return fmt.Sprint(n) })
		time.Sleep(10*time.Second + time.Millisecond)
		hide()
		if len(s.times) > 98 || len(s.times) < 90 {
			t.Errorf("drawn %d times in 10 s", len(s.times))
		}
		for i := 1; i < len(s.times)-1; i++ {
			if s.times[i]-s.times[i-1] < nextLine {
				t.Errorf("drawn at %v and %v", s.times[i-1], s.times[i])
			}
		}
	})
}

func TestProgressThatStandsStillIsNotDrawnAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScreen()
		hide := on(s).progress(func(time.Time) string { return "still" })
		time.Sleep(time.Minute)
		hide()
		if len(s.times) != 2 {
			t.Errorf("written %d times: %q", len(s.times), s.String())
		}
	})
}

func TestWhatIsPrintedMeanwhileHasALineOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScreen()
		out := on(s)
		hide := out.progress(func(time.Time) string { return "at work for a long time" })
		time.Sleep(time.Second + nextLine/2) // between two drawings
		out.note("a note")
		time.Sleep(time.Second)
		if err := out.text("data\n"); err != nil {
			t.Error(err)
		}
		out.failure(badInput("wrong"))
		time.Sleep(time.Second)
		hide()
		if got := s.left(); got != "a note\ndata\ndanabio: wrong\n" {
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
			s := newScreen()
			hide := on(s, func(l *progressLine) { l.width = func() int { return width } }).progress(
				func(time.Time) string { return "señal\x1b[2J" })
			time.Sleep(time.Second)
			hide()
			if got := s.String(); got != eraseLine+want+eraseLine {
				t.Errorf("%d columns: %q", width, got)
			}
		}
	})
}

func TestProgressIsDimWithColour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScreen()
		out := on(s, func(l *progressLine) { l.dim = true })
		out.colour = true
		hide := out.progress(func(time.Time) string { return "at work" })
		time.Sleep(time.Second)
		hide()
		out.failure(badInput("wrong"))
		if got := s.String(); got != eraseLine+"\x1b[2mat work\x1b[0m"+eraseLine+"\x1b[31mdanabio:\x1b[0m wrong\n" {
			t.Errorf("got %q", got)
		}
	})
}

// A terminal that cannot erase gets lines that stay, so there must be few.
func TestProgressOnADumbTerminalIsAFewLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScreen()
		hide := on(s, plainLine).progress(func(time.Time) string { return "at work" })
		time.Sleep(time.Hour)
		hide()
		if got := s.String(); strings.ContainsAny(got, "\r\x1b") || strings.Count(got, "at work\n") != len(s.times) {
			t.Errorf("got %q", got)
		}
		var times []string
		for _, at := range s.times[:7] {
			times = append(times, at.String())
		}
		if got := strings.Join(times, " "); got != "10s 30s 1m10s 2m30s 5m10s 10m10s 15m10s" || len(s.times) > 17 {
			t.Errorf("%d lines in an hour, the first at %s", len(s.times), got)
		}
	})
}

func TestQuietShowsErrorsOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScreen()
		out := on(s)
		out.quiet = true
		hide := out.progress(func(time.Time) string { return "at work" })
		time.Sleep(time.Second)
		out.note("a note")
		hide()
		out.failure(badInput("wrong"))
		if got := s.String(); got != "danabio: wrong\n" {
			t.Errorf("got %q", got)
		}
	})
}

func TestNothingIsShownWithoutATerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScreen()
		out := newOutput(s, s)
		hide := out.progress(func(time.Time) string { return "at work" })
		time.Sleep(time.Hour)
		out.note("a note")
		hide()
		if got := s.String(); got != "" {
			t.Errorf("got %q", got)
		}
	})
}
