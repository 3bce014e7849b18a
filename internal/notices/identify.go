package main

import "strings"

// licences are those that may be built in, by their SPDX names and by words that their
// texts hold, all of them and in this order, as words are: one blank between two.
var licences = []struct {
	name  string
	words []string
}{
	{"Apache-2.0", []string{"apache license", "version 2.0, january 2004"}},
	{"Apache-2.0", []string{"licensed under the apache license, version 2.0"}},
	{"MPL-2.0", []string{"mozilla public license", "2.0", "covered software"}},
	{"BSD-3-Clause", []string{"redistribution and use in source and binary forms", "endorse or promote"}},
	{"MIT", []string{"permission is hereby granted, free of charge, to any person obtaining a copy", "the software is provided"}},
	{"ISC", []string{"permission to use, copy, modify, and", "distribute this software for any purpose with or without fee is hereby granted"}},
	{"Unlicense", []string{"this is free and unencumbered software released into the public domain"}},
	{"CC0-1.0", []string{"cc0 1.0 universal"}},
	{"Zlib", []string{"this software is provided 'as-is', without any express or implied warranty", "altered source versions must be plainly marked"}},
}

// bsd2 is the BSD licence without its third clause.
var bsd2 = []string{"redistribution and use in source and binary forms", "redistributions in binary form must reproduce"}

// identify names the licences that a text holds.
func identify(text string) (names []string) {
	flat := strings.ToLower(strings.Join(strings.Fields(text), " "))
	for _, l := range licences {
		if inOrder(flat, l.words) && (len(names) == 0 || names[len(names)-1] != l.name) {
			names = append(names, l.name)
		}
	}
	if inOrder(flat, bsd2) && !strings.Contains(flat, "endorse or promote") {
		names = append(names, "BSD-2-Clause")
	}
	return names
}

func inOrder(text string, words []string) bool {
	for _, w := range words {
		_, after, found := strings.Cut(text, w)
		if !found {
			return false
		}
		text = after
	}
	return true
}
