// Package text writes what careen says: numbers with their nouns, lists in words,
// ages in steps. It knows nothing of clusters or screens.
package text
