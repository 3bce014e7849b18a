package mask

import (
	"os"
	"strings"
	"testing"
)

const sentinel = "S3ntin3lV4lue"

// shaped are texts in which @ stands for a credential, by what a parser would call
// them. The fuzz target puts other values into them.
var shaped = map[string][]string{
	"json": {
		`{"password":"@"}`, `{"token" : "@"}`, `{"name":"DB_PASSWORD","value":"@"}`, `{"value":"@","name":"DB_PASSWORD"}`,
		`{"token":{"value":"@","secretName":"x"},"other":"y"}`, `{"tokens":["@","b"]}`, `{"credentials":{"user":"x","list":[{"pass":"@"}]}}`,
		`{"auths":{"reg.io":{"username":"x","auth":"@"}}}`, `["app","--password","@"]`, `["mysql","-u","root","-p@"]`, `["curl","-u","admin:@","http://x"]`,
		"{\n \"token\": {\n  \"value\": \"@\"\n }\n}", "[\n \"--api-key\",\n \"@\"\n]", "{\n \"password\":\n  \"@\"\n}",
		`{"apiVersion":"v1","kind":"ConfigMap","data":{"DB_PASSWORD":"@"}}`, `level=info body={"secret":"@"}`,
	},
	"yaml": {
		"password: @", "db:\n  adminPassword: \"@\"\n", "password: |\n  @\n  more\nuser: x", "password: >-\n    @\nuser: x", "password:\n  @\nuser: x",
		"token:\n- @\n- b\nuser: x", "credentials:\n  user: x\n  pass: @\n", "- name: DB_PASSWORD\n  value: @\n", "args:\n- --password\n- @\n",
		"- password: @\n  user: x", "{user: x, password: @}", "password: !!binary |\n  @\n", "password: \"first\n  @\"\n", "token: # comment\n  @\n",
		"apiVersion: v1\ndata:\n  user: @\nkind: Secret\n", "kind: Secret\nstringData:\n  config: |\n    @\n", "data:\n  password: @\n", "tokens: [\n  @,\n  b\n]\n",
		"PASSWORD_EXPORT: @", "smtp_pass: @", "AZURE_STORAGE_KEY: @", "secret: @",
	},
	"shell": {
		"app --password @ --x", "app --password=@ --x", "app --db-pass=@", "mysql -u root -p@ -h db", "sh -c \"mysql -u root -p@ && curl -u admin:@ http://x\"",
		"curl -u admin:@ http://x", "curl --user admin:@ http://x", "PASSWORD=@ ./run", "export DB_PASS=@", "PGPASSWORD=@ psql -h db", "sshpass -p @ ssh host",
		"redis-cli -a @ ping", "docker login -u bob -p @ registry", "echo @ | docker login --password-stdin", "helm install --set db.password=@,image.tag=1",
		"ldapsearch -w @ -b dc=x", "rabbitmqctl add_user bob @", "htpasswd -bc /etc/x bob @", "kubectl create secret generic x --from-literal=password=@",
		"keytool -storepass @ -keypass @", "-e PASSWORD=@", "mongosh -u x -p @", "vault login @", "sqlplus scott/@@db", "openssl enc -pass pass:@",
		"wget --http-password @ http://x",
	},
	"quoted": {
		`password='@'`, `password="@"`, `{'password': '@'}`, `b'{"password": "@"}'`, `config["password"] = "@"`, `:password => "@",`, `passphrase: "@"`,
		`ALTER USER app WITH PASSWORD '@'`, `IDENTIFIED BY '@'`, `host=db user=app password='@' dbname=x`, `token is "@"`,
	},
	"url": {
		"postgres://app:@@db:5432/app", "redis://:@@cache", "DATABASE_URL=mysql://u:@@db/x?a=b", "mongodb+srv://u:@@c.mongodb.net/x", "amqp://u:@@mq:5672/",
		"https://user:@@host/x",
	},
	"account": {
		"jdbc:oracle:thin:scott/@@//db:1521/orcl", "jdbc:oracle:thin:scott/@@db:1521:orcl", "root:@@tcp(127.0.0.1:3306)/db", "https://@@host/x",
		"jdbc:postgresql://db/x?user=a&password=@", "https://acct.blob.core.windows.net/c?sv=2020&sig=@&se=1", "https://hooks.slack.com/services/T0/B0/@",
	},
	"bare": {
		"password=@", "password = @", "client_secret=@&x=1", "RAILS_MASTER_KEY=@", "REDIS_AUTH=@", "SECRET_PROFILE=@", "private-key:@", "api_key = @",
		"AccountName=x;AccountKey=@==;EndpointSuffix=x", "Server=db;User Id=sa;Password=@;Database=x", "spring.datasource.password=@", "requirepass @",
		"[client]\nuser=x\npassword=@\n", "//registry.npmjs.org/:_authToken=@", "machine api.example.com login bob password @", "  login y\n  password @",
		"db.example.com:5432:app:bob:@", "*:*:*:bob:@", "Environment: map[DB_PASSWORD:@ HOME:/]", "{Password:@ User:x}", "dbPassword=@, user=x", "DBPASSWORD=@",
		"clientsecret=@", "2026-01-02T15:04:05Z INFO password: @", `exec: "--password=@": executable file not found`, "your password is @ now", "MYSQL_PWD=@",
	},
	"header": {
		"Authorization: Bearer @", "authorization: Basic @", `"Authorization":"Bearer @"`, "using bearer @", "X-Api-Key: @", "-H 'X-Vault-Token: @'",
		"Set-Cookie: sid=@", `curl -H "Authorization: token @" http://x`, "Proxy-Authorization: Digest response=@",
	},
	"xml": {
		"<password>@</password>", "<ns:dbPassword type=\"x\">@</ns:dbPassword>", `<add key="AccountKey" value="@"/>`, `<entry key="db.password">@</entry>`,
		`<user password="@"/>`, "<password>\n  @\n</password>", `<property name="token" value="@"/>`,
	},
	"pem": {
		"-----BEGIN RSA PRIVATE KEY-----\n@\n-----END RSA PRIVATE KEY-----", "x: |\n  -----BEGIN PRIVATE KEY-----\n  @\n  abcd\n  -----END PRIVATE KEY-----\n",
		`{"k":"-----BEGIN RSA PRIVATE KEY-----\n@\n-----END RSA PRIVATE KEY-----\n"}`,
		"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n@",
	},
}

