package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// oasdiff is run, not imported, so that users of the library do not depend on it.
const oasdiff = "github.com/oasdiff/oasdiff@v1.35.0"

// level is oasdiff's rating of a change.
type level int

// These are the levels as oasdiff numbers them.
const (
	harmless level = 1 + iota
	dangerous
	breaking
)

// answerLost lists changes that oasdiff rates as harmless, because a client must not rely on an
// optional property of a response. In this API no response property is required, and a client that
// uses one breaks without it, for example after a rename.
var answerLost = map[string]bool{"response-optional-property-removed": true}

// change is a change of the spec that oasdiff found.
type change struct {
	ID          string `json:"id"`
	Text        string `json:"text"`
	Level       level  `json:"level"`
	Operation   string `json:"operation"`
	Path        string `json:"path"`
	Fingerprint string `json:"fingerprint"`

	ours bool // the overlay already had it: with the overlay on both documents there is no such change
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

// changes compares two pairs of documents: the vendor's originals, and both with the overlay
// applied.
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
	for _, c := range effective { // what appears only with the overlay: an action that now does something else
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
		args = append(args, "--auto-upgrade") // otherwise a different syntax for the same thing counts as a change
	}
	out, err := tool(ctx, folder, oasdiff, args...)
	if err != nil {
		return nil, fmt.Errorf("compare with oasdiff: %w", err)
	}
	var found []change
	if err := json.Unmarshal(out, &found); err != nil {
		return nil, fmt.Errorf("compare with oasdiff: its answer cannot be read: %w", err)
	}
	for i, c := range found {
		if answerLost[c.ID] {
			found[i].Level = breaking
		}
		if c.Level < harmless || c.Level > breaking {
			return nil, fmt.Errorf("compare with oasdiff: it gives %s the level %d, which this program does not know",
				c.ID, c.Level)
		}
	}
	return found, nil
}
