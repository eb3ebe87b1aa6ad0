// Package pollgate lets the command line have several waits take turns: it puts a [Gate] into the
// context, and the client enters it before each poll. Programs that import the client start as many
// goroutines as may poll at once, and need no gate. What may live here: that and nothing else.
package pollgate

import "context"

// Gate waits until a poll may be made. leave, which is not nil, is called after the poll and the
// download that it may become. The error ends the wait.
type Gate func(ctx context.Context) (leave func(), err error)

type key struct{}

// With returns a context whose waits pass the gate.
func With(ctx context.Context, gate Gate) context.Context { return context.WithValue(ctx, key{}, gate) }

// Enter passes the gate of a context; there may be none.
func Enter(ctx context.Context) (leave func(), err error) {
	gate, ok := ctx.Value(key{}).(Gate)
	if !ok {
		return func() {}, nil
	}
	return gate(ctx)
}
