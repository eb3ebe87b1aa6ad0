// Package termtest has a terminal for tests that remembers what was drawn. Call [NewScreen].
package termtest

import (
	"strings"
	"sync"
	"time"
)

// Screen is a terminal that records when it was written to.
type Screen struct {
	mu    sync.Mutex
	began time.Time
	all   strings.Builder
	Times []time.Duration
}

func NewScreen() *Screen { return &Screen{began: time.Now()} }

func (s *Screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Times = append(s.Times, time.Since(s.began))
	return s.all.Write(p)
}

func (s *Screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.String()
}

// Left returns what a person sees at the end: for each line, what was written since it was last
// erased.
func (s *Screen) Left() string {
	var lines []string
	for line := range strings.SplitSeq(erase+strings.ReplaceAll(s.String(), "\n", "\n"+erase), "\n") {
		lines = append(lines, line[strings.LastIndex(line, erase)+len(erase):])
	}
	return strings.Join(lines, "\n")
}

// erase starts each drawing of a line.
const erase = "\r\x1b[K"
