package repair

import "testing"

// A pod of a StatefulSet was made from a generateName and has a name: it may be deleted.
// What is to be created has its name from careen, never from the server.
func TestWhatWasMadeFromAGeneratedName(t *testing.T) {
	w := deleted(t, "Restart", somePod)
	w.Before.SetGenerateName("evil-")
	if err := w.agrees(); err != nil {
		t.Errorf("deleting it: %v", err)
	}
	made := deleted(t, "CopySecret", "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: shop, generateName: a-}\n")
	if fresh := renewed(made.Before); fresh.GetGenerateName() != "" || fresh.GetName() != "a" {
		t.Errorf("it would be created again as %v", fresh)
	}
	made.Verb, made.After, made.Before = Create, made.Before, nil
	if err := made.agrees(); err == nil {
		t.Error("the server may choose the name of what is created")
	}
}
