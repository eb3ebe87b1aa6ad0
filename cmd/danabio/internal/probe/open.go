package probe

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/danabio/danabio-go/internal/reach"
)

const (
	needsCircuit = "needs a completed circuit"
	needsToken   = "needs a token"
	cannotAsk    = "could not be asked: "
)

// findOut answers the questions that the published page leaves open. No response to its requests
// counts as a deviation.
func (p *prober) findOut(ctx context.Context) error {
	if p.config.Progress != nil {
		p.config.Progress("open points")
	}
	for _, ask := range []func(context.Context) (Point, error){
		p.askRange, p.askETag, p.askHead, p.askExpect, p.askRequestID, p.askErrorBodies, p.askNotFound, p.askZIP,
		p.askTokenFields,
		p.askLink, p.askWrongMethod, p.askAuthenticate, p.askHTTP, p.askTLS, p.askKeepAlive, p.askClock,
	} {
		point, err := ask(ctx)
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if point.Details == nil {
			point.Details = []string{}
		}
		p.result.Open = append(p.result.Open, point)
	}
	return nil
}

func (point Point) is(answer Reply, format string, args ...any) (Point, error) {
	point.Answer = answer
	point.Details = append(point.Details, fmt.Sprintf(format, args...))
	return point, nil
}

func there(header http.Header, name string) string {
	if header.Get(name) == "" {
		return "no"
	}
	return "yes"
}

func (p *prober) askHead(ctx context.Context) (Point, error) {
	point := Point{Name: "head", Question: "Is HEAD answered as GET is, without the body?"}
	circuit, like := p.unknown, p.answers.unknown
	if p.answers.finished != nil {
		circuit, like = p.config.Circuit, p.answers.finished
	}
	if like == nil {
		return point.is(Unclear, needsToken)
	}
	request, err := p.downloadRequest(circuit, p.token)
	if err != nil {
		return point, err
	}
	request.Method = http.MethodHead
	x := p.send(ctx, "head", request, p.plain, maxBody)
	switch {
	case x.status == 0:
		return point.is(Unclear, "%s%s", cannotAsk, x.failure)
	case x.status != like.status:
		return point.is(No, "%d, where GET gets %d", x.status, like.status)
	case like == p.answers.finished:
		return point.is(Yes, "%d as GET; Content-Length: %s", x.status, there(x.header, "Content-Length"))
	}
	return point.is(Yes, "%d as GET, for an unknown circuit", x.status)
}

func (p *prober) askExpect(ctx context.Context) (Point, error) {
	point := Point{Name: "expect", Question: "Does a start honour Expect: 100-continue?"}
	request, err := p.startRequest(emptyStart, p.wrongToken)
	if err != nil {
		return point, err
	}
	request.Header.Set("Expect", "100-continue")
	x := p.send(ctx, "expect", request, p.once, maxBody)
	p.answers.expected = x
	switch {
	case x.status == 0:
		return point.is(Unclear, "%s%s", cannotAsk, x.failure)
	case x.status == http.StatusExpectationFailed:
		return point.is(No, "417: it refuses it")
	case x.continued:
		return point.is(Yes, "100 came, then %d to a made-up token", x.status)
	case !x.bodyRead:
		return point.is(Yes, "%d to a made-up token, without asking for the body", x.status)
	}
	return point.is(No, "neither 100 nor an answer within %s; %d to a made-up token once the body was sent",
		reach.ContinueLimit, x.status)
}

// requestIDs lists the headers that the result may name.
var requestIDs = []string{
	"X-Request-Id", "X-Correlation-Id", "X-Amzn-Requestid", "X-Amz-Cf-Id", "Cf-Ray", "X-Amz-Apigw-Id",
	"X-Amzn-Trace-Id", "Request-Id",
	"X-Trace-Id", "X-B3-Traceid", "Traceparent", "X-Cloud-Trace-Context", "X-Azure-Ref", "X-Ms-Request-Id",
	"X-Kong-Request-Id", "X-Transaction-Id",
}

func (p *prober) askRequestID(context.Context) (Point, error) {
	point := Point{Name: "request-id", Question: "Which header carries the server's id of a request?"}
	if len(p.seen) == 0 {
		return point.is(Unclear, "nothing was answered")
	}
	for _, name := range requestIDs {
		count := 0
		for _, x := range p.seen {
			if x.header.Get(name) != "" {
				count++
			}
		}
		if count > 0 {
			point.Details = append(point.Details, fmt.Sprintf("%s, in %d of %d answers", name, count, len(p.seen)))
		}
	}
	if len(point.Details) == 0 {
		return point.is(No, "none of those that are known")
	}
	point.Answer = Told
	return point, nil
}

