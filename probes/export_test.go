package probes

// NamersOf lets tests know which kinds can name an object of a kind.
var NamersOf = namersOf
