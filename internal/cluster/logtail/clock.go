package logtail

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

const clockWithin = 300 // bytes of a line in which its time is looked for

// The ways in which programs write when they say something: RFC 3339 and its kin (with a
// space, slashes, a comma before the fraction), that of web servers, and seconds or
// milliseconds since 1970 in a field of a line of JSON.
var (
	civilClock = lazy(`(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,]\d+)?(?: ?(Z|UTC|[+-]\d\d:?\d\d))?`)
	webClock   = lazy(`\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}`)
	epochClock = regexp.MustCompile(`"(?:ts|time|timestamp|t)":\s*(\d{10})(\d{3})?(?:[.,}]|$)`)
)

// clock is the time that a line gives itself; zone tells whether it says of which zone it is:
// otherwise it is taken as UTC. It is zero where there is none.
func clock(line string) (at time.Time, zone bool) {
	line = line[:min(len(line), clockWithin)]
	if m := civilClock().FindStringSubmatch(line); m != nil {
		text := m[1] + "-" + m[2] + "-" + m[3] + "T" + m[4]
		if m[5] == "" || m[5] == "Z" || m[5] == "UTC" {
			at, _ = time.Parse("2006-01-02T15:04:05", text)
			return at, m[5] != ""
		}
		at, err := time.Parse("2006-01-02T15:04:05-0700", text+strings.Replace(m[5], ":", "", 1))
		return at.UTC(), err == nil
	}
	if m := webClock().FindString(line); m != "" {
		at, err := time.Parse("02/Jan/2006:15:04:05 -0700", m)
		return at.UTC(), err == nil
	}
	if m := epochClock.FindStringSubmatch(line); m != nil {
		seconds, err := strconv.ParseInt(m[1], 10, 64)
		if err == nil {
			return time.Unix(seconds, 0).UTC(), true
		}
	}
	return time.Time{}, false
}

// clocks are the lines of a log with when the server says that they were written, which may
// not be known.
type clocks struct {
	lines []string
	times []time.Time
}

// at is when a line was written: by the server, else by the line itself.
func (c clocks) at(i int) (at time.Time, zone bool) {
	if !c.times[i].IsZero() {
		return c.times[i], true
	}
	return clock(c.lines[i])
}

// newest is the last time that the log tells of.
func (c clocks) newest() time.Time {
	for i := len(c.lines) - 1; i >= 0; i-- {
		if at, _ := c.at(i); !at.IsZero() {
			return at
		}
	}
	return time.Time{}
}
