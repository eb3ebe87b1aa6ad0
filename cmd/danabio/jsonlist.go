package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"strconv"
)

// jsonList is a list in a JSON value that may be long: its items are made one at a time, so that
// memory does not grow with it.
type jsonList struct {
	// of the field that is the list, an empty one in the value; without a key, the value itself is
	// the list
	key    string
	length int
	item   func(i int) any
}

// jsonData prints value, with its lists in the order in which they come.
func (o *output) jsonData(value any, lists ...jsonList) error {
	var b bytes.Buffer
	if err := o.encode(&b, value, ""); err != nil {
		return err
	}
	w := bufio.NewWriterSize(o.stdout, 32<<10)
	rest := b.Bytes()
	for _, list := range lists {
		field, indent := "", ""
		if list.key != "" {
			field = strconv.Quote(list.key) + ":"
			if !o.jsonLines {
				field, indent = field+" ", "  "
			}
		}
		place := bytes.Index(rest, []byte(field+"[]"))
		if place < 0 {
			continue
		}
		inside := place + len(field+"[")
		_, _ = w.Write(rest[:inside]) // a failure stays until it is asked for
		if err := o.items(w, list, indent); err != nil {
			return err
		}
		rest = rest[inside:]
	}
	_, _ = w.Write(rest)
	return printing(w.Flush())
}

func (o *output) items(w *bufio.Writer, list jsonList, indent string) error {
	var b bytes.Buffer
	for i := range list.length {
		b.Reset()
		if i > 0 {
			b.WriteByte(',')
		}
		if !o.jsonLines {
			b.WriteString("\n" + indent + "  ")
		}
		if err := o.encode(&b, list.item(i), indent+"  "); err != nil {
			return err
		}
		_, _ = w.Write(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
	}
	if list.length > 0 && !o.jsonLines {
		_, _ = w.WriteString("\n" + indent)
	}
	return nil
}

func (o *output) encode(w io.Writer, value any, indent string) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	if !o.jsonLines {
		encoder.SetIndent(indent, "  ")
	}
	return encoder.Encode(value)
}
