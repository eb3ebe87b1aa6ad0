package emulator_test

import (
	"bytes"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danabio/danabio-go/pkg/emulator"
)

// visitor is a signer who uses a circuit's page without scripts.
type visitor struct {
	*served
	token   string
	circuit started
}

func (s *served) visit(body string) *visitor {
	s.t.Helper()
	token := s.token()
	return &visitor{s, token, s.start(token, body)}
}

func (v *visitor) path() string { return strings.TrimPrefix(v.circuit.Link, v.url) }

// see returns the page's text.
func (v *visitor) see(query string) string {
	v.t.Helper()
	answer := v.do(v.request("GET", v.path()+query, ""))
	if answer.status != 200 {
		v.t.Fatalf("page: status %d", answer.status)
	}
	return html.UnescapeString(string(answer.body))
}

func (v *visitor) form(fields ...string) *http.Request {
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return v.request("POST", v.path(), form.Encode(), "Content-Type", formType)
}

func (v *visitor) upload(step string, file []byte) *http.Request {
	v.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	form.WriteField("do", "upload")
	form.WriteField("step", step)
	part, err := form.CreateFormFile("picture", "../../<b>canary.jpg")
	if err != nil {
		v.t.Fatal(err)
	}
	part.Write(file)
	form.Close()
	return v.request("POST", v.path(), body.String(), "Content-Type", form.FormDataContentType())
}

// goes sends forms that the emulator must accept.
func (v *visitor) goes(requests ...*http.Request) {
	v.t.Helper()
	for i, request := range requests {
		answer := v.do(request)
		if answer.status != 303 {
			v.t.Fatalf("form %d: status %d: %s", i, answer.status, answer.body)
		}
		link, err := url.Parse(v.circuit.Link)
		if err != nil {
			v.t.Fatal(err)
		}
		if target, err := link.Parse(answer.header.Get("Location")); err != nil || target.String() != v.circuit.Link {
			v.t.Fatalf("form %d does not lead back: %v", i, err)
		}
	}
}

// toSignature completes all steps before the last one with samples.
func (v *visitor) toSignature() {
	v.t.Helper()
	v.goes(v.form("do", "consent"), v.form("do", "sample", "step", "front"), v.form("do", "sample", "step", "back"),
		v.form("do", "sample", "step", "selfie"), v.form("do", "review"))
}

// photo returns a picture of one color.
func photo(t testing.TB, width, height int, paint color.Color) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range width * height {
		picture.Set(i%width, i/width, paint)
	}
	var file bytes.Buffer
	if err := png.Encode(&file, picture); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

var (
	green = color.RGBA{G: 0xC0, A: 0xFF}
	blue  = color.RGBA{B: 0xC0, A: 0xFF}
)

// shows fails unless the file is a picture of this color.
func shows(t *testing.T, name string, file []byte, paint color.RGBA) {
	t.Helper()
	picture, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	r, g, b, _ := picture.At(3, 3).RGBA()
	for got, want := range map[uint32]uint8{r: paint.R, g: paint.G, b: paint.B} {
		if difference := int(got>>8) - int(want); difference > 12 || difference < -12 {
			t.Errorf("%s: has the color %d %d %d", name, r>>8, g>>8, b>>8)
			return
		}
	}
}

