//go:build !unix

package controlplane

import "syscall"

func ownSession() *syscall.SysProcAttr { return nil }
