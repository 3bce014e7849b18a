package text

import (
	"fmt"
	"strings"
	"time"
)

// Steps writes a duration as an operator reads it, and returns the time until the
// text would change: "under 1m", whole minutes to ten, steps of five minutes to an
// hour, then hours ("1h", "22h"), "1d4h" below four days, then days.
func Steps(d time.Duration) (text string, next time.Duration) {
	switch {
	case d < time.Minute:
		return "under 1m", time.Minute - max(d, 0)
	case d < 10*time.Minute:
		return step(d, time.Minute)
	case d < time.Hour:
		return step(d, 5*time.Minute)
	case d < 24*time.Hour:
		_, next = step(d, time.Hour)
		return fmt.Sprintf("%dh", int(d.Hours())), next
	case d < 96*time.Hour:
		_, next = step(d, time.Hour)
		days, hours := int(d.Hours())/24, int(d.Hours())%24
		if hours == 0 {
			return fmt.Sprintf("%dd", days), next
		}
		return fmt.Sprintf("%dd%dh", days, hours), next
	default:
		_, next = step(d, 24*time.Hour)
		return fmt.Sprintf("%dd", int(d.Hours())/24), next
	}
}

// Duration writes a duration without the zeros of time.Duration: "1m", "1h30m", "2.5s".
func Duration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-2]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-2]
	}
	return s
}

func step(d, unit time.Duration) (string, time.Duration) {
	whole := d.Truncate(unit)
	return fmt.Sprintf("%dm", int(whole.Minutes())), whole + unit - d
}
