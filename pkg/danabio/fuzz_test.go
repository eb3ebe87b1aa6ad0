package danabio

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

func FuzzTokenAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"access_token":"abc","token_type":"Bearer","expires_in":1799}`, `{"access_token":"abc","expires_in":"1799"}`,
		`{"access_token":"a b"}`,
		`{"access_token":"abc","token_type":"mac"}`, `{"access_token":"abc","expires_in":1e999}`,
		`{"access_token":"abc","expires_in":-1}`, `[]`, `null`, `{`, ``,
		`{"ACCESS_TOKEN":"abc","expires_in":null}`, `{"access_token":"x","expires_in":"0x10"}`, `{"access_token":"é"}`,
		"{\"access_token\":\"a\\u0000\"}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		canonical, lifetime, err := parseToken(body)
		if err != nil {
			if !errors.Is(err, ErrProtocol) && !errors.Is(err, ErrUnauthorized) {
				t.Fatalf("%v is neither ErrProtocol nor ErrUnauthorized", err)
			}
			return
		}
		// A token that parseToken accepts is a text of the answer and valid in a header. The
		// lifetime in an object is the one that encoding/json reads.
		var plain map[string]string
		if err := json.Unmarshal(canonical, &plain); err != nil || plain["token_type"] != "Bearer" {
			t.Fatalf("handed on %q for %q", canonical, body)
		}
		text := plain["access_token"]
		if !scalars(body)[text] || text == "" ||
			strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
			t.Fatalf("took %q of %q", text, body)
		}
		var generic map[string]any
		plainly := json.NewDecoder(bytes.NewReader(body))
		plainly.UseNumber()
		expires, has := any(nil), false
		if json.Valid(body) && !twice(body, "expires_in") && plainly.Decode(&generic) == nil {
			expires, has = generic["expires_in"]
		}
		switch expires := expires.(type) {
		case nil:
			if has && lifetime != 0 {
				t.Fatalf("lifetime %v without expires_in", lifetime)
			}
		case json.Number:
			seconds, _ := expires.Float64() // infinite if out of range
			if seconds > 0 && seconds <= 86400 && lifetime != time.Duration(seconds*float64(time.Second)) ||
				seconds > 86400 && lifetime <= maxLifetime || seconds < 0 && lifetime > 0 {
				t.Fatalf("lifetime %v for %v", lifetime, expires)
			}
		case string:
			if _, err := strconv.ParseFloat(expires, 64); err != nil && !errors.Is(err, strconv.ErrRange) {
				t.Fatalf("took expires_in %q", expires)
			}
		}
		asked := time.Now()
		token := newAccessToken(text, asked, lifetime)
		if life := token.expires.Sub(asked); life <= 0 || life > maxLifetime || lifetime <= 0 &&
			life > fallbackLifetime || !token.refresh.Before(token.expires) {
			t.Fatalf("a token of lifetime %v serves %v and is renewed after %v", lifetime, life,
				token.refresh.Sub(asked))
		}
	})
}

func FuzzStartAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"circuitId":"12ceb3ec-7b76-5555-b263-xx222","link":"https://sign.example.com/s/1"}`, `{"circuitId":""}`,
		`{"circuitId":" "}`, `{"circuitId":5}`,
		`{"link":"x"}`, `{"circuitId":"1","circuitId":null}`, `{"CIRCUITID":"1"}`, `null`, `[]`, ``, `{"circuitId":"1"`,
		`{"circuitId":"1"} x`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		circuit, err := parseStart(body, "loan-4711", "acme")
		if err != nil {
			if circuit != nil || !errors.Is(err, ErrProtocol) {
				t.Fatalf("%v with %v", circuit, err)
			}
			return
		}
		if !scalars(body)[circuit.ID] || link(circuit) != "" && !scalars(body)[link(circuit)] ||
			strings.TrimSpace(circuit.ID) == "" || circuit.RequestID != "loan-4711" || circuit.Channel != "acme" {
			t.Fatalf("took %q as %+v", body, circuit)
		}
	})
}

func link(circuit *Circuit) string { return circuit.Link.Reveal() }

