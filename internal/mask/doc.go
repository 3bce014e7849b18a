// Package mask takes credentials out of what careen shows, keeps or sends to a
// terminal. It is the only masker: one list of words that name credentials
// (words.go), one list of annotations that repeat an object (annotations.go), one
// way to read text (Stream, Text) and one to read objects (Object), in two profiles:
//
//   - Reading masks by name and by shape: what is called a password, and what looks
//     like a token, a key or the password of a URL.
//   - Plan is stricter, since a plan is pasted into tickets: every value of the
//     environment and every annotation that is not known to be harmless goes too.
//
// Text is parsed rather than searched: JSON (also within strings, and with escaped
// quotes), YAML with block scalars and values on the next line, shell words, URLs and
// connection strings, INI and properties, XML, netrc, pgpass, PEM. What no parser
// knows is judged word by word. Prose is left alone: "Error reading secret: not found"
// says what an operator needs.
//
// The package is pure. Its results are no longer than their input by more than the
// markers, and masking twice gives what masking once gave.
package mask

// What stands for a value that is not shown. Its length says nothing of the value's.
const (
	Hidden       = "(masked)"
	HiddenBefore = "(masked, before)"
	HiddenAfter  = "(masked, after)"
)

// begun is how each of the markers begins.
const begun = "(masked"

// ourWords are what the markers say.
const ourWords = begun + ", before, after)"
