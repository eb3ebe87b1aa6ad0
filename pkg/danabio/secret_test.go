package danabio_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// Texts that must not appear anywhere.
const (
	canarySecret = "canary-Secret-5e1f"
	canaryToken  = "canary-Token-77ab"
	canaryLink   = "https://sign.example.com/canary-link-90cd"
	canaryName   = "Canaria Ñandú"
	canaryEmail  = "canaria@example.com"
	canaryNIF    = "C4N4RY-NIF"
	canaryBody   = "canary-body-13de"
)

func canaries() []string {
	return []string{canarySecret, canaryToken, "canary-link", "Canaria", "Ñandú", "canaria@", canaryNIF, canaryBody}
}

func wantNoCanary(t testing.TB, where, text string) {
	t.Helper()
	for _, canary := range canaries() {
		for _, form := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary),
			strings.Trim(fmt.Sprint([]byte(canary)), "[]")} {
			if strings.Contains(strings.ToLower(text), strings.ToLower(form)) {
				t.Errorf("%s holds %q: %.300s", where, canary, text)
				return
			}
		}
	}
}

type holder struct {
	Exported any
	hidden   danabio.Secret
	creds    danabio.Credentials
	config   danabio.Config
	circuit  danabio.Circuit
	client   *danabio.Client
	byValue  danabio.Client
}

func TestSecretsPrintMasked(t *testing.T) {
	config := goodConfig()
	config.Credentials = danabio.ClientCredentials("acme", canarySecret)
	client := newClient(t, config)
	withSource := goodConfig()
	withSource.Credentials = danabio.TokenSource(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: canaryToken}))
	link := danabio.NewSecret(canaryLink)
	started := danabio.Circuit{ID: circuit, Link: link}
	all := holder{link, link, config.Credentials, config, started, client, *client}
	for name, value := range map[string]any{
		"Secret": link, "*Secret": &link, "Credentials": config.Credentials, "Config": config, "*Config": &config,
		"source": withSource,
		"Client": *client, "*Client": client, "Circuit": started, "*Circuit": &started,
		"fields": all, "*fields": &all, "list": []any{link, config, &started},
		"map": map[string]any{"a": link, "b": started},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%q", "%s", "%x", "%X", "%d", "% x", "%10.3s", "%T"} {
			wantNoCanary(t, verb+" of "+name, fmt.Sprintf(verb, value))
		}
		if encoded, err := json.Marshal(value); err == nil {
			wantNoCanary(t, "JSON of "+name, string(encoded))
		}
		var text, lines bytes.Buffer
		slog.New(slog.NewJSONHandler(&lines, nil)).Info("x", name, value)
		slog.New(slog.NewTextHandler(&text, nil)).Info("x", name, value)
		wantNoCanary(t, "log of "+name, text.String()+lines.String())
	}
	if link.Reveal() != canaryLink || link.String() != "[redacted]" || danabio.NewSecret("").String() != "" {
		t.Error("Reveal does not give the text, or String does")
	}
	if encoded, err := json.Marshal(started); err != nil || !strings.Contains(string(encoded), `"link":"[redacted]"`) {
		t.Errorf("JSON of a circuit: %s (%v)", encoded, err)
	}
}

func TestLogOfWhatWorkedHoldsNothingSecret(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s := newScript(t).on(token, tokenReply(canaryToken, 1799)).on(start,
		status(200, `{"circuitId":"1","link":"`+canaryLink+`"}`)).on(download, zipReply(smallZIP(t)))
	inBubble(t, s, func(b *bed) {
		r := danabio.CircuitRequest{
			ID:        "loan-4711",
			Signer:    danabio.Signer{Name: canaryName, Email: canaryEmail, NIF: canaryNIF},
			Documents: []danabio.Document{danabio.Bytes("contrato.pdf", append(pdf(100), canaryBody...))},
		}
		c, err := b.client.StartCircuit(b.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.client.DownloadEvidence(b.Context(), circuit, target(t)); err != nil {
			t.Error(err)
		}
		logger.Info("by the caller", "request", r, "signer", r.Signer, "circuit", c)
	}, func(config *danabio.Config) {
		config.Credentials = danabio.ClientCredentials("acme", canarySecret)
		config.Logger = logger
	})
	wantNoCanary(t, "log", log.String())
	for _, want := range []string{"start_circuit", "circuit started", "evidence stored", "loan-4711"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q: %s", want, log.String())
		}
	}
}

