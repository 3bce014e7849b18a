//go:build !unix

package controlplane

import "syscall"

func ownGroup() *syscall.SysProcAttr { return nil }
