package sandbox

import (
	"fmt"
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// confine takes from this process what it does not need, and names what holds.
func confine(memory uint64) (enforced []string) {
	if limitMemory(memory) == nil {
		enforced = append(enforced, "memory")
	}
	limitFiles()
	if tcp, err := landlock(); err == nil {
		enforced = append(enforced, "files")
		if tcp {
			enforced = append(enforced, "network")
		}
	}
	return enforced
}

// limitMemory lets the process map as much private memory again as it may hold: a
// single allocation of more fails at once, however short the watch's sleep. Address
// space that is only reserved does not count, of which Go reserves much.
func limitMemory(memory uint64) error {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return err
	}
	var size, resident, shared, program, library, data uint64
	if _, err := fmt.Sscan(string(text), &size, &resident, &shared, &program, &library, &data); err != nil {
		return err
	}
	limit := data*uint64(os.Getpagesize()) + memory
	return unix.Setrlimit(unix.RLIMIT_DATA, &unix.Rlimit{Cur: limit, Max: limit})
}

// landlock refuses this process every file but the time zones, and TCP where the
// kernel can (Documentation/userspace-api/landlock.rst).
func landlock() (tcp bool, err error) {
	_ = time.Now().Local().String() // reads the local time zone while it can
	abi, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return false, errno
	}
	attr := unix.LandlockRulesetAttr{Handled_access_fs: unix.LANDLOCK_ACCESS_FS_MAKE_SYM<<1 - 1}
	if abi >= 2 {
		attr.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_REFER
	}
	if abi >= 3 {
		attr.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_TRUNCATE
	}
	if abi >= 4 {
		attr.Handled_access_net = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
	}
	if abi >= 5 {
		attr.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
	}
	rules, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr), 0)
	if errno != 0 {
		return false, errno
	}
	defer unix.Close(int(rules))
	allowZones(rules)
	for _, call := range [][4]uintptr{
		{unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0},
		{unix.SYS_LANDLOCK_RESTRICT_SELF, rules, 0, 0},
	} {
		// Fails in a program with cgo, whose threads Go does not know.
		if _, _, errno := syscall.AllThreadsSyscall(call[0], call[1], call[2], call[3]); errno != 0 {
			return false, errno
		}
	}
	return abi >= 4, nil
}

// allowZones lets templates ask for the time in another zone.
func allowZones(rules uintptr) {
	for _, path := range []string{"/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/usr/lib/locale/TZ", "/etc/zoneinfo"} {
		fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
		if err != nil {
			continue
		}
		under := unix.LandlockPathBeneathAttr{Allowed_access: unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR, Parent_fd: int32(fd)}
		_, _, _ = unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, rules, unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&under)), 0, 0, 0)
		unix.Close(fd)
	}
}
