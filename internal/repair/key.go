package repair

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// keyFile lies beside the operator's log. Whoever can read it can sign journal entries
// in the operator's name; copied to another host, it makes the operator known there.
const keyFile = "journal.key"

const keySize = 32

// operatorKey reads the operator's key; nil where there is none that can be trusted:
// not a plain file, or one that others may read.
func operatorKey(logPath string) []byte {
	path := filepath.Join(filepath.Dir(logPath), keyFile)
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	opened, err := f.Stat()
	if err != nil || !os.SameFile(info, opened) {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(f, 4*keySize))
	if err != nil {
		return nil
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != keySize {
		return nil
	}
	return key
}

// madeKey is operatorKey, which makes one where there is none yet. What cannot be made
// is done without: the operator's log knows its entries as well.
func madeKey(logPath string) []byte {
	dir := filepath.Dir(logPath)
	path := filepath.Join(dir, keyFile)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return operatorKey(logPath)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil
	}
	whole, err := os.CreateTemp(dir, keyFile+".*") // with mode 0600
	if err != nil {
		return nil
	}
	defer os.Remove(whole.Name())
	key := make([]byte, keySize)
	_, _ = rand.Read(key)
	_, err = fmt.Fprintln(whole, hex.EncodeToString(key))
	if err = errors.Join(err, whole.Sync(), whole.Close()); err != nil {
		return nil
	}
	_ = os.Link(whole.Name(), path) // another careen's may have come first
	return operatorKey(logPath)
}

// signature is what the operator's key says of an entry: that its content, which the
// digest stands for, was written by them into that namespace of that server.
func signature(key []byte, server, namespace, digest string) string {
	mac := hmac.New(sha256.New, key)
	for _, part := range []string{journalType, server, namespace, digest} {
		fmt.Fprintf(mac, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(mac.Sum(nil))
}

func signed(key []byte, server, namespace, digest, claimed string) bool {
	return key != nil && claimed != "" && hmac.Equal([]byte(claimed), []byte(signature(key, server, namespace, digest)))
}
