package i18n

// SpanishMessages contains the Spanish messages by their English format strings. A message with
// only verbs and flags needs none.
var SpanishMessages = [...]Pair{
	{"Open the report in a browser: %s", "Abra el informe en un navegador: %s"},
	// Wrong usage.
	{"a command is missing", "falta un comando"},
	{"there is no command %q", "no existe el comando %q"},
	{"there is no command %q; did you mean %q?", "no existe el comando %q; ¿quiso decir %q?"},
	{"%s is missing", "falta %s"},
	{"%s is empty", "%s no puede estar vacío"},
	{"there are arguments, but this command takes none", "hay argumentos, pero este comando no admite ninguno"},
	{"unexpected argument %q: this command takes no arguments", "%q sobra: este comando no admite argumentos"},
	{"there are %d arguments, but this command takes %s and no more",
		"hay %d argumentos, pero este comando admite %s y nada más"},
	{"there is no flag -%s", "no existe la opción -%s"},
	{"there is no flag --%s", "no existe la opción --%s"},
	{"there is no flag --%s; did you mean --%s?", "no existe la opción --%s; ¿quiso decir --%s?"},
	{"there is no flag --client-secret, since other users of this machine could read it; set DANABIO_CLIENT_SECRET " +
		"or DANABIO_CLIENT_SECRET_FILE, or give --client-secret-file or --client-secret-stdin",
		"no existe la opción --client-secret, porque otros usuarios de esta máquina podrían leerla; defina " +
			"DANABIO_CLIENT_SECRET o DANABIO_CLIENT_SECRET_FILE, o indique --client-secret-file o " +
			"--client-secret-stdin"},
	{"%s is not a flag", "%s no es una opción"},
	{"%s needs a value: %s", "%s necesita un valor: %s"},
	{"--%s %q is not a duration; give one such as 90s, 30m or 48h",
		"--%s %q no es una duración; indique una como 90s, 30m o 48h"},
	{"--lang %q is not a language; give en or es", "--lang %q no es un idioma; indique en o es"},
	{"--json is true or false, not %q", "--json es true o false, no %q"},
	{"--%s is true or false", "--%s es true o false"},
	{"--%s is empty", "--%s no puede estar vacío"},
	{"Run %q to see how it is used.", "Ejecute %q para ver cómo se usa."},

	// Files.
	{"folder %s does not exist; create it first", "la carpeta %s no existe; créela primero"},
	{"folder %s exists; choose another name", "la carpeta %s ya existe; elija otro nombre"},
	{"folder %s: %w", "carpeta %s: %w"},
	{"%s is not a folder", "%s no es una carpeta"},
	{"create folder %s: %w", "al crear la carpeta %s: %w"},
	{"%s exists; choose another name or move it away", "%s ya existe; elija otro nombre o muévalo"},
	{"%s %s exists; choose another name or move it away", "ya existe un %s %s; elija otro nombre o muévalo"},
	{"%s %s cannot be written: %w", "no se puede escribir el %s %s: %w"},
	{"file", "archivo"},
	{"receipt", "recibo"},
	{"report", "informe"},
	{"standard input", "la entrada estándar"},
	{"write standard output: %w", "al escribir en la salida estándar: %w"},
	{"%d of %d files failed", "fallaron %d de %d archivos"},
	{"%s and %d more", "%s y %d más"},
	{"%s - is not a file, since nothing there goes to standard output or comes from standard input; name a file, or " +
		"give ./- for one that is called -",
		"%s - no es un archivo, porque nada de eso va a la salida estándar ni viene de la entrada estándar; nombre " +
			"un archivo, o indique ./- si uno se llama -"},
	{"--client-secret-file - is not a file; for standard input use --client-secret-stdin",
		"--client-secret-file - no es un archivo; para la entrada estándar está --client-secret-stdin"},
	{"standard input can name the circuits only once, but - is given %d times",
		"la entrada estándar solo puede nombrar los circuitos una vez, pero - está %d veces"},
	{"standard input cannot contain both circuits and the client secret; give the secret with --client-secret-file " +
		"or DANABIO_CLIENT_SECRET",
		"la entrada estándar no puede nombrar circuitos y contener a la vez el secreto del cliente; indique el " +
			"secreto con --client-secret-file o DANABIO_CLIENT_SECRET"},
	{"circuits in standard input: %w", "circuitos en la entrada estándar: %w"},
	{"circuits in standard input: there are more than %d bytes",
		"circuitos en la entrada estándar: hay más de %d bytes"},
	{"standard input contains no circuits; give one per line",
		"circuitos en la entrada estándar: no hay ninguno; indique uno por línea"},
	{"the circuit's id begins with -, as flags do; where it is an argument put -- before it: danabio wait -o " +
		"evidence.zip -- %s",
		"el id del circuito empieza con -, como las opciones; donde sea un argumento ponga -- antes de él: danabio " +
			"wait -o evidence.zip -- %s"},
	{"the link that the server gave is not an https URL, so it is printed as unusableLink; do not open it, and ask " +
		"DANAconnect for the right one",
		"el enlace que dio el servidor no es una URL https, así que se muestra como unusableLink; no lo abra, y pida " +
			"a DANAconnect el correcto"},
	{"it is closed or the null device, so nothing comes from it",
		"está cerrada o es el dispositivo nulo, así que no llega nada de ella"},
	{"nothing was sent, since standard output cannot be written: %w",
		"no se envió nada, porque no se puede escribir en la salida estándar: %w"},
	{"nothing was sent, since standard output is closed or the null device, and nobody would learn the circuit's id " +
		"and link",
		"no se envió nada, porque la salida estándar está cerrada o es el dispositivo nulo, y nadie sabría el id ni " +
			"el enlace del circuito"},
	{"Nothing half done is left behind. Not done: %s", "No queda nada a medias. Quedó sin hacer: %s"},
	{"Nothing was sent, or the server refused it, and by its answer it started no circuit. The same command can be " +
		"given again.",
		"No se envió nada, o el servidor lo rechazó y, según su respuesta, no inició ningún circuito. Puede dar el " +
			"mismo comando de nuevo."},

	{"%d of %d circuits failed", "fallaron %d de %d circuitos"},
	{"Not requested: %s", "Ya no se preguntó por: %s"},
	{"%w, with %d of %d circuits to go", "%w; faltaban %d de %d circuitos"},
	{"circuit %s into %s", "el circuito %s, en %s"},
	{"circuits %s into %s", "los circuitos %s, en %s"},
	{"%s is not a folder, which several circuits need", "%s no es una carpeta, y varios circuitos necesitan una"},
	{"-o %s looks like a file, but several circuits need a folder; give -o DIR",
		"-o %s parece un archivo, pero varios circuitos necesitan una carpeta; indique -o DIR"},
	{"circuit %d looks like a link; give the identifier",
		"el circuito n.º %d parece un enlace; indique el identificador"},
	{"no file can be named after circuit %q; give it by itself, with -o FILE.zip",
		"no se puede dar a un archivo el nombre del circuito %q; indíquelo solo, con -o FILE.zip"},
	{"circuit %q is given twice", "el circuito %q está dos veces"},
	{"circuits %q and %q would go into one file; give one of them by itself, with -o FILE.zip",
		"los circuitos %q y %q irían al mismo archivo; indique uno de ellos solo, con -o FILE.zip"},
	{"--quiet and --verbose are both given; give one", "están --quiet y --verbose; indique uno solo"},

	{"Sending", "Enviando"},
	{"Receiving", "Recibiendo"},
	{"Receiving, try %d", "Recibiendo, intento %d"},
	{"Receiving, %d of %d circuits done", "Recibiendo, listos %d de %d"},
	{"Verifying", "Verificando"},
	{"Extracting", "Extrayendo"},
	{"Reading standard input", "Leyendo la entrada estándar"},
	{"%s: %s, %s/s", "%s: %s, %s/s"},
	{"%s: %s of %s (%d %%)", "%s: %s de %s (%d %%)"},
	{"%s: %s of %s (%d %%), %s/s", "%s: %s de %s (%d %%), %s/s"},
	{"%s: %s of %s (%d %%), %s/s, %s left", "%s: %s de %s (%d %%), %s/s, faltan %s"},
	{"Sent %s; waiting for the answer for %s", "Enviado: %s; se espera la respuesta desde hace %s"},
	{"Received %s; verifying", "Recibido: %s; verificando"},
	{"Asking the server, for %s", "Preguntando al servidor, desde hace %s"},
	{"Waiting for %s, polls: %d, next in %s", "Esperando desde hace %s, consultas: %d, la próxima en %s"},
	{"Waiting for %s, polls: %d, next in %s; %d of %d circuits done",
		"Esperando desde hace %s, consultas: %d, la próxima en %s; %d de %d circuitos listos"},
	{"it was labelled Content-Encoding: %s, which is wrong",
		"llegó con la etiqueta Content-Encoding: %s, que es falsa"},
	{"Waiting for %s, polls: %d, next in %s; the last answer does not say whether it is done",
		"Esperando desde hace %s, consultas: %d, la próxima en %s; la última respuesta no dice si está listo"},
	{"Waiting for %s, polls: %d, next in %s; the server cannot be reached",
		"Esperando desde hace %s, consultas: %d, la próxima en %s; no se puede contactar al servidor"},
	{"Writing the report, for %s", "Escribiendo el informe, desde hace %s"},

	{"store the document from standard input: %w", "al guardar el documento de la entrada estándar: %w"},
	{"store the evidence from standard input: %w", "al guardar la evidencia de la entrada estándar: %w"},

	// Starts.
	{"missing or empty: %s", "hay que indicar %s, sin dejarlo vacío"},
	{"standard input can be only one document, but - is given %d times",
		"la entrada estándar puede ser un solo documento, pero - se indicó %d veces"},
	{"--stdin-name is given, but no document is read from standard input; give - as a file",
		"se indicó --stdin-name, pero no se lee ningún documento de la entrada estándar; indique - como archivo"},
	{"standard input cannot be both a document and the client secret; give the secret with --client-secret-file or " +
		"DANABIO_CLIENT_SECRET",
		"la entrada estándar no puede ser a la vez un documento y el secreto del cliente; indique el secreto con " +
			"--client-secret-file o DANABIO_CLIENT_SECRET"},
	{"a document from standard input needs a name; give --stdin-name NAME.pdf",
		"un documento de la entrada estándar necesita un nombre; indique --stdin-name NAME.pdf"},
	{"--stdin-name must be the name of a file without folders, such as contract.pdf",
		"--stdin-name debe ser el nombre de un archivo sin carpetas, como contract.pdf"},
	{"The circuit was started, but note: %s", "El circuito se inició, pero mire esto. Detalle: %s"},
	{"circuit %q was started, but %w", "se inició el circuito %q, pero %w"},
	{"another program changed it meanwhile", "otro programa lo cambió entretanto"},
	{"its receipt %s could not be written: %w", "no se pudo escribir su recibo %s: %w"},
	{"Request %s is sent. Next: danabio wait -o evidence.zip -- %s",
		"La solicitud %s se envió. Siguiente paso: danabio wait -o evidence.zip -- %s"},
	{"%s\nIt is not sent again, because the signer might then get two circuits.\n%s\nIf one was, \"danabio wait\" " +
		"with its circuit id goes on from there. If none was, start again.\n%s",
		"%s\nNo se vuelve a enviar, porque el firmante podría recibir dos circuitos.\n%s\n" +
			"Si se inició, \"danabio wait\" con el id del circuito continúa desde allí. Si no, inícielo de nuevo.\n%s"},
	{"The request was sent, but no answer says whether a circuit was started.",
		"La solicitud se envió, pero ninguna respuesta dice si se inició un circuito."},
	{"The request was sent in part, and what the server did with it is not known.",
		"La solicitud se envió en parte, y no se sabe qué hizo el servidor con ella."},
	{"To find out, ask DANAconnect whether a circuit was started for this request:\n  request ID  %s\n  channel     " +
		"%s\n  time        %s",
		"Para averiguarlo, pregunte a DANAconnect si se inició un circuito para esta solicitud:\n  id de la " +
			"solicitud  %s\n  canal               %s\n  hora                %s"},
	{"To find out, ask DANAconnect whether a circuit was started for this request:\n  request ID  %s\n  time        %s",
		"Para averiguarlo, pregunte a DANAconnect si se inició un circuito para esta solicitud:\n  id de la " +
			"solicitud  %s\n  hora                %s"},
	{"%s\nWrite down what they say with \"danabio journal settle\".\n%s",
		"%s\nAnote lo que le respondan con \"danabio journal settle\".\n%s"},
	{"Go on with: danabio wait -o evidence.zip -- %s", "Continúe con: danabio wait -o evidence.zip -- %s"},

	// Request files.
	{"--%s and --request are both given, and the file of --request names the signer; give one",
		"se indicaron --%s y --request, y el archivo de --request ya nombra al firmante; indique solo una"},
	{"there are arguments and --request, and the file of --request names the documents; give one",
		"hay argumentos y --request, y el archivo de --request ya nombra los documentos; indique solo una cosa"},
	{"--stdin-name and --request are both given, and the file of --request names the documents; give one",
		"se indicaron --stdin-name y --request, y el archivo de --request ya nombra los documentos; indique solo una"},
	{"standard input cannot be both the request and the client secret; give the secret with --client-secret-file or " +
		"DANABIO_CLIENT_SECRET",
		"la entrada estándar no puede ser a la vez la solicitud y el secreto del cliente; indique el secreto con " +
			"--client-secret-file o DANABIO_CLIENT_SECRET"},
	{`--id is given, and the request in %w has an "id" too; give one`,
		`se indicó --id, y la solicitud en %w también tiene un "id"; indique solo uno`},
	{"request in %w: %w", "solicitud en %w: %w"},
	{"request in %w, line %d: %w", "solicitud en %w, línea %d: %w"},
	{"request in %w: it is too long: more than %d bytes",
		"solicitud en %w: tiene más de %d bytes, así que no es una solicitud"},
	{"request in %w: it is empty", "solicitud en %w: no contiene nada"},
	{"request in %w: it is not text in UTF-8; save it as that", "solicitud en %w: no es texto en UTF-8; guárdela así"},
	{"request in %w, line %d, column %d: this is not JSON; look there for a missing comma, quote or bracket",
		"solicitud en %w, línea %d, columna %d: esto no es JSON; vea si ahí falta una coma, una comilla, una llave o " +
			"un corchete"},
	{"request in %w, line %d: the JSON ends too early; look for a missing quote or bracket",
		"solicitud en %w, línea %d: el JSON termina antes de tiempo; vea si falta una comilla, una llave o un " +
			"corchete"},
	{"request in %w, line %d: something follows the request; a file contains one request and nothing else",
		"solicitud en %w, línea %d: hay algo después de la solicitud; un archivo contiene una sola solicitud y nada " +
			"más"},
	{"a request is a JSON object, in braces; this is a JSON %s",
		"una solicitud es un objeto JSON, entre llaves; para JSON esto es: %s"},
	{"%q must be a JSON object, in braces; it is a JSON %s",
		"%q debe ser un objeto JSON, entre llaves; para JSON es: %s"},
	{"%q must be a JSON string, in double quotes; it is a JSON %s",
		"%q debe ser un texto JSON, entre comillas dobles; para JSON es: %s"},
	{"%q must be a JSON array, in square brackets; it is a JSON %s",
		"%q debe ser una lista JSON, entre corchetes; para JSON es: %s"},
	{`%q must be a JSON string, the path of a PDF, or a JSON object with "file" and "name"; it is a JSON %s`,
		`%q debe ser un texto JSON, la ruta de un PDF, o un objeto JSON con "file" y "name"; para JSON es: %s`},
	{"%q is missing", "falta %q"},
	{"%q is empty", "%q no puede estar vacío"},
	{"%q is empty; name at least one PDF", "%q está vacío; nombre al menos un PDF"},
	{"%q occurs twice; keep one", "%q aparece dos veces; deje uno solo"},
	{"there is an unknown field; the known ones are %s", "hay un campo que aquí no se conoce; se conocen %s"},
	{"there is no field %q; the known ones are %s", "no existe el campo %q; se conocen %s"},
	{"%q contains a character that was damaged on the way (U+FFFD, or half a surrogate pair)",
		"%q contiene un carácter que se dañó en el camino (U+FFFD, o la mitad de un par sustituto)"},

	// The journal.
	{"journal %s is not a regular file", "el diario %s no es un archivo normal"},
	{"journal %s: %w", "diario %s: %w"},
	{"journal %s has no request %q", "el diario %s no tiene la solicitud %q"},
	{"request %q is settled already: %s %s", "la solicitud %q ya está resuelta: %s %s"},
	{"--id is missing", "falta --id"},
	{"--cut cannot be combined with other flags: it only removes the line",
		"--cut no se combina con otra opción: solo elimina la línea"},
	{"give either --circuit, with the circuit that was started, or --none",
		"indique --circuit, con el circuito que se inició, o --none"},

	// Waiting and downloading.
	{"-o FILE.zip is missing", "falta -o FILE.zip"},
	{"--timeout must be positive; to ask once, use %q",
		"--timeout debe ser mayor que cero; para preguntar una sola vez está %q"},
	{"once", "una vez"},
	{"%d times", "%d veces"},

	// Evidence.
	{"-o DIR is missing", "falta -o DIR"},
	{"-o REPORT.html is missing", "falta -o REPORT.html"},
	{"standard input can be only one FILE.zip, but - is given %d times",
		"la entrada estándar puede ser un solo FILE.zip, pero - se indicó %d veces"},
	{"evidence %s: %w", "evidencia %s: %w"},
	{"evidence %s is a folder; give the ZIP itself", "la evidencia %s es una carpeta; indique el ZIP mismo"},
	{"evidence %s is a device or a pipe; give - and redirect standard input from it",
		"la evidencia %s es un dispositivo o una tubería; indique - y redirija desde allí la entrada estándar"},
	{"evidence refused: %s", "evidencia rechazada: %s"},
	{"evidence refused: %s: %w", "evidencia rechazada: %s: %w"},
	{"evidence %s: Windows cannot hold the name %q, so nothing was extracted; extract it on Linux or macOS, or in WSL",
		"evidencia %s: Windows no admite el nombre %q, así que no se extrajo nada; extráigala en Linux o macOS, o en " +
			"WSL"},
	{"evidence refused: %s: and %d more reasons; \"danabio evidence verify --json\" tells more",
		"evidencia rechazada: %s: y %d motivos más; \"danabio evidence verify --json\" dice más"},
	{"evidence %s: the signatures could not be judged: %s", "evidencia %s: no se pudieron examinar las firmas: %s"},
	{"%w: %s: --roots was given, and no PDF in it is signed; --accept unsigned allows that",
		"%w: %s: se indicó --roots, y ningún PDF en ella está firmado; --accept unsigned lo permite"},
	{"notice: %s: %s", "aviso: %s: %s"},
	{"%s (and %d more)", "%s (y %d más)"},
	{"--accept %q: %s; these may be accepted: %s", "--accept %q: %s; se pueden aceptar: %s"},
	{"there is no such finding code", "no existe ese código de hallazgo"},
	{"it cannot be accepted, because it is a danger, gives the evidence two readings, or means an invalid signature",
		"no se puede aceptar, porque es un peligro, da a la evidencia dos lecturas, o es una firma que no es válida"},
	{"no folder can be named after %q; extract it by itself",
		"ninguna carpeta puede llevar el nombre de %q; extráigalo por separado"},
	{"%q and %q would both be extracted into a folder called %q; extract one of them by itself",
		"%q y %q se extraerían ambos en una carpeta llamada %q; extraiga uno de ellos por separado"},
	{"its receipt cannot be read: %w", "no se puede leer su recibo: %w"},
	{"%w: its receipt cannot be used: %w", "%w: su recibo no se puede usar: %w"},
	{"%w: %s is not the file that was received: %s the one in %s",
		"%[1]w: %[2]s no es el archivo que se recibió: %[4]s indica %[3]s"},
	{"its size is not", "otro tamaño"},
	{"its SHA-256 is not", "otra huella SHA-256"},
	{"its list of files is not", "otra lista de archivos"},
	{"%w: %s is the evidence of circuit %q, but the documents were sent in circuit %q",
		"%w: %s es la evidencia del circuito %q, y lo enviado inició el circuito %q"},
	{"%w: %s: no file in it equals or begins with document %q as it was sent",
		"%w: %s: ninguno de sus archivos es el documento %q tal como se envió, ni comienza con él"},
	{"%w: %s: no signature covers document %q", "%w: %s: ninguna firma cubre el documento %q"},
	{"%w: %s: document %q was changed before it was signed: %s",
		"%w: %s: el documento %q se cambió antes de firmarse: %s"},
	{"--sent %s is not a file that start --receipt wrote",
		"--sent %s no es un archivo que haya escrito start --receipt"},
	{"--sent %s names no documents: its state is %q", "--sent %s no nombra documentos: su estado es %q"},
	{"--sent is about one start, so one FILE.zip can be compared with it, not %d",
		"--sent trata de un solo inicio, así que se puede comparar con él un solo FILE.zip, no %d"},
	{"report %s cannot be written: %w", "no se puede escribir el informe %s: %w"},
	{"report %s could not be written: %w", "no se pudo escribir el informe %s: %w"},
	{"report %s: %w", "informe %s: %w"},
	{"SOURCE_DATE_EPOCH %q is not a number of seconds since 1970",
		"SOURCE_DATE_EPOCH %q no es un número de segundos desde 1970"},
	{"The report says more: %s", "El informe dice más: %s"},

	// Emulator and demo.
	{"--complete-after must not be negative", "--complete-after no puede ser negativo"},
	{"address %q: host:port is expected, such as 127.0.0.1:8080",
		"dirección %q: se espera host:port, como 127.0.0.1:8080"},
	{"serve the emulator: %w", "al servir el emulador: %w"},
	{"The emulator answers until it is interrupted. Its circuits: %s/",
		"El emulador responde hasta que se lo interrumpa. Sus circuitos: %s/"},
	{"--out is empty", "--out no puede estar vacío"},
	{"--pdf is empty", "--pdf no puede estar vacío"},
	{"--pdf %s is not a PDF", "--pdf %s no es un PDF"},
	{"%s exists; choose another name for --out", "%s ya existe; elija otro nombre para --out"},
	{"the emulator refuses %s: %w", "el emulador rechaza %s: %w"},
	{"the emulator's evidence is not as it should be: signatures %s, sent %s",
		"la evidencia del emulador no es como debe: firmas %s, lo enviado %s"},
	{"answers on %s; nothing leaves this machine", "responde en %s; nada sale de esta máquina"},
	{"got one, good until %s", "obtenido; sirve hasta las %s"},
	{"sent %s: circuit %s", "enviado %s: circuito %s"},
	{"asked %s in %s until the circuit was completed", "se preguntó %s en %s hasta que se completó"},
	{"%d bytes", "%d bytes"},
	{"%d kB", "%d kB"},
	{"%.1f MB", "%.1f MB"},
	{"%.1f GB", "%.1f GB"},
	{"%d files", "%d archivos"},
	{"every byte read: %s, one reading, as its receipt says",
		"leído byte a byte: %s, una sola lectura, como el recibo"},
	{"%s: signed whole, begins with what was sent", "%s: firmado entero; es lo enviado"},
	{"%d files in %s", "%d archivos en %s"},
	{"%s, to be read by people", "%s, para personas"},
	{"\nIn %s:\n" +
		"  document.pdf                what was sent to be signed\n" +
		"  start.json                  its size and SHA-256\n" +
		"  evidence.zip                signed document, pictures, consent, audit data\n" +
		"  evidence.zip.receipt.json   its SHA-256: shows later that nothing was changed\n" +
		"  evidence/                   the same as evidence.zip, extracted\n" +
		"  report.html                 what was checked and found, for an auditor\n\n" +
		"Open the PDF in evidence/documents to see the signature, at the foot of page 1.\n\n" +
		"Next:\n  %s\n  %s emulator\n  %s start --help\n",
		"\nEn %s:\n" +
			"  document.pdf                lo que se envió a firmar\n" +
			"  start.json                  su tamaño y SHA-256\n" +
			"  evidence.zip                documento firmado, imágenes, datos de auditoría\n" +
			"  evidence.zip.receipt.json   su SHA-256: muestra después que nada cambió\n" +
			"  evidence/                   lo mismo que evidence.zip, extraído\n" +
			"  report.html                 lo comprobado y hallado, para un auditor\n\n" +
			"Abra el PDF en evidence/documents para ver la firma, al pie de la página 1.\n\n" +
			"Para seguir:\n  %s\n  %s emulator\n  %s start --help\n"},

	// Contract and spec.
	{"--%s requires --start", "--%s no sirve sin --start"},
	{"--signer-name, --signer-email and --signer-nif go together; give all of them or none",
		"--signer-name, --signer-email y --signer-nif van juntos; indique todos o ninguno"},
	{"--allow: there is no class %q of deviations; --help lists them",
		"--allow: no existe la clase %q de desviaciones; --help las muestra"},
	{"Asking: %s", "Preguntando: %s"},
	{"a circuit was started, but %s could not be written: %w",
		"se inició un circuito, pero no se pudo escribir %s: %w"},
	{"the server deviates from the spec", "el servidor se aparta de la especificación"},
	{"%w: the server refuses the client id and secret", "%w: el servidor rechaza el id y el secreto del cliente"},
	{"not checked: %s", "sin comprobar: %s"},
	{"The start was sent, and may have started a circuit.\n%s",
		"El inicio se envió, y puede haber iniciado un circuito.\n%s"},
	{"embedded spec: %w", "especificación incorporada: %w"},

	// Advice.
	{"Detail: %s", "Detalle: %s"},
	{"Read on: https://github.com/danabio/danabio-go/blob/main/docs/errors.md#%s",
		"Más: https://github.com/danabio/danabio-go/blob/main/docs/errors.es.md#%s"},
	{"Both files stay; send the reasons to DANAconnect. The same command asks again.",
		"Ambos archivos se conservan; envíe los motivos a DANAconnect. El mismo comando pregunta de nuevo."},
	{"Nothing half done is left behind; the same command can be given again.",
		"No queda nada a medias; se puede repetir el mismo comando."},
	{"Plain HTTP shows the secret and personal data to everybody on the way.",
		"Sin cifrar, HTTP muestra el secreto y los datos personales a todos en el camino."},
	{"Check the client id, the secret, and that they belong to this environment.",
		"Revise el id de cliente, el secreto, y que sean de este ambiente."},
	{"The server has one answer for a circuit that is not completed and for one that it does not know.\n" +
		"Give the same command again to wait longer, or check the circuit id and the channel.",
		"El servidor responde lo mismo por un circuito que no está completado y por uno que no conoce.\n" +
			"Repita el mismo comando para esperar más, o revise el id del circuito y el canal."},
	{"The server has one answer for a circuit that is not completed and for one that it does not know.\n" +
		"Try again later, which \"danabio wait\" does by itself, or check the circuit id and the channel.",
		"El servidor responde lo mismo por un circuito que no está completado y por uno que no conoce.\n" +
			"Intente de nuevo más tarde, lo que \"danabio wait\" hace por sí mismo, o revise el id del circuito y el " +
			"canal."},
	{"Nothing is left half done; try again later.", "No queda nada a medias; intente de nuevo más tarde."},
	{"Check the spelling of --environment or --base-url, and that this machine can look up names; \"danabio doctor\" " +
		"tells which.",
		"Revise cómo está escrito --environment o --base-url, y que esta máquina pueda resolver nombres; \"danabio " +
			"doctor\" distingue lo uno de lo otro."},
	{"Nothing was sent. \"danabio doctor\" says what is wrong with the certificate, and who can fix that.",
		"No se envió nada. \"danabio doctor\" dice qué tiene de malo el certificado y quién puede resolverlo."},
	{"the base URL ends in %s, which danabio adds by itself",
		"la URL base termina en %s, que danabio añade por sí mismo"},
	{"give the base URL without it", "indique la URL base sin ello"},
	{"no authority of your own, and this system trusts none either",
		"ninguna autoridad propia, y este sistema tampoco confía en ninguna"},
	{"install the package ca-certificates, or name a file with authorities in SSL_CERT_FILE or with --ca-file",
		"instale el paquete ca-certificates, o indique un archivo con autoridades mediante SSL_CERT_FILE o --ca-file"},
	{`Trying again does not help. "danabio doctor" says what is incompatible, and who can fix that.`,
		`Repetirlo no ayuda. "danabio doctor" dice qué no encaja y quién puede corregirlo.`},
	{"The proxy was asked once, since repeated wrong passwords lock accounts. Check the variable that names it, the " +
		"user name and password in it, and whether it allows the server's host; \"danabio doctor\" says which one is " +
		"used.",
		"Al proxy se le preguntó una sola vez, porque repetir una contraseña equivocada bloquea cuentas. Revise la " +
			"variable que lo indica, el usuario y la contraseña que contiene, y si deja pasar hacia el servidor; " +
			"\"danabio doctor\" dice cuál se usa."},
	{"Nothing is sent to an address other than the one given. Check --environment or --base-url, and whether a proxy " +
		"asks for a login.",
		"No se envía nada a otra dirección que la indicada. Revise --environment o --base-url, y si un proxy pide " +
			"iniciar sesión."},
	{"The same request will be refused again. The server's message says what to change; otherwise send DANAconnect " +
		"its request id and the time.",
		"La misma solicitud será rechazada otra vez. Lo que dice el servidor indica qué cambiar; si no, envíe a " +
			"DANAconnect el id de la solicitud y la hora."},
	{"By its answer the server started no circuit. Give the same command again, later.",
		"Según su respuesta, el servidor no inició ningún circuito. Repita el mismo comando más tarde."},
	{"Only what is printed was lost: what the command has sent or stored stays.",
		"Solo se perdió lo que se imprime: lo que el comando envió o guardó se mantiene."},
	{"Do not give the same command again: it would start another circuit. Go on with: danabio wait -o evidence.zip " +
		"-- %s\nIf the signer's link was not printed, ask DANAconnect for it, or have them cancel the circuit and " +
		"start again.",
		"No repita el mismo comando: iniciaría otro circuito. Continúe con: danabio wait -o evidence.zip -- %s\n" +
			"Si no obtuvo el enlace del firmante, pídalo a DANAconnect, o haga cancelar el circuito e inicie de " +
			"nuevo."},
	{"Nothing is left half done. Make room, and give the same command again.",
		"No queda nada a medias. Libere espacio y repita el mismo comando."},
	{"Redirect standard output to a file or to a program that reads it. A start with --receipt or --journal keeps " +
		"the circuit's id without it.",
		"Haga que la salida estándar vaya a un archivo o a un programa que la lea. Con --receipt o --journal, start " +
			"conserva el id del circuito sin ella."},
	{"There is no temporary folder to write to at %s; make one, or name another with TMPDIR (on Windows TMP).",
		"No hay una carpeta temporal en la que escribir en %s; cree una, o indique otra con TMPDIR (en Windows, TMP)."},
	{"The evidence is complete and verified. Rename it yourself, or have the command store it in another folder: %s",
		"La evidencia está completa y verificada. Dele usted su nombre, o haga que el comando la guarde en otra " +
			"carpeta: %s"},
	{"Nothing is left half done. Check who owns the file and its folder, and which user this is.",
		"No queda nada a medias. Revise a quién pertenecen el archivo y su carpeta, y qué usuario es este."},
}
