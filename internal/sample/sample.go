// Package sample holds the contract that the demo sends when it is given no document: use
// [Contract].
//
// It is a real PDF of two pages, in Spanish, between invented parties, and says on each page that
// it is a sample. contrato.fodt is its source; LibreOffice 7.4 with the Liberation fonts made the
// PDF:
//
//	soffice --headless --convert-to pdf contrato.fodt
//
// Nothing but sample documents lives here.
package sample

import _ "embed"

// ContractName is the file name under which the demo sends [Contract].
const ContractName = "contrato.pdf"

// Contract is the sample contract. It is not to be changed in place.
//
//go:embed contrato.pdf
var Contract []byte
