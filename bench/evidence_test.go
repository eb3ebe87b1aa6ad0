package bench_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// danabioPath returns the path of danabio as users run it, built once.
var danabioPath = sync.OnceValues(func() (string, error) {
	into, err := folder()
	if err != nil {
		return "", err
	}
	path := filepath.Join(into, "danabio")
	if out, err := exec.Command("go", "build", "-o", path, "../cmd/danabio").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return path, nil
})

func danabioBinary(tb testing.TB) string {
	path, err := danabioPath()
	if err != nil {
		tb.Fatal(err)
	}
	return path
}

// process runs a program to its end.
func process(tb testing.TB, name string, args ...string) {
	var stderr bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		tb.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, stderr.String())
	}
}

// rival is another program for the same work. into is a new folder, which it creates itself.
type rival struct {
	name string
	do   func(b *testing.B, path, into string)
}

// againstEach measures "danabio evidence …" as a process against each rival, for each corpus and
// packing.
func againstEach(b *testing.B, ours func(path, into string) []string, rivals []rival) {
	danabio := danabioBinary(b)
	for _, c := range corpora {
		b.Run(c.name, func(b *testing.B) {
			for _, how := range packings {
				b.Run(how.name, func(b *testing.B) {
					path := c.path(b, how)
					for _, r := range rivals {
						b.Run(r.name, func(b *testing.B) {
							// Extracted files stay until everything is measured, because ext4
							// creates files more slowly while it remembers removed ones.
							into, err := os.MkdirTemp(filepath.Dir(path), "out")
							if err != nil {
								b.Fatal(err)
							}
							defer os.RemoveAll(into)
							n := 0
							next := func() string {
								n++
								return filepath.Join(into, fmt.Sprint(n))
							}
							pair(b, func() { process(b, danabio, ours(path, next())...) },
								func() { r.do(b, path, next()) })
						})
					}
				})
			}
		})
	}
}

func verifying(path, _ string) []string     { return []string{"evidence", "verify", path} }
func extracting(path, into string) []string { return []string{"evidence", "extract", path, "-o", into} }

// BenchmarkVerify compares with hashing the ZIP alone and with archive/zip, which checks CRCs.
// Together with the SHA-256 of the ZIP and of the entries, archive/zip does the same work with the
// standard library. All of it runs in this process.
func BenchmarkVerify(b *testing.B) {
	againstEach(b, verifying, []rival{
		{"sha256", func(b *testing.B, path, _ string) { hashFile(b, path) }},
		{"archive-zip", func(b *testing.B, path, _ string) {
			eachEntry(b, path, func(_ *zip.File, content io.Reader) error {
				_, err := io.Copy(io.Discard, content)
				return err
			})
		}},
		{"archive-zip+sha256", func(b *testing.B, path, _ string) {
			digest := sha256.New()
			eachEntry(b, path, func(_ *zip.File, content io.Reader) error {
				digest.Reset()
				_, err := io.Copy(digest, content)
				return err
			})
			hashFile(b, path)
		}},
	})
}

// BenchmarkExtract compares with archive/zip as the lower bound, alone and while also computing the
// SHA-256 of the ZIP and its entries.
func BenchmarkExtract(b *testing.B) {
	againstEach(b, extracting, []rival{
		{"archive-zip", func(b *testing.B, path, into string) {
			eachEntry(b, path,
				func(file *zip.File, content io.Reader) error { return writeEntry(into, file.Name, content) })
		}},
		{"archive-zip+sha256", func(b *testing.B, path, into string) {
			digest := sha256.New()
			eachEntry(b, path, func(file *zip.File, content io.Reader) error {
				digest.Reset()
				return writeEntry(into, file.Name, io.TeeReader(content, digest))
			})
			hashFile(b, path)
		}},
	})
}

func eachEntry(b *testing.B, path string, do func(file *zip.File, content io.Reader) error) {
	archive, err := zip.OpenReader(path)
	if err != nil {
		b.Fatal(err)
	}
	defer archive.Close()
	for _, file := range archive.File {
		content, err := file.Open()
		if err == nil {
			err = do(file, content)
		}
		if err == nil {
			err = content.Close()
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

func writeEntry(into, name string, content io.Reader) error {
	path := filepath.Join(into, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := io.Copy(file, content); err != nil {
		return err
	}
	return file.Close()
}

func hashFile(b *testing.B, path string) {
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	if _, err := io.CopyBuffer(struct{ io.Writer }{sha256.New()}, struct{ io.Reader }{file},
		make([]byte, 256<<10)); err != nil {
		b.Fatal(err)
	}
}
