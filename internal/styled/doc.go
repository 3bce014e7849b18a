// Package styled is text as data: spans that say what they are, lines of spans,
// paragraphs with a label. Whatever makes something to be shown (a plan, a
// difference, an object's YAML) makes it of these; a screen wraps and colours them,
// Plain prints them.
//
// The contract: a role says what a text is, never how it looks, and whatever a role
// says can be read from the text as well. The package knows no screen, no theme and
// no cluster.
package styled
