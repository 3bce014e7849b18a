// Command notices prints the third-party notices of a program of this repository: for
// each module of which code is built into it, the version, the licence, and the text.
//
//	go run ./internal/notices [DIR]
//
// DIR is the folder of the program's main package, the working directory by default.
// A module without a licence text, or with one that is not known here, is an error:
// somebody has to look at it.
package main

import (
	"fmt"
	"os"
)

func main() {
	dir := "."
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	if err := run(dir); err != nil {
		fmt.Fprintf(os.Stderr, "notices: %v\n", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	modules, err := collect(dir)
	if err != nil {
		return err
	}
	return write(os.Stdout, modules)
}
