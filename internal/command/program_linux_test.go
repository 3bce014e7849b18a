package command

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"runtime/debug"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// ofFiles is how much of files stands in the process's memory, in kB.
func ofFiles(t *testing.T) (kb int) {
	t.Helper()
	f, err := os.Open("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "RssFile:"); ok {
			_, _ = fmt.Sscan(rest, &kb)
		}
	}
	return kb
}

func TestTheProgramIsForgottenWithEachCollection(t *testing.T) {
	if len(program()) == 0 {
		t.Skip("a program with C in it is not given back")
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(math.MaxInt64))
	for range 2 {
		for _, part := range program() {
			if _, _, errno := unix.Syscall(unix.SYS_MADVISE, part.from, part.to-part.from, unix.MADV_POPULATE_READ); errno != 0 {
				t.Skipf("this kernel does not read pages when asked: %v", errno)
			}
		}
		before := ofFiles(t)
		p := &pacer{after: forgetProgram}
		p.next() // as after a collection
		if after := ofFiles(t); after > before/2 {
			t.Errorf("%d kB of files before a collection, %d kB after", before, after)
		}
		p.ended.Store(true)
	}
}
