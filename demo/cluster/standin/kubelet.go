package standin

import (
	"context"
	"fmt"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/workqueue"
)

const workers = 8

// Kubelet minds the pods of every node.
type Kubelet struct {
	client kubernetes.Interface
	events record.EventBroadcaster
	pods   cache.SharedIndexInformer
	queue  workqueue.TypedRateLimitingInterface[types.NamespacedName]
	port   int
	now    func() time.Time

	mu        sync.Mutex
	runs      map[types.NamespacedName]*podRun
	recorders map[string]record.EventRecorder
	addresses int
}

// Start minds pods, serves their logs, and makes volumes, until ctx ends. It
// does not wait for anything but the port of the logs.
func Start(ctx context.Context, config *rest.Config, files Files) (*Kubelet, error) {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("making the kubelet's client: %w", err)
	}
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithTransform(trim))
	k := newKubelet(client)
	k.pods = factory.Core().V1().Pods().Informer()
	k.events.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: client.CoreV1().Events("")})
	if _, err := k.pods.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    k.mark,
		UpdateFunc: func(_, now any) { k.mark(now) },
		DeleteFunc: k.mark,
	}); err != nil {
		return nil, fmt.Errorf("watching pods: %w", err)
	}
	volumes, err := newProvisioner(client, factory, k.recorder(Provisioner))
	if err != nil {
		return nil, err
	}
	if k.port, err = k.serve(ctx, files); err != nil {
		return nil, err
	}
	factory.Start(ctx.Done())
	for range workers {
		go k.work(ctx)
	}
	go volumes.work(ctx)
	go func() {
		<-ctx.Done()
		k.queue.ShutDown()
		volumes.queue.ShutDown()
		k.events.Shutdown()
	}()
	return k, nil
}

func newKubelet(client kubernetes.Interface) *Kubelet {
	return &Kubelet{
		client: client,
		events: record.NewBroadcaster(),
		queue: workqueue.NewTypedRateLimitingQueue(
			workqueue.NewTypedItemExponentialFailureRateLimiter[types.NamespacedName](50*time.Millisecond, 10*time.Second)),
		now:       time.Now,
		runs:      map[types.NamespacedName]*podRun{},
		recorders: map[string]record.EventRecorder{},
	}
}

// Port is where the logs of containers are served, as a kubelet serves them.
func (k *Kubelet) Port() int { return k.port }

// trim keeps of a plain pod no more than is needed to tell that it is one.
func trim(object any) (any, error) {
	switch o := object.(type) {
	case *corev1.Pod:
		o.ManagedFields = nil
		if !Minds(o) {
			return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
				Namespace: o.Namespace, Name: o.Name, UID: o.UID, ResourceVersion: o.ResourceVersion,
			}}, nil
		}
	case metav1.Object:
		o.SetManagedFields(nil)
	}
	return object, nil
}

func (k *Kubelet) mark(object any) {
	if gone, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = gone.Obj
	}
	pod, ok := object.(*corev1.Pod)
	if !ok {
		return
	}
	key := types.NamespacedName{Namespace: pod.Namespace, Name: pod.Name}
	if Minds(pod) || k.known(key) {
		k.queue.Add(key)
	}
}

func (k *Kubelet) known(key types.NamespacedName) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.runs[key] != nil
}

func (k *Kubelet) work(ctx context.Context) {
	for {
		key, down := k.queue.Get()
		if down {
			return
		}
		again, err := k.sync(ctx, key)
		switch {
		case err != nil:
			k.queue.AddRateLimited(key)
		case again > 0:
			k.queue.Forget(key)
			k.queue.AddAfter(key, again)
		default:
			k.queue.Forget(key)
		}
		k.queue.Done(key)
	}
}

// run is what is known of the pod, begun again if another had its name before.
func (k *Kubelet) run(key types.NamespacedName, uid types.UID) *podRun {
	k.mu.Lock()
	defer k.mu.Unlock()
	r := k.runs[key]
	if r == nil || r.uid != uid {
		r = newPodRun(uid, k.now())
		k.addresses++
		r.address = fmt.Sprintf("10.245.%d.%d", k.addresses/250%250, k.addresses%250+1)
		k.runs[key] = r
	}
	return r
}

func (k *Kubelet) forget(key types.NamespacedName) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.runs, key)
}

// recorder speaks as the kubelet of a node, or as the named component.
func (k *Kubelet) recorder(host string) record.EventRecorder {
	k.mu.Lock()
	defer k.mu.Unlock()
	r := k.recorders[host]
	if r == nil {
		source := corev1.EventSource{Component: "kubelet", Host: host}
		if host == Provisioner {
			source = corev1.EventSource{Component: Provisioner}
		}
		r = k.events.NewRecorder(scheme.Scheme, source)
		k.recorders[host] = r
	}
	return r
}
