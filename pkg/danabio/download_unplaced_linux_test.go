package danabio

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/danabio/danabio-go/internal/atomicfile"
)

// Evidence that cannot get its name stays where it lies, and its receipt describes it. The test
// uses another file system in place of a folder that does not allow the name: the kernel refuses
// each way to move the file there.
func TestEvidenceThatCannotHaveItsNameIsKept(t *testing.T) {
	elsewhere, err := os.MkdirTemp("/dev/shm", "danabio-*")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(elsewhere)
	part, err := atomicfile.Create(filepath.Join(elsewhere, "evidence.zip"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.WriteString("evidence"); err != nil {
		t.Fatal(err)
	}
	if err := part.Seal(); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	to := target{filepath.Join(folder, "evidence.zip"), folder, "evidence.zip"}
	receipt, err := to.place(t.Context(), part, &Receipt{Version: receiptVersion, Circuit: "c", Channel: "ch",
		SHA256: "…"})
	part.Discard()
	var unplaced *UnplacedError
	if receipt != nil || !errors.As(err, &unplaced) || !errors.Is(err, syscall.EXDEV) ||
		!strings.Contains(err.Error(), to.path) {
		t.Fatalf("%+v, %v", receipt, err)
	}
	if content, err := os.ReadFile(unplaced.Kept); string(content) != "evidence" {
		t.Errorf("%q, %v", content, err)
	}
	if left, err := ReadReceipt(ReceiptPath(to.path)); err != nil || left.Circuit != "c" {
		t.Errorf("%+v, %v", left, err)
	}
	if _, err := os.Lstat(to.path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something has its name: %v", err)
	}
}

// Rejected evidence that cannot get its name is kept too.
func TestRejectedEvidenceThatCannotHaveItsNameIsKept(t *testing.T) {
	folder := t.TempDir()
	part, err := atomicfile.Create(filepath.Join(folder, "evidence.zip"))
	if err != nil {
		t.Fatal(err)
	}
	_ = part.Close()
	d := &downloadAttempt{core: &core{channel: "ch"}, circuit: "c", lastAttempt: true,
		target: target{filepath.Join(folder, "missing", "evidence.zip"), folder, "evidence.zip"}}
	err = d.rejectEvidence(t.Context(), part, nil, ErrIntegrity)
	part.Discard()
	var unplaced *UnplacedError
	if !errors.Is(err, ErrIntegrity) || !errors.As(err, &unplaced) {
		t.Fatal(err)
	}
	if _, err := os.Lstat(unplaced.Kept); err != nil {
		t.Error(err)
	}
}
