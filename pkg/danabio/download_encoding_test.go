package danabio_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/pkg/danabio"
)

func gzipped(content []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(content); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// A wrong Content-Encoding does not matter if the bytes can be read in one way only.
func TestWrongLabelDoesNotCondemnAGoodZIP(t *testing.T) {
	good := largeZIP(100_000)
	chunked := broken(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "aws-chunked")
		for piece := range bytes.Lines(good) {
			_, _ = w.Write(piece)
		}
	})
	for name, test := range map[string]struct {
		reply reply
		label string // Content-Encoding in the receipt
	}{
		"utf-8":                    {claim(good, "Content-Encoding", "utf-8"), "utf-8"},
		"UTF-8":                    {claim(good, "Content-Encoding", "UTF-8"), "UTF-8"},
		"binary":                   {claim(good, "Content-Encoding", "binary"), "binary"},
		"none":                     {claim(good, "Content-Encoding", "none"), "none"},
		"aws-chunked":              {claim(good, "Content-Encoding", "aws-chunked"), "aws-chunked"},
		"aws-chunked, in chunks":   {chunked, "aws-chunked"},
		"identity, in capitals":    {claim(good, "Content-Encoding", "IDENTITY"), ""},
		"none at all":              {claim(good), ""},
		"one that echoes a secret": {claim(good, "Content-Encoding", "opaque-token-1"), "***"},
	} {
		t.Run(name, func(t *testing.T) {
			path := target(t)
			inBubble(t, newScript(t).on(download, test.reply, test.reply), func(b *bed) {
				receipt, err := b.client.DownloadEvidence(b.Context(), circuit, path)
				if err != nil {
					t.Fatal(err)
				}
				wantStored(t, path, good)
				notice := ""
				if test.label != "" {
					notice = "[it was labelled Content-Encoding: " + test.label + ", which is wrong]"
				}
				kept, err := danabio.ReadReceipt(danabio.ReceiptPath(path))
				if err != nil || receipt.Headers["Content-Encoding"] != test.label ||
					strings.TrimPrefix(fmt.Sprint(receipt.Notices), "[]") != notice ||
					fmt.Sprint(kept.Notices) != fmt.Sprint(receipt.Notices) {
					t.Errorf("the receipt has %q and %q (%v), want %q", receipt.Headers, receipt.Notices, err, notice)
				}
				stream, err := b.client.OpenEvidence(b.Context(), circuit)
				if err != nil {
					t.Fatal(err)
				}
				defer stream.Close()
				if content, err := io.ReadAll(stream); err != nil || !bytes.Equal(content, good) {
					t.Errorf("the stream gave %d bytes and %v", len(content), err)
				}
			})
		})
	}
}

// The error names the format of a body that is not a ZIP, if its first bytes show it.
func TestWhatCameInsteadOfAZIPIsNamed(t *testing.T) {
	good := smallZIP(t)
	encoded := base64.StdEncoding.EncodeToString(good)
	for name, test := range map[string]struct {
		content []byte
		label   string
		want    string
	}{
		"gzip, labelled":     {gzipped(good), "gzip", "the answer is gzip data, not the ZIP itself"},
		"gzip, not labelled": {gzipped(good), "", "the answer is gzip data, not the ZIP itself"},
		"zstd": {[]byte("\x28\xb5\x2f\xfd1234"), "zstd",
			"the answer is zstd data, not the ZIP itself"},
		"Base64": {[]byte(encoded), "", "the answer is Base64 of a ZIP, not the ZIP itself"},
		"Base64 behind a BOM": {[]byte("\xef\xbb\xbf" + encoded), "",
			"the answer is Base64 of a ZIP, not the ZIP itself"},
		"Base64 in quotes": {[]byte(`"` + encoded + `"`), "",
			"the answer is Base64 of a ZIP, not the ZIP itself"},
		"Base64 in JSON": {[]byte(`{"name":"evidence.zip","content":"` + encoded + `"}`), "",
			"the answer is Base64 of a ZIP, not the ZIP itself"},
		"Base64 in a data URL": {[]byte("data:application/zip;base64," + encoded), "",
			"the answer is Base64 of a ZIP, not the ZIP itself"},
		"aws-chunked, still in it": {[]byte(fmt.Sprintf("%x;chunk-signature=ab\r\n%s", len(good), good)), "aws-chunked",
			"the answer is in the framing of aws-chunked, not the ZIP itself"},
		"HTML": {[]byte("\r\n<!DOCTYPE html>"), "",
			"the answer is an HTML or XML page, not a ZIP"},
		"JSON":           {[]byte(`{"message":"ok"}`), "", "the answer is JSON, not a ZIP"},
		"PDF":            {[]byte("%PDF-1.7"), "", "the answer is a PDF, not a ZIP"},
		"nothing":        {nil, "", "the answer is empty, not a ZIP"},
		"something else": {[]byte("\x00\x01"), "", "the answer is not a ZIP"},
		"a ZIP, labelled gzip": {good, "gzip",
			"it was labelled Content-Encoding: gzip, which was not requested"},
		"a ZIP, labelled twice": {good, "utf-8, br",
			"it was labelled Content-Encoding: utf-8, br, which was not requested"},
	} {
		t.Run(name, func(t *testing.T) {
			reply := claim(test.content)
			if test.label != "" {
				reply = claim(test.content, "Content-Encoding", test.label)
			}
			path := target(t)
			inBubble(t, newScript(t).on(download, reply, reply, reply), func(b *bed) {
				_, err := b.client.OpenEvidence(b.Context(), circuit)
				if !errors.Is(err, danabio.ErrIntegrity) || !strings.HasSuffix(err.Error(), ": "+test.want) {
					t.Errorf("OpenEvidence: got %v, want %q", err, test.want)
				}
				_, err = b.client.DownloadEvidence(b.Context(), circuit, path)
				var rejected *danabio.RejectedError
				if !errors.As(err, &rejected) ||
					!strings.HasSuffix(rejected.Err.Error(), "not acceptable: "+test.want) {
					t.Errorf("DownloadEvidence: got %v, want %q", err, test.want)
				}
			})
		})
	}
}