func TestSignerGoesThroughAllSteps(t *testing.T) {
	now := newClock()
	api := serve(t, emulator.Config{Now: now.Now})
	signer := api.visit(startBody(sent{"contract.pdf", makePDF("contract")}, sent{"annex.pdf", makePDF("annex")}))
	at := map[string]time.Time{}
	step := func(number int, title string, request *http.Request) {
		t.Helper()
		text := signer.see("")
		for _, want := range []string{fmt.Sprintf("Step %d of 6", number), "<h1>" + title,
			"an emulator's, not DANAconnect's", "Complete the circuit"} {
			if !strings.Contains(text, want) {
				t.Errorf("step %d: the page does not hold %q", number, want)
			}
		}
		for _, personal := range []string{"ana@example.com", "12345678A", "loan-4711", signer.circuit.CircuitID} {
			if strings.Contains(text, personal) {
				t.Errorf("step %d: the page holds %q", number, personal)
			}
		}
		if api.Circuits()[0].State != emulator.StateOpen {
			t.Errorf("step %d: looking at the page ended the circuit", number)
		}
		now.Advance(10 * time.Second)
		at[title] = now.Now()
		signer.goes(request)
	}
	step(1, "Your consent", signer.form("do", "consent"))
	step(2, "Front of", signer.upload("front", photo(t, 300, 200, green)))
	step(3, "Back of", signer.form("do", "sample", "step", "back"))
	step(4, "Your face", signer.upload("selfie", photo(t, 30, 40, blue)))
	if text := signer.see(""); !strings.Contains(text, "annex.pdf") || strings.Count(text, "<img ") != 3 {
		t.Error("the review does not show all that was given")
	}
	for name, paint := range map[string]color.RGBA{"front": green, "selfie": blue} {
		answer := api.do(api.request("GET", signer.path()+"/"+name+".jpg", ""))
		if answer.status != 200 || answer.header.Get("Content-Type") != "image/jpeg" ||
			answer.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: status %d, %v", name, answer.status, answer.header)
		}
		shows(t, name, answer.body, paint)
	}
	step(5, "Is everything right?", signer.form("do", "review"))
	step(6, "Your signature", signer.form("do", "sign", "way", "draw", "strokes", "10,20 30,40;100,100"))
	if text := signer.see(""); !strings.Contains(text, "The circuit is complete") || strings.Contains(text, "<form") {
		t.Error("the page does not say that the circuit is complete")
	}

	answer := api.download(signer.token, signer.circuit.CircuitID)
	contents, names := unzip(t, answer.body)
	if got := strings.Join(names[2:6], " "); got != "identity/document-front.jpg identity/document-back.jpg "+
		"identity/selfie.jpg identity/signature.png" {
		t.Errorf("files: %s", got)
	}
	shows(t, "front", contents["identity/document-front.jpg"], green)
	shows(t, "selfie", contents["identity/selfie.jpg"], blue)
	if _, err := png.Decode(bytes.NewReader(contents["identity/signature.png"])); err != nil {
		t.Errorf("signature: %v", err)
	}
	for _, name := range names[:2] {
		if !bytes.Contains(contents[name], []byte(" m\n")) || !bytes.Contains(contents[name], []byte("/Times-Italic")) {
			t.Errorf("%s does not show the signature", name)
		}
	}
	audit := string(contents["audit.json"])
	for event, title := range map[string]string{
		"consent given": "Your consent", "identity document shown": "Back of", "face matched": "Your face",
		"documents signed": "Your signature",
	} {
		if want := fmt.Sprintf("%q,\n      \"event\": %q", at[title].Format(time.RFC3339),
			event); !strings.Contains(audit, want) {
			t.Errorf("the audit does not hold %s: %s", want, audit)
		}
	}
	if consent := string(contents["consent.json"]); !strings.Contains(consent,
		at["Your consent"].Format(time.RFC3339)) ||
		!strings.Contains(consent, "I agree to the emulated") || !strings.Contains(consent, "Acepto la") {
		t.Errorf("consent: %s", consent)
	}
}

func TestSignatureMayBeTypedOrASample(t *testing.T) {
	for way, fields := range map[string][]string{
		"type":   {"do", "sign", "way", "type", "name", " Ana <Pérez> "},
		"sample": {"do", "sign", "way", "sample", "name", "ignored"},
	} {
		api := serve(t, emulator.Config{})
		signer := api.visit(oneDocument())
		signer.toSignature()
		signer.goes(signer.form(fields...))
		contents, _ := unzip(t, api.download(signer.token, signer.circuit.CircuitID).body)
		signed := contents["documents/contract.pdf"]
		if typed := bytes.Contains(signed, []byte("(Ana <P\xe9rez>) Tj")); contents["identity/signature.png"] == nil ||
			typed != (way == "type") {
			t.Errorf("%s: typed %v, a picture of %d bytes", way, typed, len(contents["identity/signature.png"]))
		}
	}
}

