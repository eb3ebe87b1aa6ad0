// Package danabio is a client for the DANAconnect Biometric Verification API. It starts circuits,
// in which a person proves their identity and signs PDFs, finds out when a circuit is completed,
// and stores its evidence.
//
// Call [New] with a [Config], then [Client.StartCircuit] and [Client.WaitForEvidence]. To poll on
// your own schedule, call [Client.DownloadEvidence] instead, and again later if it returns
// [ErrNotReady]. To store evidence elsewhere than in a file, call [Client.OpenEvidence].
//
// # What is sent again
//
// A start is never sent again once a byte of it may have reached the server, because it is not
// published whether the server recognizes a repeated request. Such a start returns an
// [*OutcomeUnknownError]. Token requests, downloads, and starts that provably were not sent are
// retried by the [RetryPolicy]. Redirects are never followed. The outcome of a start is lost if the
// process dies, unless [Config.Journal] records it.
//
// # Compatibility
//
// Before version 1.0.0 a minor version may change exported names; the changelog says which. No
// exported name mentions the generated package gen/biometricapi, which makes no compatibility
// promise.
//
// # What is known of the API
//
// The vendor publishes a reference page, a help article and demonstration code. Doc comments name
// the source of a fact as "published page", "help article" or "vendor code". What nobody published
// is marked "assumed".
//
// This package contains the client, its configuration, its errors, and what it writes to disk.
// Package evidence looks inside ZIPs, and packages contract and emulator are for tests.
package danabio

// Version is the version of this library, for the User-Agent and receipts.
const Version = "0.1.0-dev"