// No error and no log quotes secret or personal data of the request or the answer.
func TestErrorsAndLogsHoldNothingSecret(t *testing.T) {
	echo := func(code int, mediaType string) reply {
		return func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			var sent struct {
				Signer struct{ Name, Email, NIF string }
			}
			_ = json.Unmarshal(body, &sent)
			first, _, _ := strings.Cut(sent.Signer.Name, " ")
			w.Header().Set("Content-Type", mediaType)
			w.Header().Set("Location", "https://"+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")+
				".example.org/"+canaryBody)
			w.Header().Set("X-Request-Id", "id of "+sent.Signer.Email)
			w.WriteHeader(code)
			quoted, _ := json.Marshal(fmt.Sprintf("bad signer %s (%s), nif %s: %s, Authorization: %s, body %s",
				strings.ToUpper(sent.Signer.Name), sent.Signer.Email,
				strings.ToLower(sent.Signer.NIF), strings.ToUpper(first), r.Header.Get("Authorization"), body))
			switch mediaType {
			case "text/plain":
				_, _ = w.Write(quoted)
			case "text/html":
				_, _ = fmt.Fprintf(w, "<html><h1>%s</h1>", canaryBody)
			default:
				_, _ = fmt.Fprintf(w, `{"code":%q,"message":%s}`, sent.Signer.Name, quoted)
			}
		}
	}
	document := append(pdf(100), canaryBody...)
	for _, mediaType := range []string{"application/json", "text/plain", "text/html"} {
		for _, code := range []int{200, 307, 400, 401, 403, 404, 408, 413, 418, 429, 500, 503} {
			t.Run(fmt.Sprintf("%d %s", code, mediaType), func(t *testing.T) {
				var log bytes.Buffer
				s := newScript(t)
				s.optional = broken(echo(code, mediaType))
				s.on(token, tokenReply(canaryToken, 1799), tokenReply(canaryToken+"2", 1799),
					tokenReply(canaryToken+"3", 1799))
				inBubble(t, s, func(b *bed) {
					_, startErr := b.client.StartCircuit(b.Context(), danabio.CircuitRequest{
						ID:        "loan-4711",
						Signer:    danabio.Signer{Name: canaryName, Email: canaryEmail, NIF: canaryNIF},
						Documents: []danabio.Document{danabio.Bytes("contrato.pdf", document)},
					})
					_, downloadErr := b.client.DownloadEvidence(b.Context(), circuit, target(t))
					for _, err := range []error{startErr, downloadErr} {
						if err == nil {
							t.Fatal("no error")
						}
						wantNoCanary(t, "error", fmt.Sprintf("%v %+v %q %s", err, err, err, err))
						for inner := err; inner != nil; inner = errors.Unwrap(inner) {
							wantNoCanary(t, "inner error", fmt.Sprintf("%v %+v %#v", inner, inner, inner))
						}
						var lines bytes.Buffer
						slog.New(slog.NewJSONHandler(&lines, nil)).Error("failed", "error", err)
						wantNoCanary(t, "logged error", lines.String())
					}
					// The client does not ask for the other tokens once the first refusal is final.
					s.replies[token] = nil
				}, func(config *danabio.Config) {
					config.Credentials = danabio.ClientCredentials("acme", canarySecret)
					config.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
				})
				wantNoCanary(t, "log", log.String())
				if !strings.Contains(log.String(), "start_circuit") {
					t.Error("the log says nothing")
				}
			})
		}
	}
}

