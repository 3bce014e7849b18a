// Package sandbox runs work on hostile input in a child process of careen itself.
//
// The child is careen's own program, started again under the name careen-sandbox. It
// gets no environment, no terminal and no file but two pipes, over which messages go
// in CBOR (RFC 8949), bounded in size and depth. It ends with careen, however careen
// ends: its input ends then.
//
// What else holds depends on the system, and Child.Enforced names it:
//
//	               Linux                                  macOS, BSD        Windows
//	memory         RLIMIT_DATA, and the child's own watch its own watch     its own watch
//	network        a network namespace of its own where   none of its own:  none of its own
//	               the kernel lets users make one; TCP    nothing the child
//	               refused by Landlock (Linux 6.7)        runs dials
//	files          all but the time zones refused by      RLIMIT_FSIZE      none of its own
//	               Landlock (Linux 5.13); RLIMIT_FSIZE
//	end of careen  the kernel kills it (PDEATHSIG)        end of input      end of input
//
// The watch measures what the Go runtime holds, every few milliseconds, and ends the
// process past the limit. A limit in time is the caller's: the child is killed when
// the context of a Receive ends. Landlock needs a program without cgo, as careen is
// released.
package sandbox
