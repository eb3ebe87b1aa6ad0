#!/bin/sh
# Makes the PDFs in this folder anew, in the folder given as argument. Dates and identifiers differ
# from run to run, so the files are committed and tests need none of these programs.
#
# Debian 12: groff ghostscript libreoffice-writer-nogui fonts-liberation qpdf mupdf-tools
# poppler-utils img2pdf python3-reportlab openssl nodejs npm
# npm, in a folder of its own named by NODE_PATH: pdf-lib@1.17.1 pdfkit@0.20.2 jspdf@4.2.1
# @signpdf/signpdf@3.3.0 @signpdf/signer-p12@3.3.0 @signpdf/placeholder-plain@3.3.0
set -eu
out=$1
mkdir -p "$out"
cd "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TZ=UTC

cat >"$work/text.ms" <<'END'
.TL
Documento de muestra
.PP
Texto de ejemplo para probar la firma.
.bp
.PP
Segunda.
END
printf 'Documento de muestra\n\nTexto de ejemplo: año, acción, ¿qué?\n' >"$work/libreoffice.txt"

# a cross-reference table, by six programs
groff -k -ms -Tpdf "$work/text.ms" >groff.pdf
groff -k -ms -Tps "$work/text.ms" | ps2pdf - ghostscript.pdf
soffice "-env:UserInstallation=file://$work/profile" --headless --convert-to pdf --outdir . "$work/libreoffice.txt" >/dev/null
# /usr/bin first: reportlab comes from Debian
/usr/bin/python3 - <<'END'
from reportlab.pdfgen import canvas
c = canvas.Canvas("reportlab.pdf")
c.drawString(72, 720, "Documento de muestra")
c.acroForm.textfield(name="nombre", x=72, y=600, width=200, height=20)
c.acroForm.checkbox(name="acepta", x=72, y=560)
c.showPage()
c.save()
END
gs -q -sDEVICE=pnggray -r8 -o "$work/page.png" -dLastPage=1 ghostscript.pdf
img2pdf "$work/page.png" -o img2pdf.pdf
pdftocairo -pdf ghostscript.pdf cairo.pdf

# written in other ways
ps2pdf -dFastWebView=true ghostscript.pdf ghostscript-linearized.pdf
qpdf --qdf ghostscript.pdf qpdf-qdf.pdf
qpdf --linearize ghostscript.pdf qpdf-linearized.pdf
qpdf --object-streams=generate ghostscript.pdf qpdf-object-streams.pdf
qpdf --object-streams=generate groff.pdf qpdf-object-streams-groff.pdf
qpdf --object-streams=generate --linearize ghostscript.pdf qpdf-object-streams-linearized.pdf
qpdf --object-streams=generate reportlab.pdf qpdf-object-streams-form.pdf
mutool clean -gggg -z ghostscript.pdf mutool-clean.pdf
mutool clean -l ghostscript.pdf mutool-linearized.pdf
pdfunite ghostscript.pdf cairo.pdf poppler-unite.pdf

# JavaScript
node - <<'END'
const fs = require("fs");
const { PDFDocument } = require("pdf-lib");
const PDFKit = require("pdfkit");
const { jsPDF } = require("jspdf");
(async () => {
  for (const [name, streams] of [["pdf-lib-form.pdf", true], ["pdf-lib-form-table.pdf", false]]) {
    const document = await PDFDocument.create();
    const page = document.addPage([400, 300]);
    const field = document.getForm().createTextField("persona.nombre");
    field.setText("Ana");
    field.addToPage(page, { x: 50, y: 200, width: 200, height: 20 });
    fs.writeFileSync(name, await document.save({ useObjectStreams: streams }));
  }
  const kit = new PDFKit({ size: "A5" });
  kit.pipe(fs.createWriteStream("pdfkit.pdf"));
  kit.text("Documento de muestra");
  kit.addPage().text("Segunda");
  kit.end();
  fs.writeFileSync("jspdf.pdf", Buffer.from(new jsPDF().text("Documento de muestra", 10, 10).output("arraybuffer")));
})();
END

# encrypted
qpdf --encrypt "" owner 256 -- ghostscript.pdf encrypted-aes256.pdf
qpdf --allow-weak-crypto --encrypt "" owner 40 -- ghostscript.pdf encrypted-rc4.pdf
qpdf --object-streams=generate --encrypt user owner 256 -- ghostscript.pdf encrypted-object-streams.pdf
# the same with an empty user password
qpdf --allow-weak-crypto --object-streams=generate --encrypt "" owner 128 --use-aes=n -- groff.pdf encrypted-empty-rc4.pdf
qpdf --allow-weak-crypto --object-streams=generate --encrypt "" owner 128 --use-aes=y --cleartext-metadata -- \
	groff.pdf encrypted-empty-aes128.pdf
qpdf --object-streams=generate --encrypt "" owner 256 --force-R5 -- groff.pdf encrypted-empty-aes256-r5.pdf
qpdf --object-streams=generate --encrypt "" owner 256 -- groff.pdf encrypted-empty-aes256.pdf

# signed by a program of others with a test certificate
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/O=TEST ONLY/CN=danabio fixtures" \
	-keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
openssl pkcs12 -export -inkey "$work/key.pem" -in "$work/cert.pem" -passout pass: -out "$work/both.p12"
P12="$work/both.p12" node - <<'END'
const fs = require("fs");
const { plainAddPlaceholder } = require("@signpdf/placeholder-plain");
const { P12Signer } = require("@signpdf/signer-p12");
const { SignPdf } = require("@signpdf/signpdf");
const about = { reason: "test", contactInfo: "ana@example.com", name: "Ana", location: "test", signatureLength: 4096 };
const pdfBuffer = plainAddPlaceholder({ pdfBuffer: fs.readFileSync("pdfkit.pdf"), ...about });
new SignPdf().sign(pdfBuffer, new P12Signer(fs.readFileSync(process.env.P12)))
  .then((signed) => fs.writeFileSync("signpdf.pdf", signed));
END
ls -l
