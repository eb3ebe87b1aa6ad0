package main

// spanishFlags say what flags are for. The word in back quotes stands for the value, where it is no
// placeholder in capitals.
var spanishFlags = [...]english{
	{"print data and failures as JSON", "muestra los datos y los fallos como JSON"},
	{"no notes, notices and progress on standard error, only errors", "sin notas, avisos ni avance en la salida de errores, solo errores"},
	{"log each request on standard error: metadata, nothing secret", "registra cada solicitud en la salida de errores: metadatos, nada secreto"},
	{"language of messages and help: `en or es` (default by LC_ALL, LC_MESSAGES, LANG)", "idioma de los mensajes y la ayuda: `en o es` (por omisión, según LC_ALL, LC_MESSAGES, LANG)"},

	{"`name` of the vendor's server to use: sandbox or production", "`nombre` del servidor del proveedor: sandbox o production"},
	{"base `URL` of the server, instead of an environment", "`URL` base del servidor, en vez de un ambiente"},
	{"`channel`, as the account manager gave it out", "`canal`, como lo entregó el ejecutivo de cuenta"},
	{"client `id`", "`id` de cliente"},
	{"`FILE` that holds nothing but the client secret, and that others cannot read", "`FILE` que contiene solo el secreto del cliente, y que otros no pueden leer"},
	{"`NAME` of the profile to use, of those in the configuration file", "`NAME` del perfil que se usa, de los del archivo de configuración"},
	{"`FILE.pem` with certificates of authorities to trust, besides the system's", "`FILE.pem` con certificados de autoridades en las que confiar, además de las del sistema"},
	{"`FILE.pem` with the certificate that danabio shows to the server", "`FILE.pem` con el certificado que danabio muestra al servidor"},
	{"`FILE.pem` with its private key (default in the file of --client-cert)", "`FILE.pem` con su clave privada (por omisión, en el archivo de --client-cert)"},
	{"read the client secret from standard input", "lee el secreto del cliente de la entrada estándar"},
	{"let http:// go to another machine than this one", "permite http:// hacia otra máquina que esta"},
	{"send client id and secret without form-encoding them first", "envía el id y el secreto del cliente sin codificarlos antes como formulario"},

	{"`name` of the person who signs (required without --request)", "`nombre` de la persona que firma (obligatorio sin --request)"},
	{"e-mail `address` of the signer (required without --request)", "`correo` electrónico del firmante (obligatorio sin --request)"},
	{"tax or identity `number` of the signer (required without --request)", "`documento` de identidad o tributario del firmante (obligatorio sin --request)"},
	{"`FILE.json` that names signer and documents, in place of flags and arguments", "`FILE.json` que nombra al firmante y los documentos, en vez de opciones y argumentos"},
	{"`id` of the request, by which it can be found again (default a random one)", "`id` de la solicitud, para volver a encontrarla (por omisión, uno aleatorio)"},
	{"new `FILE.json` that says what was sent", "`FILE.json` nuevo que dice qué se envió"},
	{"`FILE` that remembers starts; made if it does not exist", "`FILE` que recuerda los inicios; se crea si no existe"},
	{"`NAME.pdf` of the document that is read from standard input", "`NAME.pdf` del documento que se lee de la entrada estándar"},
	{"new `FILE.zip` for the evidence, or a folder (required)", "`FILE.zip` nuevo para la evidencia, o una carpeta (obligatorio)"},
	{"how long to wait, such as 90s, 30m or 48h", "`tiempo` de espera, como 90s, 30m o 48h"},

	{"only those that may have started a circuit", "solo los que pueden haber iniciado un circuito"},
	{"`id` of the request", "`id` de la solicitud"},
	{"`id` of the circuit that was started", "`id` del circuito que se inició"},
	{"no circuit was started", "no se inició ningún circuito"},
	{"remove the last line, of which only a part is there", "elimina la última línea, de la que solo hay una parte"},

	{"accept findings of this `CODE`; several by commas, or by the flag again", "acepta hallazgos de este `CODE`; varios con comas, o repitiendo la opción"},
	{"refuse evidence with notices too, but for accepted ones", "rechaza también la evidencia con avisos, salvo los aceptados"},
	{"`FILE.pem` with the certificates to which signers' must lead; else trust is not judged",
		"`FILE.pem` con los certificados a los que deben conducir los de los firmantes; si no, no se examina la confianza"},
	{"`START.json` that start --receipt wrote, to compare with what was sent", "`START.json` que escribió start --receipt, para comparar con lo enviado"},
	{"new folder `DIR` (required)", "carpeta nueva `DIR` (obligatoria)"},
	{"show the first pages of PDFs, drawn by pdftoppm", "muestra las primeras páginas de los PDF, dibujadas por pdftoppm"},
	{"new file `REPORT.html` (required)", "archivo nuevo `REPORT.html` (obligatorio)"},

	{"new folder `DIR` (default danabio-demo, or the first free of danabio-demo-2, …)", "carpeta nueva `DIR` (por omisión danabio-demo, o la primera libre de danabio-demo-2, …)"},
	{"`FILE.pdf` to be signed (default a sample contract)", "`FILE.pdf` para firmar (por omisión, un contrato de muestra)"},

	{"`host:port` to listen on; port 0 is any free one", "`host:port` en que escuchar; el puerto 0 es cualquiera libre"},
	{"how long after its start a circuit is completed, unless its signer has begun by then; 0: only on the page behind its link",
		"`tiempo` tras el cual se completa un circuito, si su firmante no comenzó antes; 0: solo en la página de su enlace"},
	{"show the list of circuits and their links to other machines too", "muestra la lista de circuitos y sus enlaces también a otras máquinas"},
	{"client `id` to accept (default a random one)", "`id` de cliente que se acepta (por omisión, uno aleatorio)"},
	{"`channel` to serve (default a random one)", "`canal` que se sirve (por omisión, uno aleatorio)"},

	{"start a circuit, which is a real one", "inicia un circuito, que es real"},
	{"`name` of the person who signs, with --start", "`nombre` de la persona que firma, con --start"},
	{"e-mail `address` of the signer, with --start", "`correo` electrónico del firmante, con --start"},
	{"tax or identity `number` of the signer, with --start", "`documento` de identidad o tributario del firmante, con --start"},
	{"new `FILE.json` for the id and the link of the circuit that --start starts", "`FILE.json` nuevo para el id y el enlace del circuito que inicia --start"},
	{"`id` of a circuit that is not completed (default that of --start)", "`id` de un circuito que no está completado (por omisión, el de --start)"},
	{"`id` of a completed circuit, whose evidence is downloaded and verified", "`id` de un circuito completado, cuya evidencia se descarga y verifica"},
	{"new `FILE.md` for the result, to be sent to others", "`FILE.md` nuevo para el resultado, que se puede enviar a otros"},
	{"`CLASS`es of deviations that do not count, separated by commas", "`CLASS` de desviaciones que no cuentan, separadas por comas"},

	{"with the overlay applied from which the Go code was generated", "con la superposición aplicada, a partir de la cual se generó el código Go"},
}
