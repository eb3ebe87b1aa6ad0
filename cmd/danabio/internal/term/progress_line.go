package term

import (
	"io"
	"sync"
	"time"
)

// ProgressLine is the last line of a terminal while a command works: it says how far the work is,
// and is gone when that is done.
type ProgressLine struct {
	Screen io.Writer
	Width  func() int // in columns
	plain  bool       // nothing can be erased: a line of its own now and then
	dim    bool
	First  time.Duration // before the line is drawn for the first time

	mu    sync.Mutex
	shown string
}

const (
	// What lasts less than this needs no line.
	FirstLine = 500 * time.Millisecond
	// From one drawing to the next.
	nextLine = 100 * time.Millisecond
	// From one line to the next where they stay: at first, and in the end.
	firstPlainLine, lastPlainLine = 10 * time.Second, 5 * time.Minute
)

const (
	EraseLine = "\r\x1b[K"
	DimText   = "\x1b[2m"
	RedText   = "\x1b[31m"
	PlainText = "\x1b[0m"
)

// show keeps the line at what text says, nothing if that is empty, until hide is called, which may
// be called again.
func (l *ProgressLine) show(text func(now time.Time) string) (hide func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for pause := l.First; ; pause = l.pauseAfter(pause) {
			timer := time.NewTimer(pause)
			select {
			case <-timer.C:
				l.draw(text(time.Now()))
			case <-quit:
				timer.Stop()
				return
			}
		}
	}()
	return sync.OnceFunc(func() {
		close(quit)
		<-done
		l.mu.Lock()
		defer l.mu.Unlock()
		l.erase()
	})
}

func (l *ProgressLine) pauseAfter(pause time.Duration) time.Duration {
	if l.plain {
		return min(2*pause, lastPlainLine)
	}
	return nextLine
}

func (l *ProgressLine) draw(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case text == "":
		l.erase()
	case l.plain:
		_, _ = io.WriteString(l.Screen, text+"\n")
	case text != l.shown:
		l.shown = text
		// of the last columns, two are for the ^C of an interrupt, and in the last some terminals
		// go on to the next line
		text = truncate(text, l.Width()-3)
		if l.dim {
			text = DimText + text + PlainText
		}
		_, _ = io.WriteString(l.Screen, EraseLine+text)
	}
}

// erase is called with the lock held.
func (l *ProgressLine) erase() {
	if l.shown != "" {
		_, _ = io.WriteString(l.Screen, EraseLine)
		l.shown = ""
	}
}

// truncate leaves as much of a text as has room in so many columns.
func truncate(text string, columns int) string {
	runes := []rune(OneLine(text))
	if len(runes) <= max(columns, 0) {
		return string(runes)
	}
	return string(runes[:max(columns, 0)])
}

// besideLine is a stream that may come out on the screen of the line, which makes room for it.
type besideLine struct {
	stream io.Writer
	line   *ProgressLine
}

func (w besideLine) Write(p []byte) (int, error) {
	w.line.mu.Lock()
	defer w.line.mu.Unlock()
	w.line.erase()
	return w.stream.Write(p)
}
