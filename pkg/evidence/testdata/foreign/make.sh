#!/usr/bin/env bash
# Makes the ZIPs of trees/: one small folder, packed by each program as it packs by default.
# Needs Debian's zip, 7zip, libarchive-tools, default-jdk-headless, php-cli, php-zip, mono-mcs,
# libmono-system-io-compression-filesystem4.0-cil, zipalign, locales, and go, python3, node, npm.
#
#     pkg/evidence/testdata/foreign/make.sh
set -euo pipefail
export TZ=UTC LC_ALL=C.UTF-8
here=$(cd "$(dirname "$0")" && pwd)
out=$here/trees
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf "$out" && mkdir -p "$out"

# The folder: an empty page as a PDF, a line of JSON two folders down, an empty file.
tree=$work/tree
mkdir -p "$tree/documents" "$tree/identificación/José"
python3 - > "$tree/documents/contract.pdf" <<'PYTHON'
pdf, offsets = "%PDF-1.7\n", []
for number, body in enumerate([
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] >>",
], 1):
    offsets.append(len(pdf))
    pdf += f"{number} 0 obj\n{body}\nendobj\n"
start = len(pdf)
pdf += "xref\n0 4\n0000000000 65535 f \n" + "".join(f"{offset:010} 00000 n \n" for offset in offsets)
print(pdf + f"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF")
PYTHON
printf '{"tipo":"cédula"}\n' > "$tree/identificación/José/cédula.json"
: > "$tree/vacío.txt"
# The same with the names of a disk that is not UTF-8 but CP437.
disk437=$work/disk437
mkdir -p "$disk437/documents" "$disk437"/$'identificaci\xa2n/Jos\x82'
cp "$tree/documents/contract.pdf" "$disk437/documents/"
cp "$tree/identificación/José/cédula.json" "$disk437"/$'identificaci\xa2n/Jos\x82/c\x82dula.json'
: > "$disk437"/$'vac\xa1o.txt'
find "$tree" "$disk437" -exec touch -d 2026-03-04T05:06:08Z {} +

# Info-ZIP says UTF-8 only in locales that it knows by name.
mkdir "$work/locales"
localedef -i en_US -f UTF-8 "$work/locales/en_US.UTF-8"
cd "$tree"
LOCPATH=$work/locales LC_ALL=en_US.UTF-8 zip -qr "$out/infozip.zip" .
zip -qr "$out/infozip-c-locale.zip" .
(cd "$disk437" && zip -qr "$out/infozip-cp437.zip" .)
7zz a -tzip -bso0 -bsp0 "$out/7z.zip" .
bsdtar --format zip -cf "$out/bsdtar.zip" *
jar cf "$out/jar.zip" .
zipalign 4 "$out/jar.zip" "$out/zipalign.zip"
zipalign 4096 "$out/jar.zip" "$out/zipalign-4096.zip"
python3 -m zipfile -c "$out/python-command.zip" *
python3 - "$out/python-shutil" <<'PYTHON'
import shutil, sys
shutil.make_archive(sys.argv[1], "zip", ".")
PYTHON
python3 - "$out/python-backslash.zip" <<'PYTHON'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
    z.write("documents/contract.pdf", zipfile.ZipInfo("documents\\contract.pdf").filename)
    z.write("identificación/José/cédula.json", "identificación\\José\\cédula.json")
    z.write("vacío.txt")
PYTHON

cat > "$work/pack.php" <<'PHP'
<?php
[, $zip, $slash, $charset] = $argv;
$z = new ZipArchive();
$z->open($zip, ZipArchive::CREATE);
foreach (["documents/contract.pdf", "identificación/José/cédula.json", "vacío.txt"] as $name) {
    $z->addFile($name, iconv("UTF-8", $charset, str_replace("/", $slash, $name)));
}
$z->close();
PHP
php "$work/pack.php" "$out/php.zip" / UTF-8
php "$work/pack.php" "$out/php-backslash.zip" '\' UTF-8
php "$work/pack.php" "$out/php-cp437.zip" / CP437

cd "$work" && npm install --silent --no-audit --no-fund jszip@3.10.1 iconv-lite@0.6.3 > /dev/null
cat > "$work/pack.js" <<'NODE'
const fs = require("fs"), JSZip = require("jszip"), iconv = require("iconv-lite");
const [, , tree, zip, slash, charset] = process.argv;
const z = new JSZip();
for (const name of ["documents/contract.pdf", "identificación/José/cédula.json", "vacío.txt"]) {
  z.file(name.replaceAll("/", slash), fs.readFileSync(tree + "/" + name));
}
const options = { type: "nodebuffer", compression: "DEFLATE" };
if (charset) options.encodeFileName = (name) => iconv.encode(name, charset);
z.generateAsync(options).then((bytes) => fs.writeFileSync(zip, bytes));
NODE
node pack.js "$tree" "$out/jszip.zip" /
node pack.js "$tree" "$out/jszip-backslash.zip" '\'
node pack.js "$tree" "$out/jszip-cp437.zip" / cp437

cat > "$work/pack.go" <<'GO'
package main

import (
	"archive/zip"
	"os"
)

func main() {
	file, err := os.Create(os.Args[2])
	if err != nil {
		panic(err)
	}
	w := zip.NewWriter(file)
	if err := w.AddFS(os.DirFS(os.Args[1])); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
}
GO
go run "$work/pack.go" "$tree" "$out/go.zip"

cat > "$work/Pack.cs" <<'CS'
class Pack {
    static void Main(string[] args) { System.IO.Compression.ZipFile.CreateFromDirectory(args[0], args[1]); }
}
CS
mcs -r:System.IO.Compression.FileSystem.dll -out:"$work/pack.exe" "$work/Pack.cs"
mono "$work/pack.exe" "$tree" "$out/mono.zip"
ls -l "$out"
