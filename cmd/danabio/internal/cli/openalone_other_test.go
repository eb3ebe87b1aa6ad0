//go:build !windows

package cli

import (
	"errors"
	"io"
)

func openAlone(string) (io.Closer, error) { return nil, errors.ErrUnsupported }
