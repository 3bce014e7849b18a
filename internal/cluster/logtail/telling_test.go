package logtail

import (
	"fmt"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

// said writes what was chosen: the class, and what the line names.
func said(t *model.Telling) string {
	if t == nil {
		return ""
	}
	out := string(t.Class)
	if t.Host != "" || t.Port != 0 && t.Class != model.LogInUse && t.Class != model.LogPermission {
		out += fmt.Sprintf(" %s:%d", t.Host, t.Port)
	} else if t.Port != 0 {
		out += fmt.Sprintf(" :%d", t.Port)
	}
	for _, s := range []string{t.User, t.Verb, t.What, t.Group, t.In, t.Name} {
		if s != "" {
			out += " " + s
		}
	}
	return out
}

func TestOneLine(t *testing.T) {
	for in, want := range map[string]string{
		// refused
		"dial tcp 10.96.4.7:5432: connect: connection refused":                                                                  "refused 10.96.4.7:5432",
		`Get "http://orders:8080/ready": dial tcp 10.96.4.7:8080: connect: connection refused`:                                  "refused orders:8080",
		"dial tcp: lookup orders-db on 10.96.0.10:53: no such host":                                                             "unknown host orders-db:0",
		`psycopg2.OperationalError: connection to server at "ledger-db" (10.2.0.7), port 5432 failed: Connection refused`:       "refused ledger-db:5432",
		"org.postgresql.util.PSQLException: Connection to ledger-db:5432 refused. Check that the hostname and port are correct": "refused ledger-db:5432",
		"ERROR 2003 (HY000): Can't connect to MySQL server on 'ledger-mysql:3306' (111)":                                        "refused ledger-mysql:3306",
		"redis.exceptions.ConnectionError: Error 111 connecting to basket-cache:6379. Connection refused.":                      "refused basket-cache:6379",
		"Could not connect to Redis at basket-cache:6379: Connection refused":                                                   "refused basket-cache:6379",
		"requests.exceptions.ConnectionError: HTTPConnectionPool(host='stock', port=8081): Max retries exceeded with url: /v1 (Caused by NewConnectionError('<urllib3 object>: Failed to establish a new connection: [Errno 111] Connection refused'))": "refused stock:8081",
		"Error: connect ECONNREFUSED 10.96.4.7:27017":                                                                                                         "refused 10.96.4.7:27017",
		"curl: (7) Failed to connect to stock port 8081 after 2 ms: Couldn't connect to server":                                                               "refused stock:8081",
		"io.netty.channel.AbstractChannel$AnnotatedConnectException: Connection refused: stock/10.3.2.1:9092":                                                 "refused stock:9092",
		`{"level":"error","ts":1767366245.1,"msg":"cannot start","error":"dial tcp 10.0.4.5:9000: connect: connection refused"}`:                              "refused 10.0.4.5:9000",
		"E0102 15:04:05.123456       1 main.go:61] failed to dial stock:9000: connection refused":                                                             "refused stock:9000",
		`rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing dial tcp 10.1.1.1:50051: connect: connection refused"`: "refused 10.1.1.1:50051",
		"Errno::ECONNREFUSED: Connection refused - connect(2) for \"basket-cache\" port 6379":                                                                 "refused basket-cache:6379",
		// unknown host
		"Error: getaddrinfo ENOTFOUND ledger-db":                                                              "unknown host ledger-db:0",
		"Error: getaddrinfo EAI_AGAIN ledger-db.shop.svc":                                                     "unknown host ledger-db.shop.svc:0",
		`could not translate host name "ledger-db" to address: Name or service not known`:                     "unknown host ledger-db:0",
		"java.net.UnknownHostException: ledger-db: Name or service not known":                                 "unknown host ledger-db:0",
		`nginx: [emerg] host not found in upstream "stock" in /etc/nginx/conf.d/default.conf:7`:               "unknown host stock:0",
		"curl: (6) Could not resolve host: stock":                                                             "unknown host stock:0",
		"wget: bad address 'stock:8080'":                                                                      "unknown host stock:8080",
		"nslookup: can't resolve 'ledger-db'":                                                                 "",
		"socket.gaierror: [Errno -2] Name or service not known":                                               "unknown host",
		`PHP Warning:  php_network_getaddresses: getaddrinfo for ledger-db failed: Name or service not known`: "unknown host ledger-db:0",
		"ERROR 2005 (HY000): Unknown MySQL server host 'ledger-mysql' (-2)":                                   "unknown host ledger-mysql:0",
		// access denied
		`FATAL:  password authentication failed for user "ledger"`:                                                                "access denied ledger",
		"Access denied for user 'ledger'@'10.1.2.3' (using password: YES)":                                                        "access denied ledger",
		"WRONGPASS invalid username-password pair or user is disabled.":                                                           "access denied",
		"NOAUTH Authentication required.":                                                                                         "access denied",
		"Login failed for user 'sa'. Reason: Password did not match":                                                              "access denied sa",
		`connection to server at "ledger-db" (10.2.0.7), port 5432 failed: FATAL:  password authentication failed for user "app"`: "access denied app",
		// another database
		`FATAL: database "ledger" does not exist`: "no such database ledger",
		"Unknown database 'ledger'":               "no such database ledger",
		// migration
		`ERROR: relation "orders" does not exist at character 15`:  "migration orders",
		"Table 'shop.orders' doesn't exist":                        "migration shop.orders",
		"error: Dirty database version 12. Fix and force version.": "migration 12",
		// files
		"open /etc/ledger/config.yaml: no such file or directory":                                                         "no such file /etc/ledger/config.yaml",
		"Error: ENOENT: no such file or directory, open '/app/settings.json'":                                             "no such file /app/settings.json",
		"FileNotFoundError: [Errno 2] No such file or directory: '/etc/ledger/app.ini'":                                   "no such file /etc/ledger/app.ini",
		"python: can't open file '/app/main.py': [Errno 2] No such file or directory":                                     "no such file /app/main.py",
		"java.io.FileNotFoundException: /etc/ledger/app.properties (No such file or directory)":                           "no such file /etc/ledger/app.properties",
		"java.nio.file.NoSuchFileException: /etc/ledger/key.pem":                                                          "no such file /etc/ledger/key.pem",
		`nginx: [emerg] open() "/etc/nginx/extra.conf" failed (2: No such file or directory) in /etc/nginx/nginx.conf:30`: "no such file /etc/nginx/extra.conf",
		// permissions
		"mkdir: can't create directory '/data/db': Permission denied":               "permission denied /data/db",
		"open /data/lock: permission denied":                                        "permission denied /data/lock",
		"PermissionError: [Errno 13] Permission denied: '/var/log/ledger.log'":      "permission denied /var/log/ledger.log",
		"nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)":        "permission denied :80",
		"chown: /var/lib/pg: Operation not permitted":                               "permission denied /var/lib/pg",
		"OSError: [Errno 30] Read-only file system: '/app/cache'":                   "read-only /app/cache",
		`mkdir() "/var/cache/nginx/client_temp" failed (30: Read-only file system)`: "read-only /var/cache/nginx/client_temp",
		// root
		`"root" execution of the PostgreSQL server is not permitted.`:   "root",
		"java.lang.RuntimeException: can not run elasticsearch as root": "root",
		// limits, servers that take no writes, locks
		"accept tcp [::]:8080: accept4: too many open files":                                                                    "limit",
		"dial tcp 10.96.0.7:80: connect: cannot assign requested address":                                                       "limit",
		"Error: ENOSPC: System limit for number of file watchers reached, watch '/app'":                                         "limit",
		"java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory or process/resource limits reached": "limit",
		"FATAL: sorry, too many clients already":                                                                                "limit",
		"OOM command not allowed when used memory > 'maxmemory'.":                                                               "limit",
		"READONLY You can't write against a read only replica.":                                                                 "no writes",
		"ERROR: cannot execute INSERT in a read-only transaction":                                                               "no writes",
		"ERROR 1205 (HY000): Lock wait timeout exceeded; try restarting transaction":                                            "locked",
		// addresses in use
		"listen tcp :8080: bind: address already in use":                            "address in use :8080",
		"Error: listen EADDRINUSE: address already in use :::3000":                  "address in use :3000",
		"nginx: [emerg] bind() to 0.0.0.0:8080 failed (98: Address already in use)": "address in use :8080",
		"Web server failed to start. Port 8080 was already in use.":                 "address in use :8080",
		"OSError: [Errno 98] Address already in use: ('0.0.0.0', 5000)":             "address in use :5000",
		// settings
		"KeyError: 'DATABASE_URL'":                                                  "setting DATABASE_URL",
		"Error: DATABASE_URL is not set":                                            "setting DATABASE_URL",
		"environment variable LEDGER_TOKEN is required":                             "setting LEDGER_TOKEN",
		"missing required environment variable: LEDGER_DSN":                         "setting LEDGER_DSN",
		"required key LEDGER_PORT missing value":                                    "setting LEDGER_PORT",
		"/entrypoint.sh: line 3: LEDGER_HOME: unbound variable":                     "setting LEDGER_HOME",
		"Could not resolve placeholder 'ledger.topic' in value \"${ledger.topic}\"": "setting ledger.topic",
		"Error: Database is uninitialized and superuser password is not specified.": "setting superuser password",
		"unknown flag: --leader-elects":                                             "argument --leader-elects",
		"flag provided but not defined: -conf":                                      "argument -conf",
		"server.py: error: unrecognized arguments: --prot 80":                       "argument --prot",
		// parse
		"error converting YAML to JSON: yaml: line 4: did not find expected key":       "cannot parse",
		"json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)":      "cannot parse",
		`nginx: [emerg] unknown directive "lisen" in /etc/nginx/conf.d/default.conf:3`: "cannot parse /etc/nginx/conf.d/default.conf",
		`strconv.ParseInt: parsing "eighty": invalid syntax`:                           "cannot parse eighty",
		// memory and disk
		"Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space":            "out of memory",
		"FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory":   "out of memory",
		"write /data/wal/0001: no space left on device":                                       "disk full /data/wal/0001",
		`PANIC:  could not write to file "/data/pg_wal/xlogtemp.31": No space left on device`: "disk full /data/pg_wal/xlogtemp.31",
		// TLS
		`Get "https://vault.shop:8200/v1": x509: certificate signed by unknown authority`: "TLS vault.shop:8200",
		"javax.net.ssl.SSLHandshakeException: PKIX path building failed":                  "TLS",
		"Error: certificate has expired":                                                  "TLS",
		// commands and modules
		"exec /usr/local/bin/ledger: exec format error":            "command /usr/local/bin/ledger",
		"sh: ledgerd: not found":                                   "command ledgerd",
		"/bin/sh: 1: ledgerd: not found":                           "command ledgerd",
		"bash: line 1: ledgerd: command not found":                 "command ledgerd",
		"Error: Cannot find module '/app/serve.js'":                "module /app/serve.js",
		"ModuleNotFoundError: No module named 'ledger'":            "module ledger",
		"Error: Could not find or load main class com.acme.Ledger": "module com.acme.Ledger",
		// the API
		`pods is forbidden: User "system:serviceaccount:shop:ledger" cannot list resource "pods" in API group "" in the namespace "shop"`:                                                                                     "forbidden system:serviceaccount:shop:ledger list pods shop",
		`{"level":"error","error":"leases.coordination.k8s.io \"x\" is forbidden: User \"system:serviceaccount:shop:ledger\" cannot get resource \"leases\" in API group \"coordination.k8s.io\" in the namespace \"shop\""}`: "forbidden system:serviceaccount:shop:ledger get leases coordination.k8s.io shop",
		`nodes is forbidden: User "system:serviceaccount:shop:ledger" cannot list resource "nodes" in API group "" at the cluster scope`:                                                                                      "forbidden system:serviceaccount:shop:ledger list nodes",
		// no answer
		"dial tcp 10.1.2.3:5432: i/o timeout":                                           "no answer 10.1.2.3:5432",
		"All host(s) tried for query failed (tried: db:9042) - no available connection": "no answer db:9042",
		"Error: connect ETIMEDOUT 10.1.2.3:443":                                         "no answer 10.1.2.3:443",
		// words alone
		"ERROR the ledger is not balanced":      "said",
		"panic: assignment to entry in nil map": "exception",
		"fatal: giving up":                      "said",
		// nothing
		"2026-01-02T15:04:05Z INFO listening on 0.0.0.0:8080": "",
		"level=info msg=\"0 errors, 3 warnings\"":             "",
		"ready to accept connections":                         "",
		"Verbindung verweigert":                               "",
		"接続が拒否されました":                                          "",
		"\x00\x01\xff\xfe\x03":                                "",
		"secret environment variable is set":                  "",
		"INFO no migrations to apply":                         "",
	} {
		if got := said(Read(in).Telling); got != want {
			t.Errorf("%q\n  is %q\nwant %q", in, got, want)
		}
	}
}

func TestManyLines(t *testing.T) {
	for _, tt := range []struct{ name, log, want, line string }{
		{"java, the root wins", `2026-01-02 15:04:05.123 ERROR 1 --- [main] o.s.boot.SpringApplication : Application run failed

org.springframework.beans.factory.BeanCreationException: Error creating bean with name 'entityManagerFactory'
	at org.springframework.beans.factory.AbstractBeanFactory.getBean(AbstractBeanFactory.java:208)
	... 17 common frames omitted
Caused by: org.hibernate.service.spi.ServiceException: Unable to create requested service
	at org.hibernate.X.y(X.java:4)
	... 16 more
Caused by: java.net.UnknownHostException: ledger-db
	at java.base/java.net.InetAddress.getAllByName(InetAddress.java:1)
	... 40 more
`, "unknown host ledger-db:0", "Caused by: java.net.UnknownHostException: ledger-db"},
		{"java, an exception of its own", `Exception in thread "main" java.lang.RuntimeException: start failed
	at com.acme.Main.main(Main.java:9)
Caused by: java.lang.IllegalStateException: no books to balance
	at com.acme.Books.open(Books.java:31)
	... 1 more
`, "exception", "Caused by: java.lang.IllegalStateException: no books to balance"},
		{"python, the exception is below", `INFO starting
Traceback (most recent call last):
  File "/app/main.py", line 12, in <module>
    url = os.environ["LEDGER_URL"]
  File "<frozen os>", line 685, in __getitem__
KeyError: 'LEDGER_URL'
`, "setting LEDGER_URL", "KeyError: 'LEDGER_URL'"},
		{"python, a chain", `Traceback (most recent call last):
  File "/app/db.py", line 3, in connect
    sock.connect(addr)
ConnectionRefusedError: [Errno 111] Connection refused

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/main.py", line 12, in <module>
    start()
ledger.StartError: cannot start
`, "refused", "ConnectionRefusedError: [Errno 111] Connection refused"},
		{"go", `2026/01/02 15:04:05 starting
panic: open /etc/ledger/config.yaml: no such file or directory

goroutine 1 [running]:
main.main()
	/src/main.go:14 +0x1d
exit status 2
`, "no such file /etc/ledger/config.yaml", "panic: open /etc/ledger/config.yaml: no such file or directory"},
		{"go, a bug", `panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x48]

goroutine 1 [running]:
main.(*Ledger).Open(0x0)
	/src/ledger.go:14 +0x1d
`, "exception", "panic: runtime error: invalid memory address or nil pointer dereference"},
		{"node", `/app/server.js:12
    throw new Error("LEDGER_URL is not set");
    ^

Error: LEDGER_URL is not set
    at Object.<anonymous> (/app/server.js:12:9)
    at Module._compile (node:internal/modules/cjs/loader:1256:14)

Node.js v20.1.0
`, "setting LEDGER_URL", "Error: LEDGER_URL is not set"},
		{"node, fields of an error", `node:internal/process/promises:288
            triggerUncaughtException(err, true /* fromPromise */);
            ^

Error: connect ECONNREFUSED ledger-db:5432
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16) {
  errno: -111,
  code: 'ECONNREFUSED',
  syscall: 'connect',
  port: 5432
}
`, "refused ledger-db:5432", "Error: connect ECONNREFUSED ledger-db:5432"},
		{"rust, the message follows", `thread 'main' panicked at src/main.rs:4:5:
called ` + "`Result::unwrap()`" + ` on an ` + "`Err`" + ` value: Os { code: 13, kind: PermissionDenied, message: "Permission denied" }
note: run with ` + "`RUST_BACKTRACE=1`" + ` environment variable to display a backtrace
`, "permission denied", ""},
		{"rust, a chain", `Error: could not open the ledger

Caused by:
    0: cannot reach ledger-db:5432
    1: Connection refused (os error 111)
`, "refused", "1: Connection refused (os error 111)"},
		{"dotnet", `Unhandled exception. System.AggregateException: One or more errors occurred.
 ---> System.Net.Sockets.SocketException (111): Connection refused ledger-db:5432
   at System.Net.Sockets.Socket.Connect()
   --- End of inner exception stack trace ---
   at Program.Main()
`, "refused ledger-db:5432", "---> System.Net.Sockets.SocketException (111): Connection refused ledger-db:5432"},
		{"php", `PHP Fatal error:  Uncaught PDOException: SQLSTATE[HY000] [2002] Connection refused in /var/www/db.php:4
Stack trace:
#0 /var/www/db.php(4): PDO->__construct()
#1 {main}
  thrown in /var/www/db.php on line 4
`, "refused", ""},
		{"a warning is no cause where a panic is", `WARN could not open /etc/ledger/extra.conf: no such file or directory
panic: assignment to entry in nil map

goroutine 1 [running]:
main.main()
`, "exception", "panic: assignment to entry in nil map"},
		{"a warning is the cause where the end only says that it ends", `WARN dial tcp 10.1.2.3:5432: connect: connection refused
WARN dial tcp 10.1.2.3:5432: connect: connection refused
FATAL giving up after 2 attempts
`, "refused 10.1.2.3:5432", "WARN dial tcp 10.1.2.3:5432: connect: connection refused"},
		{"what is waited for", `waiting for ledger-db:5432: connection refused
waiting for ledger-db:5432: connection refused
`, "refused ledger-db:5432", ""},
		{"the newest of what weighs the same", "ERROR open /a: no such file or directory\nINFO again\nERROR open /b: no such file or directory", "no such file /b", ""},
		{"a mention in passing", "INFO the last run ended with: connection refused ledger-db:5432\nERROR LEDGER_URL is not set", "setting LEDGER_URL", ""},
		{"nothing but good news", "INFO listening on :8080\nINFO GET /ready 200\nINFO shutting down", "", ""},
		{"a bad answer in an access log", `10.1.2.3 - - [02/Jan/2026:15:04:05 +0000] "GET /missing HTTP/1.1" 404 153`, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Read(tt.log).Telling
			if said(got) != tt.want {
				t.Fatalf("is %q: %+v\nwant %q", said(got), got, tt.want)
			}
			if tt.line != "" && got.Line != tt.line {
				t.Errorf("line %q\nwant %q", got.Line, tt.line)
			}
		})
	}
}

