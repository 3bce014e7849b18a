// Package release reads and edits Helm release records without Helm's decoder.
//
// A record is what Helm's Secret and ConfigMap drivers store under the key
// "release": base64 text of JSON, gzip-compressed or not
// (helm pkg/storage/driver/util.go). The contract: a record is hostile. It is read
// as a stream, in memory that does not depend on what it expands to, and whatever
// is wrong with it becomes a sentence that says what and never quotes it. Values,
// chart files and notes are passed over and not kept.
package release
