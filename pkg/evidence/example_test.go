package evidence_test

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"

	"github.com/danabio/danabio-go/pkg/evidence"
)

// exampleZIP makes a ZIP with one file in a new folder.
func exampleZIP(name, content string) (path string, remove func()) {
	folder, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	path = filepath.Join(folder, "evidence.zip")
	file, err := os.Create(path)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	archive := zip.NewWriter(file)
	entry, err := archive.Create(name)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := entry.Write([]byte(content)); err != nil {
		log.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		log.Fatal(err)
	}
	return path, func() { os.RemoveAll(folder) }
}

func ExampleArchive_Verify() {
	path, remove := exampleZIP("consent.json", `{"accepted": true}`)
	defer remove()

	archive, err := evidence.Open(path, evidence.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer archive.Close()
	report, err := archive.Verify(context.Background())
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
	path, remove := exampleZIP("../outside.txt", "x")
	defer remove()

	archive, err := evidence.Open(path, evidence.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer archive.Close()
	err = archive.Extract(context.Background(), filepath.Join(filepath.Dir(path), "evidence"))
	var refused *evidence.RefusedError
	if errors.As(err, &refused) {
		fmt.Println(refused.Findings[0])
	}
	// Output: name-dot-dot: "../outside.txt": its name has a part ".."
}

// A verified archive is a file system that only returns verified content.
func ExampleArchive_Open() {
	path, remove := exampleZIP("consent.json", `{"accepted": true}`)
	defer remove()

	archive, err := evidence.Open(path, evidence.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer archive.Close()
	if _, err := fs.ReadFile(archive, "consent.json"); err != nil {
		fmt.Println(err)
	}
	if _, err := archive.Verify(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	content, err := fs.ReadFile(archive, "consent.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\n", content)
	// Output:
	// open consent.json: the archive was not verified, or not accepted
	// {"accepted": true}
}

// A policy can accept unusual ZIPs that have only one reading, code by code.
func ExampleWithPolicy() {
	path, remove := exampleZIP("10:45 selfie.jpg", "x")
	defer remove()
	for _, policy := range []evidence.Policy{
		{},
		{Accept: []evidence.Code{evidence.CodeNameColon}},
	} {
		archive, err := evidence.Open(path, evidence.Limits{})
		if err != nil {
			fmt.Println(err)
			return
		}
		report, err := archive.Verify(context.Background(), evidence.WithPolicy(policy))
		fmt.Println(report.Verdict, errors.Is(err, evidence.ErrRefused))
		archive.Close()
	}
	// Output:
	// refused true
	// accepted false
}
