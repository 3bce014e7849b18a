package mask

import (
	"fmt"
	"strings"
	"testing"
)

func TestTry(t *testing.T) {
	for _, v := range []string{"hunter2", "changeme", "s3cr3t-value", "P@ssw0rd!", "topsecretvalue", "my-secret-pw", "12345678", "QWERTYUIOP", "aGVsbG8gd29ybGQ=", "a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4", "p4ss/w0rd", "$ecret1"} {
		for p, list := range shaped {
			for _, s := range list {
				if p == "url" || p == "account" {
					continue
				}
				in := fill(s, v)
				out := Text(in)
				if strings.Contains(out, v) {
					fmt.Printf("%-8s %-60q %q\n", p, in, out)
				}
			}
		}
	}
}