func TestTokenErrorsHoldNothingSecret(t *testing.T) {
	for _, code := range []int{200, 307, 400, 401, 403, 500} {
		var log bytes.Buffer
		echo := func(w http.ResponseWriter, r *http.Request) {
			id, secret, _ := r.BasicAuth()
			status(code,
				fmt.Sprintf(
					`{"error":%q,"error_description":"client %s with %s, %s","access_token":%q,"token_type":"x"}`,
					secret, id, secret, r.Header.Get("Authorization"), canaryToken))(w, r)
		}
		s := newScript(t)
		for range 4 {
			s.on(token, broken(echo))
		}
		inBubble(t, s, func(b *bed) {
			_, err := b.client.Authenticate(b.Context())
			if err == nil {
				t.Fatal("no error")
			}
			for inner := err; inner != nil; inner = errors.Unwrap(inner) {
				wantNoCanary(t, fmt.Sprint(code), fmt.Sprintf("%v %+v %#v", inner, inner, inner))
				if strings.Contains(inner.Error(), base64.StdEncoding.EncodeToString([]byte("acme:"+canarySecret))) {
					t.Errorf("%d: the credentials are quoted as they were sent: %v", code, inner)
				}
			}
			var retrieve *oauth2.RetrieveError
			if errors.As(err, &retrieve) {
				t.Error("the error of x/oauth2 is wrapped, which holds the answer")
			}
			s.replies[token] = nil
		}, func(config *danabio.Config) {
			config.Credentials = danabio.ClientCredentials("acme", canarySecret)
			config.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		})
		wantNoCanary(t, "log", log.String())
	}
}

// A secret with characters other than letters and digits is sent form-encoded, so the server may
// quote it in that form too.
func TestTokenErrorsDoNotQuoteTheCredentialsAsTheyWereSent(t *testing.T) {
	const secret = "canary+Secret/5e1f"
	var sent []string
	echo := func(w http.ResponseWriter, r *http.Request) {
		_, encoded, _ := r.BasicAuth()
		_, pair, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		sent = []string{secret, encoded, pair}
		status(401, fmt.Sprintf(`{"error_description":"cannot read %s, which is %s"}`, pair, encoded))(w, r)
	}
	for _, raw := range []bool{false, true} {
		inBubble(t, newScript(t).on(token, echo), func(b *bed) {
			_, err := b.client.Authenticate(b.Context())
			for _, text := range sent {
				if err == nil || strings.Contains(err.Error(), text) {
					t.Errorf("raw %v: the error quotes %q: %v", raw, text, err)
				}
			}
		}, func(config *danabio.Config) {
			config.Credentials = danabio.ClientCredentials("acme", secret)
			config.RawBasicAuth = raw
		})
	}
}

func TestAnswerThatIsNoHTTPIsNotQuoted(t *testing.T) {
	for operation, call := range map[string]func(*bed) error{
		token:    func(b *bed) error { _, err := b.client.Authenticate(b.Context()); return err },
		start:    func(b *bed) error { _, err := b.client.StartCircuit(b.Context(), request()); return err },
		download: func(b *bed) error { _, err := b.client.OpenEvidence(b.Context(), circuit); return err },
	} {
		var log bytes.Buffer
		inBubble(t, newScript(t).on(operation, broken(garbage)), func(b *bed) {
			if err := call(b); err == nil || strings.Contains(err.Error(), "canary") {
				t.Errorf("%s: got %v, want an error that does not quote the answer", operation, err)
			}
		}, func(config *danabio.Config) {
			config.Retry.MaxAttempts = 1
			config.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		})
		if strings.Contains(log.String(), "canary") {
			t.Errorf("%s: the log quotes the answer: %s", operation, log.String())
		}
	}
}

