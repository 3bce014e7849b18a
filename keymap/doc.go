// Package keymap turns keys into actions.
//
// The contract: one table declares every action with its name, its words and its
// default keys. Dispatch, footer, help and the generated key table read that
// table and nothing else. The package knows no terminal and no pane; a pane
// answers actions, never keys.
package keymap
