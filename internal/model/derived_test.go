package model

import "testing"

func TestAValueIsDerivedOnceForEachContent(t *testing.T) {
	runs := 0
	pods := Derive(func(s *Space) int { runs++; return len(s.Tables[KindPod]) })
	if n := pods.Of(nil); n != 0 {
		t.Errorf("of nothing: %d", n)
	}
	one := NewSpace("a", 1, map[Kind]Table{KindPod: {&Pod{}}})
	if n := pods.Of(one) + pods.Of(one); n != 2 || runs != 1 {
		t.Errorf("%d, made %d times", n, runs)
	}
	if n := pods.Of(one.Renewed(map[Kind]Table{KindPod: {&Pod{}, &Pod{}}})); n != 2 {
		t.Errorf("after a renewal: %d", n)
	}
	if n := pods.Of(NewSpace("a", 2, nil)); n != 0 || runs != 3 {
		t.Errorf("after a change: %d, made %d times", n, runs)
	}
}
