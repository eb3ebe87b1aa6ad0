// Package pollgate lets several waits of the command line take turns. The command puts a [Gate]
// into the context, and the client enters it before each poll. A program that imports the client
// needs no gate: it starts only as many goroutines as may poll at once.
package pollgate

import "context"

// Gate blocks until the next poll is allowed. The client calls leave, which is not nil, after the
// poll and the download that may follow. An error ends the wait.
type Gate func(ctx context.Context) (leave func(), err error)

type key struct{}

// With returns a context in which waits enter gate.
func With(ctx context.Context, gate Gate) context.Context { return context.WithValue(ctx, key{}, gate) }

// Enter enters the gate of a context, if it has one.
func Enter(ctx context.Context) (leave func(), err error) {
	gate, ok := ctx.Value(key{}).(Gate)
	if !ok {
		return func() {}, nil
	}
	return gate(ctx)
}
