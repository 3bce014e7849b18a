package repair

import (
	"encoding/json"
	"net/http"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
)

// keepsNoDryRun answers the dry runs that the fake client would keep.
func keepsNoDryRun(c *dynamicfake.FakeDynamicClient) {
	c.PrependReactor("*", "*", func(a clienttesting.Action) (bool, runtime.Object, error) {
		switch a := a.(type) {
		case clienttesting.CreateActionImpl:
			return len(a.CreateOptions.DryRun) > 0, a.Object, nil
		case clienttesting.UpdateActionImpl:
			return len(a.UpdateOptions.DryRun) > 0, a.Object, nil
		case clienttesting.DeleteActionImpl:
			return len(a.DeleteOptions.DryRun) > 0, nil, nil
		case clienttesting.PatchActionImpl:
			if len(a.PatchOptions.DryRun) == 0 {
				return false, nil, nil
			}
			live, err := c.Tracker().Get(a.GetResource(), a.GetNamespace(), a.GetName(), metav1.GetOptions{})
			if err != nil {
				return true, nil, err
			}
			var patch map[string]any
			if err := json.Unmarshal(a.GetPatch(), &patch); err != nil {
				return true, nil, err
			}
			u := live.(*unstructured.Unstructured).DeepCopy()
			merge(u.Object, patch)
			return true, u, nil
		}
		return false, nil, nil
	})
}

// testsPatches refuses a JSON patch whose tests fail, as the API server does.
func testsPatches(c *fake.Clientset) {
	c.PrependReactor("patch", "secrets", func(a clienttesting.Action) (bool, runtime.Object, error) {
		p := a.(clienttesting.PatchAction)
		live, err := c.Tracker().Get(a.GetResource(), a.GetNamespace(), p.GetName())
		if err != nil {
			return true, nil, err
		}
		var ops []struct{ Op, Path, Value string }
		if err := json.Unmarshal(p.GetPatch(), &ops); err != nil {
			return true, nil, err
		}
		head := live.(*corev1.Secret)
		for _, op := range ops {
			name := strings.ReplaceAll(op.Path[strings.LastIndex(op.Path, "/")+1:], "~1", "/")
			value, there := head.Annotations[name]
			if strings.HasPrefix(op.Path, "/metadata/labels/") {
				value, there = head.Labels[name]
			}
			if op.Op == "test" && value != op.Value || op.Op == "remove" && !there {
				return true, nil, &apierrors.StatusError{ErrStatus: metav1.Status{Code: http.StatusUnprocessableEntity, Reason: metav1.StatusReasonInvalid, Message: "test failed"}}
			}
		}
		return false, nil, nil
	})
}

func merge(into, patch map[string]any) {
	for k, v := range patch {
		below, object := v.(map[string]any)
		there, also := into[k].(map[string]any)
		switch {
		case v == nil:
			delete(into, k)
		case object && also:
			merge(there, below)
		default:
			into[k] = v
		}
	}
}
