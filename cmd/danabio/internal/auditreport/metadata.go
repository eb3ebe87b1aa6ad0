package auditreport

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/danabio/danabio-go/pkg/evidence"
)

const (
	maxMetadataFiles = 40
	maxMetadataBytes = 1 << 20 // of one file, in bytes
	maxRows          = 300     // of one file
	maxAllRows       = 2000
	maxDepth         = 12
	maxPath          = 120 // of a row's path, in characters
	maxValue         = 400 // of a row's value, in characters
)

// Metadata is a JSON file of the evidence as rows.
type Metadata struct {
	Entry string `json:"entry"`
	// Rows is the number of rows shown.
	Rows int `json:"rows"`
	// OmittedRows is the number of values not shown.
	OmittedRows int      `json:"omittedRows,omitempty"`
	NotShown    NotShown `json:"notShown,omitempty"`

	Lines []Row         `json:"-"`
	Kind  evidence.Kind `json:"-"`
}

// Row is one value and its path. Both are foreign text.
type Row struct {
	Path, Value string
	// Literal is true if the value is a JSON literal: a number, true, false, null, {} or [].
	Literal bool
	// Cut is the number of characters missing from Value.
	Cut int
}

// metadataBudget limits what one report shows.
type metadataBudget struct{ files, rows int }

// collect reads one file. It fails only if the content cannot be read.
func (b *metadataBudget) collect(content fs.FS, entry evidence.EntryReport) (Metadata, error) {
	result := Metadata{Entry: entry.Name, Kind: entry.Kind}
	switch {
	case b.files == maxMetadataFiles || b.rows == maxAllRows:
		result.NotShown = NotShownTooMany
	case entry.Size > maxMetadataBytes:
		result.NotShown = NotShownTooLarge
	}
	if result.NotShown != "" {
		return result, nil
	}
	b.files++
	raw, err := readEntry(content, entry, maxMetadataBytes)
	if err != nil {
		return result, err
	}
	table := rowTable{limit: min(maxRows, maxAllRows-b.rows)}
	if !table.read(raw) {
		result.NotShown = NotShownBroken
		return result, nil
	}
	b.rows += len(table.rows)
	result.Lines, result.Rows, result.OmittedRows = table.rows, len(table.rows), table.omitted
	return result, nil
}

// rowTable turns JSON into rows in document order, including duplicate keys.
type rowTable struct {
	rows    []Row
	omitted int
	limit   int
	decoder *json.Decoder
}

var errMalformed = errors.New("not JSON")

// read reports whether content is one JSON value and nothing else.
func (t *rowTable) read(content []byte) bool {
	t.decoder = json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))))
	t.decoder.UseNumber()
	if err := t.value("", 0); err != nil {
		return false
	}
	_, err := t.decoder.Token()
	return errors.Is(err, io.EOF)
}

// value reads the value at a path.
func (t *rowTable) value(path string, depth int) error {
	token, err := t.decoder.Token()
	if err != nil {
		return err
	}
	switch token := token.(type) {
	case json.Delim:
		return t.inside(token, path, depth)
	case string:
		t.add(Row{Path: path, Value: token})
	case json.Number:
		t.add(Row{Path: path, Value: token.String(), Literal: true})
	case bool:
		t.add(Row{Path: path, Value: strconv.FormatBool(token), Literal: true})
	case nil:
		t.add(Row{Path: path, Value: "null", Literal: true})
	}
	return nil
}

// inside reads the members of an object or array, including its end.
func (t *rowTable) inside(begin json.Delim, path string, depth int) error {
	if depth == maxDepth {
		t.omitted++
		return t.skip()
	}
	index := 0
	for ; t.decoder.More(); index++ {
		below := path + "[" + strconv.Itoa(index) + "]"
		if begin == '{' {
			key, err := t.decoder.Token()
			if err != nil {
				return err
			}
			name, ok := key.(string)
			if !ok {
				return errMalformed
			}
			if below = name; path != "" {
				below = path + "." + name
			}
		}
		if short, cut := shorten(below, maxPath); cut > 0 {
			below = short + "…"
		}
		if err := t.value(below, depth+1); err != nil {
			return err
		}
	}
	if _, err := t.decoder.Token(); err != nil {
		return err
	}
	if index == 0 {
		empty := "[]"
		if begin == '{' {
			empty = "{}"
		}
		t.add(Row{Path: path, Value: empty, Literal: true})
	}
	return nil
}

// skip skips the rest of the object or array that has just begun.
func (t *rowTable) skip() error {
	for open := 1; open > 0; {
		token, err := t.decoder.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			open++
		case json.Delim('}'), json.Delim(']'):
			open--
		}
	}
	return nil
}

func (t *rowTable) add(row Row) {
	if len(t.rows) >= t.limit {
		t.omitted++
		return
	}
	row.Value, row.Cut = shorten(row.Value, maxValue)
	t.rows = append(t.rows, row)
}

// shorten returns the first characters of a text, and the number of characters cut off.
func shorten(text string, limit int) (short string, cut int) {
	count := utf8.RuneCountInString(text)
	if count <= limit {
		return text, 0
	}
	end := 0
	for range limit {
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
	}
	return strings.Clone(text[:end]), count - limit
}
