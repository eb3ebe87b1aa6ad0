package page

// texts maps keys to all texts of the pages. A key is the name of a page or step, followed by a dot
// and the element if needed.
var texts = map[string]map[Language]string{
	"emulator": {English: "danabio emulator", Spanish: "Emulador de danabio"},
	"notice": {
		English: "This page is an emulator's, not DANAconnect's. Nothing is verified here, and no signature made " +
			"here binds anyone.",
		Spanish: "Esta página es de un emulador, no de DANAconnect. Aquí no se verifica nada, y ninguna firma hecha " +
			"aquí obliga a nadie.",
	},
	"steps":     {English: "Steps", Spanish: "Pasos"},
	"step":      {English: "Step %d of %d", Spanish: "Paso %d de %d"},
	"return":    {English: "Back to the circuit", Spanish: "Volver al circuito"},
	"documents": {English: "Documents to sign", Spanish: "Documentos por firmar"},

	"outcomes": {English: "For developers: one click", Spanish: "Para desarrolladores: un solo clic"},
	"outcomes.text": {
		English: "End this circuit now. Where a step was not taken, the evidence holds a sample.",
		Spanish: "Termine este circuito ahora. En los pasos que falten, la evidencia lleva una muestra.",
	},
	"complete": {English: "Complete the circuit", Spanish: "Completar el circuito"},
	"reject":   {English: "Reject it", Spanish: "Rechazarlo"},
	"expire":   {English: "Let it expire", Spanish: "Dejarlo vencer"},

	"consent.short": {English: "Consent", Spanish: "Aceptación"},
	"consent.title": {English: "Your consent", Spanish: "Su consentimiento"},
	"consent.text": {
		English: "You were asked to sign. First you show both sides of your identity document and your face; then " +
			"you look at everything once more and sign.",
		Spanish: "Le pidieron una firma. Primero muestra los dos lados de su documento de identidad y su rostro; " +
			"después lo revisa todo y firma.",
	},
	"consent.statement": {
		English: "I agree to the emulated verification of my identity and to the emulated electronic signature of " +
			"the documents.",
		Spanish: "Acepto la verificación emulada de mi identidad y la firma electrónica emulada de los documentos.",
	},
	"consent.accept":  {English: "I agree", Spanish: "Acepto"},
	"consent.decline": {English: "I do not agree", Spanish: "No acepto"},

	"front.short": {English: "Front", Spanish: "Frente"},
	"front.title": {English: "Front of the identity document", Spanish: "Frente del documento de identidad"},
	"front.text": {English: "Take a picture of the side with the photo, or choose one. Use no real document.",
		Spanish: "Tome una foto del lado que lleva el retrato, o elija una. No use un documento real."},
	"front.alt": {English: "Front of the identity document, as given",
		Spanish: "Frente del documento de identidad, tal como se entregó"},
	"front.change": {English: "Change the front", Spanish: "Cambiar el frente"},
	"back.short":   {English: "Back", Spanish: "Reverso"},
	"back.title":   {English: "Back of the identity document", Spanish: "Reverso del documento de identidad"},
	"back.text":    {English: "Now the other side.", Spanish: "Ahora el otro lado."},
	"back.alt": {English: "Back of the identity document, as given",
		Spanish: "Reverso del documento de identidad, tal como se entregó"},
	"back.change":  {English: "Change the back", Spanish: "Cambiar el reverso"},
	"selfie.short": {English: "Selfie", Spanish: "Selfie"},
	"selfie.title": {English: "Your face", Spanish: "Su rostro"},
	"selfie.text": {English: "Look into the camera and take a picture, or choose one. It is compared with nothing.",
		Spanish: "Mire a la cámara y tome una foto, o elija una. No se compara con nada."},
	"selfie.alt":    {English: "Your face, as given", Spanish: "Su rostro, tal como se entregó"},
	"selfie.change": {English: "Change the selfie", Spanish: "Cambiar la selfie"},

	"picture.label": {English: "Picture", Spanish: "Foto"},
	"picture.hint": {English: "JPEG or PNG, %s at most. It is made smaller, and only its pixels are kept: no " +
		"place, no date.", Spanish: "JPEG o PNG, de %s como máximo. Se reduce, y solo se guardan sus píxeles: ni " +
		"lugar ni fecha."},
	"picture.upload": {English: "Use this picture", Spanish: "Usar esta foto"},
	"picture.sample": {English: "Use a sample picture", Spanish: "Usar una foto de muestra"},
	"picture.given":  {English: "This picture was given.", Spanish: "Esta foto ya se entregó."},
	"picture.keep":   {English: "Keep it", Spanish: "Conservarla"},

	"review.short": {English: "Review", Spanish: "Revisión"},
	"review.title": {English: "Is everything right?", Spanish: "¿Está todo bien?"},
	"review.text": {English: "Look at everything once more before you sign.",
		Spanish: "Revíselo todo antes de firmar."},
	"review.pictures": {English: "Your pictures", Spanish: "Sus fotos"},
	"review.accept":   {English: "All is right, go on to sign", Spanish: "Todo está bien, ir a firmar"},

	"signature.short": {English: "Signature", Spanish: "Firma"},
	"signature.title": {English: "Your signature", Spanish: "Su firma"},
	"signature.text": {English: "It is shown on the documents and kept with the evidence.",
		Spanish: "Se muestra en los documentos y se guarda con la evidencia."},
	"signature.way":    {English: "How do you want to sign?", Spanish: "¿Cómo quiere firmar?"},
	"signature.draw":   {English: "Draw my signature", Spanish: "Dibujar mi firma"},
	"signature.type":   {English: "Type my name", Spanish: "Escribir mi nombre"},
	"signature.sample": {English: "Use a sample signature", Spanish: "Usar una firma de muestra"},
	"signature.draw-hint": {English: "Draw with mouse, pen or finger. With the keyboard, choose to type your name.",
		Spanish: "Dibuje con el ratón, un lápiz o el dedo. Con el teclado, elija escribir su nombre."},
	"signature.pad":     {English: "Area to draw in", Spanish: "Área para dibujar"},
	"signature.clear":   {English: "Clear", Spanish: "Borrar"},
	"signature.cleared": {English: "The drawing was cleared.", Spanish: "Se borró el dibujo."},
	"signature.full": {English: "The drawing cannot grow any longer.",
		Spanish: "El dibujo no puede ser más largo."},
	"signature.name":   {English: "Your name", Spanish: "Su nombre"},
	"signature.accept": {English: "Sign and finish", Spanish: "Firmar y terminar"},

	"problem": {English: "Problem", Spanish: "Problema"},
	"problem.too-large": {English: "This file is too large: %s is the most. Choose a smaller one.",
		Spanish: "Este archivo es demasiado grande: el máximo es %s. Elija uno más pequeño."},
	"problem.wrong-kind": {English: "This file is not a readable picture. Choose a JPEG or PNG file.",
		Spanish: "Este archivo no es una imagen que se pueda leer. Elija un archivo JPEG o PNG."},
	"problem.too-many-pixels": {English: "This picture has too many pixels: 25 megapixels is the most. Choose a " +
		"smaller one.", Spanish: "Esta foto tiene demasiados píxeles: el máximo es de 25 megapíxeles. Elija una más " +
		"pequeña."},
	"problem.no-picture": {English: "There is no picture yet. Take or choose one, or use the sample.",
		Spanish: "Todavía no hay foto. Tome o elija una, o use la de muestra."},
	"problem.no-ink": {English: "Nothing was drawn yet. Draw your signature, or choose another way to sign.",
		Spanish: "Todavía no hay nada dibujado. Dibuje su firma, o elija otra forma de firmar."},
	"problem.no-name": {English: "There is no name yet. Type it, or choose another way to sign.",
		Spanish: "Todavía no hay nombre. Escríbalo, o elija otra forma de firmar."},
	"problem.long-name": {English: "This name is too long: 100 characters is the most.",
		Spanish: "Este nombre es demasiado largo: el máximo es de 100 caracteres."},

	"completed.title": {English: "The circuit is complete", Spanish: "El circuito está completo"},
	"completed.text": {English: "Its evidence can be downloaded. You can close this page.",
		Spanish: "Su evidencia se puede descargar. Puede cerrar esta página."},
	"completed.alone": {
		English: "It was completed by itself %v after its start. To go through the steps, start the emulator with " +
			"--complete-after 0.",
		Spanish: "Se completó solo %v después de su inicio. Para recorrer los pasos, inicie el emulador con " +
			"--complete-after 0.",
	},
	"rejected.title": {English: "The circuit was rejected", Spanish: "El circuito fue rechazado"},
	"rejected.text": {English: "It will have no evidence. The API goes on answering 404, as for a circuit that is " +
		"not completed (assumed).", Spanish: "No tendrá evidencia. La API sigue respondiendo 404, como con un " +
		"circuito sin completar (supuesto)."},
	"expired.title": {English: "The circuit has expired", Spanish: "El circuito venció"},
	"expired.text": {English: "It can no longer be completed. The API goes on answering 404, as for a circuit " +
		"that is not completed (assumed).", Spanish: "Ya no se puede completar. La API sigue respondiendo 404, como " +
		"con un circuito sin completar (supuesto)."},
	"unknown.title": {English: "There is no circuit behind this link",
		Spanish: "No hay ningún circuito detrás de este enlace"},
	"unknown.text": {
		English: "Check that the whole link was copied. The emulator forgets all circuits when it ends.",
		Spanish: "Compruebe que el enlace se copió entero. El emulador olvida todos los circuitos cuando termina."},
	"ended.title": {English: "This circuit has already ended", Spanish: "Este circuito ya terminó"},
	"ended.text": {English: "What you sent came too late and changed nothing.",
		Spanish: "Lo que envió llegó tarde y no cambió nada."},
	"early.title": {English: "This step comes later", Spanish: "Este paso viene después"},
	"early.text": {English: "Another step must be taken first. What you sent changed nothing.",
		Spanish: "Antes hace falta otro paso. Lo que envió no cambió nada."},
	"malformed.title": {English: "This form cannot be read", Spanish: "Este formulario no se puede leer"},
	"malformed.text": {
		English: "What was sent is none of this page's forms, or came only in part. It changed nothing.",
		Spanish: "Lo que se envió no es un formulario de esta página, o llegó incompleto. No cambió nada."},
	"foreign.title": {English: "This form comes from another site", Spanish: "Este formulario viene de otro sitio"},
	"foreign.text": {English: "Only this page's own forms are taken. What was sent changed nothing.",
		Spanish: "Solo se aceptan los formularios de esta misma página. Lo que se envió no cambió nada."},
	"full.title":   {English: "The emulator's memory is full", Spanish: "La memoria del emulador está llena"},
	"full.text":    {English: "It holds no more pictures. Restart it.", Spanish: "No guarda más fotos. Reinícielo."},
	"failed.title": {English: "The evidence could not be made", Spanish: "No se pudo crear la evidencia"},
	"failed.text": {English: "The emulator failed at this circuit. Start another one.",
		Spanish: "El emulador falló con este circuito. Inicie otro."},

	"list.title": {English: "Circuits", Spanish: "Circuitos"},
	"list.text": {English: "All circuits since the emulator's start, the latest first. A link is a secret of " +
		"its signer's: whoever has it can sign.", Spanish: "Todos los circuitos desde el inicio del emulador, " +
		"primero el último. Un enlace es un secreto de su firmante: quien lo tiene puede firmar."},
	"list.empty":      {English: "No circuit was started yet.", Spanish: "Todavía no se inició ningún circuito."},
	"list.circuit":    {English: "Circuit", Spanish: "Circuito"},
	"list.request":    {English: "Request", Spanish: "Solicitud"},
	"list.started":    {English: "Started", Spanish: "Inicio"},
	"list.state":      {English: "State", Spanish: "Estado"},
	"list.link":       {English: "Link", Spanish: "Enlace"},
	"list.open":       {English: "Open", Spanish: "Abrir"},
	"state.open":      {English: "open", Spanish: "abierto"},
	"state.completed": {English: "completed", Spanish: "completado"},
	"state.rejected":  {English: "rejected", Spanish: "rechazado"},
	"state.expired":   {English: "expired", Spanish: "vencido"},
	"no-list.title":   {English: "The list is not shown here", Spanish: "La lista no se muestra aquí"},
	"no-list.text": {English: "It holds all signers' links, so only the machine that the emulator runs on gets " +
		"it, at its loopback address.", Spanish: "Contiene los enlaces de todos los firmantes; por eso solo la " +
		"recibe la máquina donde corre el emulador, en su dirección de loopback."},
}
