// Package sample holds the contract that the demo sends if it is given no document: [Contract].
//
// It is a real PDF with two pages, in Spanish, between invented parties. Each page says that it is
// a sample. Its source is contrato.fodt. LibreOffice 7.4 with the Liberation fonts made the PDF:
//
//	soffice --headless --convert-to pdf contrato.fodt
package sample

import _ "embed"

// ContractName is the file name under which the demo sends [Contract].
const ContractName = "contrato.pdf"

// Contract is the sample contract. Do not modify it.
//
//go:embed contrato.pdf
var Contract []byte