func TestOneButtonForEachOutcome(t *testing.T) {
	for _, test := range []struct {
		do, title string
		state     emulator.State
		download  int
	}{
		{"complete", "The circuit is complete", emulator.StateCompleted, 200},
		{"", "The circuit is complete", emulator.StateCompleted, 200},
		{"reject", "The circuit was rejected", emulator.StateRejected, 404},
		{"expire", "The circuit has expired", emulator.StateExpired, 404},
	} {
		now := newClock()
		api := serve(t, emulator.Config{Now: now.Now, CompleteAfter: time.Minute})
		signer := api.visit(oneDocument())
		signer.goes(signer.form("do", test.do), signer.form("do", test.do)) // the second has no effect
		now.Advance(time.Hour / 4)
		if text := signer.see("?step=front"); !strings.Contains(text, test.title) || strings.Contains(text, "<form") {
			t.Errorf("%s: the page does not say how the circuit ended", test.do)
		}
		if answer := api.download(signer.token, signer.circuit.CircuitID); answer.status != test.download {
			t.Errorf("%s: download has status %d", test.do, answer.status)
		}
		if got := api.Circuits()[0]; got.State != test.state ||
			got.Completed != (test.state == emulator.StateCompleted) {
			t.Errorf("%s: circuit %+v", test.do, got)
		}
		for _, late := range []*http.Request{signer.form("do", "consent"),
			signer.upload("front", photo(t, 9, 9, green)), signer.form("do", "sample", "step", "front")} {
			if answer := api.do(late); answer.status != 409 || !strings.Contains(string(answer.body), "already ended") {
				t.Errorf("%s: a late form has status %d", test.do, answer.status)
			}
		}
		for do, state := range map[string]emulator.State{"complete": emulator.StateCompleted,
			"reject": emulator.StateRejected, "expire": emulator.StateExpired} {
			want := 409
			if state == test.state {
				want = 303
			}
			if answer := api.do(signer.form("do", do)); answer.status != want {
				t.Errorf("%s after %s: status %d", do, test.do, answer.status)
			}
		}
	}
}

func TestCircuitsMayBeRejectedAndExpireByCall(t *testing.T) {
	api := serve(t, emulator.Config{})
	token := api.token()
	for _, test := range []struct {
		end, other func(string) error
		want       string
	}{{api.Reject, api.Complete, "rejected"}, {api.Expire, api.Reject, "expired"},
		{api.Complete, api.Expire, "completed"}} {
		id := api.start(token, oneDocument()).CircuitID
		if err := test.end(id); err != nil {
			t.Error(err)
		}
		if err := test.end(id); err != nil {
			t.Errorf("%s again: %v", test.want, err)
		}
		if err := test.other(id); err == nil || !strings.Contains(err.Error(), "is "+test.want) {
			t.Errorf("%s and then otherwise: %v", test.want, err)
		}
		if err := test.end("nobody"); err == nil || !strings.Contains(err.Error(), "nobody") {
			t.Errorf("unknown circuit: %v", err)
		}
	}
}

func TestStepsAreTakenInTheirOrder(t *testing.T) {
	api := serve(t, emulator.Config{})
	signer := api.visit(oneDocument())
	for name, request := range map[string]*http.Request{
		"picture": signer.form("do", "sample", "step", "front"),
		"upload":  signer.upload("selfie", []byte("not even read")),
		"review":  signer.form("do", "review"), "signature": signer.form("do", "sign", "way", "sample"),
		"no name": signer.form("do", "sign", "way", "type"),
	} {
		if answer := api.do(request); answer.status != 409 ||
			!strings.Contains(string(answer.body), "This step comes later") {
			t.Errorf("%s: status %d", name, answer.status)
		}
	}
	if !strings.Contains(signer.see("?step=signature"), "Step 1 of 6") {
		t.Error("a later step is shown")
	}
	signer.toSignature()
	// A changed picture must be reviewed again. Going back a step changes nothing.
	if !strings.Contains(signer.see("?step=back"), "Step 3 of 6") || !strings.Contains(signer.see(""), "Step 6 of 6") {
		t.Error("the way back does not lead there")
	}
	signer.goes(signer.form("do", "consent"), signer.form("do", "sample", "step", "back"))
	if !strings.Contains(signer.see(""), "Step 5 of 6") {
		t.Error("what was changed need not be reviewed")
	}
	for name, request := range map[string]*http.Request{
		"unknown": signer.form("do", "canary"), "no picture step": signer.form("do", "sample", "step", "consent"),
		"path": signer.form("do", "sample", "step", "../front"), "way": signer.form("do", "sign", "way", "canary"),
		"half a form": signer.request("POST", signer.path(), "--x\r\n", "Content-Type",
			"multipart/form-data; boundary=x"),
		"no boundary": signer.request("POST", signer.path(), "x", "Content-Type", "multipart/form-data"),
		"bad form":    signer.request("POST", signer.path(), "do=%zz", "Content-Type", formType),
	} {
		want := 400
		if name == "way" {
			want = 409 // this step is not active again yet
		}
		if answer := api.do(request); answer.status != want || strings.Contains(string(answer.body), "canary") {
			t.Errorf("%s: status %d", name, answer.status)
		}
	}
	if api.Circuits()[0].State != emulator.StateOpen {
		t.Error("the circuit has ended")
	}
}

