// Package cli implements the command line: the commands, their flags and their output. Call [Main].
//
// It contains one file per command, and code that only commands share. The commands use the
// packages under pkg, which any Go program may use too. The sibling packages are term (streams,
// JSON, NAME=value lines, progress), i18n (messages in both languages), failure (kinds of errors,
// exit codes, advice), settings (flags, variables, configuration file, secret, certificates), help
// (the texts of --help), auditreport, doctor and probe. Only packages under cmd import them.
package cli

import "os"

// Main runs the command in os.Args until it is done or a signal stops it, and returns the exit
// code.
func Main() int { return Run(untilSignal(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr) }
