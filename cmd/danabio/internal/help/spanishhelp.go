package help

// SpanishShort are the lines that say what a command does.
var SpanishShort = [...]Pair{
	{"Start biometric verification circuits and keep their evidence",
		"Inicia circuitos de verificación biométrica y guarda su evidencia"},
	{"Run the whole path against the emulator: no account, no network",
		"Recorre todo el camino con el emulador: sin cuenta, sin red"},
	{"Check the credentials", "Comprueba las credenciales"},
	{"Show the configuration file and the settings in effect",
		"Muestra el archivo de configuración y los ajustes vigentes"},
	{"Print where the configuration file is", "Muestra dónde está el archivo de configuración"},
	{"Print the settings in effect, and where each comes from",
		"Muestra los ajustes vigentes y de dónde viene cada uno"},
	{"Find out why the API cannot be reached", "Averigua por qué no se llega a la API"},
	{"Send PDFs to be signed", "Envía archivos PDF para que se firmen"},
	{"Wait until circuits are completed, and store their evidence",
		"Espera a que los circuitos se completen y guarda su evidencia"},
	{"Store the evidence of completed circuits", "Guarda la evidencia de circuitos completados"},
	{"List, verify, extract and report on evidence", "Lista, verifica y extrae evidencia, y hace informes sobre ella"},
	{"List the files in the evidence", "Lista los archivos de la evidencia"},
	{"Verify the evidence and its signatures, and compare it with receipt and documents",
		"Verifica la evidencia y sus firmas, y la compara con el recibo y los documentos"},
	{"Extract the evidence into a new folder", "Extrae la evidencia en una carpeta nueva"},
	{"Write a report for a person who must decide whether the evidence is good",
		"Escribe un informe para quien debe decidir si la evidencia es correcta"},
	{"Look into the journal of starts, and settle what is unknown",
		"Muestra el diario de inicios y resuelve lo que no se sabe"},
	{"List the starts in a journal", "Lista los inicios de un diario"},
	{"Write down what the vendor says of a start whose outcome is unknown",
		"Anota lo que dice el proveedor de un inicio cuyo resultado no se sabe"},
	{"Serve an emulator of the API, to develop and test against",
		"Sirve un emulador de la API, para desarrollar y probar"},
	{"Hold a live server against the spec", "Compara un servidor en marcha con la especificación"},
	{"Print the OpenAPI document that danabio was built from",
		"Muestra el documento OpenAPI con el que se construyó danabio"},
	{"Print the version", "Muestra la versión"},
	{"Print what makes a shell complete danabio's commands",
		"Muestra lo que hace que un shell complete los comandos de danabio"},
	{"Print the script for bash", "Muestra el script para bash"},
	{"Print the script for zsh", "Muestra el script para zsh"},
	{"Print the script for fish", "Muestra el script para fish"},
	{"Print the script for PowerShell", "Muestra el script para PowerShell"},
	{"Show the help of a command", "Muestra la ayuda de un comando"},
}

