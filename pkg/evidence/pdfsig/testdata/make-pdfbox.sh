#!/bin/sh
# Makes the files pdfbox-*.pdf.gz in this folder anew, in the folder given as argument: a PDF of internal/pdf/testdata, signed
# several times. Keys and dates differ from run to run, so the files are committed and tests need none of these programs.
#
# Debian 12: default-jdk-headless libpdfbox2-java libbcprov-java libbcpkix-java
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
jars=/usr/share/java
export CLASSPATH="$jars/pdfbox2.jar:$jars/fontbox2.jar:$jars/commons-logging.jar:$jars/bcprov.jar:$jars/bcpkix.jar:$jars/bcutil.jar:$work"
javac -d "$work" "$here/Box.java"
java Box "$here/../../../../internal/pdf/testdata/pdfkit.pdf" "$work/pdfbox"
for kind in new-fields old-fields; do
	gzip -9n <"$work/pdfbox-$kind.pdf" >"$out/pdfbox-$kind.pdf.gz"
done
ls -l "$out"