// net/http prints to the standard logger the bytes that arrive on an idle connection.
func TestSurplusBytesAreNotLogged(t *testing.T) {
	var printed bytes.Buffer
	log.SetOutput(&printed)
	defer log.SetOutput(os.Stderr)
	content := smallZIP(t)
	for _, operation := range []string{token, start, download} {
		surplus := func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			conn, _, _ := http.NewResponseController(w).Hijack()
			defer conn.Close()
			body := map[string]string{token: `{"access_token":"opaque"}`, start: `{"circuitId":"1"}`,
				download: string(content)}[operation]
			_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s%s", len(body), body, canaryBody)
			time.Sleep(time.Second)
		}
		s := newScript(t).on(operation, broken(surplus))
		if operation != start {
			s.on(start, started)
		}
		if operation != download {
			s.on(download, zipReply(content))
		}
		inBubble(t, s, func(b *bed) {
			b.startOne()
			if _, err := b.client.DownloadEvidence(b.Context(), circuit, target(t)); err != nil {
				t.Error(err)
			}
			time.Sleep(time.Minute)
		})
	}
	if printed.Len() > 0 {
		t.Errorf("printed: %.300s", printed.String())
	}
}

func TestServersMessageIsShownMaskedAndShort(t *testing.T) {
	for name, test := range map[string]struct{ body, mediaType, code, message string }{
		"message": {`{"message":"channel is not active"}`, "application/json", "",
			"channel is not active"},
		"OAuth2": {`{"error":"invalid_scope","error_description":"no such scope"}`, "application/json",
			"invalid_scope", "no such scope"},
		"problem document": {`{"type":"about:blank","title":"Forbidden","detail":"quota exceeded"}`,
			"application/problem+json", "about:blank", "quota exceeded"},
		"nested": {`{"error":{"code":17,"message":"docs is empty"}}`, "application/json", "17",
			"docs is empty"},
		"list": {`{"errors":[{"message":"docs[0].content is not Base64"}]}`, "application/json", "",
			"docs[0].content is not Base64"},
		"plain text":           {"service is closed on Sundays\n", "text/plain", "", "service is closed on Sundays"},
		"a JSON string":        {`"no"`, "application/json", "", "no"},
		"controls":             {"a\x1b[31mb\r\nc\u202ed\x00e", "text/plain", "", "a [31mb c d e"},
		"HTML":                 {"<html>x</html>", "text/html", "", ""},
		"text said to be HTML": {"welcome", "text/html", "", ""},
		"a run of Base64": {"content JVBERi0xLjcKJeLjz9MKMSAwIG9iago8PC9UeXBlL0NhdGFsb2c+Pg== is bad",
			"text/plain", "", "content *** is bad"},
		"HTML said to be text": {" <!doctype html>x", "text/plain", "", ""},
		"cut JSON":             {`{"message":"chan`, "application/json", "", ""},
		"binary":               {"\xff\xfe\x00", "text/plain", "", ""},
		"empty":                {"", "application/json", "", ""},
		"short values as words": {`{"message":"LU: signer Lu Li is not Lucas; Lu"}`, "application/json", "",
			"***: signer *** is not Lucas; ***"},
		"values of the request": {`{"message":"lu li <ANA@EXAMPLE.COM> 12345678z contrato.pdf loan-4711"}`,
			"application/json", "", "*** <***> *** *** ***"},
		"value at the cut": {strings.Repeat("más ", 74) + "loan-4711", "text/plain", "",
			strings.Repeat("más ", 74) + "***"},
		"without accents": {`{"message":"ANA PEREZ, Perez y Ejemplo"}`, "application/json", "",
			"*** ***, *** y ***"},
		"as entities":            {"firmante An&aacute; P&eacute;rez", "text/plain", "", "firmante *** ***"},
		"decomposed":             {"firmante Pe\u0301rez", "text/plain", "", "firmante ***"},
		"with other punctuation": {"nif 12.345.678-Z, contrato_pdf", "text/plain", "", "nif ***, ***"},
		"escaped": {`Ana+P%C3%A9rez+de+Ejemplo, ana%40example.com, P\u00e9rez`, "text/plain", "",
			"***, ***, ***"},
		"particles stay": {"falta el canal de la empresa", "text/plain", "", "falta el canal de la empresa"},
		"fields": {`{"errors":{"signer.email":["is not an address","is too long"],"nif":"is missing"}}`,
			"application/json", "", "nif: is missing; signer.email: is not an address; signer.email: is too long"},
		"fields in fields": {`{"errors":{"signer":{"email":["is not an address"]}}}`, "application/json", "",
			"signer.email: is not an address"},
		"fields below a title": {
			`{"type":"about:blank","title":"One or more validation errors occurred.","errors":{"Docs":["The Docs field is required."]}}`, "application/problem+json", "about:blank", "One or more validation errors occurred. (Docs: The Docs field is required.)"},
		"list of fields": {
			`{"message":"invalid","errors":[{"field":"nif","message":"is missing"},{"field":"email","defaultMessage":"is not an address"}]}`, "application/json", "", "invalid (nif: is missing; email: is not an address)"},
		"violations": {
			`{"title":"Constraint Violation","violations":[{"field":"start.docs","message":"must not be empty"}]}`,
			"application/json", "", "Constraint Violation (start.docs: must not be empty)"},
		"invalid-params": {`{"title":"bad","invalid-params":[{"name":"nif","reason":"too short"}]}`,
			"application/problem+json", "", "bad (nif: too short)"},
		"places": {
			`{"detail":[{"loc":["body","signer","nif"],"msg":"field required","type":"missing"}]}`, "application/json",
			"missing", "body.signer.nif: field required"},
		"list of texts": {`{"errors":["docs is empty","nif is missing"]}`, "application/json", "",
			"docs is empty; nif is missing"},
		"an error of its own": {`{"errors":{"code":"E1","message":"docs is empty"}}`, "application/json", "E1",
			"docs is empty"},
		"values in fields": {`{"errors":{"email":["ana@example.com is taken"]}}`, "application/json", "",
			"email: *** is taken"},
		"ISO-8859-1": {"El canal no est\xe1 activo: a\xf1o", "text/plain; charset=ISO-8859-1", "",
			"El canal no está activo: año"},
		"ISO-8859-1, JSON": {"{\"mensaje\":\"transacci\xf3n inv\xe1lida\"}", "application/json", "",
			"transacción inválida"},
		"Windows-1252":           {"\x93cup\xf3\x94 \x80 5", "text/plain", "", "“cupó” € 5"},
		"ISO-8859-1, masked":     {"firmante P\xe9rez", "text/plain", "", "firmante ***"},
		"UTF-8 said to be other": {"año", "text/plain; charset=iso-8859-1", "", "año"},
		"UTF-8 behind a BOM":     {"\xef\xbb\xbfaño", "text/plain", "", "año"},
		"UTF-8, cut in a letter": {"a\xc3\xb1o a\xc3", "text/plain", "", "año a"},
		"another encoding":       {"\x83\x65\x83\x58", "text/plain; charset=shift_jis", "", ""},
		"long":                   {strings.Repeat("más ", 200), "text/plain", "", strings.Repeat("más ", 74) + "más…"},
	} {
		t.Run(name, func(t *testing.T) {
			reply := func(w http.ResponseWriter, r *http.Request) {
				status(409, test.body, "Content-Type", test.mediaType)(w, r)
			}
			inBubble(t, newScript(t).on(start, reply), func(b *bed) {
				r := request()
				r.Signer.Name = "Lu Li"
				if !strings.Contains(name, "short") && !strings.Contains(name, "values of") {
					r.Signer.Name = "Ana Pérez de Ejemplo"
				}
				_, err := b.client.StartCircuit(b.Context(), r)
				var answer *danabio.APIError
				if !errors.As(err, &answer) || answer.Code != test.code || answer.Message != test.message {
					t.Errorf("got code %q and message %q, want %q and %q", answer.Code, answer.Message, test.code,
						test.message)
				}
			})
		})
	}
}
