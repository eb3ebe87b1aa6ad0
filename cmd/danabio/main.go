// Command danabio starts biometric verification circuits of DANAconnect, waits for them and stores
// their evidence. To see the whole path without an account, run
//
//	danabio demo
//
// What may live here: the commands, their flags, and what they print. What they do is in the
// packages below pkg, which any Go program may use as well. Texts for people are messages
// (message.go), with their Spanish in spanishmessages.go, or help, with its Spanish in
// spanishhelp.go and beside it; tests fail for one that is missing.
package main

import "os"

func main() {
	os.Exit(Run(untilSignal(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