func TestATellingLineIsMaskedAndBounded(t *testing.T) {
	got := Read("FATAL: cannot open postgres://app:" + sentinel + "@ledger-db:5432/x: connection refused " + strings.Repeat("y", 200<<10)).Telling
	if got == nil || got.Host != "ledger-db" || strings.Contains(fmt.Sprint(*got), sentinel) || len(got.Line) > lineLimit {
		t.Errorf("%+v", got)
	}
}

func TestWhatTellsHasTheTimeAtWhichItWasWritten(t *testing.T) {
	at := func(minute int) string { return fmt.Sprintf("2026-01-02T15:%02d:00.5Z ", minute) }
	for _, c := range []struct{ log, line, at string }{
		{at(1) + "starting\n" + at(2) + "dial tcp 10.0.0.1:5432: connect: connection refused\n" + at(3) + "ok", "dial tcp 10.0.0.1:5432: connect: connection refused", at(2)},
		{at(1) + "Traceback (most recent call last):\n" + at(2) + "  File \"a.py\", line 1\n" + at(3) + "KeyError: 'DATABASE_URL'\n", "KeyError: 'DATABASE_URL'", at(1)},
		{"no time: connection refused\n", "no time: connection refused", ""},
		{at(1) + "all is well\n", "", ""},
		{"", "", ""},
	} {
		tail, line, when := ReadStamped(c.log), "", ""
		if tail.Telling != nil {
			line = tail.Telling.Line
		}
		if !tail.At.IsZero() {
			when = tail.At.Format("2006-01-02T15:04:05.9Z07:00 ")
		}
		if line != c.line || when != c.at {
			t.Errorf("%q at %q, want %q at %q", line, when, c.line, c.at)
		}
	}
}
