// Package cli is the command line: the commands, their flags, and what they print. Call [Main].
//
// What may live here: one file a command, and what only commands share. What they do is in the
// packages below pkg, which any Go program may use as well. The rooms beside it are term (streams,
// JSON, lines NAME=value, progress), i18n (messages in both languages), failure (kinds of errors,
// exit codes, advice), settings (flags, variables, configuration file, secret, certificates), help
// (the texts of --help), auditreport, doctor and probe. Nothing outside of cmd imports them.
package cli

import "os"

// Main runs the command that the program was called with, until it is done or a signal ends it, and
// returns the exit code.
func Main() int { return Run(untilSignal(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr) }
