//go:build foreign

package emulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/emulator"
	"github.com/danabio/danabio-go/pkg/emulator/emulatortest"
)

// axe returns the script of axe-core from npm, which checks pages for accessibility.
var axe = sync.OnceValues(func() (string, error) {
	folder := filepath.Join("testdata", "axe-core")
	install := exec.Command("npm", "ci", "--no-audit", "--no-fund")
	install.Dir = folder
	if out, err := install.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	script, err := os.ReadFile(filepath.Join(folder, "node_modules", "axe-core", "axe.min.js"))
	return string(script), err
})

// browser is a headless Chromium with one page. If DANABIO_SCREENSHOTS names a folder, it saves a
// picture of each page there.
type browser struct {
	t        *testing.T
	ctx      context.Context
	name     string
	shots    int
	mu       sync.Mutex
	said     []string // errors on the console
	noScript bool
}

// Browsers do not treat otherName as this machine.
const otherName = "emulator.example.com"

// openBrowser opens a browser with a preferred language and the window size of a desktop or a
// phone.
func openBrowser(t *testing.T, language string, phone bool) *browser {
	t.Helper()
	profile, temporary := t.TempDir(), t.TempDir()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("chromium"), chromedp.UserDataDir(profile), chromedp.Env("TMPDIR="+temporary),
		chromedp.Flag("accept-lang", language), chromedp.Flag("lang", language),
		chromedp.Flag("host-resolver-rules", "MAP "+otherName+" 127.0.0.1"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium needs this to start as root
	}
	// The test's own context ends before the browser is told to close.
	timeout, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	allocator, cancel := chromedp.NewExecAllocator(timeout, options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil { // waits until it has closed
			t.Error(err)
		}
	})
	b := &browser{t: t, ctx: ctx, name: language + "-desktop"}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	viewport := chromedp.EmulateViewport(1280, 800)
	if phone {
		b.name = language + "-phone"
		viewport = chromedp.EmulateViewport(390, 844, chromedp.EmulateScale(2), chromedp.EmulateMobile,
			chromedp.EmulateTouch)
	}
	b.do(viewport)
	return b
}

func (b *browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch event := event.(type) {
	case *runtime.EventExceptionThrown:
		b.said = append(b.said, "exception: "+event.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		// An expected error status and the browser's own request for an icon are not faults of the
		// page.
		if text := event.Entry.Text; !strings.Contains(text, "the server responded with a status of") {
			b.said = append(b.said, string(event.Entry.Level)+": "+text)
		}
	}
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		if picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(90)); err == nil {
			b.keep("failed", picture)
		}
		b.t.Fatal(err)
	}
}

func (b *browser) keep(name string, picture []byte) {
	b.t.Helper()
	if folder := os.Getenv("DANABIO_SCREENSHOTS"); folder != "" {
		b.shots++
		file := filepath.Join(folder, fmt.Sprintf("%s-%02d-%s.png", b.name, b.shots, name))
		if err := os.WriteFile(file, picture, 0o600); err != nil {
			b.t.Error(err)
		}
	}
}

// sees waits for a page with the heading, and checks it with axe-core.
func (b *browser) sees(heading string) {
	b.t.Helper()
	b.do(chromedp.WaitVisible(chromedp.Search(fmt.Sprintf("//h1[.=%q]", heading))))
	if !b.noScript {
		b.checkAccess(heading)
	}
	if os.Getenv("DANABIO_SCREENSHOTS") != "" {
		picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
		if err != nil {
			b.t.Fatal(err)
		}
		b.keep(strings.ReplaceAll(strings.ToLower(heading), " ", "-"), picture)
	}
}

