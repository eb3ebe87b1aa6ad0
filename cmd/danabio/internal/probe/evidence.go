package probe

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"strings"
)

// again downloads the finished circuit's evidence once more with an additional header, and reads
// only the start of the body.
func (p *prober) again(ctx context.Context, name, header, value string) (*exchange, error) {
	request, err := p.downloadRequest(p.config.Circuit, p.token)
	if err != nil {
		return nil, err
	}
	request.Header.Set(header, value)
	const most = 4 << 10
	return p.send(ctx, name, request, p.plain, most), nil
}

func (p *prober) askRange(ctx context.Context) (Point, error) {
	point := Point{Name: "range", Question: "Does a download honour Range?"}
	if p.answers.finished == nil {
		return point.is(Unclear, needsCircuit)
	}
	x, err := p.again(ctx, "range", "Range", "bytes=0-0")
	switch {
	case err != nil:
		return point, err
	case x.status == 0:
		return point.is(Unclear, "%s%s", cannotAsk, x.failure)
	case x.status == http.StatusPartialContent && x.header.Get("Content-Range") != "" && len(x.body) == 1:
		return point.is(Yes, "206 with the one byte that was asked for")
	case x.status == http.StatusPartialContent:
		return point.is(No, "206, but not with the one byte that was asked for")
	case x.status == http.StatusOK:
		return point.is(No, "200 with the whole")
	}
	return point.is(No, "%d", x.status)
}

func (p *prober) askETag(ctx context.Context) (Point, error) {
	point := Point{Name: "etag", Question: "Does a download carry an ETag and honour If-None-Match?"}
	if p.answers.finished == nil {
		return point.is(Unclear, needsCircuit)
	}
	tag := p.answers.finished.header.Get("Etag")
	if tag == "" {
		return point.is(No, "no ETag; Last-Modified: %s", there(p.answers.finished.header, "Last-Modified"))
	}
	x, err := p.again(ctx, "etag", "If-None-Match", tag)
	switch {
	case err != nil:
		return point, err
	case x.status == 0:
		return point.is(Unclear, "an ETag, but If-None-Match %s%s", cannotAsk, x.failure)
	case x.status == http.StatusNotModified:
		return point.is(Yes, "304 to the ETag that it sent")
	}
	return point.is(No, "an ETag, but %d to If-None-Match with it", x.status)
}

func (p *prober) askZIP(context.Context) (Point, error) {
	point := Point{Name: "zip", Question: "Which media type, file name and files does the evidence come with?",
		Answer: Told}
	x := p.answers.finished
	if x == nil {
		return point.is(Unclear, needsCircuit)
	}
	media := mediaType(x.header)
	if media == "" {
		media = "no Content-Type"
	}
	point.Details = append(point.Details, media, p.fileName(x.header), "Content-Length: "+
		there(x.header, "Content-Length"),
		p.result.Probe(x.name).Came.Body)
	return point, nil
}

// fileName describes the file name in Content-Disposition without repeating it, since it may name a
// person.
func (p *prober) fileName(header http.Header) string {
	value := header.Get("Content-Disposition")
	if value == "" {
		return "no Content-Disposition"
	}
	disposition, parameters, err := mime.ParseMediaType(value)
	if err != nil {
		return "a Content-Disposition that cannot be read"
	}
	if disposition != "attachment" && disposition != "inline" {
		disposition = "another disposition"
	}
	name, ok := parameters["filename"]
	if !ok {
		return disposition + " without a file name"
	}
	ending := "without .zip at its end"
	if strings.HasSuffix(strings.ToLower(name), ".zip") {
		ending = "ending in .zip"
	}
	parts := []string{fmt.Sprintf("%s with a file name %s", disposition, ending)}
	if strings.Contains(name, p.config.Circuit) {
		parts = append(parts, "that holds the circuit's id")
	}
	if strings.Contains(strings.ToLower(value), "filename*") {
		parts = append(parts, "given as filename* too or only")
	}
	return strings.Join(parts, ", ")
}