func (p *prober) askErrorBodies(context.Context) (Point, error) {
	point := Point{Name: "error-bodies", Question: "What do the bodies of errors look like?", Answer: Told}
	names := map[string][]string{}
	for _, probe := range p.result.Probes {
		if came := probe.Came; came != nil && came.Status >= 400 {
			media := came.MediaType
			if media == "" {
				media = "no Content-Type"
			}
			form := fmt.Sprintf("%d %s %s", came.Status, media, came.Body)
			names[form] = append(names[form], probe.Name)
		}
	}
	for _, form := range slices.Sorted(maps.Keys(names)) {
		point.Details = append(point.Details, fmt.Sprintf("%s: %s", form, strings.Join(names[form], ", ")))
	}
	if len(names) == 0 {
		return point.is(Unclear, "no error came")
	}
	return point, nil
}

func (p *prober) askTokenFields(context.Context) (Point, error) {
	point := Point{Name: "token-fields", Question: "Which fields does a token come with?", Answer: Told}
	x := p.answers.token
	if x == nil || x.object() == nil {
		return point.is(Unclear, "no token came")
	}
	point.Details = []string{x.shape()}
	if seconds, ok := x.object()["expires_in"].(float64); ok {
		point.Details = append(point.Details, lifetime(seconds))
	}
	return point, nil
}

// lifetime rounds a duration, so that the result repeats no number of the server's.
func lifetime(seconds float64) string {
	for _, bound := range []struct {
		most time.Duration
		text string
	}{
		{0, "no time"}, {time.Minute, "a minute or less"}, {5 * time.Minute, "5 minutes or less"},
		{15 * time.Minute, "15 minutes or less"},
		{30 * time.Minute, "30 minutes or less"}, {time.Hour, "an hour or less"}, {24 * time.Hour, "a day or less"},
	} {
		if seconds <= bound.most.Seconds() {
			return "it lasts " + bound.text
		}
	}
	return "it lasts more than a day"
}

func (p *prober) askLink(context.Context) (Point, error) {
	point := Point{Name: "link", Question: "What does the link of a circuit look like?", Answer: Told}
	if p.answers.start == nil {
		return point.is(Unclear, "needs a start")
	}
	text, ok := p.answers.start.object()["link"].(string)
	if !ok || text == "" {
		return point.is(No, "the start was answered without one")
	}
	link, err := url.Parse(text)
	switch {
	case err != nil || link.Host == "" || link.Scheme != "https" && link.Scheme != "http":
		return point.is(Told, "it is not a web URL")
	case link.Host == p.base.Host:
		return point.is(Told, "%s, on the API's own host", link.Scheme)
	}
	return point.is(Told, "%s, on another host than the API", link.Scheme)
}

func (p *prober) askWrongMethod(context.Context) (Point, error) {
	point := Point{Name: "wrong-method", Question: "How is a wrong method answered?", Answer: Told}
	for _, x := range p.seen {
		if strings.HasSuffix(x.name, "-wrong-method") {
			point.Details = append(point.Details,
				fmt.Sprintf("%s: %d, Allow: %s", x.name, x.status, there(x.header, "Allow")))
		}
	}
	if len(point.Details) == 0 {
		return point.is(Unclear, "nothing was answered")
	}
	return point, nil
}

func (p *prober) askAuthenticate(context.Context) (Point, error) {
	point := Point{Name: "www-authenticate", Question: "Which scheme does WWW-Authenticate name in a 401?",
		Answer: Told}
	for _, x := range p.seen {
		if x.status != http.StatusUnauthorized || x == p.answers.expected {
			continue
		}
		scheme, _, _ := strings.Cut(x.header.Get("Www-Authenticate"), " ")
		switch strings.ToLower(scheme) {
		case "basic", "bearer":
			scheme = strings.ToLower(scheme)
		case "":
			scheme = "none"
		default:
			scheme = "another one"
		}
		point.Details = append(point.Details, x.name+": "+scheme)
	}
	if len(point.Details) == 0 {
		return point.is(Unclear, "no 401 came")
	}
	return point, nil
}
