package evidence_test

import (
	"archive/zip"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/danabio/danabio-go/pkg/evidence"
)

// writeZIP makes a ZIP of one file for the examples.
func writeZIP(path, name, content string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	archive := zip.NewWriter(file)
	entry, err := archive.Create(name)
	if err != nil {
		return err
	}
	if _, err := entry.Write([]byte(content)); err != nil {
		return err
	}
	return archive.Close()
}

func ExampleArchive_Verify() {
	folder, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "evidence.zip")
	if err := writeZIP(path, "consent.json", `{"accepted": true}`); err != nil {
		fmt.Println(err)
		return
	}

	archive, err := evidence.Open(path, evidence.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer archive.Close()
	report, err := archive.Verify()
	if errors.Is(err, evidence.ErrRefused) {
		for _, finding := range report.Refusals() {
			fmt.Println(finding)
		}
		return
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, entry := range report.Entries {
		fmt.Println(entry.Name, entry.Size, entry.MediaType, entry.Kind)
	}
	// Output: consent.json 18 application/json consent
}

func ExampleArchive_Extract() {
	folder, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "evidence.zip")
	if err := writeZIP(path, "../outside.txt", "x"); err != nil {
		fmt.Println(err)
		return
	}

	archive, err := evidence.Open(path, evidence.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer archive.Close()
	err = archive.Extract(filepath.Join(folder, "evidence"))
	var refused *evidence.RefusedError
	if errors.As(err, &refused) {
		fmt.Println(refused.Findings[0])
	}
	// Output: name-dot-dot: "../outside.txt": its name has a part ".."
}