func TestWhatCannotBeTakenIsAskedForAgain(t *testing.T) {
	api := serve(t, emulator.Config{MaxRequestBytes: 1 << 20})
	signer := api.visit(oneDocument())
	signer.goes(signer.form("do", "consent"))
	picture := photo(t, 50, 50, green)
	huge := photo(t, 50, 50, green)
	copy(huge[16:], "\x00\x01\x00\x00\x00\x01\x00\x00") // claims 65536 by 65536; the checksum is wrong too
	for name, test := range map[string]struct {
		request *http.Request
		status  int
		want    string
	}{
		"nothing": {signer.upload("front", nil), 422, "There is no picture yet"},
		"no file": {signer.form("do", "upload", "step", "front"), 422, "There is no picture yet"},
		"text": {signer.upload("front", []byte("<script>canary</script>")), 422,
			"not a readable picture"},
		"PDF":            {signer.upload("front", makePDF("canary")), 422, "not a readable picture"},
		"damaged":        {signer.upload("front", picture[:60]), 422, "not a readable picture"},
		"false claim":    {signer.upload("front", huge), 422, "not a readable picture"},
		"many pixels":    {signer.upload("front", photo(t, 12_001, 1, green)), 422, "too many pixels"},
		"large file":     {signer.upload("front", make([]byte, 1<<20+1)), 413, "too large: 1 MB"},
		"large form":     {signer.upload("front", make([]byte, 2<<20)), 413, "too large: 1 MB"},
		"large field":    {signer.form("do", "upload", "step", strings.Repeat("x", 2<<20)), 413, "too large: 1 MB"},
		"another's step": {signer.upload("selfie", picture), 409, "This step comes later"},
	} {
		answer := api.do(test.request)
		text := html.UnescapeString(string(answer.body))
		if answer.status != test.status || !strings.Contains(text, test.want) || strings.Contains(text, "canary") {
			t.Errorf("%s: status %d: %s", name, answer.status, text)
		}
		if test.status != 409 && (!strings.Contains(text, "Step 2 of 6") || !strings.Contains(text, `role="alert"`) ||
			!strings.Contains(text, "<title>Problem")) {
			t.Errorf("%s: the step is not shown again with what is wrong", name)
		}
	}
	signer.goes(signer.upload("front", picture))
	signer.goes(signer.form("do", "sample", "step", "back"), signer.form("do", "sample", "step", "selfie"),
		signer.form("do", "review"))
	for name, test := range map[string]struct {
		way, strokes, name string
		status             int
		want               string
	}{
		"no ink":       {"draw", "", "", 422, "Nothing was drawn yet"},
		"bad strokes":  {"draw", "1,2) Tj", "", 400, "cannot be read"},
		"long drawing": {"draw", strings.Repeat("1,2 ", 5000) + "1,2", "", 400, "cannot be read"},
		"no name":      {"type", "1,2", " ", 422, "There is no name yet"},
		"long name":    {"type", "", strings.Repeat("x", 101), 422, "100 characters"},
		"kept name":    {"type", "", "canary" + strings.Repeat("x", 101), 422, `value="canaryxxx`},
	} {
		answer := api.do(signer.form("do", "sign", "way", test.way, "strokes", test.strokes, "name", test.name))
		if text := string(answer.body); answer.status != test.status || !strings.Contains(text, test.want) {
			t.Errorf("%s: status %d", name, answer.status)
		}
	}
}

