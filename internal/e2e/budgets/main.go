// Budgets reads what `go test -bench` prints and prints one table: each budget with the
// value that was seen, and the floor of the same run. It judges nothing by its exit code,
// since absolute times drift from machine to machine; what is over says so.
package main

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

func main() {
	seen, err := read(os.Stdin, os.Stderr)
	if err == nil {
		err = write(os.Stdout, seen)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "budgets:", err)
		os.Exit(1)
	}
}

// measured are the values of benchmarks: by name, then by unit.
type measured map[string]map[string]float64

// cores is what testing appends to a benchmark's name where there are several.
var cores = regexp.MustCompile(`-\d+$`)

// read takes the results out of what testing prints. All of it is passed on, since a
// benchmark may take long or fail.
func read(from io.Reader, pass io.Writer) (measured, error) {
	seen := measured{}
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		fmt.Fprintln(pass, lines.Text())
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := cores.ReplaceAllString(fields[0], "")
		for i := 2; i+1 < len(fields); i += 2 {
			value, err := strconv.ParseFloat(fields[i], 64)
			if err != nil {
				break
			}
			if seen[name] == nil {
				seen[name] = map[string]float64{}
			}
			seen[name][fields[i+1]] = value
		}
	}
	return seen, lines.Err()
}

// write prints the table, and below it what has no budget of its own.
func write(to io.Writer, seen measured) error {
	rows := [][4]string{{"BUDGET", "SEEN", "AT MOST", "FLOOR OF THE SAME RUN"}}
	over, judged := 0, map[string]bool{}
	for _, b := range list {
		values, ran := seen[b.bench]
		value, told := values[b.unit]
		if !ran || !told {
			continue
		}
		row := [4]string{b.what, b.shown(value), b.shown(b.most), ""}
		if floor, ok := values[b.floor]; ok {
			row[3] = b.shownFloor(floor)
		}
		if value > b.most {
			row[1] += "  OVER"
			over++
		}
		rows = append(rows, row)
		judged[b.bench] = true
	}
	kept := len(rows) - 1
	for _, name := range slices.Sorted(maps.Keys(seen)) {
		if bytes, ok := seen[name]["B/row"]; ok && !judged[name] {
			_, kind, _ := strings.Cut(name, "/")
			rows = append(rows, [4]string{"retained for a " + kind + ", all fields set", number(bytes) + " B", "-", ""})
		}
	}
	var widths [4]int
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len(cell))
		}
	}
	for _, row := range rows {
		line := fmt.Sprintf("%-*s  %-*s  %-*s  %s", widths[0], row[0], widths[1], row[1], widths[2], row[2], row[3])
		if _, err := fmt.Fprintln(to, strings.TrimRight(line, " ")); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(to, "%d of %d over\n", over, kept)
	return err
}
