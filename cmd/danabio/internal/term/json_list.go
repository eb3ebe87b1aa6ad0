package term

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"strconv"
)

// JSONList is a list in a JSON value that may be long. Its items are made one at a time, so that
// memory use does not grow with it.
type JSONList struct {
	// name of the list's field, which is empty in the value; "" if the value itself is the list
	Key    string
	Length int
	Item   func(i int) any
}

// PrintJSON prints value with its lists, which must be given in the order of their fields.
func (o *Output) PrintJSON(value any, lists ...JSONList) error {
	var b bytes.Buffer
	if err := o.encoder(&b, "").Encode(value); err != nil {
		return err
	}
	w := bufio.NewWriterSize(o.Stdout, 32<<10)
	rest := b.Bytes()
	for _, list := range lists {
		field, indent := "", ""
		if list.Key != "" {
			field = strconv.Quote(list.Key) + ":"
			if !o.JSONLines {
				field, indent = field+" ", "  "
			}
		}
		place := bytes.Index(rest, []byte(field+"[]"))
		if place < 0 {
			continue
		}
		inside := place + len(field+"[")
		_, _ = w.Write(rest[:inside]) // the writer keeps an error until Flush
		if err := o.items(w, list, indent); err != nil {
			return err
		}
		rest = rest[inside:]
	}
	_, _ = w.Write(rest)
	return Printing(w.Flush())
}

func (o *Output) items(w *bufio.Writer, list JSONList, indent string) error {
	var b bytes.Buffer
	encoder := o.encoder(&b, indent+"  ") // a new one for each item would be most of the garbage
	for i := range list.Length {
		b.Reset()
		if i > 0 {
			b.WriteByte(',')
		}
		if !o.JSONLines {
			b.WriteString("\n" + indent + "  ")
		}
		if err := encoder.Encode(list.Item(i)); err != nil {
			return err
		}
		_, _ = w.Write(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
	}
	if list.Length > 0 && !o.JSONLines {
		_, _ = w.WriteString("\n" + indent)
	}
	return nil
}

func (o *Output) encoder(w io.Writer, indent string) *json.Encoder {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	if !o.JSONLines {
		encoder.SetIndent(indent, "  ")
	}
	return encoder
}
