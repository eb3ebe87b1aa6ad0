package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// entry is a file in an archive.
type entry struct {
	name    string // with slashes
	mode    fs.FileMode
	content []byte
}

// zipEpoch is the earliest time that a ZIP can hold, 1980-01-01.
const zipEpoch = 315532800

// writeArchive writes the entries, in the order given, into a folder of the archive's name: a ZIP
// for Windows, a tar.gz for all others. path is without the ending.
func writeArchive(path string, system system, entries []entry, when time.Time) error {
	ending, write := ".tar.gz", writeTar
	if system.os == "windows" {
		ending, write = ".zip", writeZIP
	}
	file, err := os.OpenFile(path+ending, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(write(file, filepath.Base(path)+"/", entries, when), file.Close())
}

func writeTar(w io.Writer, folder string, entries []entry, when time.Time) error {
	compressed, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	archive := tar.NewWriter(compressed)
	for _, entry := range entries {
		header := &tar.Header{
			Format: tar.FormatUSTAR, Typeflag: tar.TypeReg,
			Name: folder + entry.name, Mode: int64(entry.mode), Size: int64(len(entry.content)), ModTime: when,
		}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write(entry.content); err != nil {
			return err
		}
	}
	return errors.Join(archive.Close(), compressed.Close())
}

func writeZIP(w io.Writer, folder string, entries []entry, when time.Time) error {
	archive := zip.NewWriter(w)
	for _, entry := range entries {
		header := &zip.FileHeader{Name: folder + entry.name, Method: zip.Deflate, Modified: when}
		header.SetMode(entry.mode)
		file, err := archive.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := file.Write(entry.content); err != nil {
			return err
		}
	}
	return archive.Close()
}

// sumsOf returns the SHA-256 of all files in a folder, as sha256sum prints and checks it.
func sumsOf(folder string) (string, error) {
	files, err := os.ReadDir(folder) // sorted
	if err != nil {
		return "", err
	}
	var list strings.Builder
	for _, file := range files {
		content, err := os.ReadFile(filepath.Join(folder, file.Name()))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&list, "%x  %s\n", sha256.Sum256(content), file.Name())
	}
	return list.String(), nil
}
