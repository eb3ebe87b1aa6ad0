package help

// SpanishConfigHelps are the paragraphs of the help of config and doctor.
var SpanishConfigHelps = [...]Pair{
	{`The configuration file holds profiles, each of which says how to reach the API:`,
		`El archivo de configuración contiene perfiles; cada uno dice cómo llegar a la API:`},
	{`  profile = "sandbox"            # used when nobody says which`,
		`  profile = "sandbox"            # se usa cuando no se indica otro`},
	{`  [profiles.sandbox]
  environment = "sandbox"        # or base_url = "https://acme.example.com"
  channel = "xxxx-xxxxx-45555-55555"
  client_id = "acme"
  client_secret_file = "secret.txt"`,
		`  [profiles.sandbox]
  environment = "sandbox"        # o base_url = "https://acme.example.com"
  channel = "xxxx-xxxxx-45555-55555"
  client_id = "acme"
  client_secret_file = "secret.txt"`},
	{`There are also ca_file, client_certificate, client_key, allow_plain_http and raw_basic_auth. Paths
are as seen from the folder of the file; "~/" is your own folder. --profile or DANABIO_PROFILE
choose another profile, DANABIO_CONFIG another file. The client secret itself does not stand in it.`,
		`También hay ca_file, client_certificate, client_key, allow_plain_http y raw_basic_auth. Las rutas
parten de la carpeta del archivo; "~/" es la carpeta del usuario. --profile o DANABIO_PROFILE
eligen otro perfil, DANABIO_CONFIG otro archivo. El secreto del cliente no se escribe en él.`},
	{`Print where the configuration file is, or would be.`,
		`Muestra dónde está, o estaría, el archivo de configuración.`},
	{`With --json: {"path": …}`, `Con --json: {"path": …}`},
	{`Print the settings that a command with the same flags would have, and where each comes from. Of the
client secret is shown only whether there is one and from where. Nothing is sent.`,
		`Muestra los ajustes que tendría un comando con las mismas opciones, y de dónde viene cada uno. Del
secreto del cliente se muestra solo si lo hay y de dónde viene. No se envía nada.`},
	{`With --json: {"file": {"path": …, "exists": …}, "profile": a setting, "settings": [{"name": …,
"set": …, "value": …, "source": "flag", "variable", "profile", "file" or "", "from": …}]}`,
		`Con --json: {"file": {"path": …, "exists": …}, "profile": un ajuste, "settings": [{"name": …,
"set": …, "value": …, "source": "flag", "variable", "profile", "file" o "", "from": …}]}`},

	{`Check step by step what the other commands need, and say for what is wrong who can mend it: you,
your network people or DANAconnect. The checks are:`,
		`Comprueba paso a paso lo que necesitan los demás comandos y, si algo está mal, dice quién puede
corregirlo: usted, los responsables de su red o DANAconnect. Las comprobaciones son:`},
	{`  configuration  the configuration file, and whether anything is missing
  secret         whether the client secret can be read
  certificates   --ca-file, --client-cert and --client-key
  proxy          which proxy the variables name, if any
  dns            the addresses of the server or the proxy
  tcp            whether it accepts connections
  tls            the server's certificate
  clock          this machine's clock against the server's
  token          whether the server accepts the credentials
  channel        whether it lets them use the channel, by asking for a circuit that does not exist
  temp-folder    whether there is room for temporary files`,
		`  configuration  el archivo de configuración, y si falta algo
  secret         si se puede leer el secreto del cliente
  certificates   --ca-file, --client-cert y --client-key
  proxy          qué proxy indican las variables, si lo hay
  dns            las direcciones del servidor o del proxy
  tcp            si acepta conexiones
  tls            el certificado del servidor
  clock          el reloj de esta máquina comparado con el del servidor
  token          si el servidor acepta las credenciales
  channel        si deja usar el canal con ellas, al pedir un circuito que no existe
  temp-folder    si hay espacio para archivos temporales`},
	{`Each is ok, warning, failed or skipped, and takes 10 seconds at most. No circuit is started. What is
printed holds neither the credentials nor the channel, nor anything that the server wrote.`,
		`Cada una termina en bien, aviso, falló u omitido, y dura 10 segundos como máximo. No se inicia ningún
circuito. Lo que se muestra no contiene las credenciales ni el canal, ni nada que haya escrito el servidor.`},
	{`The exit code is 0 if nothing failed, else that of the first failure: 2 configuration, secret or
certificates; 1 network, server or this machine; 4 credentials; 7 refused.`,
		`El código de salida es 0 si nada falló; si no, el de la primera falla: 2 configuración, secreto o
certificados; 1 red, servidor o esta máquina; 4 credenciales; 7 rechazado.`},
	{`With --json: {"checks": [{"name": …, "status": "ok", "warning", "failed" or "skipped", "found": …,
"advice": …, "who": "you", "network", "vendor" or ""}]}`,
		`Con --json: {"checks": [{"name": …, "status": "ok", "warning", "failed" o "skipped", "found": …,
"advice": …, "who": "you", "network", "vendor" o ""}]}`},
}
