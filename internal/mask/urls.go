package mask

import "strings"

// databases are the schemes of URLs whose path holds no at sign: what stands before the
// last one is user and password, whatever it is made of.
var databases = words(`postgres postgresql mysql mysqlx mariadb oracle mongodb mongodb+srv redis rediss amqp amqps mssql sqlserver cockroach
	cockroachdb clickhouse cassandra couchbase neo4j bolt db2 sybase firebird vertica snowflake trino presto hive kafka nats mqtt mqtts stomp
	ldap ldaps smtp smtps imap imaps pop3 ftp ftps sftp ssh smb rtsp sqlalchemy`)

// urls hides user and password of every URL.
func (l *line) urls() {
	t := l.text
	for at := 0; ; {
		i := strings.Index(t[at:], "://")
		if i < 0 {
			return
		}
		i += at
		scheme := i
		for scheme > 0 && (isNameByte(t[scheme-1]) || t[scheme-1] == '+') {
			scheme--
		}
		from := i + 3
		end := urlEnd(t, from)
		l.url(strings.ToLower(t[scheme:i]), from, end)
		at = max(end, from)
	}
}

// urlEnd is where a URL ends that begins at i.
func urlEnd(t string, i int) int {
	for i < len(t) && !isBlank(t[i]) && !isBreak(t, i) && strings.IndexByte("\"'`<>", t[i]) < 0 {
		if t[i] == '\\' {
			if _, _, ok := markAt(t, i); ok {
				return i
			}
		}
		if strings.HasPrefix(t[i:], "://") { // a list of URLs
			for i > 0 && (isNameByte(t[i-1]) || t[i-1] == '+') {
				i--
			}
			return max(i-1, 0)
		}
		i++
	}
	return i
}

func (l *line) url(scheme string, from, end int) {
	if end <= from {
		return
	}
	text := l.text[from:end]
	authority := len(text)
	if i := strings.IndexAny(text, "/?#"); i >= 0 {
		authority = i
	}
	at := strings.LastIndexByte(text[:authority], '@')
	if rest := strings.LastIndexByte(text, '@'); rest > at && (databases[scheme] || at < 0) && isUserInfo(scheme, text[:rest]) {
		at = rest
	}
	if at > 0 && !strings.HasPrefix(text[at+1:], "sha256:") && !strings.HasPrefix(text[at+1:], "sha512:") && text[:at] != "git" && !isReference(text[:at]) {
		l.hide(from, from+at)
	}
	l.webhook(text, from)
}

// isUserInfo reports whether what stands before an at sign behind the authority of a URL
// is a password with signs in it rather than host, port and path.
func isUserInfo(scheme, text string) bool {
	user, rest, found := strings.Cut(text, ":")
	if databases[scheme] {
		return found || !strings.ContainsAny(text, "/?#")
	}
	if !found || strings.ContainsAny(user, "/?#[") {
		return false
	}
	port := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		port = rest[:i]
	}
	return strings.Trim(port, "0123456789") != ""
}

// webhook hides the path of a URL that is itself the credential.
func (l *line) webhook(text string, from int) {
	for _, w := range [...]struct{ host, path string }{
		{"hooks.slack.com", "/services/"},
		{"hooks.slack.com", "/workflows/"},
		{"discord.com", "/api/webhooks/"},
		{"discordapp.com", "/api/webhooks/"},
		{"webhook.office.com", "/webhookb2/"},
		{"outlook.office.com", "/webhook/"},
		{"api.telegram.org", "/bot"},
	} {
		if i := strings.Index(text, w.path); i >= 0 && strings.Contains(text[:i], w.host) {
			l.hide(from+i+len(w.path), from+len(text))
			return
		}
	}
}

// noUsers are what stands before a colon and an at sign without being a user.
var noUsers = words(`mailto sip sips xmpp acct pkg urn did docker oci npm jsr from to cc bcc by email user reply-to sha256 sha512 http https`)

// accounts hides the passwords of accounts that are written without a scheme:
// user:password@host, user:password@tcp(host), user/password@//host.
func (l *line) accounts() {
	t := l.text
	for i := strings.IndexByte(t, '@'); i >= 0; {
		l.account(i)
		next := strings.IndexByte(t[i+1:], '@')
		if next < 0 {
			return
		}
		i += 1 + next
	}
}

func (l *line) account(at int) {
	t := l.text
	from := at
	for from > 0 && !isBlank(t[from-1]) && strings.IndexByte("\"'`<>=,", t[from-1]) < 0 && at-from < 512 {
		from--
	}
	before, after := t[from:at], t[at+1:]
	if strings.Contains(before, "://") || before == "" || strings.HasPrefix(after, "sha256:") || strings.HasPrefix(after, "sha512:") {
		return
	}
	driver := strings.HasPrefix(after, "tcp(") || strings.HasPrefix(after, "unix(") || strings.HasPrefix(after, "(")
	host := 0
	for host < len(after) && isNameByte(after[host]) {
		host++
	}
	located := host > 0 && host < len(after) && (after[host] == '/' || after[host] == ':' && host+1 < len(after) && isDigit(after[host+1]))
	if i := strings.Index(before, "thin:"); i >= 0 {
		l.oracle(from+i+5, at)
		return
	} else if i := strings.Index(before, "oci:"); i >= 0 && strings.HasPrefix(before, "jdbc:") {
		l.oracle(from+i+4, at)
		return
	}
	user, word, found := strings.Cut(before, ":")
	switch {
	case found && isUser(user) && !noUsers[strings.ToLower(user)] && word != "" &&
		(driver || located && (strings.Trim(word, "0123456789.") != "" || telling(word, password)) || host > 0 && telling(word, token)):
		l.hide(from+len(user)+1, at)
	case !found && (strings.HasPrefix(after, "//") || strings.HasPrefix(after, "(") || located && after[host] == ':'):
		l.oracle(from, at)
	}
}

// oracle hides the password of user/password.
func (l *line) oracle(from, at int) {
	if user, word, found := strings.Cut(l.text[from:at], "/"); found && isUser(user) && word != "" {
		l.hide(from+len(user)+1, at)
	}
}

func isUser(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; !isNameByte(c) && c != '+' && c != '$' && c != '#' && c != '%' {
			return false
		}
	}
	return true
}