func (b *browser) checkAccess(heading string) {
	b.t.Helper()
	script, err := axe()
	if err != nil {
		b.t.Fatal(err)
	}
	result, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](script+`;
		axe.run(document, {resultTypes: ["violations"]}).then((result) => JSON.stringify({
			violations: result.violations.map((found) => found.id + ": " + found.nodes.map((node) => node.html).join(" | ")),
			passed: result.passes.length,
			wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
			small: [...document.querySelectorAll("a, button, input:not([type=hidden])")].filter((it) => {
				const area = (it.type === "radio" ? it.parentElement : it).getBoundingClientRect();
				return area.height > 0 && area.height < 44;
			}).map((it) => it.outerHTML),
		}))`, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	var found struct {
		Violations, Small []string
		Passed            int
		Wide              bool
	}
	if err := json.Unmarshal([]byte(result), &found); err != nil {
		b.t.Fatal(err)
	}
	for _, violation := range found.Violations {
		b.t.Errorf("%s: %s: axe-core: %s", b.name, heading, violation)
	}
	if len(found.Small) > 0 {
		b.t.Errorf("%s: %s: too small to touch: %s", b.name, heading, found.Small)
	}
	if found.Passed < 10 || found.Wide {
		b.t.Errorf("%s: %s: %d rules passed; wider than the window: %v", b.name, heading, found.Passed, found.Wide)
	}
}

// silent fails if the page wrote to the console, for example about a script error or a load that
// the policy blocked.
func (b *browser) silent() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, text := range b.said {
		b.t.Errorf("%s: the console says %s", b.name, text)
	}
}

func (b *browser) click(selector string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(selector)))
}

// reach presses the tab key until the element has the focus, like a user without a mouse.
func (b *browser) reach(selector string) {
	b.t.Helper()
	for range 40 {
		b.do(chromedp.KeyEvent(kb.Tab))
		there, err := chromedp.Run(b.ctx,
			chromedp.Evaluate[bool](fmt.Sprintf("document.activeElement.matches(%q)", selector)))
		if err != nil {
			b.t.Fatal(err)
		}
		if there {
			return
		}
	}
	b.t.Fatalf("%s cannot be reached by the tab key", selector)
}

func (b *browser) press(selector string) {
	b.t.Helper()
	b.reach(selector)
	b.do(chromedp.KeyEvent(kb.Enter))
}

// touch draws a line through these places with a finger. The places are fractions of the element's
// size.
func (b *browser) touch(selector string, places ...[2]float64) {
	b.t.Helper()
	b.do(chromedp.ScrollIntoView(chromedp.CSS(selector)))
	area, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]float64](fmt.Sprintf(
		"(({x, y, width, height}) => [x, y, width, height])(document.querySelector(%q).getBoundingClientRect())",
		selector)))
	if err != nil {
		b.t.Fatal(err)
	}
	send := func(kind input.DispatchTouchEventType, points ...*input.TouchPoint) {
		if _, err := chromedp.Call(b.ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind,
			TouchPoints: append([]*input.TouchPoint{}, points...)}); err != nil {
			b.t.Fatal(err)
		}
	}
	for i, place := range places {
		kind := input.DispatchTouchEventTypeTouchMove
		if i == 0 {
			kind = input.DispatchTouchEventTypeTouchStart
		}
		send(kind, &input.TouchPoint{X: area[0] + place[0]*area[2], Y: area[1] + place[1]*area[3]})
	}
	send(input.DispatchTouchEventTypeTouchEnd)
}

// signing is a circuit that the client started.
type signing struct {
	*emulatortest.Server
	t       *testing.T
	client  *danabio.Client
	circuit *danabio.Circuit
}

