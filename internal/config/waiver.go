package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/careen-tui/careen/internal/finding"
)

// Waiver says that findings are accepted, why, and until when.
type Waiver struct {
	Probe   string // a probe's id, or a pattern
	Subject string // a pattern of namespace/Kind/name, with #slot where it names one
	Context string // a pattern of the contexts in which it holds; empty for all
	Reason  string
	Until   time.Time // the first moment at which it no longer holds; zero for never
	Where   string    // file:line:column
}

func (d decoder) waivers(n *yaml.Node) error {
	if n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		return d.wrong(n, "a list of waivers is wanted here, not %s", describe(n))
	}
	for _, item := range n.Content {
		w := Waiver{Where: d.at(item)}
		err := d.fields(item, map[string]func(*yaml.Node) error{
			"probe":   func(v *yaml.Node) error { return d.text(v, &w.Probe) },
			"subject": func(v *yaml.Node) error { return d.text(v, &w.Subject) },
			"context": func(v *yaml.Node) error { return d.text(v, &w.Context) },
			"reason":  func(v *yaml.Node) error { return d.text(v, &w.Reason) },
			"until": func(v *yaml.Node) error {
				var text string
				if err := d.text(v, &text); err != nil {
					return err
				}
				day, err := time.Parse(time.DateOnly, text)
				if err != nil {
					return d.wrong(v, "%q is not a date; write 2026-12-31", text)
				}
				w.Until = day.AddDate(0, 0, 1)
				return nil
			},
		})
		if err != nil {
			return err
		}
		for _, missing := range []struct{ name, value string }{{"probe", w.Probe}, {"subject", w.Subject}, {"reason", w.Reason}} {
			if missing.value == "" {
				return d.wrong(item, "the waiver has no %s", missing.name)
			}
		}
		if !d.runs(w.Probe) {
			return d.wrong(item, "there is no probe %q; careen probes lists them", w.Probe)
		}
		d.file.Waivers = append(d.file.Waivers, w)
	}
	return nil
}

// runs reports whether a waiver's probe can ever match.
func (d decoder) runs(pattern string) bool {
	return slices.ContainsFunc(d.known, func(id finding.ProbeID) bool { return Match(pattern, string(id)) })
}

// Expired reports whether the waiver's day has passed.
func (w Waiver) Expired(now time.Time) bool { return !w.Until.IsZero() && !now.Before(w.Until) }

// Last is the waiver's last day; empty where it has none.
func (w Waiver) Last() string {
	if w.Until.IsZero() {
		return ""
	}
	return w.Until.AddDate(0, 0, -1).Format(time.DateOnly)
}

// In reports whether the waiver holds in a cluster, by its context.
func (w Waiver) In(context string) bool { return w.Context == "" || Match(w.Context, context) }

// Accepting is the waiver of one finding.
func Accepting(f *finding.Finding, context, reason string, until time.Time) Waiver {
	subject := f.Subject.Namespace + "/" + string(f.Subject.Kind) + "/" + f.Subject.Name
	if f.Slot != "" {
		subject += "#" + f.Slot
	}
	return Waiver{Probe: string(f.Probe), Subject: subject, Context: context, Reason: reason, Until: until}
}

// ParseUntil reads the end of a waiver as people type it: a day (2026-12-31), a time from
// now on (7d, 2w), or nothing for none. It is the first moment at which the waiver no
// longer holds.
func ParseUntil(text string, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return time.Time{}, nil
	}
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	if n, err := strconv.Atoi(text[:len(text)-1]); err == nil && n > 0 && n <= mostDays {
		switch text[len(text)-1] {
		case 'd':
			return today.AddDate(0, 0, n+1), nil
		case 'w':
			return today.AddDate(0, 0, 7*n+1), nil
		}
	}
	day, err := time.Parse(time.DateOnly, text)
	switch {
	case err != nil:
		return time.Time{}, fmt.Errorf("%q is not a day: write 2026-12-31, 30d or 2w, or nothing for no end", text)
	case day.Before(today):
		return time.Time{}, fmt.Errorf("%s is over already", text)
	}
	return day.AddDate(0, 0, 1), nil
}

// mostDays bounds how far from now on a waiver may end.
const mostDays = 10_000

// Covers reports whether the waiver is about a finding, whatever the day.
func (w Waiver) Covers(f *finding.Finding) bool {
	subject := f.Subject.Namespace + "/" + string(f.Subject.Kind) + "/" + f.Subject.Name
	return Match(w.Probe, string(f.Probe)) && (Match(w.Subject, subject) || f.Slot != "" && Match(w.Subject, subject+"#"+f.Slot))
}

// Match reports whether text fits a pattern in which * stands for any run of
// characters, slashes too, and ? for one.
func Match(pattern, text string) bool {
	star, mark := -1, 0
	p, t := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p, t = p+1, t+1
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
