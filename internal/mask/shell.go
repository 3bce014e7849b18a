package mask

import "strings"

// program is how a program takes credentials on its command line.
type program struct {
	attached string   // letters of flags whose value follows without a blank: -pX
	next     []string // flags whose value is the next word
	accounts []string // flags whose value is user:password
	login    bool     // only behind the word "login"
	words    int      // which of the words without a dash is a credential, from 1; 0 for none
	after    []string // the words behind which they are counted
	slash    bool     // user/password, or user/password@database
}

var (
	sqlClient = program{attached: "p"}
	mongo     = program{attached: "p", next: []string{"-p"}}
	ldap      = program{attached: "w", next: []string{"-w"}}
	registry  = program{attached: "p", next: []string{"-p"}, login: true}
)

// programs are those whose flags do not say by their name that they take a credential.
var programs = map[string]program{
	"mysql": sqlClient, "mysqldump": sqlClient, "mysqladmin": sqlClient, "mysqlimport": sqlClient, "mysqlsh": sqlClient, "mysqlcheck": sqlClient,
	"mysqlshow": sqlClient, "mysqlbinlog": sqlClient, "mysqlpump": sqlClient, "xtrabackup": sqlClient, "mariabackup": sqlClient,
	"mariadb": sqlClient, "mariadb-dump": sqlClient, "mariadb-admin": sqlClient, "mycli": sqlClient,
	"mongo": mongo, "mongosh": mongo, "mongodump": mongo, "mongorestore": mongo, "mongoexport": mongo, "mongoimport": mongo, "mongostat": mongo,
	"cqlsh": mongo, "sshpass": mongo, "influx": mongo, "nodetool": {next: []string{"-pw"}, attached: ""},
	"ldapsearch": ldap, "ldapadd": ldap, "ldapmodify": ldap, "ldapdelete": ldap, "ldappasswd": ldap, "ldapwhoami": ldap, "ldapmodrdn": ldap, "ldapcompare": ldap,
	"docker": registry, "podman": registry, "helm": registry, "nerdctl": registry, "buildah": registry, "skopeo": registry, "oras": registry, "crane": registry,
	"redis-cli": {next: []string{"-a", "--pass"}, attached: "a"}, "valkey-cli": {next: []string{"-a", "--pass"}, attached: "a"},
	"curl": {attached: "u", accounts: []string{"-u", "--user", "-U", "--proxy-user"}},
	"http": {accounts: []string{"-a", "--auth"}}, "https": {accounts: []string{"-a", "--auth"}},
	"sqlcmd": {attached: "P", next: []string{"-P"}}, "bcp": {attached: "P", next: []string{"-P"}}, "tsql": {attached: "P", next: []string{"-P"}},
	"htpasswd": {words: 3}, "rabbitmqctl": {words: 2, after: []string{"add_user", "change_password", "authenticate_user"}},
	"openssl": {next: []string{"-K"}}, "7z": {attached: "p"}, "zip": {attached: "P", next: []string{"-P"}}, "unzip": {attached: "P", next: []string{"-P"}},
	"snmpwalk": {next: []string{"-A", "-X", "-c"}}, "snmpget": {next: []string{"-A", "-X", "-c"}},
	"smbclient": {accounts: []string{"-U"}}, "rpcclient": {accounts: []string{"-U"}}, "wget": {}, "vault": {words: 1, after: []string{"login", "unseal"}},
	"sqlplus": {slash: true}, "sqlldr": {slash: true}, "expdp": {slash: true}, "impdp": {slash: true}, "rman": {slash: true},
}

// word is one word of a shell's line.
type word struct {
	from, to int // of its content, without the quotes around it
	text     string
}

// shell hides what programs are known to take as credentials.
func (l *line) shell() {
	t := l.text
	for i := 0; i < len(t); {
		if !isNameByte(t[i]) {
			i++
			continue
		}
		from := i
		for i < len(t) && isNameByte(t[i]) {
			i++
		}
		if p, ok := programs[t[from:i]]; ok && isCommand(t, from) {
			l.arguments(t[from:i], p, shellWords(t, i))
		}
	}
	l.piped()
	l.short()
}

// isCommand reports whether the word at i may be the name of a program: it begins a
// command, or what stands before it ends one or leads to it.
func isCommand(t string, i int) bool {
	return i == 0 || strings.IndexByte(" \t\"'`/(;|&[,=\\-", t[i-1]) >= 0
}

// maxWords bounds how far a command is read.
const (
	maxWords   = 200
	maxCommand = 16 << 10
)

// shellWords are the words of a command from i on, as far as it goes: also where each
// stands in quotes of its own, as in a list.
func shellWords(t string, i int) []word { return firstWords(t, i, maxWords) }

