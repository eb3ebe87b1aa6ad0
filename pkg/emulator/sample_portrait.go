package emulator

import (
	"archive/zip"
	"sync"

	"github.com/danabio/danabio-go/pkg/emulator/internal/page"
	"github.com/danabio/danabio-go/pkg/emulator/internal/picture"
)

// portraitCache is shared by all emulators of the process: drawing takes a tenth of a second, and a
// test run creates many emulators for the same signer.
var portraitCache portraits

// portraits draws the pictures of the evidence and caches those of the last signer.
type portraits struct {
	mu     sync.Mutex
	holder string
	files  []file
}

// of returns the pictures of the holder.
func (p *portraits) of(holder string) []file {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.files == nil || p.holder != holder {
		p.holder = holder
		p.files = []file{
			{pictureFiles[page.Front], zip.Store, picture.DocumentFront(holder)},
			{pictureFiles[page.Back], zip.Store, picture.DocumentBack(holder)},
			{pictureFiles[page.Selfie], zip.Store, picture.Selfie(holder)},
		}
	}
	return p.files
}
