package emulator

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/danabio/danabio-go/pkg/emulator/internal/sign"
)

// Forgery is a kind of evidence that is an acceptable ZIP but not good, which a verdict must
// detect.
type Forgery string

const (
	ForgeBadSignature    Forgery = "bad-signature"    // the signature of the first document is not valid
	ForgeMissingDocument Forgery = "missing-document" // the first document is missing
	ForgeReplacedPage    Forgery = "replaced-page"    // the first document's page was replaced before it was signed
	ForgeLaterPage       Forgery = "later-page"       // the first document's page is replaced after the signature
)

var forgeries = []Forgery{ForgeBadSignature, ForgeMissingDocument, ForgeReplacedPage, ForgeLaterPage}

// forge replaces a circuit's evidence by a forgery.
func (e *Emulator) forge(c *circuit, evidence []byte, forgery Forgery) ([]byte, error) {
	archive, err := zip.NewReader(bytes.NewReader(evidence), int64(len(evidence)))
	if err != nil {
		return nil, err
	}
	var files []file
	for _, entry := range archive.File {
		reader, err := entry.Open()
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			return nil, err
		}
		files = append(files, file{entry.Name, entry.Method, content})
	}
	first := slices.IndexFunc(files, func(f file) bool { return strings.HasPrefix(f.name, "documents/") })
	if first < 0 {
		return nil, fmt.Errorf("the evidence of circuit %q has no document", c.id)
	}
	signed := files[first].content
	switch forgery {
	case ForgeMissingDocument:
		files = slices.Delete(files, first, first+1)
	case ForgeBadSignature:
		const key = "/M (D:"
		at := bytes.LastIndex(signed, []byte(key))
		if at < 0 {
			return nil, fmt.Errorf("the signature of document %q names no time", files[first].name)
		}
		signed[at+len(key)] ^= 3 // 2 becomes 1, another millennium
	case ForgeReplacedPage:
		replaced, err := sign.ReplacePage(signed[:c.request.documents[0].Size], forgedText)
		if err != nil {
			return nil, err
		}
		if files[first].content, err = e.authority.Sign(replaced, e.signing(c)); err != nil {
			return nil, err
		}
	case ForgeLaterPage:
		if files[first].content, err = sign.ReplacePage(signed, forgedText); err != nil {
			return nil, err
		}
	}
	return pack(files, c.completedAt)
}

const forgedText = "Forged by the danabio emulator, for tests only"