func startSigning(t *testing.T) *signing {
	t.Helper()
	server := emulatortest.Start(t, emulator.Config{})
	client, err := danabio.New(server.ClientConfig())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	circuit, err := client.StartCircuit(t.Context(), danabio.CircuitRequest{
		ID: "loan-4711", Signer: danabio.Signer{Name: "Ana Pérez", Email: "ana@example.com", NIF: "12345678A"},
		Documents: []danabio.Document{danabio.Bytes("contract.pdf", makePDF("contract")),
			danabio.Bytes("anexo ñandú.pdf", makePDF("annex"))},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &signing{server, t, client, circuit}
}

func (s *signing) link() string { return s.circuit.Link.Reveal() }

// evidence downloads and verifies the ZIP and returns its content.
func (s *signing) evidence() map[string][]byte {
	s.t.Helper()
	file := filepath.Join(s.t.TempDir(), "evidence.zip")
	if _, err := s.client.DownloadEvidence(s.t.Context(), s.circuit.ID, file); err != nil {
		s.t.Fatal(err)
	}
	packed, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	contents, _ := unzip(s.t, packed)
	return contents
}

// ink counts the dark pixels in each quarter of the width of the signature's picture.
func ink(t *testing.T, file []byte) (quarters [4]int) {
	t.Helper()
	picture, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for y := range 200 {
		for x := range 600 {
			if r, _, _, _ := picture.At(x, y).RGBA(); r < 0x8000 {
				quarters[x/150]++
			}
		}
	}
	return quarters
}

// This test uses a phone in Spanish, with pictures from files and a signature drawn with a finger.
func TestForeignBrowserOnAPhone(t *testing.T) {
	s, b := startSigning(t), openBrowser(t, "es", true)
	picture := filepath.Join(t.TempDir(), "foto.png")
	if err := os.WriteFile(picture, photo(t, 900, 600, green), 0o600); err != nil {
		t.Fatal(err)
	}
	text := filepath.Join(t.TempDir(), "texto.txt")
	if err := os.WriteFile(text, []byte("no es una foto"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Navigate(s.link()))
	b.sees("Su consentimiento")
	b.click("[value=consent]")
	b.sees("Frente del documento de identidad")
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#picture"), []string{text}),
		chromedp.WaitVisible(chromedp.Search("//p[@id='said'][contains(., 'no es una imagen')]")))
	b.sees("Frente del documento de identidad")
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#picture"), []string{picture}),
		chromedp.WaitNotVisible(chromedp.CSS("#said")))
	b.click("[value=upload]")
	b.sees("Reverso del documento de identidad")
	b.click("[value=sample]")
	b.sees("Su rostro")
	b.click("[value=sample]")
	b.sees("¿Está todo bien?")
	b.do(chromedp.Click(chromedp.Search("//a[.='Cambiar el frente']")))
	b.sees("Frente del documento de identidad")
	b.do(chromedp.Click(chromedp.Search("//a[.='Conservarla']")))
	b.sees("¿Está todo bien?")
	b.click("[value=review]")
	b.sees("Su firma")
	b.click("[value=sign]")
	b.do(chromedp.WaitVisible(chromedp.Search("//p[@id='said'][contains(., 'Todavía no hay nada dibujado')]")))
	b.touch("#pad", [2]float64{0.9, 0.5}, [2]float64{0.95, 0.6})
	b.click("#clear")
	b.touch("#pad", [2]float64{0.1, 0.2}, [2]float64{0.2, 0.9}, [2]float64{0.3, 0.2}, [2]float64{0.4, 0.8})
	b.touch("#pad", [2]float64{0.3, 0.5}, [2]float64{0.45, 0.4})
	b.sees("Su firma")
	b.click("[value=sign]")
	b.sees("El circuito está completo")
	b.silent()

	contents := s.evidence()
	shows(t, "front", contents["identity/document-front.jpg"], green)
	if drawn := ink(t, contents["identity/signature.png"]); drawn[0] < 100 || drawn[1] < 100 || drawn[3] != 0 {
		t.Errorf("ink in the quarters of the signature: %v", drawn)
	}
}

// This test uses a desktop in English and only the keyboard, with samples and a typed name.
func TestForeignBrowserByKeyboard(t *testing.T) {
	s, b := startSigning(t), openBrowser(t, "en", false)
	b.do(chromedp.Navigate(s.URL + "/"))
	b.sees("Circuits")
	b.press("td a")
	b.sees("Your consent")
	b.press("[value=consent]")
	b.sees("Front of the identity document")
	b.press("[value=sample]")
	b.sees("Back of the identity document")
	b.press("[value=sample]")
	b.sees("Your face")
	b.press("[value=sample]")
	b.sees("Is everything right?")
	b.press("[value=review]")
	b.sees("Your signature")
	b.reach("#draw")
	b.do(chromedp.KeyEvent(kb.ArrowDown))
	b.reach("#name")
	b.do(chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)), chromedp.KeyEvent(kb.Backspace))
	b.press("[value=sign]")
	b.do(chromedp.WaitVisible(chromedp.CSS("#problem")))
	b.sees("Your signature")
	b.reach("#name") // the name is empty at the start, as in the request
	b.do(chromedp.KeyEvent("Ana María Pérez"))
	b.press("[value=sign]")
	b.sees("The circuit is complete")
	b.silent()
	contents := s.evidence()
	if drawn := ink(t, contents["identity/signature.png"]); slices.Contains(drawn[:], 0) {
		t.Errorf("ink in the quarters of the signature: %v", drawn)
	}
	if !bytes.Contains(contents["documents/contract.pdf"], []byte("(Ana Mar\xeda P\xe9rez) Tj")) {
		t.Error("the document does not show the name")
	}
}

