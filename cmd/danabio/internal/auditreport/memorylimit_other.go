//go:build !linux

package auditreport

import "os"

// limitMemory does nothing: only Linux can limit another process.
func limitMemory(*os.Process, uint64) error { return nil }
