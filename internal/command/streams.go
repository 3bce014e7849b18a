package command

import (
	"io"
	"os"
)

// Streams are a command's three files. Data goes to Out, messages to Err.
type Streams struct {
	In       *os.File
	Out, Err io.Writer
}

// output remembers the first error of writing, for the many commands that only
// print.
type output struct {
	to  io.Writer
	err error
}

func (o *output) Write(b []byte) (int, error) {
	n, err := o.to.Write(b)
	if err != nil && o.err == nil {
		o.err = err
	}
	return n, err
}

// fileOf is the file that a command's output goes to; nil where it is none.
func fileOf(w io.Writer) *os.File {
	if o, ok := w.(*output); ok {
		w = o.to
	}
	f, _ := w.(*os.File)
	return f
}
