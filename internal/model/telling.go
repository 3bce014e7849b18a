package model

// LogClass is what a line of a log says went wrong.
type LogClass string

// The classes of lines.
const (
	LogForbidden  LogClass = "forbidden"         // the API server refuses an account a verb
	LogInUse      LogClass = "address in use"    // a port that is taken
	LogDisk       LogClass = "disk full"         // no space, or no quota of it
	LogLimit      LogClass = "limit"             // of open files, ports, threads, connections, requests
	LogMemory     LogClass = "out of memory"     // told by the program itself
	LogTLS        LogClass = "TLS"               // a certificate, or no TLS at all
	LogUnknown    LogClass = "unknown host"      // a name that does not resolve
	LogRefused    LogClass = "refused"           // a port that nothing listens on
	LogNoAnswer   LogClass = "no answer"         // timed out, unreachable
	LogDenied     LogClass = "access denied"     // a user or password that another program does not take
	LogDatabase   LogClass = "no such database"  // of a server that answers
	LogMigration  LogClass = "migration"         // a schema that is not as it is expected
	LogSetting    LogClass = "setting"           // a variable or setting that is not set
	LogArgument   LogClass = "argument"          // a flag that the program does not know
	LogParse      LogClass = "cannot parse"      // a value or file that is malformed
	LogCommand    LogClass = "command"           // a program that is not there, or not of this architecture
	LogModule     LogClass = "module"            // a library or class that is not there
	LogFile       LogClass = "no such file"      // any other file
	LogPermission LogClass = "permission denied" // of a file, directory or port
	LogReadOnly   LogClass = "read-only"         // a file system that may not be written to
	LogNoWrites   LogClass = "no writes"         // a server that answers, and takes no writes
	LogLocked     LogClass = "locked"            // a lock in a database that is not had
	LogRoot       LogClass = "root"              // a program that refuses to run as root
	LogException  LogClass = "exception"         // a panic or exception of no class above
	LogSaid       LogClass = "said"              // an error in words of no class above
)

// Telling is the message of a log that says best why its program ended or does not
// work. What it names is empty where the line does not name it; nothing of it is proved
// by the line alone.
type Telling struct {
	Class LogClass `careen:"keep"`
	Line  string   `careen:"text"` // sanitised, masked and cut
	Host  string   `careen:"name"` // of refused, unknown host, no answer, TLS
	Port  int32    // of these, and of address in use and permission denied
	User  string   `careen:"name"` // of access denied and forbidden
	Name  string   `careen:"text"` // the file, variable, flag, command, module, database
	Verb  string   `careen:"keep"` // of forbidden
	What  string   `careen:"keep"` // of forbidden: the resource, with its subresource
	Group string   `careen:"api"`  // of forbidden: the API group
	In    string   `careen:"name"` // of forbidden: the namespace; empty for the whole cluster
	Fatal bool     // it says itself that it ends the program, or is its last message
}
