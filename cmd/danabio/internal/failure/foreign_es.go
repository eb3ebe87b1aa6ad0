package failure

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/internal/atomicfile"
	"github.com/danabio/danabio-go/internal/credential"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// ForeignInSpanish describes an error from outside this program in Spanish: by its kind and its
// data, with the English text as a detail unless the Spanish says all of it.
func ForeignInSpanish(err error) i18n.Translation {
	switch e := err.(type) {
	case *credential.Error:
		return i18n.Translation{Text: spanishFault(e.Fault)}
	case *term.WriteError:
		return writeErrorText(e).Spanish()
	}
	if text := systemInSpanish(err); text != "" {
		return i18n.Translation{Text: text}
	}
	for _, sentinel := range spanishSentinels() {
		if err == sentinel.err {
			return i18n.Translation{Text: sentinel.text}
		}
	}
	return i18n.Translation{Text: kindInSpanish(err), Details: []string{err.Error()}}
}

// systemInSpanish describes an error of the system alone, or returns "".
func systemInSpanish(err error) string {
	switch e := err.(type) {
	case *fs.PathError:
		if words := systemInSpanish(e.Err); words != "" {
			return e.Path + ": " + words
		}
		return ""
	case *os.LinkError:
		if words := systemInSpanish(e.Err); words != "" {
			return e.New + ": " + words
		}
		return ""
	case *os.SyscallError:
		return systemInSpanish(e.Err)
	case syscall.Errno:
	default:
		if errors.Unwrap(err) != nil {
			return ""
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "el archivo o la carpeta no existe"
	case errors.Is(err, fs.ErrPermission):
		return "permiso denegado"
	case errors.Is(err, fs.ErrExist):
		return "ya existe"
	case errors.Is(err, syscall.EISDIR):
		return "es una carpeta"
	case errors.Is(err, syscall.ENOTDIR):
		return "una parte de la ruta no es una carpeta"
	case errors.Is(err, syscall.ELOOP):
		return "hay demasiados niveles de enlaces simbólicos"
	case errors.Is(err, syscall.EROFS):
		return "el sistema de archivos es de solo lectura"
	case errors.Is(err, syscall.EADDRINUSE):
		return "la dirección ya está en uso"
	case errors.Is(err, syscall.EPIPE):
		return "ya nadie lee lo que se escribe"
	case atomicfile.NoSpace(err):
		return "no queda espacio en el disco"
	case errors.Is(err, context.Canceled):
		return "interrumpido"
	}
	return ""
}

// spanishFault describes what is wrong with a credential.
func spanishFault(fault credential.Fault) string {
	switch fault {
	case credential.UTF16:
		return "es texto en UTF-16; guárdelo como UTF-8"
	case credential.ByteOrderMark:
		return "empieza con una marca de orden de bytes; quítela"
	case credential.SeveralLines:
		return "tiene más de una línea; deje solo la que cuenta"
	case credential.LineBreak:
		return "termina en un salto de línea; quítelo"
	case credential.CarriageReturn:
		return "termina en un retorno de carro, como las líneas de Windows; quítelo"
	case credential.Control:
		return "contiene un carácter de control, que ningún teclado escribe; cópielo de nuevo"
	case credential.Quotes:
		return "está entre comillas; quítelas"
	}
	return string(fault)
}

// spanishSentinels returns the errors that say no more than their kind.
func spanishSentinels() []struct {
	err  error
	text string
} {
	return []struct {
		err  error
		text string
	}{
		{danabio.ErrInvalidRequest, "solicitud no válida"},
		{danabio.ErrUnauthorized, "no autorizado"},
		{danabio.ErrUnavailable, "servicio no disponible"},
		{danabio.ErrProtocol, "respuesta inesperada"},
		{danabio.ErrNotReady, "el circuito no se conoce o no está completado"},
		{danabio.ErrTruncated, "la evidencia se cortó"},
		{danabio.ErrIntegrity, "la evidencia no es aceptable"},
		{evidence.ErrRefused, "evidencia rechazada"},
	}
}

// kindInSpanish returns the sentence for the kind of an error.
func kindInSpanish(err error) string {
	var (
		answer   *danabio.APIError
		unknown  *danabio.OutcomeUnknownError
		exists   *danabio.IntentExistsError
		rejected *danabio.RejectedError
		unplaced *danabio.UnplacedError
		journal  *danabio.JournalError
	)
	if errors.As(err, &unplaced) {
		return fmt.Sprintf("la evidencia está completa, pero no pudo recibir su nombre; está en %s", unplaced.Kept)
	}
	answered := errors.As(err, &answer)
	switch KindOf(err) {
	case KindOutcomeUnknown:
		switch {
		case errors.As(err, &unknown) && unknown.Outcome == danabio.PartlySent:
			return fmt.Sprintf("la solicitud %q se envió en parte, y no se vuelve a enviar", unknown.RequestID)
		case errors.As(err, &unknown):
			return fmt.Sprintf("la solicitud %q puede haber iniciado un circuito, y no se vuelve a enviar",
				unknown.RequestID)
		case errors.As(err, &exists):
			return fmt.Sprintf("la solicitud %q no se envió: según el diario, el mismo id puede haber iniciado un "+
				"circuito el %s",
				exists.Intent.RequestID, exists.Intent.At.UTC().Format(time.RFC3339))
		}
	case KindAlreadyStarted:
		if errors.As(err, &exists) {
			return fmt.Sprintf("la solicitud %q no se envió: según el diario, el mismo id inició el circuito %q el %s",
				exists.Intent.RequestID, exists.Result.CircuitID, exists.Intent.At.UTC().Format(time.RFC3339))
		}
	case KindBadInput:
		if errors.Is(err, fs.ErrNotExist) {
			return "un archivo indicado no existe; no se envió nada"
		}
		if errors.Is(err, danabio.ErrProxy) {
			return "la variable que indica el proxy no se puede usar; no se envió nada"
		}
	case KindIntegrity:
		if errors.As(err, &rejected) {
			return fmt.Sprintf("la evidencia no es aceptable; se conservó como %s, y los motivos en %s.json",
				rejected.Kept, rejected.Kept)
		}
	case KindUnauthorized, KindRefused, KindRateLimited, KindUnavailable:
		if answered {
			return fmt.Sprintf("%s: %s (estado HTTP %d)", operationInSpanish(answer.Operation),
				shortSpanish(KindOf(err)), answer.StatusCode)
		}
	case KindNotReady:
		if answered && answer.Circuit != "" {
			return fmt.Sprintf("el circuito %q no se conoce o no está completado", answer.Circuit)
		}
	case KindNoSpace, KindPermission:
		var path *fs.PathError
		if errors.As(err, &path) {
			return path.Path + ": " + shortSpanish(KindOf(err))
		}
	case KindFailed:
		switch {
		case errors.As(err, &journal) && journal.Method == "Begin":
			return fmt.Sprintf("la solicitud %q no se envió, porque el diario no la pudo anotar", journal.RequestID)
		case errors.As(err, &journal):
			return fmt.Sprintf("el diario no pudo anotar en qué quedó la solicitud %q", journal.RequestID)
		}
	}
	return shortSpanish(KindOf(err))
}

func shortSpanish(k Kind) string {
	switch k {
	case KindUsage:
		return "el uso es incorrecto"
	case KindBadInput:
		return "un dato indicado no es válido; no se envió nada"
	case KindFileExists:
		return "ya hay un archivo en el destino; elija otro nombre o muévalo"
	case KindAlreadyStarted:
		return "ya se inició un circuito con este id"
	case KindNotReady:
		return "el circuito no se conoce o no está completado"
	case KindUnauthorized:
		return "no autorizado"
	case KindOutcomeUnknown:
		return "no se sabe el resultado"
	case KindIntegrity:
		return "la evidencia no es aceptable"
	case KindDeviates:
		return "el servidor se aparta de la especificación"
	case KindRefused:
		return "solicitud rechazada"
	case KindRateLimited:
		return "demasiadas solicitudes"
	case KindUnavailable:
		return "el servidor no está disponible"
	case KindUnknownHost:
		return "el nombre del servidor no existe"
	case KindCertificate:
		return "el certificado TLS del servidor no es válido"
	case KindTLS:
		return "no hay conexión TLS con el servidor"
	case KindProxy:
		return "el proxy no se puede usar"
	case KindPlainHTTP:
		return "no se permite HTTP sin cifrar; use https, o indique --allow-plain-http"
	case KindRedirect:
		return "el servidor respondió con una redirección, que no se sigue"
	case KindProtocol:
		return "la respuesta del servidor no es la que promete la API"
	case KindTruncated:
		return "la descarga de la evidencia se cortó"
	case KindStarted:
		return "se inició un circuito; no lo inicie de nuevo"
	case KindNoSpace:
		return "no queda espacio en el disco"
	case KindPermission:
		return "permiso denegado"
	case KindInterrupted:
		return "interrumpido"
	}
	return "falló por una causa del sistema o de la red"
}

func operationInSpanish(operation string) string {
	switch operation {
	case "get token":
		return "obtener el token"
	case operationStart:
		return "iniciar el circuito"
	case "download evidence":
		return "descargar la evidencia"
	}
	return operation
}

func init() { i18n.SayForeign(ForeignInSpanish) }
