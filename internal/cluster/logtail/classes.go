package logtail

import (
	"regexp"

	"github.com/careen-tui/careen/internal/model"
)

// class is how lines of a class are known: by any of the words (in lower case), and
// what they name by the first expression that matches. The named groups host, port,
// user, name, verb, what, group and in fill in the fields of a Telling.
type class struct {
	of      model.LogClass
	words   []string
	details []func() *regexp.Regexp
	patient bool // programs try again before they give up, and warn of it
	named   bool // its words are said of much else: a line is of it only where it names something
}

func all(expressions ...string) (out []func() *regexp.Regexp) {
	for _, e := range expressions {
		out = append(out, lazy(e))
	}
	return out
}

// The shape of what a line names.
const (
	hostName = `(?P<host>[A-Za-z0-9_](?:[-A-Za-z0-9_.]*[A-Za-z0-9_])?)`
	hostPort = hostName + `(?:/[0-9.:]+)?:(?P<port>\d{2,5})`
	q        = `["'` + "`" + `‘’“”]`
	path     = `(?P<name>/[^\s"'` + "`" + `:,;)]+)`
	barePath = `(?:^|[\s("'=:])` + path
	variable = `(?P<name>[A-Za-z_][A-Za-z0-9_.-]{1,80})`
)

// classes are in the order in which they are asked: what a line says in particular
// comes before what many lines say.
var classes = []class{
	{of: model.LogForbidden, named: true, words: []string{"cannot "}, details: all(
		`User "(?P<user>[^"]+)" cannot (?P<verb>[a-z]+) resource "(?P<what>[^"]+)" in API group "(?P<group>[^"]*)" in the namespace "(?P<in>[^"]+)"`,
		`User "(?P<user>[^"]+)" cannot (?P<verb>[a-z]+) resource "(?P<what>[^"]+)" in API group "(?P<group>[^"]*)" at the cluster scope`,
		`User "(?P<user>[^"]+)" cannot (?P<verb>[a-z]+) resource "(?P<what>[^"]+)" in API group "(?P<group>[^"]*)"`,
	)},
	{of: model.LogInUse, words: []string{"address already in use", "address in use", "eaddrinuse", "was already in use", "port is already allocated", "only one usage of each socket address", "(98: address"}, details: all(
		`(?:listen|bind)\S*[^:]* (?:tcp|udp)?\d? ?\S*:(?P<port>\d{2,5})`, `(?i)port:? (?P<port>\d{2,5})`, `bind\(\) to \S*?:?(?P<port>\d{2,5}) failed`, `address already in use:? \S*:(?P<port>\d{2,5})`, `\(?['"][\w.:]*['"], (?P<port>\d{2,5})\)`, `:(?P<port>\d{2,5})\b`,
	)},
	{of: model.LogLimit, words: []string{"too many open files", "emfile", "enfile", "cannot assign requested address", "can't assign requested address", "eaddrnotavail", "system limit for number of file watchers", "inotify_add_watch", "inotify watch limit", "unable to create new native thread", "unable to create native thread", "can't start new thread", "pthread_create failed", "too many connections", "remaining connection slots are reserved", "too many clients already", "max number of clients reached", "queuepool limit of size", "connection pool exhausted", "connection pool is exhausted", "connection is not available, request timed out", "timed out fetching a new connection from the connection pool", "oom command not allowed when used memory", "rate limit exceeded", "429 too many requests", "status code 429", "toomanyrequests"}},
	{of: model.LogNoWrites, words: []string{"readonly you can't write against a read only", "misconf redis is configured to save", "in a read-only transaction", "notwritableprimary", "notprimarynosecondaryok", "not master and slaveok", "cluster_block_exception", "the mysql server is running with the --read-only option", "the mysql server is running with the --super-read-only option", "attempt to write a readonly database", "noreplicas not enough good replicas"}},
	{of: model.LogLocked, words: []string{"deadlock detected", "deadlock found when trying to get lock", "lock wait timeout exceeded", "could not obtain lock on", "canceling statement due to lock timeout", "database is locked"}},
	{of: model.LogDisk, words: []string{"no space left on device", "enospc", "disk quota exceeded", "disk is full", "disk full", "not enough disk space", "insufficient disk space"}, details: all(
		`(?:write|open|mkdir|create)\w* `+path, q+path+q,
	)},
	{of: model.LogMemory, words: []string{"outofmemoryerror", "out of memory", "cannot allocate memory", "enomem", "memoryerror", "std::bad_alloc", "memory allocation of", "insufficient memory for the java"}},
	{of: model.LogTLS, patient: true, words: []string{"x509:", "certificate verify failed", "certificate_verify_failed", "certificate has expired", "certificate expired", "certificate validation failed", "self signed certificate", "self-signed certificate", "sslhandshakeexception", "pkix path", "remote error: tls", "tls: failed", "tls: bad", "tls: handshake", "handshake failure", "tls handshake", "unable to get local issuer certificate", "wrong_version_number", "wrong version number", "ssl routines", "certificate signed by unknown authority", "unable to verify the first certificate", "cert_has_expired", "ssl error", "does not look like a tls handshake", "server gave http response to https client", "server does not support ssl"}, details: all(
		`https?://`+hostName+`(?::(?P<port>\d{2,5}))?`, `not `+hostName+`\s*$`, `host=`+q+hostName+q+`, port=(?P<port>\d+)`, hostPort,
	)},
	{of: model.LogUnknown, patient: true, words: []string{"no such host", "enotfound", "eai_again", "could not translate host name", "name or service not known", "nodename nor servname", "name resolution", "unknownhostexception", "host not found", "could not resolve host", "couldn't resolve host", "could not resolve address", "unknown mysql server host", "failed to resolve", "bad address", "failed to lookup address", "name does not resolve", "nxdomain", "getaddrinfo", "unable to resolve host", "no address associated with hostname", "unknown host", "dns error", "cannot resolve host", "server misbehaving", "unresolvable hostname", "nodenotresolv"}, details: all(
		`lookup `+hostName+`(?: on \S+)?: `, `getaddrinfo (?:ENOTFOUND|EAI_AGAIN) `+hostName, `host name `+q+hostName+q, `UnknownHostException: `+hostName, `upstream `+q+hostName+`(?::(?P<port>\d+))?`+q,
		`(?i)resolve (?:host|hostname|address)?:?\s*`+q+`?`+hostName+q+`?`, `server host `+q+hostName+q, `(?i)bad address `+q+hostName+q, `getaddrinfo for `+hostName, `host=`+q+hostName+q+`, port=(?P<port>\d+)`,
		`connect(?:ing|ion)? to `+hostPort, `(?i)unknown host:?\s+`+q+`?`+hostName, `\w+://(?:[^@/\s]*@)?`+hostName+`(?::(?P<port>\d{2,5}))?`, hostPort,
	)},
	{of: model.LogRefused, patient: true, words: []string{"connection refused", "econnrefused", "connectionrefused", "refused to connect", "actively refused", "can't connect to mysql", "can't connect to server on", "failed to connect to all addresses", "connection was refused", "refused. check that", "connect: refused", "couldn't connect to server", "failed to connect to remote host", "could not connect to redis", "errno 111", "error 111"}, details: all(
		`(?:Get|Post|Put|Patch|Head|Delete) "https?://`+hostPort, `dial (?:tcp|udp)\d? (?:\[[0-9a-f:]+\]|`+hostName+`):(?P<port>\d+)`, `ECONNREFUSED `+hostPort, `server at `+q+hostName+q+`(?: \([^)]*\))?, port (?P<port>\d+)`, `Connection to `+hostPort+` refused`,
		`server on `+q+hostName+`(?::(?P<port>\d+))?`+q, `connect(?:ing|ion)? to(?: \w+ at)? `+hostPort, `host=`+q+hostName+q+`, port=(?P<port>\d+)`, `connect to `+hostName+` port (?P<port>\d+)`, `for `+q+hostName+q+` port (?P<port>\d+)`,
		`upstream: "\w+://`+hostPort, `[Rr]efused: (?:no further information: )?`+hostPort, `ipv[46]:`+hostPort, `\w+://(?:[^@/\s]*@)?`+hostPort, `\(`+q+hostName+q+`, (?P<port>\d+)\)`, hostPort,
	)},
	{of: model.LogRefused, patient: true, named: true, words: []string{"connection to "}, details: all(`(?i)connection to ` + hostPort + ` (?:was )?refused`)},
	{of: model.LogDenied, patient: true, words: []string{"password authentication failed", "access denied for user", "authentication failed", "wrongpass", "noauth", "authentication failure; check", "login failed for user", "access_refused", "invalid username", "invalid password", "wrong password", "invalidaccesskeyid", "signaturedoesnotmatch", "no pg_hba.conf entry", "ora-01017", "invalid credentials", "unable to authenticate", "authenticationfailed", "not authorized on", "invalid api key", "401 unauthorized", "status code 401", "invalid_grant", "bad credentials", "authenticationexception", "scram authentication", "auth failed", "does not have login", "no password supplied", "login was refused", "client sent auth, but no password is set", "permission denied for table", "permission denied for schema", "permission denied for database"}, details: all(
		`user `+q+`(?P<user>[^"'@`+"`"+`]+)`+q, `for user:? `+q+`?(?P<user>[\w.-]+)`, `role `+q+`(?P<user>[^"']+)`+q, `user=(?P<user>[\w.-]+)`, `https?://`+hostName,
	)},
	{of: model.LogDatabase, named: true, words: []string{`" does not exist`, "unknown database", "cannot open database", "invalidcatalogname", "unknown keyspace", "3d000"}, details: all(
		`database `+q+`(?P<name>[^"']+)`+q+` does not exist`, `(?i)unknown database `+q+`(?P<name>[^"']+)`+q, `(?i)open database "(?P<name>[^"]+)"`, `role "(?P<user>[^"]+)" does not exist`,
	)},
	{of: model.LogMigration, named: true, words: []string{"dirty database version", "migration", "no such table", "undefinedtable", "undefinedcolumn", "unknown column", "' doesn't exist", "flyway", "liquibase", "schema version", "relation \"", "schema mismatch"}, details: all(
		`relation "(?P<name>[^"]+)" does not exist`, `column "?(?P<name>[\w.]+)"? does not exist`, `Table '(?P<name>[^']+)' doesn't exist`, `no such table: (?P<name>\S+)`, `Dirty database version (?P<name>\d+)`, `(?i)\b(?P<name>migrations? (?:\S+ ){0,3}(?:failed|error|failure|mismatch)|pending migrations?|validate failed|failed (?:to (?:run|apply)|migration)|migrationfailed|migration checksum mismatch|checksum mismatch|unapplied migration)`,
	)},
	{of: model.LogArgument, named: true, words: []string{"unknown flag", "flag provided but not defined", "unrecognized arguments", "unrecognized option", "unknown shorthand flag", "unknown option", "unknown argument", "unexpected argument", "unknown command", "no such option", "unrecognized vm option", "invalid option", "bad option", "unknown parameter"}, details: all(
		`not defined: (?P<name>-\S+)`, `(?i)(?:flag|option|arguments?|command|defined|parameter):? `+q+`?(?P<name>-*[\w.:+-]+)`,
	)},
	{of: model.LogSetting, named: true, words: []string{"not set", "must be set", "is required", "are required", "missing", "undefined variable", "unbound variable", "keyerror", "could not resolve placeholder", "is not defined", "not defined", "is empty", "must be provided", "was not provided", "not specified", "must be specified", "need to specify", "not configured", "must provide", "environment variable", "is undefined", "cannot be empty", "must not be empty", "can't be empty", "nosuchkey", "not provided", "cannot be blank", "notpresent"}, details: all(
		`KeyError: `+q+variable+q, `placeholder `+q+variable+q, `(?:^|[\s:])`+variable+`: (?:unbound variable|parameter (?:null or )?not set)`, `required key `+variable+` missing`,
		`(?i)(?:environment variables?|env(?:ironment)? ?vars?|variables?|settings?|config(?:uration)?(?: key| option| value| setting)?|propert(?:y|ies)|option|parameter|key|field|value(?: for)?|argument)(?: named)?:? `+q+`?`+variable+q+`?(?: variable)?:? (?:is |was |are |must |not |does |has |cannot |missing|environment not found|required|undefined)`,
		`(?i)(?:missing|undefined|unset|required)(?: required| mandatory| value for)? (?:(?:environment|env|config(?:uration)?) ?(?:variables?|vars?|keys?|options?|settings?|values?)?|variables?|settings?|options?|parameters?|keys?|propert(?:y|ies)|fields?|secrets?)(?: named| for)?:? `+q+`?`+variable,
		`\b`+q+`?(?P<name>[A-Z][A-Z0-9]*_[A-Z0-9_]+)`+q+`?(?: environment variable| env var| variable)? (?:is |was |are |must |needs |has |not |cannot |missing|environment)`, `(?i)(?:set|specify|provide|define|one of)(?: the| an?)?(?: environment variable| env var| variable)? `+q+`?(?P<name>[A-Z][A-Z0-9]*_[A-Z0-9_]+)`,
		`(?i)(?:missing|required)[^:]*: `+q+`?(?P<name>[A-Z][A-Z0-9_]{2,})`, `(?i)environment variable[^A-Z]*(?P<name>[A-Z][A-Z0-9_]{2,})`, `(?P<name>superuser password) is not specified`,
	)},
	{of: model.LogCommand, named: true, words: []string{"exec format error", "command not found", "executable file not found", "exec user process caused", "exec: \"", ": not found", "cannot execute", "bad interpreter"}, details: all(
		`exec:? "(?P<name>[^"]+)": `, `exec (?P<name>/\S+): `, `(?:sh|bash|ash|dash)(?:\[\d+\])?: (?:line )?\d*:? ?(?P<name>[\w./-]+): (?:command )?not found`, `(?P<name>[\w./-]+): (?:command not found|bad interpreter|cannot execute|exec format error)`, `(?P<name>exec format error)`,
	)},
	{of: model.LogModule, words: []string{"cannot find module", "no module named", "modulenotfounderror", "classnotfoundexception", "noclassdeffounderror", "could not find or load main class", "cannot open shared object file", "error loading shared library", "cannot load such file", "importerror", "err_module_not_found", "unsupportedclassversionerror", "class not found", "cannot find package"}, details: all(
		`(?:[Mm]odule(?: named)?|package|file --) `+q+`?(?P<name>[\w@./-]+)`, `(?:ClassNotFoundException|NoClassDefFoundError|main class):? (?P<name>[\w./$]+)`, `(?P<name>[\w.+-]+\.so[\w.]*): cannot open`, `shared library (?P<name>\S+?):`, `cannot import name '(?P<name>[^']+)'`,
	)},
	{of: model.LogRoot, words: []string{`"root" execution of`, "cannot be run as root", "can not be run as root", "can not run elasticsearch as root", "can't be run as root", "must not be run as root", "should not be run as root", "cannot run as root", "can not run as root", "refusing to run as root", "running as root is not allowed", "not allowed to run as root", "not to be run as root", "not be executed as root"}},
	{of: model.LogReadOnly, words: []string{"read-only file system", "erofs"}, details: all(
		`(?:open|mkdir|create|write|unlink|rename|chmod|chown|remove|touch)\w*:? '?`+path, q+path+q, path+`: [Rr]ead-only`, path,
	)},
	{of: model.LogPermission, words: []string{"permission denied", "eacces", "operation not permitted", "eperm", "accessdeniedexception", "permissionerror", "access is denied", "not writable", "is not writeable"}, details: all(
		`bind\(\) to \S*?:?(?P<port>\d{2,5}) failed`, `listen (?:tcp|udp)\d? \S*:(?P<port>\d{1,5}): bind`, `listen EACCES:? (?:permission denied )?\S*?:?(?P<port>\d{1,5})`,
		`(?:open|mkdir|create|write|unlink|rename|chmod|chown|remove|touch|stat|exec|read|access|scandir|lstat|directory)\w*:? '?`+path, q+path+q, path+`: (?:Permission denied|Operation not permitted)`, barePath,
	)},
	{of: model.LogFile, words: []string{"no such file or directory", "enoent", "filenotfoundexception", "filenotfounderror", "nosuchfileexception", "cannot find the file", "could not open file", "file does not exist", "file not found", "can't find file", "no such directory", "unable to open file", "cannot open file", "could not find file", "config file not found", "notfound: no such file", "unable to access jarfile", "can't open file"}, details: all(
		`(?:open|stat|lstat|read|scandir|access|mkdir|chdir|file|jarfile|Exception:)\w*:? `+q+`?`+path, q+path+q, path+`:? (?:\(?No such file|does not exist|not found)`, `open\(\) `+q+path, `file:? `+q+`?(?P<name>[\w./-]+\.\w+)`, q+`(?P<name>[\w./-]+\.\w+)`+q, barePath, q+`(?P<name>[\w./-]+\.\w+)`+q,
	)},
	{of: model.LogParse, words: []string{"cannot parse", "could not parse", "couldn't parse", "failed to parse", "parse error", "parsing error", "error parsing", "syntax error", "syntaxerror", "invalid character", "yaml:", "did not find expected", "unexpected token", "jsondecodeerror", "unmarshal", "mapping values are not allowed", "unknown directive", "invalid number of arguments", "strconv.", "numberformatexception", "invalid literal for", "unexpected end of", "toml:", "invalid value", "malformed", "invalid configuration", "invalid config", "unable to parse", "jsonparseexception", "parserexception", "scannererror", "unexpected eof", "invalid url", "invalid port", "bad duration", "time: invalid duration", "is not allowed here", "invalid parameter", "unknown field", "cannot deserialize", "directive is not allowed"}, details: all(
		`(?i)(?:in|file|parsing|parse|load(?:ing)?|read(?:ing)?) `+q+`?`+path, q+path+q, `(?i)(?:variable|parsing|parse|for|option|setting|property|directive|key|field) "?`+q+`?`+variable+q, `unknown directive "(?P<name>[^"]+)"`, `assigning (?P<name>[A-Z0-9_]+) to`,
	)},
	{of: model.LogNoAnswer, patient: true, words: []string{"i/o timeout", "etimedout", "connection timed out", "connect timed out", "timed out", "no route to host", "network is unreachable", "ehostunreach", "enetunreach", "connecttimeout", "timeout expired", "operation timed out", "context deadline exceeded", "connection timeout", "sockettimeoutexception", "host is unreachable", "connection reset by peer", "econnreset", "no available connection", "nohostavailable"}, details: all(
		`dial (?:tcp|udp)\d? (?:\[[0-9a-f:]+\]|`+hostName+`):(?P<port>\d+)`, `server at `+q+hostName+q+`(?: \([^)]*\))?, port (?P<port>\d+)`, `host=`+q+hostName+q+`, port=(?P<port>\d+)`, `connect(?:ing|ion)? to(?: \w+ at)? `+hostPort, `ETIMEDOUT `+hostPort, `\w+://(?:[^@/\s]*@)?`+hostPort, hostPort,
	)},
}
