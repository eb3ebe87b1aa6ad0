#!/bin/sh
# Makes the PDFs and certificates in this folder anew, in the folder given as argument, from PDFs of internal/pdf/testdata.
# Keys, dates and identifiers differ from run to run, so the files are committed and tests need none of these programs.
#
# Debian 12: poppler-utils libnss3-tools fonts-urw-base35
set -eu
bases=$(cd "$(dirname "$0")/../../../../internal/pdf/testdata" && pwd)
out=$1
mkdir -p "$out"
cd "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TZ=UTC

# an authority and two signers, invented; RSA, since poppler's ECDSA signatures are no good
db=$work/nss
mkdir "$db"
printf 'test-only\n' >"$work/password"
head -c 256 /dev/urandom >"$work/noise"
nss() { certutil "$@" -d "sql:$db" -f "$work/password" -z "$work/noise"; }
nss -N
# the answers: is an authority, any depth of path, critical
printf 'y\n\ny\n' | nss -S -n root -s "CN=Invented Root,O=TEST ONLY" -x -t CTu,CTu,CTu -k rsa -g 2048 -m 1 -v 240 -2 \
	--keyUsage certSigning -Z SHA256
for who in ana:2 bruno:3; do
	nss -S -n "${who%:*}" -s "CN=${who%:*} example,O=TEST ONLY" -c root -t u,u,u -k rsa -g 2048 -m "${who#*:}" -v 240 \
		--keyUsage digitalSignature,nonRepudiation -Z SHA256
done
nss -L -n root -a >root.pem

# poppler puts a font into each signature's appearance: let it find a small one only
mkdir "$work/fonts"
cp /usr/share/fonts/opentype/urw-base35/StandardSymbolsPS.otf "$work/fonts"
cat >"$work/fonts.conf" <<XML
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>$work/fonts</dir><cachedir>$work/cache</cachedir></fontconfig>
XML
export FONTCONFIG_FILE="$work/fonts.conf"

add() { # from, to, who
	pdfsig -nssdir "sql:$db" -nss-pwd test-only -add-signature -nick "$3" "$1" "$2" 2>/dev/null
}
add "$bases/pdfkit.pdf" poppler-signed.pdf ana
add poppler-signed.pdf poppler-signed-twice.pdf bruno
add "$bases/pdf-lib-form.pdf" poppler-signed-stream.pdf ana
add "$bases/qpdf-object-streams-groff.pdf" poppler-signed-object-streams.pdf bruno
add "$bases/jspdf.pdf" poppler-signed-form.pdf ana
# one of each program that made a base
for base in cairo ghostscript-linearized ghostscript groff img2pdf libreoffice mutool-clean mutool-linearized pdf-lib-form-table poppler-unite \
	qpdf-linearized qpdf-object-streams-form qpdf-object-streams-linearized qpdf-object-streams qpdf-qdf reportlab; do
	add "$bases/$base.pdf" "poppler-signed-$base.pdf" ana
done
gzip -9n ./*.pdf # poppler's tables for the font are 400 kB of zeros
ls -l
