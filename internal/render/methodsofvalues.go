package render

import (
	"time"

	"github.com/Masterminds/semver/v3"
)

var ofTime = methods[time.Time]{
	"Add":           func(t time.Time) any { return t.Add },
	"AddDate":       func(t time.Time) any { return t.AddDate },
	"After":         func(t time.Time) any { return t.After },
	"AppendBinary":  func(t time.Time) any { return t.AppendBinary },
	"AppendFormat":  func(t time.Time) any { return t.AppendFormat },
	"AppendText":    func(t time.Time) any { return t.AppendText },
	"Before":        func(t time.Time) any { return t.Before },
	"Clock":         func(t time.Time) any { return t.Clock },
	"Compare":       func(t time.Time) any { return t.Compare },
	"Date":          func(t time.Time) any { return t.Date },
	"Day":           func(t time.Time) any { return t.Day },
	"Equal":         func(t time.Time) any { return t.Equal },
	"Format":        func(t time.Time) any { return t.Format },
	"GoString":      func(t time.Time) any { return t.GoString },
	"GobEncode":     func(t time.Time) any { return t.GobEncode },
	"Hour":          func(t time.Time) any { return t.Hour },
	"ISOWeek":       func(t time.Time) any { return t.ISOWeek },
	"In":            func(t time.Time) any { return t.In },
	"IsDST":         func(t time.Time) any { return t.IsDST },
	"IsZero":        func(t time.Time) any { return t.IsZero },
	"Local":         func(t time.Time) any { return t.Local },
	"Location":      func(t time.Time) any { return t.Location },
	"MarshalBinary": func(t time.Time) any { return t.MarshalBinary },
	"MarshalJSON":   func(t time.Time) any { return t.MarshalJSON },
	"MarshalText":   func(t time.Time) any { return t.MarshalText },
	"Minute":        func(t time.Time) any { return t.Minute },
	"Month":         func(t time.Time) any { return t.Month },
	"Nanosecond":    func(t time.Time) any { return t.Nanosecond },
	"Round":         func(t time.Time) any { return t.Round },
	"Second":        func(t time.Time) any { return t.Second },
	"String":        func(t time.Time) any { return t.String },
	"Sub":           func(t time.Time) any { return t.Sub },
	"Truncate":      func(t time.Time) any { return t.Truncate },
	"UTC":           func(t time.Time) any { return t.UTC },
	"Unix":          func(t time.Time) any { return t.Unix },
	"UnixMicro":     func(t time.Time) any { return t.UnixMicro },
	"UnixMilli":     func(t time.Time) any { return t.UnixMilli },
	"UnixNano":      func(t time.Time) any { return t.UnixNano },
	"Weekday":       func(t time.Time) any { return t.Weekday },
	"Year":          func(t time.Time) any { return t.Year },
	"YearDay":       func(t time.Time) any { return t.YearDay },
	"Zone":          func(t time.Time) any { return t.Zone },
	"ZoneBounds":    func(t time.Time) any { return t.ZoneBounds },
}

var ofDuration = methods[time.Duration]{
	"Abs":          func(d time.Duration) any { return d.Abs },
	"Hours":        func(d time.Duration) any { return d.Hours },
	"Microseconds": func(d time.Duration) any { return d.Microseconds },
	"Milliseconds": func(d time.Duration) any { return d.Milliseconds },
	"Minutes":      func(d time.Duration) any { return d.Minutes },
	"Nanoseconds":  func(d time.Duration) any { return d.Nanoseconds },
	"Round":        func(d time.Duration) any { return d.Round },
	"Seconds":      func(d time.Duration) any { return d.Seconds },
	"String":       func(d time.Duration) any { return d.String },
	"Truncate":     func(d time.Duration) any { return d.Truncate },
}

var ofMonth = methods[time.Month]{
	"String": func(m time.Month) any { return m.String },
}

var ofWeekday = methods[time.Weekday]{
	"String": func(d time.Weekday) any { return d.String },
}

var ofLocation = methods[*time.Location]{
	"String": func(l *time.Location) any { return l.String },
}

var ofVersion = methods[semver.Version]{
	"IncMajor":      func(v semver.Version) any { return v.IncMajor },
	"IncMinor":      func(v semver.Version) any { return v.IncMinor },
	"IncPatch":      func(v semver.Version) any { return v.IncPatch },
	"Major":         func(v semver.Version) any { return v.Major },
	"MarshalJSON":   func(v semver.Version) any { return v.MarshalJSON },
	"MarshalText":   func(v semver.Version) any { return v.MarshalText },
	"Metadata":      func(v semver.Version) any { return v.Metadata },
	"Minor":         func(v semver.Version) any { return v.Minor },
	"Patch":         func(v semver.Version) any { return v.Patch },
	"Prerelease":    func(v semver.Version) any { return v.Prerelease },
	"SetMetadata":   func(v semver.Version) any { return v.SetMetadata },
	"SetPrerelease": func(v semver.Version) any { return v.SetPrerelease },
	"String":        func(v semver.Version) any { return v.String },
	"Value":         func(v semver.Version) any { return v.Value },
}

var ofVersionPointer = methods[*semver.Version]{
	"Compare":          func(v *semver.Version) any { return v.Compare },
	"Equal":            func(v *semver.Version) any { return v.Equal },
	"GreaterThan":      func(v *semver.Version) any { return v.GreaterThan },
	"GreaterThanEqual": func(v *semver.Version) any { return v.GreaterThanEqual },
	"LessThan":         func(v *semver.Version) any { return v.LessThan },
	"LessThanEqual":    func(v *semver.Version) any { return v.LessThanEqual },
	"Original":         func(v *semver.Version) any { return v.Original },
	"Scan":             func(v *semver.Version) any { return v.Scan },
	"UnmarshalJSON":    func(v *semver.Version) any { return v.UnmarshalJSON },
	"UnmarshalText":    func(v *semver.Version) any { return v.UnmarshalText },
}
