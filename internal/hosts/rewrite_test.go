package hosts

import "testing"

func TestRewrite(t *testing.T) {
	for _, test := range []struct {
		name, value string
		from, to    []string
		want        string
		refused     bool
	}{
		{"one more", "vm-0.vm:8400,vm-1.vm:8400", []string{"vm-0.vm:8400", "vm-1.vm:8400"}, []string{"vm-0.vm:8400", "vm-1.vm:8400", "vm-2.vm:8400"}, "vm-0.vm:8400,vm-1.vm:8400,vm-2.vm:8400", false},
		{"one less", "--nodes=vm-0.vm; vm-1.vm; vm-2.vm", []string{"vm-0.vm", "vm-1.vm", "vm-2.vm"}, []string{"vm-0.vm", "vm-1.vm"}, "--nodes=vm-0.vm; vm-1.vm", false},
		{"lines", "nodes:\n- vm-0.vm\n- vm-1.vm\nport: 80\n", []string{"vm-0.vm", "vm-1.vm"}, []string{"vm-0.vm", "vm-1.vm", "vm-2.vm"}, "nodes:\n- vm-0.vm\n- vm-1.vm\n- vm-2.vm\nport: 80\n", false},
		{"addresses with users", "redis://:pw@r-0.r:1/0,redis://:pw@r-1.r:1/0", []string{"r-0.r:1", "r-1.r:1"}, []string{"r-0.r:1"}, "redis://:pw@r-0.r:1/0", false},
		{"ten is not one", "vm-10.vm,vm-1.vm", []string{"vm-1.vm"}, []string{"vm-2.vm"}, "vm-10.vm,vm-2.vm", false},
		{"changed since", "vm-0.vm,vm-2.vm", []string{"vm-0.vm", "vm-1.vm"}, []string{"vm-0.vm"}, "", true},
		{"another between", "vm-0.vm,other-0.x,vm-1.vm", []string{"vm-0.vm", "vm-1.vm"}, []string{"vm-0.vm"}, "", true},
		{"uneven", "vm-0.vm,vm-1.vm; vm-2.vm", []string{"vm-0.vm", "vm-1.vm", "vm-2.vm"}, []string{"vm-0.vm"}, "", true},
		{"no separator to see", "vm-0.vm", []string{"vm-0.vm"}, []string{"vm-0.vm", "vm-1.vm"}, "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Rewrite(test.value, test.from, test.to)
			if got != test.want || (err != nil) != test.refused {
				t.Errorf("got %q, %v; want %q, refused %v", got, err, test.want, test.refused)
			}
		})
	}
}
