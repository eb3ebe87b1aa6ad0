package emulator_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/danabio/danabio-go/pkg/emulator"
)

func TestFaultsAreConsumedOnceInOrderByTheirOperation(t *testing.T) {
	api := serve(t, emulator.Config{Faults: []emulator.Fault{
		{Operation: emulator.OperationDownload, Status: 503},
		{Operation: emulator.OperationToken, Status: 500, Body: "first"},
		{Operation: emulator.OperationToken, Status: 429, Header: http.Header{"retry-after": {"7"}}},
	}})
	api.Inject(emulator.Fault{Operation: emulator.OperationToken, Status: 502, Body: `{"error":"x"}`,
		Header: http.Header{"Content-Type": {"application/json"}}})
	var got []string
	for range 4 {
		answer := api.do(api.tokenRequest())
		got = append(got, fmt.Sprint(answer.status, " ", answer.header.Get("Content-Type"), " ",
			answer.header.Get("Retry-After")))
	}
	want := []string{
		"500 text/plain; charset=utf-8 ", "429 text/plain; charset=utf-8 7", "502 application/json ",
		"200 application/json ",
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("answers: %q", got)
	}
	if left := api.Unconsumed(); len(left) != 1 || left[0].Operation != emulator.OperationDownload ||
		left[0].Status != 503 {
		t.Errorf("unconsumed: %+v", left)
	}
	if answer := api.do(api.downloadRequest("no token", "x", "x")); answer.status != 503 {
		t.Errorf("a request that would have been refused does not consume the fault: status %d", answer.status)
	}
	if left := api.Unconsumed(); len(left) != 0 {
		t.Errorf("unconsumed: %+v", left)
	}
	if got := api.Requests()[emulator.OperationToken]; got != 4 {
		t.Errorf("%d token requests counted", got)
	}
}

func TestManyRequestsAtOnceConsumeAFaultOnce(t *testing.T) {
	api := serve(t, emulator.Config{Faults: []emulator.Fault{{Operation: emulator.OperationToken, Status: 500}}})
	var mu sync.Mutex
	statuses := map[int]int{}
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			answer, err := api.try(api.tokenRequest())
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			statuses[answer.status]++
		})
	}
	group.Wait()
	if statuses[500] != 1 || statuses[200] != 19 {
		t.Errorf("statuses: %v", statuses)
	}
}

func TestFaultsThatReplaceTheAnswer(t *testing.T) {
	for name, test := range map[string]struct {
		fault     emulator.Fault
		status    int
		mediaType string
		body      string
	}{
		"status":        {emulator.Fault{Status: 500, Body: "broken"}, 500, "text/plain; charset=utf-8", "broken"},
		"HTML":          {emulator.Fault{HTML: true}, 200, "text/html; charset=utf-8", "<!DOCTYPE html>"},
		"expired token": {emulator.Fault{ExpiredToken: true}, 401, "application/json", "the token has expired"},
	} {
		t.Run(name, func(t *testing.T) {
			api := serve(t, emulator.Config{})
			token := api.token()
			test.fault.Operation = emulator.OperationStart
			api.Inject(test.fault)
			answer := api.do(api.startRequest(token, oneDocument()))
			if answer.status != test.status || answer.header.Get("Content-Type") != test.mediaType ||
				!strings.Contains(string(answer.body), test.body) {
				t.Errorf("status %d, %s: %s", answer.status, answer.header.Get("Content-Type"), answer.body)
			}
			if n := len(api.Circuits()); n != 0 {
				t.Errorf("the request made %d circuits", n)
			}
			want := api.StartStatus()
			if test.fault.ExpiredToken {
				want = 401 // it stays expired
			}
			if answer := api.do(api.startRequest(token, oneDocument())); answer.status != want {
				t.Errorf("the next request: status %d", answer.status)
			}
			api.start(api.token(), oneDocument())
		})
	}
}

func TestFaultNotZIPAnswersNoZIP(t *testing.T) {
	api := serve(t, emulator.Config{Faults: []emulator.Fault{{Operation: emulator.OperationDownload, NotZIP: true}}})
	circuit, answer := started{}, reply{}
	token := api.token()
	circuit = api.start(token, oneDocument())
	if answer = api.download(token, circuit.CircuitID); answer.status != 200 ||
		bytes.Contains(answer.body, []byte("PK")) {
		t.Errorf("status %d, header %v", answer.status, answer.header)
	}
	if answer = api.download(token, circuit.CircuitID); answer.status != 404 {
		t.Errorf("the next: status %d", answer.status)
	}
}

func TestFaultDelayWaitsBeforeTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newEmulator(t, emulator.Config{Faults: []emulator.Fault{
			{Operation: emulator.OperationToken, Delay: time.Hour},
			{Operation: emulator.OperationToken, Delay: time.Minute, Status: 503},
		}})
		for _, want := range []struct {
			after  time.Duration
			status int
		}{{time.Hour, 200}, {time.Minute, 503}, {0, 200}} {
			begin := time.Now()
			recorder := httptest.NewRecorder()
			api.ServeHTTP(recorder, tokenRequest(t, api))
			if took := time.Since(begin); took != want.after || recorder.Code != want.status {
				t.Errorf("status %d after %v, not %d after %v", recorder.Code, took, want.status, want.after)
			}
		}
	})
}

func TestFaultDelayEndsWhenTheClientGoesAway(t *testing.T) {
	delay := emulator.Fault{Operation: emulator.OperationToken, Delay: 24 * time.Hour}
	t.Run("the request's context", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			api := newEmulator(t, emulator.Config{Faults: []emulator.Fault{delay}})
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			begin, recorder := time.Now(), httptest.NewRecorder()
			api.ServeHTTP(recorder, tokenRequest(t, api).WithContext(ctx))
			if took := time.Since(begin); took != time.Minute || recorder.Body.Len() != 0 {
				t.Errorf("answered %d bytes after %v", recorder.Body.Len(), took)
			}
		})
	})
	arrived := make(notices, 1)
	config := emulator.Config{Logger: slog.New(slog.NewTextHandler(arrived, nil)), Faults: []emulator.Fault{delay}}
	protocols(t, config, func(t *testing.T, api *served, _ int) {
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-arrived // it is logged before the answer and thus before the delay
			cancel()
		}()
		if answer, err := api.try(api.tokenRequest().WithContext(ctx)); !errors.Is(err, context.Canceled) {
			t.Errorf("status %d, error %v", answer.status, err)
		}
		// During cleanup, the server's Close waits for the handler.
	})
}

// notices receives a value for each write.
type notices chan struct{}

func (n notices) Write(text []byte) (int, error) {
	n <- struct{}{}
	return len(text), nil
}

// tokenRequest returns a token request for a handler that is called directly.
func tokenRequest(t *testing.T, api *emulator.Emulator) *http.Request {
	request := httptest.NewRequestWithContext(t.Context(), "POST", "/oauth2/token",
		strings.NewReader("grant_type=client_credentials"))
	request.Header.Set("Content-Type", formType)
	request.SetBasicAuth(url.QueryEscape(api.ClientID()), url.QueryEscape(api.ClientSecret()))
	return request
}

func TestFaultsThatCouldNotHappenAreRefused(t *testing.T) {
	token, download := emulator.OperationToken, emulator.OperationDownload
	for want, fault := range map[string]emulator.Fault{
		"is not token":                            {Status: 500},
		"does nothing":                            {Operation: token},
		"between 200 and 599":                     {Operation: token, Status: 99},
		"Body and Header belong":                  {Operation: token, HTML: true, Body: "x"},
		"negative":                                {Operation: token, Delay: -1},
		"NotZIP is for downloads":                 {Operation: token, NotZIP: true},
		"Forge is for downloads":                  {Operation: token, Forge: emulator.ForgeLaterPage},
		"there is no forgery":                     {Operation: download, Forge: "page"},
		"only one of Status, HTML, NotZIP, Forge": {Operation: download, Forge: emulator.ForgeLaterPage, NotZIP: true},
		"ExpiredToken is for":                     {Operation: token, ExpiredToken: true},
		"only one of Status":                      {Operation: download, Status: 500, NotZIP: true},
		"only one of CutAfter":                    {Operation: download, CutAfter: 1, Reset: true},
		"only one of CutAfter, Wron":              {Operation: download, WrongLength: 1, CutAfter: 1},
	} {
		if _, err := emulator.New(emulator.Config{Faults: []emulator.Fault{fault}}); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v", fault, err)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("Inject took a fault that does nothing")
		}
	}()
	newEmulator(t, emulator.Config{}).Inject(emulator.Fault{Operation: token})
}
