package term

import (
	"io"
	"sync"
	"time"
)

// ProgressLine is the last line of a terminal while a command works. It shows the progress, and is
// erased when the work is done.
type ProgressLine struct {
	Screen io.Writer
	Width  func() int // in columns
	plain  bool       // nothing can be erased, so a new line is printed now and then
	dim    bool
	First  time.Duration // delay before the line is drawn first

	mu    sync.Mutex
	shown string
}

const (
	// Work that is shorter than this needs no line.
	FirstLine = 500 * time.Millisecond
	// Time between two drawings.
	nextLine = 100 * time.Millisecond
	// Time between two lines that stay: at first, and later.
	firstPlainLine, lastPlainLine = 10 * time.Second, 5 * time.Minute
)

const (
	EraseLine = "\r\x1b[K"
	DimText   = "\x1b[2m"
	RedText   = "\x1b[31m"
	PlainText = "\x1b[0m"
)

// show shows what text returns, or nothing if that is empty, until hide is called. hide may be
// called more than once.
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
		// two columns are for the ^C of an interrupt; after the last column some terminals wrap
		text = truncate(text, l.Width()-3)
		if l.dim {
			text = DimText + text + PlainText
		}
		_, _ = io.WriteString(l.Screen, EraseLine+text)
	}
}

// erase erases the line. The caller holds the lock.
func (l *ProgressLine) erase() {
	if l.shown != "" {
		_, _ = io.WriteString(l.Screen, EraseLine)
		l.shown = ""
	}
}

// truncate shortens a text to so many columns.
func truncate(text string, columns int) string {
	runes := []rune(OneLine(text))
	if len(runes) <= max(columns, 0) {
		return string(runes)
	}
	return string(runes[:max(columns, 0)])
}

// besideLine is a stream that may share the screen with the line. It erases the line before a
// write.
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
