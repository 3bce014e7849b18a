package connect

import (
	"net/http"
	"testing"
	"time"
)

func TestTheServersClock(t *testing.T) {
	answer := func(at time.Time) *http.Response {
		return &http.Response{Header: http.Header{"Date": {at.UTC().Format(http.TimeFormat)}}}
	}
	now := time.Now()
	var c clock
	c.heard(answer(now.Add(time.Hour)), now)
	if got := time.Duration(c.ahead.Load()); (got - time.Hour).Abs() > 2*time.Second {
		t.Errorf("an hour ahead: %s", got)
	}
	c.heard(&http.Response{Header: http.Header{"Date": {"yesterday"}}}, now)
	c.heard(answer(now), now.Add(-time.Minute))
	if got := time.Duration(c.ahead.Load()); (got - time.Hour).Abs() > 2*time.Second {
		t.Errorf("after an answer that tells nothing, and one that took a minute: %s", got)
	}
	c.heard(answer(time.Now()), time.Now())
	if got := time.Duration(c.ahead.Load()); got.Abs() > 2*time.Second {
		t.Errorf("in step: %s", got)
	}
}
