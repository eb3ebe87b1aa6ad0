//go:build !windows

package main

import (
	"errors"
	"io"
)

func openAlone(string) (io.Closer, error) { return nil, errors.ErrUnsupported }
