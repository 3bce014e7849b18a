package logtail

import (
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// Recurring is an error that a program goes on to write, though it runs: what was wrong for
// a while as it started is none.
type Recurring struct {
	*model.Telling           // the newest of them
	Times          int       // how often, in the lines that were read
	First, Last    time.Time // by the log's own times; zero where it has none
	Zone           bool      // these times say of which zone they are
}

const (
	recurs = 3 // times at least
	bursts = 3 // of them at least, where the log has gone on to something else
	near   = 2 // messages that lie no further apart are of one burst
)

// recurring finds what a log says again and again up to its end. One that has since gone on
// for longer than it takes from one time to the next, or that says since that it is well,
// has got over it.
func recurring(all []statement, when clocks) (best *Recurring) {
	groups := map[model.Telling][]int{}
	for i := range all {
		if s := &all[i]; s.ofProgram() {
			groups[keyOf(s.Telling)] = append(groups[keyOf(s.Telling)], i)
		}
	}
	most := 0
	for _, at := range groups {
		newest := &all[at[len(at)-1]]
		if len(at) < recurs || !goesOnToTheEnd(all, at) {
			continue
		}
		r := &Recurring{Telling: newest.Telling, Times: len(at)}
		r.First, _ = when.at(all[at[0]].message.at)
		r.Last, r.Zone = when.at(newest.message.at)
		if !r.Last.IsZero() && when.newest().Sub(r.Last) > overAfter {
			continue
		}
		if w := newest.weight()*len(all) + at[len(at)-1]; w > most {
			best, most = r, w
		}
	}
	return best
}

// Into writes into the row of a container that runs and is ready what its log says again and
// again, if there is anything.
func (r *Recurring) Into(row *model.LogTail) {
	row.Well = true
	if r != nil {
		row.Lines, row.Telling = []string{r.Line}, r.Telling
		row.Times, row.First, row.Last, row.Zone = r.Times, r.First, r.Last, r.Zone
	}
}

// overAfter is for how long, by its own times, a log goes on without an error until that has
// been overcome.
const overAfter = 10 * time.Minute

// keyOf is what a line says without its words, in which there are counts and times.
func keyOf(t *model.Telling) model.Telling {
	return model.Telling{Class: t.Class, Host: t.Host, Port: t.Port, User: t.User, Name: t.Name, Verb: t.Verb, What: t.What, Group: t.Group, In: t.In}
}

// ofProgram reports whether a message is about what the program itself needs, and not about
// one of its clients, which do wrong all the time.
func (s *statement) ofProgram() bool {
	if s.Telling == nil || s.level == quiet {
		return false
	}
	named := s.Host != ""
	switch s.Class {
	case model.LogForbidden, model.LogUnknown, model.LogRefused, model.LogDisk, model.LogDatabase, model.LogReadOnly, model.LogNoWrites, model.LogLocked:
		named = true
	case model.LogTLS, model.LogNoAnswer:
	case model.LogDenied:
		named = named || s.User != "" || contains(strings.ToLower(s.Line), ownDenials)
	case model.LogLimit, model.LogMemory, model.LogMigration, model.LogSetting, model.LogFile, model.LogPermission:
		named = s.level >= failed
	case model.LogInUse, model.LogArgument, model.LogParse, model.LogCommand, model.LogModule, model.LogRoot, model.LogException, model.LogSaid:
		return false
	}
	line := strings.ToLower(s.message.head[:min(len(s.message.head), classifyLimit)] + " " + s.Line)
	return named && (!contains(line, clientWords) || strings.Contains(line, "upstream"))
}

// ownDenials are said by who is refused, and by no server of who it refuses.
var ownDenials = []string{"wrongpass", "noauth", "authentication failure; check", "not authorized on", "unable to authenticate using mechanism", "sasl conversation error", "no password supplied", "permission denied for table", "permission denied for schema", "access_refused", "invalidaccesskeyid", "signaturedoesnotmatch", "invalid_grant"}

// clientWords are in lines about a request that somebody else made. Where it is passed on to an
// upstream, that is what the program needs.
var clientWords = []string{"client:", "handshake error from", "remote_addr", "remote-addr", "remote addr", "client-addr", "client_ip", "peer=", "\"get /", "\"post /", "\"head /", "\"put /", "user-agent", "user_agent"}

// goesOnToTheEnd reports whether what is said at these messages of a log is likely to be said
// again.
func goesOnToTheEnd(all []statement, at []int) bool {
	last := at[len(at)-1]
	after := len(all) - 1 - last
	for i := last + 1; i < len(all); i++ {
		if contains(strings.ToLower(all[i].message.head), wellWords) {
			return false
		}
	}
	if after == 0 {
		return true
	}
	n := 1
	for i := 1; i < len(at); i++ {
		if at[i]-at[i-1] > near {
			n++
		}
	}
	return n >= bursts && 2*n*after <= 3*(len(all)-at[0])
}

// wellWords are what programs say once they have what they waited for.
var wellWords = []string{"connected", "established", "recovered", "restored", "is ready", "now ready", "started", "listening", "healthy", "succe", "resumed", "available"}
