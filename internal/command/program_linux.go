package command

import (
	"bufio"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// forgetProgram gives back the memory in which the program's own code and constants
// stand. Linking in Kubernetes and Helm makes them large, and what initialises itself
// touches most of it once; what is needed again comes back from the file, page by page.
// It is done only where the loader wrote nothing into them: in a program that stands where
// it was linked to stand.
func forgetProgram() {
	for _, part := range program() {
		// Where it fails, nothing was given back, and nothing is lost.
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, part.from, part.to-part.from, unix.MADV_DONTNEED)
	}
}

// stretch is a part of the address space.
type stretch struct{ from, to uintptr }

// program is where code and constants stand; empty where they are not to be given back.
var program = sync.OnceValue(func() (parts []stretch) {
	if !standsWhereLinked() {
		return nil
	}
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return nil
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return nil
	}
	defer maps.Close()
	lines := bufio.NewScanner(maps)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 6 || fields[5] != self || strings.Contains(fields[1], "w") {
			continue // what was written would be lost
		}
		var part stretch
		if _, err := fmt.Sscanf(fields[0], "%x-%x", &part.from, &part.to); err == nil && part.to > part.from {
			parts = append(parts, part)
		}
	}
	return parts
})

// standsWhereLinked reports whether nothing of the program is relocated when it is loaded:
// it was built as a plain executable, without C.
func standsWhereLinked() bool {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return false
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	return settings["-buildmode"] == "exe" && settings["CGO_ENABLED"] == "0"
}