// firstWords are the first of them.
func firstWords(t string, i, most int) (list []word) {
	t = t[:min(len(t), i+maxCommand)]
	for len(list) < most {
		for i < len(t) && (isBlank(t[i]) || t[i] == ',' || t[i] == '\\' && i+1 < len(t) && isBlank(t[i+1])) {
			i++
		}
		if i >= len(t) || isBreak(t, i) || strings.IndexByte(";|&<>)]}", t[i]) >= 0 {
			return list
		}
		if m, from, ok := markAt(t, i); ok {
			if len(list) == 0 && from < len(t) && strings.IndexByte(",]", t[from]) >= 0 { // the quote that closes the program's name
				i = from
				continue
			}
			to, end, closed := closing(t, m, from)
			if !closed || to == from && m.slashes == 0 && end >= len(t) {
				return list // it closes the command itself
			}
			list = append(list, word{from, to, t[from:to]})
			i = max(end, i+1)
			continue
		}
		end := i
		for end < len(t) && !isBlank(t[end]) && !isBreak(t, end) && strings.IndexByte(";|<>", t[end]) < 0 {
			if m, from, ok := markAt(t, end); ok {
				if from >= len(t) || isBlank(t[from]) || strings.IndexByte(",;)]}", t[from]) >= 0 {
					break // it closes the string around the command
				}
				if m.slashes > 0 {
					break
				}
				_, end, _ = closing(t, m, from)
				continue
			}
			end++
		}
		if end == i {
			return list
		}
		list = append(list, word{i, end, t[i:end]})
		i = end
	}
	return list
}

// arguments hides those of a program.
func (l *line) arguments(name string, p program, list []word) {
	if p.login && !hasWord(list, "login") {
		return
	}
	plain := 0
	counts := len(p.after) == 0
	for i, w := range list {
		following := word{}
		if i+1 < len(list) {
			following = list[i+1]
		}
		switch {
		case contains(p.next, w.text):
			l.argument(following)
		case contains(p.accounts, w.text):
			l.afterColon(following, true)
		case len(w.text) > 2 && w.text[0] == '-' && w.text[1] != '-' && strings.IndexByte(p.attached, w.text[1]) >= 0:
			if contains(p.accounts, w.text[:2]) {
				l.afterColon(word{w.from + 2, w.to, w.text[2:]}, true)
				break
			}
			from := w.from + 2
			if _, inner, ok := markAt(l.text, from); ok && inner < w.to {
				from = inner
			}
			l.hide(from, w.to)
		case strings.HasPrefix(w.text, "pass:") && name == "openssl":
			l.hide(w.from+5, w.to)
		case strings.HasPrefix(w.text, "-"):
		case contains(p.after, w.text):
			counts, plain = true, 0
		case p.slash && isUser(w.text[:max(0, strings.IndexByte(w.text, '/'))]):
			at := strings.LastIndexByte(w.text, '@')
			if at < 0 {
				at = len(w.text)
			}
			l.oracle(w.from, w.from+at)
			return
		case counts:
			if plain++; plain == p.words && !isConnective(w.text) {
				l.argument(w)
			}
		}
	}
}

func (l *line) argument(w word) {
	if w.text == "" || w.text[0] == '-' || isHarmless(w.text, field{}) {
		return
	}
	l.hide(w.from, w.to)
}

// afterColon hides the password of user:password, or of user%password.
func (l *line) afterColon(w word, sure bool) {
	i := strings.IndexAny(w.text, ":%")
	if i < 0 {
		return
	}
	if rest := w.text[i+1:]; rest != "" && !isReference(rest) && (sure || telling(rest, token)) {
		l.hide(w.from+i+1, w.to)
	}
}

// piped hides what is written into a program that reads a credential.
func (l *line) piped() {
	t := l.text
	for _, reader := range [...]string{"--password-stdin", "chpasswd", "passwd --stdin", "sudo -S", "--with-token", "-password-stdin"} {
		end := strings.Index(t, reader)
		if end < 0 {
			continue
		}
		bar := strings.LastIndexByte(t[:end], '|')
		for _, writer := range [...]string{"echo ", "printf "} {
			if i := strings.LastIndex(t[:max(bar, 0)], writer); i >= 0 {
				for _, w := range shellWords(t, i+len(writer)) {
					if w.to <= bar && (w.text[:min(1, len(w.text))] != "-") && !isReference(w.text) {
						l.hide(w.from, w.to)
					}
				}
			}
		}
		if i := strings.Index(t, "<<<"); i >= 0 {
			for _, w := range shellWords(t, i+3) {
				l.hide(w.from, w.to)
			}
		}
	}
}

// short hides the values of short flags that stand without their program, as in a list
// of arguments: -pX, -u user:X.
func (l *line) short() {
	t := l.text
	for i := 0; i+2 < len(t); i++ {
		if t[i] != '-' || i > 0 && strings.IndexByte(" \t\"'`[(,", t[i-1]) < 0 {
			continue
		}
		switch list := firstWords(t, i, 2); {
		case len(list) == 0:
		case list[0].text == "-u" || list[0].text == "--user":
			if len(list) > 1 {
				l.afterColon(list[1], false)
			}
		case strings.HasPrefix(list[0].text, "-p") && looksAttached(list[0].text[2:]):
			l.hide(list[0].from+2, list[0].to)
		}
	}
}

// looksAttached reports whether what follows "-p" is a password rather than a port or
// the rest of a flag's name.
func looksAttached(s string) bool {
	if len(s) < 6 || strings.ContainsAny(s, "=:/") {
		return false
	}
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 'A' && r <= 'Z' || strings.ContainsRune("!@#$%^&*+~", r) }) && isMixed(s)
}

func contains(list []string, s string) bool {
	for _, have := range list {
		if have == s {
			return true
		}
	}
	return false
}

func hasWord(list []word, s string) bool {
	for _, w := range list {
		if w.text == s {
			return true
		}
	}
	return false
}
