package demo

import _ "embed"

// Recording is a snapshot of the demo's cluster minutes after everything was
// planted, as careen snapshot writes it. The interface shows it until the real cluster is
// there. make recording takes it again.
//
//go:embed recording.careen
var Recording []byte