// SpanishHelps are paragraphs of the help, but of that of the evidence commands.
var SpanishHelps = [...]Pair{
	// danabio
	{`danabio starts biometric verification circuits of DANAconnect: a person proves who
they are and signs PDFs. It learns when a circuit is done, and stores its evidence
whole, verified, and with a receipt.`,
		`danabio inicia circuitos de verificación biométrica de DANAconnect: una persona
demuestra quién es y firma archivos PDF. Se entera de cuándo termina un circuito, y guarda
su evidencia entera, verificada y con un recibo.`},
	{`Data goes to standard output, everything else to standard error. With --json the
data is JSON, and a failure is one line of JSON on standard error:
{"error": WORD, "exitCode": …, "message": …, "advice": …, …}. Data and JSON are the same in
every language. What each WORD means, and what to do then:
https://github.com/danabio/danabio-go/blob/main/docs/errors.md`,
		`Los datos van a la salida estándar; todo lo demás, a la salida de errores. Con --json los
datos son JSON, y un fallo es una línea de JSON en la salida de errores:
{"error": WORD, "exitCode": …, "message": …, "advice": …, …}. Los datos y el JSON son iguales en
todos los idiomas. Qué significa cada WORD, y qué hacer entonces:
https://github.com/danabio/danabio-go/blob/main/docs/errors.es.md`},
	{`On a terminal a last line says how far a command is, and goes away; with --quiet nothing is
said but errors. Colour is only on terminals, and never if NO_COLOR is set.`,
		`En una terminal, una última línea dice cuánto ha avanzado un comando, y desaparece; con --quiet
solo se dicen los errores. Hay color solo en terminales, y nunca si NO_COLOR tiene un valor.`},
	{`Ctrl-C ends a command within a second, and leaves nothing half done; a second one at once.`,
		`Ctrl-C termina un comando en menos de un segundo y no deja nada a medias; repetido, de inmediato.`},
	{`Exit codes:
  0    done
  1    failed: network, disk, an answer that makes no sense
  2    wrong usage or bad input; nothing was sent
  3    not ready: the circuit is unknown or not completed
  4    not authorised: client id, secret or token refused
  5    outcome unknown: a start may have started a circuit, and is not sent again
  6    integrity: the evidence is not acceptable, or the server deviates from the spec
  7    refused by the server
  130  interrupted`,
		`Códigos de salida:
  0    hecho
  1    falló: red, disco, una respuesta sin sentido
  2    uso incorrecto o datos no válidos; no se envió nada
  3    no está listo: el circuito no se conoce o no está completado
  4    no autorizado: se rechazó el id de cliente, el secreto o el token
  5    no se sabe el resultado: un inicio puede haber iniciado un circuito, y no se repite
  6    integridad: la evidencia no es aceptable, o el servidor se aparta de la especificación
  7    rechazado por el servidor
  130  interrumpido`},
	{`  danabio demo                 the whole path, without an account or a network
  danabio token                check the credentials
  danabio start --signer-name "Ana Prueba" --signer-email ana@example.com --signer-nif 12345678A contract.pdf
  danabio wait -o evidence.zip -- CIRCUIT`,
		`  danabio demo                 todo el camino, sin cuenta y sin red
  danabio token                comprueba las credenciales
  danabio start --signer-name "Ana Prueba" --signer-email ana@example.com --signer-nif 12345678A contract.pdf
  danabio wait -o evidence.zip -- CIRCUIT`},

	// What several commands share.
	{`Flags win over these variables, and they over the configuration file ("danabio config"):
  DANABIO_ENVIRONMENT         sandbox or production
  DANABIO_BASE_URL            base URL instead of an environment
  DANABIO_CHANNEL             channel
  DANABIO_CLIENT_ID           client id
  DANABIO_CLIENT_SECRET       client secret
  DANABIO_CLIENT_SECRET_FILE  file that holds nothing but the client secret
  DANABIO_PROFILE             profile of the configuration file
  DANABIO_CONFIG              another configuration file
  HTTPS_PROXY, NO_PROXY       proxy, and hosts that are reached without it`,
		`Las opciones prevalecen sobre estas variables, y ellas sobre el archivo de configuración ("danabio config"):
  DANABIO_ENVIRONMENT         sandbox o production
  DANABIO_BASE_URL            URL base en vez de un ambiente
  DANABIO_CHANNEL             canal
  DANABIO_CLIENT_ID           id de cliente
  DANABIO_CLIENT_SECRET       secreto del cliente
  DANABIO_CLIENT_SECRET_FILE  archivo que contiene solo el secreto del cliente
  DANABIO_PROFILE             perfil del archivo de configuración
  DANABIO_CONFIG              otro archivo de configuración
  HTTPS_PROXY, NO_PROXY       proxy, y servidores a los que se llega sin él`},
	{`A file is there whole and verified, or not at all; one that exists is not replaced. Its
receipt, FILE.zip.receipt.json, lies beside it. Where both are there already for a circuit,
the command succeeds without asking the server.`,
		`Un archivo queda entero y verificado, o no queda; uno que ya existe no se reemplaza. Su
recibo, FILE.zip.receipt.json, queda a su lado. Si ambos ya están para un circuito, el
comando termina bien sin preguntar al servidor.`},
	{`With several CIRCUITs, -o names a folder, which is made if it is missing, and each file in it
is called CIRCUIT.zip; so it is for one CIRCUIT if -o names a folder that exists. A line
circuit=… is in front of each file's. With --json, each receipt is one line.`,
		`Con varios CIRCUIT, -o indica una carpeta, que se crea si falta, y cada archivo se llama
CIRCUIT.zip; lo mismo con un solo CIRCUIT si -o indica una carpeta que ya existe. Delante de
las líneas de cada archivo hay una línea circuit=… Con --json, cada recibo es una línea.`},
	{`A CIRCUIT of - stands for those that standard input names, one a line. One that begins with - looks
like a flag: put -- before it, after all flags.`,
		`Un CIRCUIT de - representa los que nombra la entrada estándar, uno por línea. Uno que empieza con -
parece una opción: ponga -- antes de él, después de todas las opciones.`},
	{`If the server gives something else than an https URL for a link, link is empty, and what it gave is
unusableLink. A circuit id that begins with - looks like a flag: put -- before it where it is an
argument. Both are told by a notice on standard error.`,
		`Si el servidor da como enlace algo que no es una URL https, link queda vacío, y lo que dio es
unusableLink. Un id de circuito que empieza con - parece una opción: ponga -- antes de él cuando sea
un argumento. Ambas cosas se avisan en la salida de errores.`},
	{`After a CIRCUIT that fails come the others, unless the credentials are refused; then the rest
is not asked for. The exit code is the worst one, in this order:
  130  interrupted
  6    evidence is not acceptable
  4    the credentials are refused
  7    the server refuses a CIRCUIT
  1    the server or the disk failed
  2    a CIRCUIT or its file is not as it should be
  3    a CIRCUIT is not completed, or unknown: only time is missing`,
		`Después de un CIRCUIT que falla siguen los demás, salvo que se rechacen las credenciales;
entonces ya no se pregunta por el resto. El código de salida es el peor, en este orden:
  130  interrumpido
  6    una evidencia no es aceptable
  4    se rechazan las credenciales
  7    el servidor rechaza un CIRCUIT
  1    falló el servidor o el disco
  2    un CIRCUIT o su archivo no es como debe ser
  3    un CIRCUIT no está completado, o no se conoce: solo falta tiempo`},
	{`Printed are the file, its size in bytes, and its SHA-256:`,
		`Se muestran el archivo, su tamaño en bytes y su huella SHA-256:`},
	{`With --json: the receipt; and "path": …, the file's, where -o names a folder.`,
		`Con --json: el recibo; y "path": …, la ruta del archivo, si -o nombra una carpeta.`},
	{`Evidence that came whole but is not acceptable is kept as FILE.zip.rejected, a second one as
FILE.zip.rejected-2 and so on, each with the reasons in a .json beside it; the exit code is 6.`,
		`La evidencia que llegó entera pero no es aceptable se conserva como FILE.zip.rejected, una
segunda como FILE.zip.rejected-2, etc., cada una con los motivos en un .json al lado; el código
de salida es 6.`},

	// completion
	{`Print a script that makes a shell complete commands, flags, files and codes when the Tab key is
pressed. The help of each shell's command says how to install it.`,
		`Muestra un script con el que un shell completa comandos, opciones, archivos y códigos al pulsar la
tecla Tab. La ayuda del comando de cada shell dice cómo instalarlo.`},
	{`Print the script that makes bash complete danabio. It needs the package bash-completion, which most
systems have, or else offer (apt install bash-completion, brew install bash-completion@2).`,
		`Muestra el script con el que bash completa danabio. Necesita el paquete bash-completion, que la
mayoría de los sistemas tiene, o si no ofrece (apt install bash-completion, brew install bash-completion@2).`},
	{`Put it where bash finds it, and open a new shell:`, `Colóquelo donde bash lo encuentre y abra otro shell:`},
	{`Print the script that makes zsh complete danabio. Put it where zsh finds it, and open a new shell:`,
		`Muestra el script con el que zsh completa danabio. Colóquelo donde zsh lo encuentre y abra otro shell:`},
	{`In ~/.zshrc there must be, before any other compinit:`,
		`En ~/.zshrc debe estar, antes de cualquier otro compinit:`},
	{`Print the script that makes fish complete danabio. Put it where fish finds it, and open a new shell:`,
		`Muestra el script con el que fish completa danabio. Colóquelo donde fish lo encuentre y abra otro shell:`},
	{`Print the script that makes PowerShell complete danabio. Store it, have your profile load it, and
open a new shell:`,
		`Muestra el script con el que PowerShell completa danabio. Guárdelo, haga que su perfil lo cargue y
abra otro shell:`},

	// demo
	{`Start the emulator in this process, and run the whole path against it over HTTP: get a token,
start a circuit with a PDF to sign, wait until it is completed, download the evidence, verify
it and its signature, extract it, and write an audit report. Each step is one line. Nothing leaves this machine.`,
		`Inicia el emulador en este proceso y recorre con él todo el camino por HTTP: obtiene un token,
inicia un circuito con un PDF para firmar, espera a que se complete, descarga la evidencia, la
verifica junto con su firma, la extrae y escribe un informe de auditoría. Cada paso es una línea.
Nada sale de esta máquina.`},
	{`What comes of it lies in a new folder: document.pdf, which was sent, start.json, which says so,
evidence.zip, its receipt, the extracted files in evidence/, and report.html.`,
		`El resultado queda en una carpeta nueva: document.pdf, que es lo enviado, start.json, que lo deja
anotado, evidence.zip, su recibo, los archivos extraídos en evidence/, y report.html.`},
	{`With --json: {"folder": …, "circuitId": …, "document": {"name": …, "size": …, "sha256": …},
"evidence": …, "receipt": …, "size": …, "sha256": …, "files": […], "report": …}`,
		`Con --json: {"folder": …, "circuitId": …, "document": {"name": …, "size": …, "sha256": …},
"evidence": …, "receipt": …, "size": …, "sha256": …, "files": […], "report": …}`},

	// token
	{`Get a token from the server, to see that the credentials are right. The token itself is
never printed; what is printed is until when one like it would be used:`,
		`Obtiene un token del servidor, para ver que las credenciales son correctas. El token mismo
nunca se muestra; se muestra hasta cuándo se usaría uno como él:`},
	{`With --json: {"expiresAt": "2030-01-31T12:00:00Z"}`, `Con --json: {"expiresAt": "2030-01-31T12:00:00Z"}`},

	// start
	{`With --request a file in JSON names the signer and the documents, in place of the flags and
arguments. Servers should use it: what stands in a flag, other users of the machine can see in the
list of processes, and a shell keeps it in its history.`,
		`Con --request, un archivo en JSON nombra al firmante y los documentos, en vez de las opciones y los
argumentos. Es lo recomendado en servidores: lo que va en una opción lo pueden ver otros usuarios de
la máquina en la lista de procesos, y un shell lo guarda en su historial.`},
	{`"id" may be left out, and may then be given by --id. Paths of documents are relative to the folder
of the file. A FILE.json of - is standard input, and paths are then relative to the working folder.`,
		`"id" se puede omitir, y entonces se puede indicar con --id. Las rutas de los documentos son relativas
a la carpeta del archivo. Un FILE.json que es - es la entrada estándar, y entonces las rutas son
relativas a la carpeta de trabajo.`},
	{`Start a circuit: send one or more PDFs for a person to sign. Print the circuit's id, and the
link that the signer has to open. Who has the link can act as the signer: keep it secret.`,
		`Inicia un circuito: envía uno o más PDF para que los firme una persona. Muestra el id del
circuito y el enlace que el firmante debe abrir. Quien tiene el enlace puede actuar como el
firmante: manténgalo en secreto.`},
	{`A shell takes them as $circuitId and $link by`, `Un shell los toma como $circuitId y $link con`},
	{`where eval "$(danabio start …)" would hide a failure.
With --json: {"circuitId": …, "link": …}`,
		`mientras que eval "$(danabio start …)" ocultaría un fallo.
Con --json: {"circuitId": …, "link": …}`},
	{`A FILE.pdf of - is read from standard input; --stdin-name says what the document is called.
If danabio is killed meanwhile, the document stays in the temporary folder, in danabio-*.`,
		`Si FILE.pdf es -, se lee de la entrada estándar; --stdin-name dice cómo se llama el documento.
Si entretanto se mata a danabio, el documento queda en la carpeta temporal, en danabio-*.`},
	{`A start that may have reached the server is never sent again. If no answer comes, the exit
code is 5, and standard error says how to find out.`,
		`Un inicio que puede haber llegado al servidor nunca se envía de nuevo. Si no llega respuesta, el
código de salida es 5, y la salida de errores dice cómo averiguarlo.`},
	{`With --receipt a file says what was sent: "state": "started", circuit, request id, channel,
time, and name, size and SHA-256 of each document. It holds neither the link nor anything about
the signer. With exit code 5 it is written too: its state is "outcome unknown" or "partly sent",
it holds no circuit, and the documents only if all of them went out. Its name and room are taken
before anything is sent, by a receipt whose state is "outcome unknown"; if danabio is killed, that
one stays.`,
		`Con --receipt un archivo dice qué se envió: "state": "started", circuito, id de la solicitud,
canal, hora, y nombre, tamaño y SHA-256 de cada documento. No contiene el enlace ni nada sobre
el firmante. Con el código de salida 5 también se escribe: su estado es "outcome unknown" o
"partly sent", no contiene el circuito, y los documentos solo si salieron todos. Su nombre y su
espacio se toman antes de enviar nada, con un recibo de estado "outcome unknown"; si se mata a
danabio, queda ese.`},
	{`With --journal a file remembers all starts, also through a crash: the same --id is not sent
again if its earlier start succeeded, which ends with exit code 2 and its circuit, or may have,
which ends with 5. Several starts can share one journal. See "danabio journal".`,
		`Con --journal un archivo recuerda todos los inicios, aun tras una caída: el mismo --id no se
envía de nuevo si su inicio anterior tuvo éxito, lo que termina con el código 2 y su circuito, o
puede haberlo tenido, lo que termina con 5. Varios inicios pueden compartir un diario. Vea
"danabio journal".`},

	// wait and download
	{`Ask for the evidence of a circuit again and again, first after 5 seconds, later once a minute,
until it is completed; then store it. Outages of the server are waited out. Several circuits are
waited for at the same time.`,
		`Pregunta por la evidencia de un circuito una y otra vez, primero a los 5 segundos, luego una vez
por minuto, hasta que se complete; entonces la guarda. Las caídas del servidor se esperan. Varios
circuitos se esperan al mismo tiempo.`},
	{`After --timeout the exit code is 3, or 1 if no question reached the server; a question or a
download that has begun by then gets 10 minutes more.`,
		`Pasado --timeout el código de salida es 3, o 1 si ninguna consulta llegó al servidor; una
consulta o una descarga que ya comenzó tiene 10 minutos más.`},
	{`Store the evidence of a circuit, if it is completed; else the exit code is 3.`,
		`Guarda la evidencia de un circuito, si está completado; si no, el código de salida es 3.`},

	// journal
	{`The journal is the file that "danabio start --journal FILE" writes: a line before each start,
and one after it. A start with a line before and none after, because of a crash, or whose answer
was lost, may have started a circuit. It is not sent again under its id until it is settled.`,
		`El diario es el archivo que escribe "danabio start --journal FILE": una línea antes de cada
inicio, y una después. Un inicio con una línea antes y ninguna después, por una caída, o cuya
respuesta se perdió, puede haber iniciado un circuito. No se envía de nuevo con su id hasta que
se resuelva.`},
	{`List the starts of a journal, one a line: time, outcome, circuit (- for none), request id. The
outcome is "started", "refused", "not sent", "partly sent" or "outcome unknown".`,
		`Lista los inicios de un diario, uno por línea: hora, resultado, circuito (- si no hay), id de la
solicitud. El resultado es "started" (iniciado), "refused" (rechazado), "not sent" (no se envió),
"partly sent" (se envió en parte) u "outcome unknown" (no se sabe el resultado).`},
	{`With --json: [{"requestId": …, "channel": …, "outcome": …, "circuitId": …, "bodySha256": …,
"startedAt": …}]`,
		`Con --json: [{"requestId": …, "channel": …, "outcome": …, "circuitId": …, "bodySha256": …,
"startedAt": …}]`},
	{`Write into the journal what DANAconnect says of a start whose outcome is unknown: the circuit
that it started, or none. With --none the same id can be sent again.`,
		`Anota en el diario lo que dice DANAconnect de un inicio cuyo resultado no se sabe: el circuito
que inició, o ninguno. Con --none el mismo id se puede enviar de nuevo.`},
	{`--cut removes the last line, of which only a part is there. A crash leaves such a line, and then
nothing was sent; but so does a copy of the journal that was made while it was written, and then
its start may have been. So ask first, and if a circuit was started, note it elsewhere.`,
		`--cut elimina la última línea, de la que solo hay una parte. Una caída del proceso deja una línea
así, y entonces no se envió nada; pero también la deja una copia del diario hecha mientras se
escribía, y entonces el inicio pudo haberse enviado. Pregunte primero y, si se inició un circuito,
anótelo en otra parte.`},

	// emulator
	{`Serve an emulator of the API until interrupted (Ctrl-C), which is exit code 0. It is no server
of DANAconnect's: nobody is verified, and what it signs binds nobody. It forgets everything
when it ends.`,
		`Sirve un emulador de la API hasta que se lo interrumpa (Ctrl-C), con código de salida 0. No es
un servidor de DANAconnect: no se verifica a nadie, y lo que firma no obliga a nadie. Al terminar
olvida todo.`},
	{`First it prints how to reach it, in lines that a shell can take as they are:`,
		`Primero muestra cómo llegar a él, en líneas que un shell puede tomar tal cual:`},
	{`Behind the link of each circuit is the page that its signer goes through, with one button for each
outcome (complete, reject, expire); give --complete-after 0 to have the time for it. At the base URL
itself is a list of all circuits and their links, which only this machine gets.`,
		`Tras el enlace de cada circuito está la página que recorre su firmante, con un botón para cada
desenlace (completar, rechazar, vencer); indique --complete-after 0 para tener tiempo. En la URL
base está la lista de todos los circuitos y sus enlaces, que solo esta máquina recibe.`},
	{`With --json: {"baseUrl": …, "clientId": …, "clientSecret": …, "channel": …}`,
		`Con --json: {"baseUrl": …, "clientId": …, "clientSecret": …, "channel": …}`},
	{`Client id, secret and channel are random unless given. They do not come from the DANABIO_
variables, so that real ones are not printed; but when --client-id is given, the secret is that
of DANABIO_CLIENT_SECRET or DANABIO_CLIENT_SECRET_FILE, if one is set.`,
		`El id de cliente, el secreto y el canal son aleatorios si no se indican. No vienen de las
variables DANABIO_, para que no se muestren los verdaderos; pero si se indica --client-id, el
secreto es el de DANABIO_CLIENT_SECRET o DANABIO_CLIENT_SECRET_FILE, si una está definida.`},

	// contract
	{`Send each operation's requests to a server, right ones and wrong ones, and compare what comes
with the spec that danabio was built from ("danabio spec"). Print one line for each request,
then what deviates, then what the vendor's published page leaves open: whether the server
honours Range, ETag, HEAD and Expect, what its errors look like, how far its clock is off, and
so on. If anything deviates, the exit code is 6.`,
		`Envía a un servidor las solicitudes de cada operación, correctas e incorrectas, y compara lo que
llega con la especificación con la que se construyó danabio ("danabio spec"). Muestra una línea
por solicitud, luego lo que se aparta, luego lo que la página publicada del proveedor deja
abierto: si el servidor respeta Range, ETag, HEAD y Expect, cómo son sus errores, cuánto se desvía
su reloj, etc. Si algo se aparta, el código de salida es 6. La tabla y el informe están en inglés.`},
	{`Each request is sent once, and nothing is tried again:
  - one for a token with a made-up secret, which is a failed login at the server
  - requests with a made-up token, for a made-up circuit, and by a wrong method. The only one of
    these that goes to start_circuit by POST has a made-up token and an empty object, which
    can start nothing; it is sent a second time with Expect: 100-continue
  - with --start, a start with a sample contract. This makes a real circuit, which the vendor
    may charge for. The signer is an invented one, unless --signer-name, --signer-email and
    --signer-nif say who is. Its id and its link are kept if --started names a new file
  - with --circuit, the download of a completed circuit. Its evidence is verified and not kept`,
		`Cada solicitud se envía una sola vez, y nada se reintenta:
  - una de un token con un secreto inventado, que en el servidor es un inicio de sesión fallido
  - solicitudes con un token inventado, por un circuito inventado, y con un método incorrecto. La
    única de ellas que va a start_circuit con POST lleva un token inventado y un objeto vacío, que
    no puede iniciar nada; se envía una segunda vez con Expect: 100-continue
  - con --start, un inicio con un contrato de muestra. Esto crea un circuito real, que el proveedor
    puede cobrar. El firmante es inventado, salvo que --signer-name, --signer-email y --signer-nif
    digan quién es. Su id y su enlace se conservan si --started nombra un archivo nuevo
  - con --circuit, la descarga de un circuito completado. Su evidencia se verifica y no se conserva`},
	{`What is printed and reported holds nothing secret or personal: no credentials, no channel, no
ids, no link, nothing about a signer, and no text that the server sent. Of the bodies of errors
the types are shown, and such names as errors commonly have. With --report the same is written
to a new Markdown file that can be sent to others; it does not name the server, unless it is
the vendor's sandbox or production.`,
		`Lo que se muestra e informa no contiene nada secreto ni personal: ni credenciales, ni canal, ni
id, ni enlace, nada sobre un firmante, y ningún texto que haya enviado el servidor. De los cuerpos
de errores se muestran los tipos, y los nombres que suelen tener los errores. Con --report lo mismo
se escribe en un archivo Markdown nuevo que se puede enviar a otros; no nombra al servidor, salvo
que sea sandbox o production del proveedor.`},
	{`With --json: {"version": 1, "verdict": "conforms", "deviates" or "not-checked", "server": …,
"library": …, "spec": {…}, "at": …, "probes": [{"name": …, "sends": …, "operation": …,
"method": …, "path": …, "spec": {"status": …, "mediaTypes": […], "description": …},
"came": {"status": …, "mediaType": …, "body": …} or null, "verdict": as above or "not-asked",
"reason": …, "explanation": …, "deviations": [{"class": …, "message": …, "assumed": …,
"allowed": …}]}], "open": [{"name": …, "question": …, "answer": "yes", "no", "told" or
"unclear", "details": […]}]}`,
		`Con --json: {"version": 1, "verdict": "conforms", "deviates" o "not-checked", "server": …,
"library": …, "spec": {…}, "at": …, "probes": [{"name": …, "sends": …, "operation": …,
"method": …, "path": …, "spec": {"status": …, "mediaTypes": […], "description": …},
"came": {"status": …, "mediaType": …, "body": …} o null, "verdict": como arriba o "not-asked",
"reason": …, "explanation": …, "deviations": [{"class": …, "message": …, "assumed": …,
"allowed": …}]}], "open": [{"name": …, "question": …, "answer": "yes", "no", "told" o
"unclear", "details": […]}]}`},
	{`"assumed" says what of the spec is not published, so that it may be the spec that is wrong.
--allow takes classes of deviations that do not count:
  response-invalid, undocumented-method, undocumented-status, undocumented-field,
  media-type, content-encoding, length, status,
  missing-field, field-value, error-body, too-long,
  evidence`,
		`"assumed" dice qué de la especificación no está publicado, de modo que el error puede estar en
ella. --allow toma clases de desviaciones que no cuentan:
  response-invalid, undocumented-method, undocumented-status, undocumented-field,
  media-type, content-encoding, length, status,
  missing-field, field-value, error-body, too-long,
  evidence`},
	{`Exit codes, the first that holds: 6 something deviates; 5 the start was sent, and nobody knows
whether it started a circuit; 4 the credentials were refused; 3 the circuit of --circuit is
not completed; 1 a request that was asked for could not be checked, since there was no answer.`,
		`Códigos de salida, el primero que corresponda: 6 algo se aparta; 5 el inicio se envió, y nadie
sabe si inició un circuito; 4 se rechazaron las credenciales; 3 el circuito de --circuit no está
completado; 1 una solicitud pedida no se pudo comprobar, porque no hubo respuesta.`},

	// spec and version
	{`Print the OpenAPI document of the API as the vendor's published page shows it, in YAML,
or in JSON with --json.`,
		`Muestra el documento OpenAPI de la API como está en la página publicada del proveedor, en YAML,
o en JSON con --json.`},
	{`With --go print it with the overlay applied from which the Go code was generated, in JSON.`,
		`Con --go lo muestra con la superposición aplicada, a partir de la cual se generó el código Go, en JSON.`},
	{`Print the version of danabio, of the Go that built it, and its platform.`,
		`Muestra la versión de danabio, la de Go con la que se construyó, y su plataforma.`},
	{`With --json: {"version": …, "go": …, "platform": …}`, `Con --json: {"version": …, "go": …, "platform": …}`},
}
