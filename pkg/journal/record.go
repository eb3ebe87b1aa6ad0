package journal

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danabio/danabio-go/pkg/danabio"
)

const version = 1

// record is one line of the journal: a result if it has an outcome, else an intent.
type record struct {
	Version    int                  `json:"danabioJournal"`
	RequestID  string               `json:"requestId"`
	Channel    string               `json:"channel,omitempty"`
	BodySHA256 string               `json:"bodySha256,omitempty"`
	Outcome    danabio.OutcomeState `json:"outcome,omitempty"`
	CircuitID  string               `json:"circuitId,omitempty"`
	At         time.Time            `json:"at"`
}

// UnmarshalJSON also reads the key "circuit", which other files of danabio once had.
func (r *record) UnmarshalJSON(content []byte) error {
	type fields record
	line := struct {
		*fields
		Circuit string `json:"circuit"`
	}{fields: (*fields)(r)}
	if err := json.Unmarshal(content, &line); err != nil {
		return err
	}
	if r.CircuitID != "" && line.Circuit != "" && r.CircuitID != line.Circuit {
		return errors.New("circuitId and circuit name different circuits")
	}
	r.CircuitID = cmp.Or(r.CircuitID, line.Circuit)
	return nil
}

func intentRecord(i danabio.StartIntent) record {
	return record{Version: version, RequestID: i.RequestID, Channel: i.Channel, BodySHA256: i.BodySHA256,
		At: i.At.UTC()}
}

func resultRecord(r danabio.StartResult) record {
	return record{Version: version, RequestID: r.RequestID, Outcome: r.Outcome, CircuitID: r.CircuitID, At: r.At.UTC()}
}

func (r record) isIntent() bool { return r.BodySHA256 != "" }

func (r record) intent() danabio.StartIntent {
	return danabio.StartIntent{RequestID: r.RequestID, Channel: r.Channel, BodySHA256: r.BodySHA256, At: r.At}
}

func (r record) result() danabio.StartResult {
	return danabio.StartResult{RequestID: r.RequestID, Outcome: r.Outcome, CircuitID: r.CircuitID, At: r.At}
}

// validate rejects a record that could not be read back unchanged.
func (r record) validate() error {
	switch {
	case r.RequestID == "":
		return errors.New("the record has no request ID")
	case !utf8.ValidString(r.RequestID) || !utf8.ValidString(r.Channel) || !utf8.ValidString(r.CircuitID):
		return errors.New("the record is not valid UTF-8")
	case r.isIntent():
		if digest, err := hex.DecodeString(r.BodySHA256); err != nil || len(digest) != 32 ||
			strings.ToLower(r.BodySHA256) != r.BodySHA256 {
			return errors.New("the intent's body digest is not a SHA-256 in lower-case hexadecimal")
		}
		if r.Outcome != "" || r.CircuitID != "" {
			return errors.New("the intent has a result")
		}
		return nil
	case r.Channel != "":
		return errors.New("the intent has no body digest")
	}
	switch r.Outcome {
	case danabio.Started:
		if r.CircuitID == "" {
			return errors.New("the start succeeded, but has no circuit ID")
		}
		return nil
	case danabio.Refused, danabio.NotSent, danabio.PartlySent, danabio.OutcomeUnknown:
		if r.CircuitID != "" {
			return fmt.Errorf("the start is %q, but has a circuit ID", r.Outcome)
		}
		return nil
	}
	return fmt.Errorf("%q is not an outcome", r.Outcome)
}

const (
	recordStart = `{"danabioJournal":`
	sumStart    = `,"crc32c":"`
	sumEnd      = `"}`
	sumLen      = len(sumStart) + 8 + len(sumEnd)
	maxLine     = 64 << 10 // in bytes; a request ID has at most 512, and circuit IDs are short
)

// checksum returns the CRC-32C of the bytes.
func checksum(summed []byte) uint32 { return crc32.Checksum(summed, crc32.MakeTable(crc32.Castagnoli)) }

