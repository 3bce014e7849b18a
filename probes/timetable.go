package probes

import (
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // an image without the files of time zones must not make them unknown

	"github.com/robfig/cron/v3"

	"github.com/careen-tui/careen/internal/model"
)

// timetable is when a CronJob is to run.
type timetable struct {
	cron.Schedule
	slack int // runs by which a count may be wrong: the controller's time zone is not known
}

// timetableOf reads a schedule as the controller of CronJobs does (kubernetes
// pkg/controller/cronjob, formatSchedule); why says why it cannot.
func timetableOf(s *model.Schedule) (t timetable, why string) {
	zone := time.UTC
	if s.Zone != "" {
		var ok bool
		if zone, ok = zones.load(s.Zone); !ok {
			return t, fmt.Sprintf("there is no time zone %q", s.Zone)
		}
	}
	spec, inside := strings.TrimSpace(s.Cron), false
	if rest, is := cutZone(spec); is {
		name, fields, ok := strings.Cut(rest, " ")
		if !ok {
			return t, fmt.Sprintf("the schedule %q holds a time zone alone", s.Cron)
		}
		if zone, ok = zones.load(name); !ok {
			return t, fmt.Sprintf("there is no time zone %q", name)
		}
		spec, inside = fields, true
	}
	parsed, err := cron.ParseStandard(spec)
	if err != nil {
		return t, fmt.Sprintf("the schedule %q cannot be read: %v", s.Cron, err)
	}
	if fields, ok := parsed.(*cron.SpecSchedule); ok {
		fields.Location = zone
		// The controller's own zone is UTC nearly everywhere, and a run shows whether it is.
		if s.Zone == "" && !inside && !s.Last.IsZero() && !parsed.Next(s.Last.Add(-time.Second)).Equal(s.Last) {
			t.slack = 1
		}
	}
	t.Schedule = parsed
	return t, ""
}

func cutZone(spec string) (rest string, is bool) {
	if rest, is = strings.CutPrefix(spec, "CRON_TZ="); is {
		return rest, true
	}
	return strings.CutPrefix(spec, "TZ=")
}

// nth is the time of the n-th run after t; zero where there are not so many.
func (t timetable) nth(from time.Time, n int) time.Time {
	for range n + t.slack {
		if from = t.Next(from.UTC()); from.IsZero() {
			break
		}
	}
	return from
}

// runs counts the runs after from and until to, up to a bound.
func (t timetable) runs(from, to time.Time) (n int) {
	for at := t.Next(from.UTC()); !at.IsZero() && !at.After(to) && n < maxRuns; at = t.Next(at) {
		n++
	}
	return max(0, n-t.slack)
}

const maxRuns = 100

// zoneTable keeps the time zones that were asked for: reading one takes a file, or a part
// of the program that is as good.
type zoneTable struct {
	sync.Mutex
	known map[string]*time.Location // nil for one that does not exist
}

var zones = &zoneTable{known: map[string]*time.Location{}}

// maxZones bounds what is kept; there are some 600.
const maxZones = 1000

func (z *zoneTable) load(name string) (*time.Location, bool) {
	z.Lock()
	defer z.Unlock()
	if loc, ok := z.known[name]; ok {
		return loc, loc != nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || strings.EqualFold(name, "local") { // which the API server does not take
		loc = nil
	}
	if len(z.known) < maxZones {
		z.known[name] = loc
	}
	return loc, loc != nil
}
