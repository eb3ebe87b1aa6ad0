//go:build foreign

package bench_test

import (
	"net/http/httptest"
	"os/exec"
	"testing"
)

// BenchmarkForeignDownload256MiB has curl -o followed by sha256sum as its floor.
func BenchmarkForeignDownload256MiB(b *testing.B) {
	for _, program := range []string{"curl", "sha256sum"} {
		if _, err := exec.LookPath(program); err != nil {
			b.Fatal(err)
		}
	}
	for name, secured := range map[string]bool{"plain": false, "tls": true} {
		b.Run(name, func(b *testing.B) {
			downloadAgainst(b, secured, func(s *httptest.Server, path string) {
				for _, command := range [][]string{{"curl", "-sSfk", "-o", path, s.URL + "/evidence"}, {"sha256sum", path}} {
					if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
						b.Fatalf("%s: %v\n%s", command[0], err, out)
					}
				}
			})
		})
	}
}
