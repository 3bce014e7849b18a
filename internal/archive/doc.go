// Package archive keeps what careen read of a cluster in a file, and looks at such
// a file as at a cluster.
//
// A file is zstandard-compressed lines of JSON: a header, the coverage, the rows by
// namespace, kind and name, and a last line that counts them. It holds model rows
// and nothing else, so what no row holds (the bytes of a Secret, the values of a
// release) is not in it, nor are annotations that are whole documents; the salted hashes stay salted, and their salt is not kept.
// The moment of the look is recorded, and the file is judged as of then.
//
// A file that is read is hostile: its size, lines and rows are bounded, its strings
// are sanitised as those of a cluster are, and one that was cut short or comes from
// another version is refused with the reason.
package archive
