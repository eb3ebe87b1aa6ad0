//go:build unix

package danabio_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// ConfigFromEnv checks who can read the secret's file, as the command line does.
func TestSecretFileThatOthersReadIsRefused(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "secret")
	for _, name := range []string{"DANABIO_ENVIRONMENT", "DANABIO_BASE_URL", "DANABIO_CHANNEL",
		"DANABIO_CLIENT_SECRET"} {
		t.Setenv(name, "")
	}
	t.Setenv("DANABIO_CLIENT_ID", "acme")
	t.Setenv("DANABIO_CLIENT_SECRET_FILE", path)
	if err := os.WriteFile(path, []byte("s3cr3t-of-acme\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(folder), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		folder, file os.FileMode
		refused      bool
	}{{0o755, 0o600, false}, {0o755, 0o440, false}, {0o755, 0o644, true}, {0o755, 0o444, true}, {0o700, 0o644, false}} {
		if err := errors.Join(os.Chmod(folder, test.folder), os.Chmod(path, test.file)); err != nil {
			t.Fatal(err)
		}
		_, err := danabio.ConfigFromEnv()
		if test.refused != errors.Is(err, danabio.ErrInvalidRequest) || !test.refused && err != nil {
			t.Errorf("%o in a folder %o: %v", test.file, test.folder, err)
		}
		if test.refused && (!strings.Contains(err.Error(), "defaultMode: 0440 with fsGroup") ||
			strings.Contains(err.Error(), "s3cr3t")) {
			t.Errorf("%v", err)
		}
	}
}
