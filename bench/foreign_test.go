//go:build foreign

package bench_test

import (
	"net/http/httptest"
	"os/exec"
	"testing"
)

// BenchmarkForeignDownload256MiB compares with curl -o followed by sha256sum.
func BenchmarkForeignDownload256MiB(b *testing.B) {
	need(b, "curl", "sha256sum")
	for name, secured := range map[string]bool{"plain": false, "tls": true} {
		b.Run(name, func(b *testing.B) {
			downloadAgainst(b, secured, func(s *httptest.Server, path string) {
				for _, command := range [][]string{{"curl", "-sSfk", "-o", path, s.URL + "/evidence"},
					{"sha256sum", path}} {
					if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
						b.Fatalf("%s: %v\n%s", command[0], err, out)
					}
				}
			})
		})
	}
}

func need(tb testing.TB, programs ...string) {
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			tb.Fatal(err)
		}
	}
}

// shell is a rival that a shell runs, with the ZIP as $1 and the new folder as $2.
func shell(name, script string) rival {
	return rival{name,
		func(b *testing.B, path, into string) { process(b, "sh", "-ec", script+" >/dev/null", "sh", path, into) }}
}

// BenchmarkForeignVerify compares with the tests of other programs. With the SHA-256 of the ZIP
// added, they do less than our code, which also hashes each entry.
func BenchmarkForeignVerify(b *testing.B) {
	need(b, "unzip", "7z", "bsdtar", "openssl")
	const hash = ` && openssl dgst -sha256 "$1"`
	againstEach(b, verifying, []rival{
		shell("unzip", `unzip -tqq "$1"`), shell("unzip+sha256", `unzip -tqq "$1"`+hash),
		shell("7z", `7z t "$1"`), shell("7z+sha256", `7z t "$1" >/dev/null`+hash),
		shell("bsdtar", `bsdtar -xOf "$1"`), shell("bsdtar+sha256", `bsdtar -xOf "$1" >/dev/null`+hash),
	})
}

// BenchmarkForeignExtract compares with extraction by other programs, followed by the SHA-256 of
// all files and of the ZIP, and with cp of the extracted files as the lowest bound.
func BenchmarkForeignExtract(b *testing.B) {
	need(b, "unzip", "7z", "bsdtar", "openssl", "find", "cp")
	const (
		unzip  = `unzip -qq "$1" -d "$2"`
		seven  = `7z x -o"$2" "$1" >/dev/null`
		bsdtar = `mkdir "$2" && bsdtar -xf "$1" -C "$2"`
		hash   = ` && find "$2" -type f -exec openssl dgst -sha256 {} + && openssl dgst -sha256 "$1"`
	)
	extracted := map[string]string{} // extracted folders by ZIP
	againstEach(b, extracting, []rival{
		shell("unzip", unzip), shell("unzip+sha256", unzip+hash),
		shell("7z", seven), shell("7z+sha256", seven+hash),
		shell("bsdtar", bsdtar), shell("bsdtar+sha256", bsdtar+hash),
		{"cp", func(b *testing.B, path, into string) {
			if extracted[path] == "" {
				extracted[path] = path + "-extracted"
				process(b, "unzip", "-qq", path, "-d", extracted[path])
			}
			process(b, "cp", "-r", extracted[path], into)
		}},
	})
}