func TestCredentialsAreMasked(t *testing.T) {
	for parser, list := range shaped {
		for _, shape := range list {
			in := fill(shape, sentinel)
			out := Text("start\n" + in + "\nend")
			if strings.Contains(out, sentinel) {
				t.Errorf("%s: %q became %q", parser, in, out)
			}
			if !strings.HasPrefix(out, "start\n") || !strings.HasSuffix(out, "\nend") {
				t.Errorf("%s: %q hid its neighbours: %q", parser, in, out)
			}
			if again := Text(out); again != out {
				t.Errorf("%s: masking %q twice gave %q", parser, out, again)
			}
		}
	}
}

// TestStringsWithinStrings puts each shape into strings of JSON, up to three deep.
func TestStringsWithinStrings(t *testing.T) {
	for parser, list := range shaped {
		for _, shape := range list {
			in := fill(shape, sentinel)
			for range 3 {
				in = `{"msg":` + quoteJSON(in) + `,"level":"info"}`
				out := Text(in)
				if strings.Contains(out, sentinel) {
					t.Errorf("%s: %s became %s", parser, in, out)
				}
				if !strings.HasSuffix(out, `"level":"info"}`) {
					t.Errorf("%s: %s lost its end: %s", parser, in, out)
				}
			}
		}
	}
}

// fill puts a value into a shape.
func fill(shape, value string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(shape, "@@", "\x00@"), "@", value), "\x00"+value, value+"@")
}

func TestInnocentLinesStay(t *testing.T) {
	raw, err := os.ReadFile("testdata/innocent.txt")
	if err != nil {
		t.Fatal(err)
	}
	var s Stream
	n := 0
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		n++
		if out := Text(line); out != line {
			t.Errorf("%q became %q", line, out)
		}
		if out := s.Mask(line); out != line {
			t.Errorf("behind the others, %q became %q", line, out)
		}
		quoted := `{"msg":` + quoteJSON(line) + `}`
		if out := Text(quoted); out != quoted {
			t.Errorf("as JSON, %s became %s", quoted, out)
		}
	}
	if n < 200 {
		t.Errorf("%d lines: at least 200 are needed to tell anything", n)
	}
}

func TestABlockIsBounded(t *testing.T) {
	for _, begin := range []string{
		"-----BEGIN x", "-----BEGIN CERTIFICATE-----", "expected -----BEGIN CERTIFICATE----- here", "password: |", "token:", "token: [", `password: "abc`,
		"<password>", `password=x\`, "--password", `{"token":{`, "- name: DB_PASSWORD",
	} {
		log := begin + "\nstarted the server on port 8080\n" + strings.Repeat("GET /healthz 200 in 3 ms\n", 3000)
		if n := strings.Count(Text(log), Hidden); n > 5 {
			t.Errorf("%q hides %d values", begin, n)
		}
	}
}
