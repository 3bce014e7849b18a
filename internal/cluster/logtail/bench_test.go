package logtail

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkRead reads the end of a log of a program that runs well, as a dump holds one of each
// container.
func BenchmarkRead(b *testing.B) {
	var text strings.Builder
	for i := range MaxLines {
		fmt.Fprintf(&text, `10.0.0.%d - - [02/Jan/2026:10:00:%02d +0000] "GET /orders/%d HTTP/1.1" 200 1234 "-" "curl/8.0" connection=keep-alive`+"\n", i%256, i%60, i)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		Read(text.String())
	}
}
