package repair

import (
	"fmt"
	"time"

	"github.com/careen-tui/careen/internal/styled"
)

// Standing is what may be said of an entry: a word for its state, what that means, and
// which commands can be given.
type Standing struct {
	State  string
	Detail string // empty where there is no more to say
	Advice string // likewise
	Role   styled.Role
	Usable bool // whether it can be planned to take it back
	Rest   bool // whether its rest can be planned
}

// Standing is what an entry says at that time of the server.
func (e *Entry) Standing(now time.Time) Standing {
	s := Standing{State: string(e.State), Usable: true, Role: styled.Normal}
	undo := "careen undo " + e.ID
	switch {
	case e.Problem != "":
		return Standing{State: "unusable", Detail: e.Problem, Role: styled.Bad}
	case e.Undoing != nil:
		s.Detail, s.Role, s.Usable = "being taken back "+e.Undoing.Lease.words(now)+e.lease(e.Undoing.Lease, now), styled.Medium, false
	case e.Live:
		s.State, s.Detail, s.Role, s.Usable = "applying", "being applied "+e.Lease.words(now)+e.lease(e.Lease, now), styled.Medium, false
	case e.State == Closed:
		s.Detail, s.Role, s.Usable = "nothing of it was done: "+e.Reason, styled.Medium, false
	case e.State == Undone:
		s.Role, s.Usable = styled.Medium, false
	case e.State == Unconfirmed:
		s.Role = styled.Medium
	case e.State == Confirmed:
		s.Role = styled.Good
	case e.State == Open && len(e.Progress) == 0:
		s.State, s.Role, s.Detail = "not begun", styled.Medium, "no step of it is noted as done"+e.because()
		s.Advice = undo + " looks whether one was"
	case e.State == Open && len(e.Progress) == len(e.Writes):
		s.State, s.Role, s.Rest, s.Detail = "applied", styled.Medium, true, "every step was done, but not proved"+e.because()
		s.Advice = undo + " --finish proves it, " + undo + " takes it back"
	case e.State == Open:
		s.State, s.Role, s.Rest = "interrupted", styled.Bad, true
		s.Detail = fmt.Sprintf("%d of %d steps were done%s", len(e.Progress), len(e.Writes), e.because())
		s.Advice = undo + " takes them back, " + undo + " --finish does the rest"
	}
	if !e.Own && s.Usable {
		s.Role, s.Rest = styled.Medium, false
		s.Detail = "not applied from here, so whoever may create Secrets in namespace " + e.Namespace + " can have made it up"
		s.Advice = undo + " shows it whole; applying that needs --confirm " + e.ID
	}
	return s
}

func (e *Entry) because() string {
	if e.Reason == "" {
		return ""
	}
	return " (" + e.Reason + ")"
}

// lease says how fresh the sign of life is, and how long one counts.
func (e *Entry) lease(l Lease, now time.Time) string {
	return fmt.Sprintf("; last sign of life %s ago, after %s without one it counts as dead", max(0, now.Sub(l.Beat)).Round(time.Second), staleAfter)
}
