package mask

import "strings"

// hints begin what a credential may stand in or behind, by their first letter. Only
// texts that hold one of them, or a long word, are looked at closely.
var hints = func() (by [256][]string) {
	for _, h := range []string{
		"pass", "pwd", "pw", "psk", "otp", "mnemonic", "secret", "token", "jwt", "bearer", "basic", "negotiate", "cred", "key", "auth", "cookie",
		"dsn", "conn", "salt", "licen", "identified", "://", "@", "-----begin", "sig=", "signature=", "hooks.", "/webhooks/", "lines:",
		"curl", "mysql", "mariadb", "redis-cli", "mongo", "ldap", "docker", "podman", "helm", "nerdctl", "oras", "skopeo", "buildah", "crane", "sqlcmd",
		"cqlsh", "htpasswd", "openssl", "zip", "7z", "smbclient", "rabbitmqctl", "vault", "sudo", "wget", "influx", "snmp", "$1$", "$2", "$5$", "$6$", "$y$", "$apr1$", "$argon2",
		"-p", "-u", "--user", ":*:", "sqlplus", "expdp", "impdp",
	} {
		by[h[0]] = append(by[h[0]], h)
		if isLower(h[0]) {
			by[h[0]-'a'+'A'] = append(by[h[0]-'a'+'A'], h)
		}
	}
	for _, s := range shapes {
		c := s.prefix[0]
		if !containsFold(by[c], s.prefix) {
			by[c] = append(by[c], strings.ToLower(s.prefix))
		}
	}
	return by
}()

func containsFold(list []string, s string) bool {
	for _, have := range list {
		if strings.HasPrefix(strings.ToLower(s), have) {
			return true
		}
	}
	return false
}

// longWord is from how many bytes a word is looked at for what it is made of.
const longWord = 32

// suspect reports whether a text may hold a credential.
func suspect(text string) bool {
	word, colons := 0, 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if isWordByte(c) || c == '+' || c == '/' || c == '=' || c == '_' || c == '-' {
			if word++; word >= longWord {
				return true
			}
		} else {
			word = 0
		}
		switch {
		case isBlank(c) || c == '\n':
			colons = 0
		case c == ':':
			if colons++; colons == 4 {
				return true // pgpass
			}
		}
		for _, h := range hints[c] {
			if hasPrefixFold(text[i:], h) {
				return true
			}
		}
	}
	return false
}

// hasPrefixFold reports whether s begins with prefix, which is in lower case, whatever
// the case of s.
func hasPrefixFold(s, prefix string) bool {
	if len(s) < len(prefix) {
		return false
	}
	for i := 0; i < len(prefix); i++ {
		c := s[i]
		if isUpper(c) {
			c += 'a' - 'A'
		}
		if c != prefix[i] {
			return false
		}
	}
	return true
}
