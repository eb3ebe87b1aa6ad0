package sample_test

import (
	"bytes"
	"testing"

	"github.com/danabio/danabio-go/internal/pdf"
	"github.com/danabio/danabio-go/internal/sample"
)

func TestTheContractIsASoundPDFThatTellsNothingOfItsMaker(t *testing.T) {
	if len(sample.Contract) > 100_000 {
		t.Errorf("%d bytes", len(sample.Contract))
	}
	document, err := pdf.Open(bytes.NewReader(sample.Contract), int64(len(sample.Contract)))
	if err != nil {
		t.Fatal(err)
	}
	if err := document.Check(); err != nil {
		t.Error(err)
	}
	pages := 0
	for _, err := range document.Pages() {
		if err != nil {
			t.Fatal(err)
		}
		pages++
	}
	if pages != 2 {
		t.Errorf("%d pages", pages)
	}
	info, _, err := document.Resolve(document.Trailer().Get("Info"))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(info.Items); i += 2 {
		switch key := string(info.Items[i].Text); key {
		case "Title", "Subject", "Creator", "Producer", "CreationDate":
		default:
			t.Errorf("the metadata has /%s", key)
		}
	}
	for _, trace := range []string{"/home/", "/root", "/tmp", "/work", "file://", "/Author"} {
		if bytes.Contains(sample.Contract, []byte(trace)) {
			t.Errorf("the contract holds %q", trace)
		}
	}
}
