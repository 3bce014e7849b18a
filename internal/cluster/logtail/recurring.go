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
	near   = 2 // messages that lie no further apart are of one burst, unless it was well between them
	rarely = 5 // one message in so many at least, where it names nothing: what such a line means is not known
)

// recurring finds what a log repeats up to its end. One that has since gone on
// for longer than it takes from one time to the next, or that says since that it is well,
// has got over it.
func recurring(all []statement, when clocks) (best *Recurring) {
	groups := map[model.Telling][]int{}
	for i := range all {
		if s := &all[i]; s.ofProgram() {
			groups[keyOf(s.Telling)] = append(groups[keyOf(s.Telling)], i)
		}
	}
	if r := lastWords(all, when); r != nil {
		return r
	}
	most, well := 0, wells(nil)
	for _, at := range groups {
		newest := &all[at[len(at)-1]]
		if len(at) < recurs || newest.vague() && len(at)*rarely < len(all)-at[0] {
			continue
		}
		if well == nil {
			well = wellIn(all)
		}
		if !goesOnToTheEnd(all, at, well) {
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

// keyOf is what a line says without its words, in which there are counts and times. Of a line of
// no class these are all there is, so its numbers alone are left out.
func keyOf(t *model.Telling) model.Telling {
	if t.Class == model.LogSaid || t.Class == model.LogException {
		return model.Telling{Class: t.Class, Line: numbers().ReplaceAllString(t.Line, "#")}
	}
	return model.Telling{Class: t.Class, Host: t.Host, Port: t.Port, User: t.User, Name: t.Name, Verb: t.Verb, What: t.What, Group: t.Group, In: t.In}
}

// numbers are counts, times and identifiers in a line.
var numbers = lazy(`\b[0-9a-fA-F-]{12,}\b|\d+(?:[.:,]\d+)*`)

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
		named = named || s.level >= failed && !contains(strings.ToLower(s.Line), ofClients)
	case model.LogDenied:
		named = named || s.User != "" || contains(strings.ToLower(s.Line), ownDenials)
	case model.LogSaid, model.LogException, model.LogLimit, model.LogMemory, model.LogMigration, model.LogSetting, model.LogFile, model.LogPermission:
		named = s.level >= failed || s.Class == model.LogLimit && contains(strings.ToLower(s.Line), ownLimits)
	case model.LogInUse, model.LogArgument, model.LogParse, model.LogCommand, model.LogModule, model.LogRoot:
		return false
	}
	line := strings.ToLower(s.message.head[:min(len(s.message.head), classifyLimit)] + " " + s.Line)
	return named && (!contains(line, clientWords) || strings.Contains(line, "upstream"))
}

// ownDenials are said by who is refused, and by no server of who it refuses.
var ownDenials = []string{"wrongpass", "noauth", "authentication failure; check", "not authorized on", "unable to authenticate using mechanism", "sasl conversation error", "no password supplied", "permission denied for table", "permission denied for schema", "access_refused", "invalidaccesskeyid", "signaturedoesnotmatch", "invalid_grant"}

// ownLimits are said by nobody of a client, though a server may go on and only warn of them.
var ownLimits = []string{"too many open files", "cannot assign requested address", "can't assign requested address", "unable to create new native thread", "can't start new thread"}

// clientWords are in lines about a request that somebody else made. Where it is passed on to an
// upstream, that is what the program needs.
var clientWords = []string{"client:", "handshake error from", "remote_addr", "remote-addr", "remote addr", "client-addr", "client_ip", "peer=", "\"get /", "\"post /", "\"head /", "\"put /", "user-agent", "user_agent"}

// ofClients are in lines about connections that somebody else opened, or may have.
var ofClients = []string{"client", "reset by peer", "broken pipe", "handshake", "remote error"}

// vague reports whether a statement names nothing that could be looked at.
func (s *statement) vague() bool {
	return s.class == nil || (s.Class == model.LogTLS || s.Class == model.LogNoAnswer) && s.Host == ""
}

// goesOnToTheEnd reports whether what is said at these messages of a log is likely to be said
// again.
func goesOnToTheEnd(all []statement, at []int, well wells) bool {
	last := at[len(at)-1]
	after := len(all) - 1 - last
	if since := well.between(last, len(all)); since > 0 {
		// It was well before, and yet failed again, and does more often than not.
		before := well.between(at[0], last)
		if before == 0 || !all[last].vague() && len(at) <= before+since {
			return false
		}
	}
	if after < near {
		return true
	}
	n := 1
	for i := 1; i < len(at); i++ {
		if at[i]-at[i-1] > near || well.between(at[i-1], at[i]) > 0 {
			n++
		}
	}
	return n >= bursts && 2*n*after <= 3*(len(all)-at[0])
}

// wells are, for each message of a log, how many before it say that the program has what it needs.
type wells []int

func wellIn(all []statement) wells {
	out := make(wells, len(all)+1)
	for i := range all {
		out[i+1] = out[i]
		if contains(strings.ToLower(all[i].message.head), wellWords) {
			out[i+1]++
		}
	}
	return out
}

// between is how many there are from one message on to before another.
func (w wells) between(from, to int) int { return w[to] - w[from] }

// wellWords are what programs say once they have what they waited for.
var wellWords = []string{"connected", "established", "recovered", "restored", "is ready", "now ready", "started", "listening", "healthy", "succe", "resumed", "available"}
