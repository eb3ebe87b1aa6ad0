//go:build !unix && !windows

package term

import (
	"errors"
	"os"
)

func columnsOf(*os.File) (int, error) { return 0, errors.ErrUnsupported }

func canErase(*os.File, string) bool { return false }