// encode returns the line, with the checksum of everything before it as the object's last field.
func (r record) encode() ([]byte, error) {
	if err := r.validate(); err != nil {
		return nil, err
	}
	object, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("the record cannot be written as JSON: %w", err)
	}
	summed := object[:len(object)-1]
	line := fmt.Appendf(nil, "%s%s%08x%s\n", summed, sumStart, checksum(summed), sumEnd)
	if len(line) > maxLine {
		return nil, fmt.Errorf("the record is longer than %d bytes", maxLine)
	}
	return line, nil
}

// decode parses a line without its line break.
func decode(line []byte) (record, error) {
	var r record
	if !bytes.HasPrefix(line, []byte(recordStart)) {
		return r, errors.New("is not a record of a danabio journal")
	}
	if json.Unmarshal(line, &r) == nil && r.Version > version {
		return r, fmt.Errorf("was written by a later version of danabio (format %d, this one reads %d)", r.Version,
			version)
	}
	if len(line) < sumLen {
		return r, errors.New("is damaged")
	}
	summed := line[:len(line)-sumLen]
	if want := fmt.Sprintf("%s%08x%s", sumStart, checksum(summed), sumEnd); string(line[len(summed):]) != want {
		return r, errors.New("is damaged: its checksum does not fit")
	}
	r = record{}
	if err := json.Unmarshal(line, &r); err != nil || r.Version != version {
		return r, errors.New("is not a record of a danabio journal")
	}
	return r, r.validate()
}

// read reads all complete lines and returns their total length, also together with the DamageError
// for an incomplete intent. torn reports whether something follows the last line break. If this
// process wrote it, the write did not finish, so no caller was told that it succeeded.
func read(source io.Reader) (h history, size int64, torn bool, err error) {
	h = history{}
	lines := bufio.NewReaderSize(source, maxLine)
	for n := 1; ; n++ {
		line, err := lines.ReadSlice('\n')
		switch {
		case err == io.EOF && len(line) == 0:
			return h, size, false, nil
		case err == io.EOF && isTorn(line) && h.cutIntent(line):
			return nil, size, false, &DamageError{Line: n, Cut: true, RequestID: cutID(line),
				Err: errors.New("only a part is there of an intent")}
		case err == io.EOF && isTorn(line):
			return h, size, true, nil
		case err == io.EOF:
			return nil, 0, false,
				&DamageError{Line: n,
					Err: errors.New("is neither a record of a danabio journal nor the beginning of one")}
		case err == bufio.ErrBufferFull:
			return nil, 0, false,
				&DamageError{Line: n, Err: fmt.Errorf("is longer than %d bytes, which no record is", maxLine)}
		case err != nil:
			return nil, 0, false, err
		}
		r, err := decode(line[:len(line)-1])
		if err == nil {
			err = h.check(r)
		}
		if err != nil {
			return nil, 0, false, &DamageError{Line: n, Err: err}
		}
		h.add(r)
		size += int64(len(line))
	}
}

// isTorn reports whether the rest of a file can be part of a record, so that nothing is cut off
// a file that is not a journal. After a power loss, zeros may stand where the system had not yet
// written.
func isTorn(rest []byte) bool {
	written := bytes.TrimRight(rest, "\x00")
	return bytes.HasPrefix(written, []byte(recordStart)) || bytes.HasPrefix([]byte(recordStart), written)
}

// cutIntent reports whether the rest may be part of an intent that was once complete. A result can
// be removed: the outcome of its start is then unknown. Zeros at the end mean that the system lost
// power before the line was synced.
func (h history) cutIntent(rest []byte) bool {
	if bytes.HasSuffix(rest, []byte{0}) || bytes.Contains(rest, []byte(`"outcome":`)) {
		return false
	}
	entry, known := h[cutID(rest)]
	return !known || entry.Result.Outcome != "" // otherwise the ID cannot begin again, so this is its result
}

// cutID returns the request ID in the first part of a record, or "" if it is incomplete.
func cutID(rest []byte) string {
	_, after, found := bytes.Cut(rest, []byte(`"requestId":`))
	var id string
	if !found || json.NewDecoder(bytes.NewReader(after)).Decode(&id) != nil {
		return ""
	}
	return id
}
