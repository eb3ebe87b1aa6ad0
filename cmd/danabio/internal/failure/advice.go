package failure

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// askVendor explains how to find out the outcome of a start.
func askVendor(requestID, channel string, at time.Time) *i18n.Message {
	return i18n.Textf(`To find out, ask DANAconnect whether a circuit was started for this request:
  request ID  %s
  channel     %s
  time        %s`, term.OneLine(requestID), term.OneLine(channel), at.UTC().Format(time.RFC3339))
}

// moreOn links to the documentation of a kind.
func moreOn(k Kind) *i18n.Message {
	return i18n.Textf("Read on: https://github.com/danabio/danabio-go/blob/main/docs/errors.md#%s", string(k))
}

// Advice returns what the user can do about an error. It is nil if the error says so itself, or if
// nothing is known to help.
func Advice(err error) *i18n.Message {
	var (
		adviser   interface{ Advice() *i18n.Message }
		unwritten *term.WriteError
		rejected  *danabio.RejectedError
		unplaced  *danabio.UnplacedError
		exists    *danabio.IntentExistsError
	)
	switch {
	case errors.As(err, &adviser):
		return adviser.Advice()
	case errors.As(err, &unwritten):
		return i18n.Textf("Only what is printed was lost: what the command has sent or stored stays.")
	case errors.As(err, &unplaced) && !errors.Is(err, danabio.ErrIntegrity):
		return i18n.Textf("The evidence is complete and verified. Rename it yourself, or have the command store it "+
			"in another folder: %s", term.OneLine(unplaced.Kept))
	case errors.As(err, &exists) && exists.Outcome() == danabio.Started:
		return i18n.Textf("Go on with: danabio wait -o evidence.zip -- %s", term.ShellWord(exists.Result.CircuitID))
	case errors.As(err, &exists):
		return i18n.Textf("%s\nWrite down what they say with \"danabio journal settle\".\n%s",
			askVendor(exists.Intent.RequestID, exists.Intent.Channel, exists.Intent.At), moreOn(KindOutcomeUnknown))
	case errors.As(err, &rejected):
		return i18n.Textf("Both files stay; send the reasons to DANAconnect. The same command asks again.")
	case noTemporaryFolder(err):
		return i18n.Textf("There is no temporary folder to write to at %s; make one, or name another with TMPDIR (on "+
			"Windows TMP).", term.OneLine(os.TempDir()))
	}
	return adviceOnKind(err)
}

// noTemporaryFolder reports whether a temporary file could not be created, as in a container
// without /tmp.
func noTemporaryFolder(err error) bool {
	var file *fs.PathError
	return errors.As(err, &file) &&
		(file.Path == os.TempDir() || filepath.Dir(file.Path) == filepath.Clean(os.TempDir())) &&
		(errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) ||
			errors.Is(err, syscall.ENOTDIR))
}

func adviceOnKind(err error) *i18n.Message {
	switch KindOf(err) {
	case KindInterrupted:
		return i18n.Textf("Nothing half done is left behind; the same command can be given again.")
	case KindPlainHTTP:
		return i18n.Textf("Plain HTTP shows the secret and personal data to everybody on the way.")
	case KindUnauthorized:
		return i18n.Textf("Check the client id, the secret, and that they belong to this environment.")
	case KindNotReady:
		switch {
		case errors.Is(err, danabio.ErrUnavailable):
			return i18n.Textf("Nothing is left half done; try again later.")
		case errors.As(err, &waitError{}):
			return i18n.Textf("The server has one answer for a circuit that is not completed and for one that it " +
				"does not " +
				"know.\n" +
				"Give the same command again to wait longer, or check the circuit id and the channel.")
		}
		return i18n.Textf("The server has one answer for a circuit that is not completed and for one that it does " +
			"not " +
			"know.\n" +
			`Try again later, which "danabio wait" does by itself, or check the circuit id and the channel.`)
	case KindUnavailable, KindTruncated:
		return i18n.Textf("Nothing is left half done; try again later.")
	case KindUnknownHost:
		return i18n.Textf(
			`Check the spelling of --environment or --base-url, and that this machine can look up names; "danabio doctor" tells which.`)
	case KindCertificate:
		return i18n.Textf(
			`Nothing was sent. "danabio doctor" says what is wrong with the certificate, and who can fix that.`)
	case KindTLS:
		return i18n.Textf(
			`Trying again does not help. "danabio doctor" says what is incompatible, and who can fix that.`)
	case KindProxy:
		return i18n.Textf("The proxy was asked once, since repeated wrong passwords lock accounts. Check the " +
			"variable that names it, the user name and password in it, and whether it allows the server's host; " +
			"\"danabio doctor\" says which one is used.")
	case KindRedirect:
		return i18n.Textf("Nothing is sent to an address other than the one given. Check --environment or " +
			"--base-url, and whether a proxy asks for a login.")
	case KindRefused:
		return i18n.Textf("The same request will be refused again. The server's message says what to change; " +
			"otherwise send DANAconnect its request id and the time.")
	case KindRateLimited:
		return i18n.Textf("By its answer the server started no circuit. Give the same command again, later.")
	case KindNoSpace:
		return i18n.Textf("Nothing is left half done. Make room, and give the same command again.")
	case KindPermission:
		return i18n.Textf("Nothing is left half done. Check who owns the file and its folder, and which user this is.")
	}
	return nil
}
