package sandbox

import (
	"os"
	"os/exec"
	"syscall"
)

// itself is careen's program, also when it was replaced on disk meanwhile.
const itself = "/proc/self/exe"

// origins are the ways to start a child, the best first. Some systems let nobody but
// root make namespaces, and containers mostly nobody.
func origins() []origin {
	path := itself
	if _, err := os.Stat(path); err != nil {
		path, _ = os.Executable()
	}
	return []origin{{path, unconnected, []string{"network"}}, {path, apart, nil}}
}

// unconnected gives the child a network of its own, without so much as a loopback
// interface that is up. The user namespace is what lets others than root do so; in it
// the child is nobody.
func unconnected(cmd *exec.Cmd) {
	apart(cmd)
	const nobody = 65534
	cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET
	cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: nobody, HostID: os.Getuid(), Size: 1}}
	cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: nobody, HostID: os.Getgid(), Size: 1}}
}
