// Package widget draws text into cells: tables, trees, pages, bars, one line of
// input.
//
// The contract: whatever is asked to draw w by h cells returns exactly h lines of
// exactly w cells, at any w and h from zero up, whatever the text holds. Rows are
// known by their key, never by their place, so that a selection survives any
// change of the rows. Drawing costs what is visible, not what there is. Nothing
// here reads a clock or does I/O.
package widget
