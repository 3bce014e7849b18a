package sandbox

// confine takes nothing from this process: what holds is its own watch.
func confine(uint64) []string { return nil }
