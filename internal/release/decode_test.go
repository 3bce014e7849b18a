package release_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
)

func TestDecodeReadsWhatHelmWrites(t *testing.T) {
	for _, kind := range []model.Kind{model.KindSecret, model.KindConfigMap} {
		t.Run(string(kind), func(t *testing.T) {
			stored := store(t, kind, shop(9000))
			got := release.Decode(stored, "7")
			want := &model.Body{
				ResourceVersion: "7", Size: len(stored),
				Name: "shop", Namespace: "store", Version: 3,
				Status: "pending-upgrade", Description: "Initial install <underway>",
				Chart: "shop", ChartVersion: "1.4.0", AppVersion: "2.0",
				FirstDeployed: deployed.Add(-time.Hour), LastDeployed: deployed,
				Objects: []model.Declared{
					{APIVersion: "v1", Ref: model.Ref{Kind: "ServiceAccount", Namespace: "store", Name: "shop"}, Keep: true},
					{APIVersion: "rbac.authorization.k8s.io/v1", Ref: model.Ref{Kind: "ClusterRole", Name: "shop"}},
					{APIVersion: "apps/v1", Ref: model.Ref{Kind: "Deployment", Namespace: "store", Name: "shop"}},
					{APIVersion: "cert-manager.io/v1", Ref: model.Ref{Kind: "Certificate.cert-manager.io", Namespace: "elsewhere", Name: "shop"}},
				},
				Hooks: []model.Hook{{
					Ref:    model.Ref{Kind: "Job", Namespace: "store", Name: "shop-migrate"},
					Events: []string{"pre-upgrade", "pre-install"}, Phase: "Succeeded",
					Started: deployed, Done: deployed.Add(time.Minute),
				}},
				ChartFiles: []model.Weight{{Name: "files/noise.bin", Size: 9000}, {Name: "templates/a.yaml", Size: 6}},
			}
			if got.Manifest == 0 || got.Manifest != release.Decode(stored, "8").Manifest {
				t.Errorf("the hash of the manifest: %d", got.Manifest)
			}
			want.Manifest = got.Manifest
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

func pack(json string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, json)
	w.Close()
	return base64.StdEncoding.AppendEncode(nil, b.Bytes())
}

func plain(json string) []byte { return base64.StdEncoding.AppendEncode(nil, []byte(json)) }

const usable = `{"name":"a","info":{"status":"deployed"},"chart":{"metadata":{"name":"c"}},"version":1,"namespace":"n"}`

func TestDecodeGivesAReason(t *testing.T) {
	good := pack(usable)
	unpacked, err := base64.StdEncoding.DecodeString(string(good))
	if err != nil {
		t.Fatal(err)
	}
	again := func(b []byte) []byte { return base64.StdEncoding.AppendEncode(nil, b) }
	damaged := bytes.Clone(unpacked)
	damaged[len(damaged)-6] ^= 0xff
	secret := "hunter2"

	for _, c := range []struct {
		name   string
		stored []byte
		want   string
	}{
		{"nothing", nil, "the record is empty"},
		{"not base64", []byte("%%%" + secret), "the record is not base64"},
		{"nothing inside", plain("  \n"), "the record is empty"},
		{"cut gzip", again(unpacked[:len(unpacked)-20]), "the record's gzip data is cut short"},
		{"gzip header alone", again(unpacked[:8]), "the record's gzip data is cut short"},
		{"wrong checksum", again(damaged), "the record's gzip checksum does not match its data"},
		{"data behind gzip", again(append(bytes.Clone(unpacked), "tail"...)), "the record's gzip data is cut short"},
		{"much data behind gzip", again(append(bytes.Clone(unpacked), make([]byte, 64)...)), "the record holds more data behind its end"},
		{"data behind JSON", plain(usable + secret), "the record holds more data behind its end"},
		{"too large", bytes.Repeat([]byte("A"), 2<<20), "the record is larger than 1.5 MiB, which the API server does not store"},
		{"text", plain(secret), "the record is neither gzip nor JSON"},
		{"null", pack("null"), "the record's JSON is not an object"},
		{"array", pack("[1,2]"), "the record's JSON is not an object"},
		{"number", pack("12"), "the record's JSON is not an object"},
		{"empty object", pack("{}"), "the record has no info, so it says neither status nor times"},
		{"info null", pack(`{"info":null,"chart":{}}`), "the record has no info, so it says neither status nor times"},
		{"no chart", pack(`{"info":{}}`), "the record holds no chart"},
		{"cut JSON", pack(usable[:40]), "the record's JSON ends too early"},
		{"bad JSON", pack(`{"info":{},}`), "the record is not valid JSON at byte 11"},
		{"bad number", pack(`{"version":01}`), "the record is not valid JSON at byte 11"},
		{"control character", pack("{\"name\":\"a\nb\"}"), "the record is not valid JSON at byte 10"},
		{"odd version", pack(`{"version":"` + secret + `"}`), "the record's version is not a number"},
		{"broken version", pack(`{"version":1.5}`), "the record's version is not a whole number"},
		{"odd name", pack(`{"name":["` + secret + `"]}`), "the record's name is not text"},
		{"odd info", pack(`{"info":"` + secret + `"}`), "the record's info is not an object"},
		{"odd time", pack(`{"info":{"last_deployed":"` + secret + `"}}`), "the record's last_deployed is not a time"},
		{"deep", pack(`{"config":` + strings.Repeat("[", 300) + strings.Repeat("]", 300) + `}`), "the record nests more than 256 levels deep"},
		{"10,000 hooks", pack(`{"hooks":[` + lots(10_000, `{"name":"h"}`) + `]}`), "the record holds more than 1000 hooks"},
		{"a long manifest", pack(`{"manifest":"` + strings.Repeat("x", 9<<20) + `"}`), "the manifest in the record is larger than 8 MiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := release.Decode(c.stored, "1")
			want := &model.Body{ResourceVersion: "1", Size: len(c.stored), Problem: c.want}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestDecodeTakesWhatHelmWouldTake(t *testing.T) {
	for _, c := range []struct {
		name, json string
		check      func(*model.Body) bool
	}{
		{"uncompressed", usable, func(b *model.Body) bool { return b.Name == "a" && b.Chart == "c" && b.Namespace == "n" }},
		{"keys in another case", `{"NAME":"a","Info":{"\u0053tatus":"failed"},"chart":{}}`, func(b *model.Body) bool { return b.Status == "failed" && b.Name == "a" }},
		{"keys that fold", "{\"info\":{\"\u017ftatus\":\"failed\"},\"chart\":{}}", func(b *model.Body) bool { return b.Status == "failed" }},
		{"nulls", `{"name":null,"version":null,"info":{"status":null,"deleted":null},"chart":{"metadata":null,"files":null},"hooks":null,"manifest":null}`, func(b *model.Body) bool { return b.Name == "" && b.Hooks == nil }},
		{"unknown fields", `{"apply_method":"ssa","info":{"rollback_revision":4,"status":"deployed"},"chart":{"lock":{"x":[{}]}}}`, func(b *model.Body) bool { return b.Status == "deployed" }},
		{"surrogates", `{"info":{"description":"\ud83d\ude00 \ud83d. \ud83d\u0041"},"chart":{}}`, func(b *model.Body) bool { return b.Description == "\U0001F600 \uFFFD. \uFFFDA" }},
		{"escape sequences", `{"info":{"description":"a\u001b[31mb\u202ec\u0085d"},"chart":{}}`, func(b *model.Body) bool { return b.Description == "abcd" }},
		{"a hook without a manifest", `{"info":{},"chart":{},"namespace":"n","hooks":[{"name":"h","kind":"Job"}]}`, func(b *model.Body) bool {
			return len(b.Hooks) == 1 && b.Hooks[0].Ref == model.Ref{Kind: "Job", Namespace: "n", Name: "h"}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, stored := range [][]byte{plain(c.json), pack(c.json)} {
				if got := release.Decode(stored, ""); got.Problem != "" || !c.check(got) {
					t.Errorf("got %+v", got)
				}
			}
		})
	}
}