func TestNamesOnThePageAreText(t *testing.T) {
	const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	api := serve(t, emulator.Config{})
	body := strings.NewReplacer("Ana Pérez", strings.ReplaceAll(hostile, `"`, `\"`), "loan-4711",
		strings.ReplaceAll(hostile, `"`, `\"`)).
		Replace(startBody(sent{hostile + ".pdf", makePDF("contract")}))
	signer := api.visit(body)
	look := func(path string) {
		t.Helper()
		answer := api.do(api.request("GET", path, ""))
		if text := string(answer.body); !strings.Contains(text, "&gt;&lt;script") ||
			strings.Contains(text, "<script>alert") || strings.Contains(text, "<img src=x") {
			t.Errorf("%s", text)
		}
	}
	look("/")
	look(signer.path())
	look(signer.path() + "?lang=" + url.QueryEscape("en") + "&step=" + url.QueryEscape(hostile))
	signer.goes(signer.form("do", "consent"), signer.form("do", "sample", "step", "front"),
		signer.form("do", "sample", "step", "back"), signer.form("do", "sample", "step", "selfie"))
	look(signer.path())
	signer.goes(signer.form("do", "review"))
	look(signer.path())
	if text := signer.see("?lang=" + url.QueryEscape(hostile)); strings.Count(text, "alert(1)") != 2 { // in the name
		t.Error("the page repeats its address")
	}
}

func TestSignerWhoHasBegunIsWaitedFor(t *testing.T) {
	now := newClock()
	api := serve(t, emulator.Config{Now: now.Now, CompleteAfter: 2 * time.Second})
	begun, late := api.visit(oneDocument()), api.visit(oneDocument())
	begun.goes(begun.form("do", "consent"))
	now.Advance(time.Minute)
	if !strings.Contains(begun.see(""), "Step 2 of 6") ||
		api.download(begun.token, begun.circuit.CircuitID).status != 404 {
		t.Error("the circuit completed under its signer's hands")
	}
	if text := late.see(""); !strings.Contains(text, "by itself 2s after") ||
		!strings.Contains(text, "--complete-after 0") {
		t.Error("the page does not say why there is nothing to do")
	}
	begun.goes(begun.form("do", "complete"))
	if strings.Contains(begun.see(""), "by itself") {
		t.Error("the page says that the circuit completed by itself")
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	api := serve(t, emulator.Config{PublicURL: "https://emulator.example.com/bio"})
	signer := api.visit(oneDocument())
	signer.circuit.Link = strings.Replace(signer.circuit.Link, "https://emulator.example.com/bio", api.url, 1)
	for _, test := range []struct {
		site, origin string
		status       int
	}{
		{"cross-site", "https://evil.example.com", 403},
		{"cross-site", "null", 403},
		{"same-site", "http://other.example.com", 403},
		{"", "https://evil.example.com", 403},
		{"same-origin", "null", 303},
		{"none", "", 303},
		{"", "null", 303}, // browsers send this over plain HTTP, as the page asks for no Referer
		{"", api.url, 303},
		{"", "https://emulator.example.com", 303},
		{"", "", 303},
	} {
		request := signer.form("do", "consent")
		for key, value := range map[string]string{"Sec-Fetch-Site": test.site, "Origin": test.origin} {
			if value != "" {
				request.Header.Set(key, value)
			}
		}
		answer := api.do(request)
		if answer.status != test.status || test.status == 403 &&
			!strings.Contains(string(answer.body), "another site") {
			t.Errorf("%q %q: status %d", test.site, test.origin, answer.status)
		}
	}
}

func TestPagesAreLockedDown(t *testing.T) {
	api := serve(t, emulator.Config{})
	signer := api.visit(oneDocument())
	signer.goes(signer.form("do", "consent"), signer.form("do", "sample", "step", "front"))
	for _, path := range []string{"/", signer.path(), "/sign/unknown", signer.path() + "/front.jpg", signer.path() +
		"/back.jpg"} {
		answer := api.do(api.request("GET", path, ""))
		policy := answer.header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "unsafe") ||
			strings.Contains(policy, "http") {
			t.Errorf("policy %q", policy)
		}
		for header, want := range map[string]string{
			"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
			"X-Frame-Options": "DENY", "Set-Cookie": "",
		} {
			if got := answer.header.Get(header); got != want {
				t.Errorf("%s: %q", header, got)
			}
		}
	}
}