// scalars returns the texts and numbers in a body, as far as it is JSON.
func scalars(body []byte) map[string]bool {
	all := make(map[string]bool)
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff"))))
	decoder.UseNumber()
	for {
		token, err := decoder.Token()
		if err != nil {
			return all
		}
		switch token := token.(type) {
		case string:
			all[token] = true
		case json.Number:
			all[token.String()] = true
		}
	}
}

// twice reports whether a body may contain the name more than once, in any spelling.
func twice(body []byte, name string) bool {
	plain := func(text string) string { return strings.ToLower(strings.ReplaceAll(text, "_", "")) }
	count := 0
	for text := range scalars(body) {
		if normalizeName(text) == plain(name) {
			count++
		}
	}
	return count > 1 || bytes.Count(body, []byte(name)) > 1
}

func FuzzErrorBody(f *testing.F) {
	for _, seed := range []string{
		`{"message":"signer Ana Pérez is unknown"}`, `{"error":{"code":17,"message":"ana@example.com"}}`,
		`{"errors":[{"detail":"x"}]}`, `"Ana"`, `<html>Ana`,
		"Ana Pérez\r\nab12", `{"code":"ANA","message":"pérez ANA@EXAMPLE.COM Lu li"}`, "\xff", ``, `{"message":"` +
			strings.Repeat("ana ", 200) + `"}`,
		strings.Repeat("x", 297) + "Ana", "AnAna ana na", "ab1ab122ab12", "Lu Lu Lu", "A\u202ena",
	} {
		f.Add([]byte(seed), "application/json")
	}
	carried := []string{"Ana Pérez", "ana@example.com", "ab12", "Lu"}
	f.Fuzz(func(t *testing.T, body []byte, mediaType string) {
		code, message := parseErrorBody(body, mediaType)
		mask := newMask(carried)
		for text, limit := range map[string]int{mask.clean(code, maxCode): maxCode,
			mask.clean(message, maxMessage): maxMessage} {
			if utf8.RuneCountInString(text) > limit || !utf8.ValidString(text) ||
				strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Fatalf("%q is too long or not printable", text)
			}
			folded := strings.ToLower(text)
			for _, value := range []string{"ana pérez", "pérez", "ana@example.com", "example.com", "ab12"} {
				if strings.Contains(folded, value) {
					t.Fatalf("%q holds %q", text, value)
				}
			}
			if cut, found := strings.CutSuffix(folded, "…"); found { // a cut word may be anything
				folded = strings.TrimRightFunc(cut,
					func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
			}
			for _, word := range strings.FieldsFunc(folded,
				func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }) {
				if word == "ana" || word == "lu" {
					t.Fatalf("%q holds the word %q", text, word)
				}
			}
		}
		if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) && message != "" {
			t.Fatalf("markup gave %q", message)
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{
		"0", "60", "61", "-1", "1e3", "99999999999999999999999", "9223372036854775807", "Sun, 06 Nov 1994 08:49:37 GMT",
		"Sunday, 06-Nov-94 08:49:37 GMT",
		"Fri, 31 Dec 2060 23:59:59 GMT", "soon", "", " 5", "5 ", "+5", "0x10", "5.5",
	} {
		f.Add(seed)
	}
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	policy, err := RetryPolicy{}.withDefaults()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, value string) {
		asked := retryAfter(value, now)
		if asked < 0 {
			t.Fatalf("%q is %v", value, asked)
		}
		if date, err := http.ParseTime(value); err == nil && asked != max(0, date.Sub(now)) {
			t.Fatalf("%q is %v, net/http says %v", value, asked, date.Sub(now))
		}
		if seconds, err := strconv.ParseUint(value, 10, 32); err == nil && asked != time.Duration(seconds)*time.Second {
			t.Fatalf("%q is %v", value, asked)
		}
		// No delay is longer than the cap and its jitter, and none is shorter than the server asks.
		delay, err := policy.delay(1, &APIError{StatusCode: 503, RetryAfter: asked})
		if asked > policy.MaxRetryAfter {
			if err == nil || !strings.Contains(err.Error(), asked.String()) {
				t.Fatalf("%q: waits %v instead of failing with the delay: %v", value, delay, err)
			}
		} else if err != nil || delay < asked || delay > policy.MaxRetryAfter+policy.MinDelay {
			t.Fatalf("%q: waits %v for %v (%v)", value, delay, asked, err)
		}
	})
}
