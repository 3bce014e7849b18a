package keymap

//go:generate go test -run TestKeyTable -update .
