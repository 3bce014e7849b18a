// Package tui is the shell of the interface: it runs the program, holds the
// panes, turns keys into actions and draws the frame.
//
// The contract: there is one read model, swapped whole by each report; one
// message is in flight from the engine, ever; the layout is a pure function of
// size and state; a frame is drawn once per change and cached, so that View is
// free; nothing is sent to the terminal while nothing changes.
package tui
