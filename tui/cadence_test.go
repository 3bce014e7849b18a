package tui

import (
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
)

func TestAKeyIsDrawnAtOnceAndAnIdleRendererRests(t *testing.T) {
	running(t, 160, 45, func(m *model, p *tea.Program, feed mailbox, out *wire) {
		feed <- withReady(3)
		for i := range 10 {
			time.Sleep(time.Second + time.Duration(i)*time.Millisecond)
			synctest.Wait()
			if out.taken(); !m.cadence.rests {
				t.Fatal("the renderer does not rest while nothing happens")
			}
			p.Send(keyPress([]string{"j", "k"}[i%2]))
			time.Sleep(2 * soon)
			synctest.Wait()
			if out.taken() == 0 {
				t.Errorf("key %d was not drawn in %s", i, 2*soon)
			}
		}
	})
}

func TestFramesKeepTheirDistance(t *testing.T) {
	running(t, 160, 45, func(_ *model, p *tea.Program, feed mailbox, out *wire) {
		feed <- withReady(3)
		settle()
		frames := 0
		for i := range 1000 { // a second of keys
			p.Send(keyPress([]string{"j", "k"}[i%2]))
			time.Sleep(time.Millisecond)
			synctest.Wait()
			if out.taken() > 0 {
				frames++
			}
		}
		if frames < fast/2 || frames > fast+1 {
			t.Errorf("%d frames were drawn in a second", frames)
		}
	})
}

func TestAKeyDoesNotWaitForWhatTheClusterHadDrawn(t *testing.T) {
	running(t, 160, 45, func(_ *model, p *tea.Program, feed mailbox, out *wire) {
		feed <- withReady(3)
		settle()
		for i := range 10 {
			out.taken()
			r := withReady(3)
			feed <- reportOf(r.Snapshot, r.Findings[:len(r.Findings)-1-i%2])
			time.Sleep(2 * soon)
			synctest.Wait()
			if out.taken() == 0 {
				t.Fatalf("report %d was not drawn in %s", i, 2*soon)
			}
			time.Sleep(3 * soon)
			p.Send(keyPress("j"))
			time.Sleep(2 * soon)
			synctest.Wait()
			if out.taken() == 0 {
				t.Errorf("key %d was not drawn in %s", i, 2*soon)
			}
			time.Sleep(time.Second)
			p.Send(keyPress("k"))
			settle()
		}
	})
}