// Without scripts, everything works except drawing.
func TestForeignBrowserWithoutAScript(t *testing.T) {
	s, b := startSigning(t), openBrowser(t, "en", false)
	b.name, b.noScript = b.name+"-no-script", true
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled,
		emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	// Over plain HTTP and under a name other than the machine's own, a browser reveals less about
	// the origin of a form.
	b.do(chromedp.Navigate(strings.Replace(s.link(), "127.0.0.1", otherName, 1)))
	b.sees("Your consent")
	b.click("[value=consent]")
	for _, heading := range []string{"Front of the identity document", "Back of the identity document", "Your face"} {
		b.sees(heading)
		b.click("[value=sample]")
	}
	b.sees("Is everything right?")
	b.click("[value=review]")
	b.sees("Your signature")
	b.do(chromedp.WaitNotVisible(chromedp.CSS("#pad")), chromedp.WaitVisible(chromedp.CSS("#name")))
	b.click("[value=sign]")
	b.sees("The circuit is complete")
	b.silent()
	if s.evidence()["identity/signature.png"] == nil {
		t.Error("there is no signature")
	}
}

// Each outcome is one click away, and errors appear in both languages.
func TestForeignBrowserOutcomesAndErrors(t *testing.T) {
	for _, test := range []struct {
		language                                              string
		phone                                                 bool
		rejected, expired, ended, unknown, full, list, noList string
	}{
		{"en", true, "The circuit was rejected", "The circuit has expired", "This circuit has already ended",
			"There is no circuit behind this link", "Front of the identity document", "Circuits",
			"The list is not shown here"},
		{"es", false, "El circuito fue rechazado", "El circuito venció", "Este circuito ya terminó",
			"No hay ningún circuito detrás de este enlace", "Frente del documento de identidad", "Circuitos",
			"La lista no se muestra aquí"},
	} {
		s, b := startSigning(t), openBrowser(t, test.language, test.phone)
		b.do(chromedp.Navigate(s.link()))
		b.click("[value=consent]")
		b.sees(test.full)
		// The page's script would not send this form.
		if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`(() => {
			const chosen = new DataTransfer();
			chosen.items.add(new File([new Uint8Array(11 << 20)], "photo.png", {type: "image/png"}));
			picture.files = chosen.files;
			document.querySelector("form.main").noValidate = true;
			document.querySelector("[value=upload]").click();
			return true;
		})()`)); err != nil {
			t.Fatal(err)
		}
		b.do(chromedp.WaitVisible(chromedp.CSS("#problem")))
		b.sees(test.full)
		if err := s.Reject(s.circuit.ID); err != nil {
			t.Fatal(err)
		}
		b.click("[value=expire]")
		b.sees(test.ended)
		b.click("main a.button")
		b.sees(test.rejected)

		second, err := s.client.StartCircuit(t.Context(), danabio.CircuitRequest{
			Signer:    danabio.Signer{Name: "Ana", Email: "ana@example.com", NIF: "1"},
			Documents: []danabio.Document{danabio.Bytes("a.pdf", makePDF("a"))},
		})
		if err != nil {
			t.Fatal(err)
		}
		b.do(chromedp.Navigate(second.Link.Reveal()))
		b.click("[value=expire]")
		b.sees(test.expired)
		b.do(chromedp.Navigate(s.URL + "/sign/unknown"))
		b.sees(test.unknown)
		b.do(chromedp.Navigate(s.URL + "/"))
		b.sees(test.list)
		b.do(chromedp.Navigate(strings.Replace(s.URL, "127.0.0.1", otherName, 1) + "/"))
		b.sees(test.noList)
		b.silent()
	}
}