func TestLinkThatLeadsNowhere(t *testing.T) {
	api := serve(t, emulator.Config{})
	signer := api.visit(oneDocument())
	signer.goes(signer.form("do", "consent"), signer.form("do", "sample", "step", "front"))
	for _, path := range []string{
		"/sign/unknown", "/sign/" + signer.circuit.CircuitID, "/sign/unknown/front.jpg", signer.path() + "/back.jpg",
		signer.path() + "/front",
		signer.path() + "/front.jpg.jpg", signer.path() + "/..%2ffront.jpg", signer.path() + "/..%2f..%2fetc%2fpasswd",
		signer.path() + "/consent.jpg",
	} {
		answer := api.do(api.request("GET", path, ""))
		if answer.status != 404 || !strings.Contains(string(answer.body), "There is no circuit behind this link") {
			t.Errorf("%s: status %d", path, answer.status)
		}
	}
	if answer := api.do(api.request("POST", "/sign/unknown", "")); answer.status != 404 {
		t.Errorf("status %d", answer.status)
	}
}

func TestPagesSpeakTheReadersLanguage(t *testing.T) {
	api := serve(t, emulator.Config{})
	signer := api.visit(oneDocument())
	for _, test := range []struct{ query, accepted, want string }{
		{"", "", "en"}, {"", "es-CO,es;q=0.9,en;q=0.8", "es"}, {"", "en-GB,es;q=0.5", "en"}, {"", "pt-BR", "en"},
		{"", "\xff;q=x", "en"},
		{"?lang=es", "en", "es"}, {"?lang=en", "es", "en"}, {"?lang=xx", "es", "es"},
	} {
		answer := api.do(api.request("GET", signer.path()+test.query, "", "Accept-Language", test.accepted))
		if text := string(answer.body); !strings.Contains(text, `<html lang="`+test.want+`">`) ||
			answer.header.Get("Content-Language") != test.want {
			t.Errorf("%s %s: %s", test.query, test.accepted, answer.header.Get("Content-Language"))
		}
	}
	// A chosen language is kept.
	request := signer.form("do", "consent")
	request.URL.RawQuery = "lang=es&step=consent"
	if location := api.do(request).header.Get("Location"); !strings.HasSuffix(location, "?lang=es") {
		t.Error("the language is lost")
	}
	text := signer.see("?lang=es")
	for _, link := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		if link[1] != "data:," && !strings.Contains(link[1], "lang=") {
			t.Errorf("the language is lost at %q", link[1])
		}
	}
}

func TestPicturesCountAsMemory(t *testing.T) {
	api := serve(t, emulator.Config{})
	signer := api.visit(oneDocument())
	signer.goes(signer.form("do", "consent"))
	held := api.Held()
	signer.goes(signer.upload("front", photo(t, 800, 600, green)))
	one := api.Held() - held
	signer.goes(signer.upload("front", photo(t, 800, 600, blue)))
	if again := api.Held() - held; one < 1000 || again < one/2 || again > 2*one {
		t.Errorf("one picture is held as %d bytes, its replacement as %d", one, again)
	}
	signer.goes(signer.form("do", "sample", "step", "front"))
	if api.Held() != held {
		t.Error("what was replaced is still counted")
	}
	api.SetMaxHeld(held + one/2)
	if answer := api.do(signer.upload("front", photo(t, 800, 600, green))); answer.status != 507 ||
		!strings.Contains(string(answer.body), "memory is full") {
		t.Errorf("status %d", answer.status)
	}
	signer.goes(signer.form("do", "reject"))
	if api.Held() != 0 {
		t.Errorf("a rejected circuit holds %d bytes", api.Held())
	}
}

func TestFormsSentAtOnceAreTakenOnce(t *testing.T) {
	api := serve(t, emulator.Config{})
	signer := api.visit(oneDocument())
	signer.toSignature()
	held := api.Held()
	var group sync.WaitGroup
	for i := range 12 {
		request := []func() *http.Request{
			func() *http.Request { return signer.form("do", "sign", "way", "sample") },
			func() *http.Request { return signer.upload("front", photo(t, 40, 40, green)) },
			func() *http.Request { return signer.request("GET", signer.path(), "") },
			func() *http.Request { return signer.form("do", "review") },
		}[i%4]()
		group.Go(func() {
			if answer, err := api.try(request); err != nil || answer.status >= 500 {
				t.Errorf("status %d, %v", answer.status, err)
			}
		})
	}
	group.Wait()
	signer.goes(signer.form("do", "complete"))
	evidence := api.download(signer.token, signer.circuit.CircuitID)
	if evidence.status != 200 || api.Held() != int64(len(evidence.body)) {
		t.Errorf("status %d; %d bytes were held, now %d of an evidence of %d", evidence.status, held, api.Held(),
			len(evidence.body))
	}
}
