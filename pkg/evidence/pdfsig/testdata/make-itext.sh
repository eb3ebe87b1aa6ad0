#!/bin/sh
# Makes the PAdES-LT and LTA files itext-*.pdf.gz in this folder anew, in the folder given as argument, from PDFs of internal/pdf/testdata.
# Keys, dates and identifiers differ from run to run, so the files are committed and tests need none of these programs.
#
# Debian 12: default-jdk-headless libitext5-java libbcprov-java libbcpkix-java
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bases=$here/../../../../internal/pdf/testdata
mkdir -p "$1"
out=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CLASSPATH="/usr/share/java/itext5.jar:/usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar:$work"
javac -d "$work" "$here/Ltv.java"

take() { # base, and what is kept of what is made from it
	base=$1
	shift
	java Ltv "$bases/$base.pdf" "$work" "$base"
	for kind; do
		gzip -9n <"$work/$base-$kind.pdf" >"$out/itext-$kind.pdf.gz"
	done
}
take jspdf lt lta
take pdf-lib-form lta-twice
take qpdf-object-streams-groff lta-signed
take pdfkit certified-twice twice-lt
ls -l "$out"
