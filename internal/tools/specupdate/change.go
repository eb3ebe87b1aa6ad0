package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// oasdiff is run, not imported: what compares specs is no part of what the library's users get.
const oasdiff = "github.com/oasdiff/oasdiff@v1.35.0"

// level is how oasdiff rates a change.
type level int

// The levels as oasdiff numbers them.
const (
	harmless level = 1 + iota
	dangerous
	breaking
)

// answerLost are the changes that oasdiff calls harmless, since a client must do without an
// optional property of an answer. No property of this API's answers is required, and a client that
// is built on one breaks without it, as after a rename.
var answerLost = map[string]bool{"response-optional-property-removed": true}

// change is one change of the spec, by oasdiff.
type change struct {
	ID          string `json:"id"`
	Text        string `json:"text"`
	Level       level  `json:"level"`
	Operation   string `json:"operation"`
	Path        string `json:"path"`
	Fingerprint string `json:"fingerprint"`

	ours bool // the overlay said so before: with the overlay on both documents there is no such change
}

func (c change) String() string {
	where := strings.TrimSpace(c.Operation + " " + c.Path)
	if where != "" {
		where = code(where) + ": "
	}
	text := where + strings.TrimSuffix(strings.TrimSpace(c.Text), ".") + " (" + c.ID + ")"
	if c.ours {
		text += "; with our overlay on both documents nothing changes"
	}
	return text + "."
}

// changes compares two pairs of documents: as the vendor wrote them, and with the overlay on both.
func changes(ctx context.Context, present, fresh *document, presentApplied,
	freshApplied *applied) ([]change, error) {
	plainly, err := compareSpecs(ctx, present, fresh)
	if err != nil {
		return nil, err
	}
	effective, err := compareSpecs(ctx, presentApplied.document, freshApplied.document)
	if err != nil {
		return nil, err
	}
	left := make(map[string]bool)
	for _, c := range effective {
		left[c.Fingerprint] = true
	}
	for i := range plainly {
		plainly[i].ours = !left[plainly[i].Fingerprint]
		left[plainly[i].Fingerprint] = false
	}
	for _, c := range effective { // what only shows with the overlay on: an action that does something else now
		if left[c.Fingerprint] {
			c.Text += ", with the overlay applied"
			plainly = append(plainly, c)
		}
	}
	return plainly, nil
}

func compareSpecs(ctx context.Context, old, new *document) ([]change, error) {
	folder, err := os.MkdirTemp("", "specupdate-")
	if err != nil {
		return nil, fmt.Errorf("compare: %w", err)
	}
	defer os.RemoveAll(folder)
	for name, d := range map[string]*document{"old": old, "new": new} {
		if err := os.WriteFile(filepath.Join(folder, name), d.raw, 0o600); err != nil {
			return nil, fmt.Errorf("compare: %w", err)
		}
	}
	args := []string{"changelog", "old", "new", "-f", "json", "--allow-external-refs=false"}
	if old.version[:3] != new.version[:3] {
		args = append(args, "--auto-upgrade") // else the other way to say the same counts as a change
	}
	out, err := tool(ctx, folder, oasdiff, args...)
	if err != nil {
		return nil, fmt.Errorf("compare by oasdiff: %w", err)
	}
	var found []change
	if err := json.Unmarshal(out, &found); err != nil {
		return nil, fmt.Errorf("compare by oasdiff: its answer cannot be read: %w", err)
	}
	for i, c := range found {
		if answerLost[c.ID] {
			found[i].Level = breaking
		}
		if c.Level < harmless || c.Level > breaking {
			return nil, fmt.Errorf("compare by oasdiff: it gives %s the level %d, which this program does not know",
				c.ID, c.Level)
		}
	}
	return found, nil
}
