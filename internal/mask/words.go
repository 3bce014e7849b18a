package mask

import "strings"

// kind is what a credential's name calls it.
type kind uint8

const (
	none     kind = iota
	password      // a word that people choose: it may look like any other word
	secret        // may also be the name of a Secret
	token
	key
	login   // "auth": user and password, or a scheme and a token
	cookie  // the header
	license // long, or not secret
)

// nouns are words that name a credential wherever they stand in a name.
var nouns = map[string]kind{
	"password": password, "passwords": password, "passwd": password, "passphrase": password, "passcode": password, "passwort": password,
	"pwd": password, "pw": password, "pass": password, "psk": password, "otp": password, "mnemonic": password,
	"requirepass": password, "masterauth": password, "userpass": password,
	"secret": secret, "secrets": secret,
	"token": token, "tokens": token, "jwt": token, "bearer": token, "apitoken": token,
	"credential": secret, "credentials": secret, "creds": secret, "cred": secret,
	"apikey": key, "apikeys": key,
	"dsn": key, "connectionstring": key, "connectionstrings": key, "connstr": key,
}

// ends are words that name a credential at the end of a name only: AUTH_DOMAIN and
// cookie_path are none.
var ends = map[string]kind{
	"auth": login, "auths": login, "authorization": login, "cookie": cookie, "salt": key, "license": license, "licence": license,
}

// keys are the words before "key" that make it a credential: a master key is one, a
// primary key and a routing key are not.
var keys = words(`access account admin aes anthropic api app application auth aws azure bot cipher client consumer cosmos crypto
	datadog dd decrypt decryption deploy dkim dsa ecdsa ed25519 encrypt encryption fernet firebase functions gcp github gitlab
	google gpg hmac host jwt licence license mailgun mapbox maps master newrelic openai pgp private push rails root rsa secret
	sendgrid server service session shared sign signing slack ssh ssl storage stripe symmetric tls twilio user vapid webhook`)

// pointers are words at the end of a name that say where a credential is, of what
// kind it is or how it is used, rather than hold it.
var pointers = words(`age alg algorithm annotation api at attempt audience backend bucket cache cert certificate class complexity
	count created csi date days description dir directory disabled driver duration enabled encoding endpoint engine error exists
	expiration expired expires expiry failure field file filter format generator group handler header host hours injector interval issuer kind label length lifetime limit location manager max message method min minutes mode mount name
	namespace operator owner param parameter path period phase policy port prefix prompt property provider reader reason ref
	reference region reloader required request reset resolver retries retry review reviewer role rotation rotator scheme scope
	seconds selector server size source state status stdin store strategy strength suffix sync syncer table template tenant time
	timeout title ttl type updated uri url usage user username valid validation validator validity version volume webhook
	writer
	cpp cs go java js kt php py rb rs scala`)

// compounds are words that stand before "pass" without a sign between: dbpass.
var compounds = words(`access admin api app auth bind cert db default ftp http key ldap login mail master mongo mq my mysql pg
	postgres proxy rabbit rdp redis require root rpc server smtp sql ssl store sudo svc tls trust user vnc wifi zip`)

// stems name a credential also where nothing divides a name: DBPASSWORD, clientsecret.
var stems = []struct {
	text string
	kind kind
}{
	{"passphrase", password},
	{"password", password},
	{"passwd", password},
	{"credential", secret},
	{"apikey", key},
	{"accesskey", key},
	{"accountkey", key},
	{"authkey", key},
	{"encryptionkey", key},
	{"masterkey", key},
	{"privatekey", key},
	{"sharedkey", key},
	{"signingkey", key},
	{"sshkey", key},
	{"storagekey", key},
	{"secret", secret},
	{"token", token},
}

// derived are what follows a stem in words that are no credential: tokenizer,
// secretary, passwordless.
var derived = words(`ary ion ise ised iser ization ize ized izer izers izing less ly`)

func words(text string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(text) {
		out[w] = true
	}
	return out
}

func isPointer(word string) bool {
	return pointers[word] || pointers[strings.TrimSuffix(word, "s")] || pointers[strings.TrimSuffix(word, "es")]
}
