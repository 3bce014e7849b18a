package logtail

import "testing"

func TestWhatALineOfJSONSays(t *testing.T) {
	for in, want := range map[string]string{
		`{"level":"fatal","msg":"cannot start","err":"no topic"}`:                                                             "cannot start: no topic",
		`{"t":{"$date":"2026-01-02T15:04:05Z"},"s":"F","msg":"Wrong version","attr":{"error":{"code":1,"errmsg":"too new"}}}`: "Wrong version: too new",
		`{"message":"it failed: no topic","error":"no topic"}`:                                                                "it failed: no topic",
		`{"error":"no topic"}`:      `{"error":"no topic"}`,
		`{"msg":"cut off`:           `{"msg":"cut off`,
		`error: {"msg":"not here"}`: `error: {"msg":"not here"}`,
	} {
		if got := inJSON(in); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
}
