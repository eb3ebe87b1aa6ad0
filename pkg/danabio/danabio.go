// Package danabio is a client of the DANAconnect Biometric Verification API: it starts circuits in
// which a person proves who they are and signs PDFs, learns when a circuit is done, and stores its
// evidence.
//
// Call [New] with a [Config], then [Client.StartCircuit] and [Client.WaitForEvidence]. A caller
// that keeps its own schedule calls [Client.DownloadEvidence] instead and tries again later on
// [ErrNotReady]; one with another place to store than a file calls [Client.OpenEvidence].
//
// # What is sent again
//
// A start is never sent twice once a byte of it may have reached the server: whether the server
// takes a repeated request for the same one is not published. Such a start ends in an
// [*OutcomeUnknownError]. A start that provably was not sent, and token requests and downloads, are
// tried again by the [RetryPolicy]. Redirects are never followed. What a start came to is lost with
// the process, unless [Config.Journal] keeps it.
//
// # Compatibility
//
// Before version 1.0.0 a minor version may change exported names; the changelog says which. No
// exported name mentions the generated package gen/biometricapi, which carries no promise.
//
// # What is known of the API
//
// The vendor publishes a reference page, a help article and demonstration code. Doc comments name
// the source of a fact as "published page", "help article" or "vendor code"; what nobody published
// is marked "assumed".
//
// What may live here: the client, its configuration, its errors, and what it writes to disk.
// Nothing that looks inside a ZIP (package evidence) and nothing that only tests need (packages
// contract and emulator).
package danabio

// Version is the version of this library, as it stands in the User-Agent and in receipts.
const Version = "0.1.0-dev"
