package help

// SpanishEvidenceHelps are paragraphs of the help of the evidence commands.
var SpanishEvidenceHelps = [...]Pair{
	{`Look into the evidence ZIP of a circuit. Nothing is taken from a ZIP that has more than one
reading, or that is damaged: then the exit code is 6.`,
		`Examina el ZIP de evidencia de un circuito. No se toma nada de un ZIP que tiene más de una
lectura, o que está dañado: entonces el código de salida es 6.`},
	{`A FILE.zip of - is read from standard input. It is stored in a temporary file meanwhile, which
only the user can read.`,
		`Si FILE.zip es -, se lee de la entrada estándar. Entretanto se guarda en un archivo temporal que
solo el usuario puede leer.`},
	{`A FILE.zip of - is read from standard input.`, `Si FILE.zip es -, se lee de la entrada estándar.`},
	{`After a FILE that fails come the others. The exit code is the worst one, in this order:
  6  a FILE is not acceptable, or is not the one of its receipt: whatever the system can read
  1  a FILE cannot be read, or something cannot be written
  2  a FILE does not exist, or is no file
  0  all are good; there may be notices
Standard error gets the reasons, one a line.`,
		`Después de un FILE que falla siguen los demás. El código de salida es el peor, en este orden:
  6  un FILE no es aceptable, o no es el de su recibo: todo lo que el sistema puede leer
  1  un FILE no se puede leer, o algo no se puede escribir
  2  un FILE no existe, o no es un archivo
  0  todos son correctos; puede haber avisos
La salida de errores recibe los motivos, uno por línea.`},

	// list
	{`Verify each ZIP, then list its files: size in bytes, type, what it is for (assumed, as the
vendor publishes no layout), and name. With several FILEs, each line begins with the FILE.`,
		`Verifica cada ZIP y lista sus archivos: tamaño en bytes, tipo, para qué sirve (supuesto, porque
el proveedor no publica la estructura) y nombre. Con varios FILE, cada línea comienza con el FILE.`},
	{`With --json, for each good FILE: [{"name": …, "size": …, "sha256": …, "mediaType": …,
"kind": …, …, "file": FILE}]; with several FILEs, each on one line.`,
		`Con --json, por cada FILE correcto: [{"name": …, "size": …, "sha256": …, "mediaType": …,
"kind": …, …, "file": FILE}]; con varios FILE, cada uno en una línea.`},

	// verify
	{`Read every byte of each ZIP, and accept it only if every ZIP reader reads the same content from
it. If FILE.zip.receipt.json lies beside it, also compare: the file must still be the one that
was received. That is what a receipt proves, and no more: nothing about who made the file.`,
		`Lee cada byte de cada ZIP, y lo acepta solo si todo lector de ZIP lee de él el mismo contenido.
Si a su lado está FILE.zip.receipt.json, también compara: el archivo debe seguir siendo el que se
recibió. Eso es lo que prueba un recibo, y nada más: nada sobre quién hizo el archivo.`},
	{`receipt=none: no receipt lies beside it. signatures=none: no PDF is signed; accepted: not all are
WHOLE_FILE or EXTENDED, but as --accept allows. trust=trusted: each signer's certificate leads to
--roots; untrusted: one does not; not-judged: without --roots, or where none can be judged.
revocation=good: the PDFs carry OCSP answers or CRLs by which no certificate was revoked; revoked:
one was; not-known: they do not say it of each. sent=unsigned: they are there, but no signature
covers one of them; none: without --sent. With several FILEs, a line file=… is in front of each.
What is odd but has one reading is a notice, on standard error.`,
		`receipt=none: no hay un recibo a su lado. signatures=none: ningún PDF está firmado; accepted: no
todas son WHOLE_FILE o EXTENDED, pero como permite --accept. trust=trusted: el certificado de cada
firmante conduce a --roots; untrusted: el de alguno no; not-judged: sin --roots, o donde no se
puede examinar ninguno. revocation=good: los PDF llevan respuestas OCSP o CRL según las cuales
ningún certificado fue revocado; revoked: alguno lo fue; not-known: no lo dicen de cada uno.
sent=unsigned: están, pero ninguna firma cubre uno de ellos; none: sin --sent. Con varios FILE,
una línea file=… precede a cada uno. Lo que es extraño pero tiene una sola lectura es un aviso, en
la salida de errores.`},
	{`Signatures of PDFs are judged too. A signature is WHOLE_FILE if it covers the file but for
itself, EXTENDED if validation data and document time stamps alone follow (PAdES-LT and LTA),
SIGNED_REVISION_ONLY if anything else does, INVALID if it does not hold, and INDETERMINATE if it
is of a kind that is not judged. Evidence is not good if a PDF has an INVALID signature, one whose
last signature is neither WHOLE_FILE nor EXTENDED, or one that was changed between two signatures
otherwise than by signing, or by form values that its certification allows. A PDF without any is
a notice. Nor is it good if its only signature is a document time stamp of an authority that does
not lead to --roots.`,
		`También se examinan las firmas de los PDF. Una firma es WHOLE_FILE si cubre el archivo salvo a sí
misma, EXTENDED si después solo hay datos de validación y sellos de tiempo del documento (PAdES-LT
y LTA), SIGNED_REVISION_ONLY si hay otra cosa, INVALID si no es válida, e INDETERMINATE si es de
una clase que no se examina. La evidencia no es correcta si un PDF tiene una firma INVALID, si su
última firma no es WHOLE_FILE ni EXTENDED, o si entre dos firmas se cambió de otro modo que
firmando, o con valores de formulario que su certificación permite. Un PDF sin firma es un aviso.
Tampoco es correcta si su única firma es un sello de tiempo de documento de una autoridad que no
conduce a --roots.`},
	{`With --roots the certificate of each signer must lead to one of them and be meant for signing
documents: anything but trust=trusted is exit code 6. It is judged at the time of a time stamp that
leads to --roots too, else at the present; that only the signer says when he signed is a notice.
Without --roots trust is not-judged, and changes nothing.`,
		`Con --roots el certificado de cada firmante debe conducir a una de ellas y servir para firmar
documentos: todo lo que no sea trust=trusted es el código de salida 6. Se examina a la hora de un
sello de tiempo que también conduce a --roots, y si no, al presente; que solo el firmante diga
cuándo firmó es un aviso. Sin --roots trust es not-judged, y no cambia nada.`},
	{`Revocation is judged by the OCSP answers and CRLs that the PDFs carry, never by the network. A
certificate that was revoked is exit code 6, unless a trusted time stamp is older.`,
		`La revocación se examina según las respuestas OCSP y las CRL que llevan los PDF, nunca por la red.
Un certificado revocado es el código de salida 6, salvo si un sello de tiempo de confianza es
anterior.`},
	{`With --sent each document that was sent must be in the evidence: a PDF that is or begins with
exactly its bytes, as one does that was signed by an incremental update. What that update adds
must be signatures and validation data alone; else the document was changed before it was signed.`,
		`Con --sent cada documento enviado debe estar en la evidencia: un PDF que tiene exactamente sus
bytes o comienza con ellos, como uno que se firmó con una actualización incremental. Lo que esta
añade deben ser solo firmas y datos de validación; si no, el documento se cambió antes de
firmarse.`},
	{`With --json, for each FILE: {"file": …, "verdict": …, the report, "receipt": …, "signatures": …,
"trust": …, "revocation": …, "sent": …, "sentDocuments": […]}; with several FILEs, each on one
line. The verdict is that on the ZIP: "accepted", "refused", or "incomplete" if the FILE could not
be read; the receipt "matches", "differs", "unreadable" or "none"; signatures "good", "accepted",
"refused" or "none"; trust "trusted", "untrusted" or "not-judged"; revocation "good", "revoked" or
"not-known"; sent "signed", "unsigned", "changed", "missing" or "none"; each of them but trust and
revocation "unchecked" if it could not be. "error" says what is wrong if the report does not. What
the signatures are stands with the report's entries, under "inspections".`,
		`Con --json, por cada FILE: {"file": …, "verdict": …, el informe, "receipt": …, "signatures": …,
"trust": …, "revocation": …, "sent": …, "sentDocuments": […]}; con varios FILE, cada uno en una
línea. El veredicto es sobre el ZIP: "accepted", "refused", o "incomplete" si el FILE no se pudo
leer; el recibo, "matches", "differs", "unreadable" o "none"; las firmas, "good", "accepted",
"refused" o "none"; la confianza, "trusted", "untrusted" o "not-judged"; la revocación, "good",
"revoked" o "not-known"; lo enviado, "signed", "unsigned", "changed", "missing" o "none"; cada uno
salvo confianza y revocación, "unchecked" si no se pudo. "error" dice qué está mal si no lo dice
el informe. Cómo son las firmas está en las entradas del informe, en "inspections".`},

	// extract
	{`Verify the ZIP, compare it with its receipt if there is one, and extract it into a new folder:
all of it or nothing. Printed is each file, one a line. The files are not synced to the disk: keep
the ZIP, and extract it again after a power failure.`,
		`Verifica el ZIP, lo compara con su recibo si lo hay, y lo extrae en una carpeta nueva: todo o
nada. Muestra cada archivo, uno por línea. Los archivos no se sincronizan con el disco: conserve el
ZIP, y extráigalo de nuevo tras un corte de energía.`},
	{`With several FILEs, DIR is a new folder with one folder for each FILE, named after it without
.zip; that of standard input is called stdin. FILEs of one name are refused before anything is
written.`,
		`Con varios FILE, DIR es una carpeta nueva con una carpeta para cada FILE, que lleva su nombre sin
.zip; la de la entrada estándar se llama stdin. Los FILE de igual nombre se rechazan antes de
escribir nada.`},
	{`With --json, for each good FILE: {"file": …, "folder": …, "files": […]}; with several FILEs, each
on one line.`,
		`Con --json, por cada FILE correcto: {"file": …, "folder": …, "files": […]}; con varios FILE, cada
uno en una línea.`},

	// report
	{`Verify the evidence as "danabio evidence verify" does, and write what was found into one HTML
file that a person can read and print: verdict, circuit, each document with its signatures,
pictures, metadata, every file, receipt, what was not checked, and how to check it again without
this program. The report is written for evidence that is not good too, and says why.`,
		`Verifica la evidencia como "danabio evidence verify", y escribe lo hallado en un archivo HTML que
una persona puede leer e imprimir: veredicto, circuito, cada documento con sus firmas, imágenes,
metadatos, cada archivo, recibo, lo que no se comprobó, y cómo comprobarlo de nuevo sin este
programa. El informe se escribe también para evidencia que no es correcta, y dice por qué.`},
	{`The file has no scripts and loads nothing. It holds personal data of the person who signed: only
the user can read it. With --first-pages the first pages of PDFs are in it, drawn by pdftoppm, of
poppler, with limits on time and, on Linux, on memory. Without it no other program reads the PDFs.`,
		`El archivo no tiene scripts y no carga nada. Contiene datos personales de quien firmó: solo el
usuario puede leerlo. Con --first-pages están en él las primeras páginas de los PDF, dibujadas por
pdftoppm, de poppler, con límites de tiempo y, en Linux, de memoria. Sin ella ningún otro programa
lee los PDF.`},
	{`With --json: what "danabio evidence verify --json" prints, and "report": …, "language": …,
"madeAt": …, "conclusion": "good", "not-good" or "undecided", "shown": {"pictures": […],
"firstPages": […], "metadata": […]}; no personal data but the names of files.`,
		`Con --json: lo que muestra "danabio evidence verify --json", y "report": …, "language": …,
"madeAt": …, "conclusion": "good", "not-good" o "undecided", "shown": {"pictures": […],
"firstPages": […], "metadata": […]}; ningún dato personal salvo los nombres de archivos.`},
	{`Variables:
  LC_ALL, LC_MESSAGES, LANG  the language, where --lang says nothing
  SOURCE_DATE_EPOCH          the time that the report says it was made at, in seconds since 1970`,
		`Variables:
  LC_ALL, LC_MESSAGES, LANG  el idioma, si --lang no dice nada
  SOURCE_DATE_EPOCH          la hora en que el informe dice que se hizo, en segundos desde 1970`},
	{`The exit code is that of "danabio evidence verify":
  6  the evidence is not good, or could not be judged; the report says why
  1  it cannot be read, or the report cannot be written
  2  it does not exist, or something is at REPORT.html already
  0  it is good; there may be notices`,
		`El código de salida es el de "danabio evidence verify":
  6  la evidencia no es correcta, o no se pudo examinar; el informe dice por qué
  1  no se puede leer, o no se puede escribir el informe
  2  no existe, o ya hay algo en REPORT.html
  0  es correcta; puede haber avisos`},
}
