// Command danabio starts biometric verification circuits of DANAconnect, waits for them and stores
// their evidence. To see the whole path without an account, run
//
//	danabio demo
package main

import (
	"os"

	"github.com/danabio/danabio-go/cmd/danabio/internal/cli"
)

func main() { os.Exit(cli.Main()) }
