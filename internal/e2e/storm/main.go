// Storm changes the config maps of the benchmark's population, each in another namespace
// than the one before, five hundred a second as far as the server keeps up, until its
// standard input ends. It prints how many it changed in a second.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	perSecond = 500
	writers   = 8
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	rate, err := storm(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "storm:", err)
		os.Exit(1)
	}
	fmt.Println(rate)
}

// storm returns how many it changed in a second.
func storm(ctx context.Context) (rate float64, err error) {
	cfg, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(clientcmd.NewDefaultClientConfigLoadingRules(), nil).ClientConfig()
	if err != nil {
		return 0, err
	}
	cfg.QPS = -1
	cfg.ContentType = "application/vnd.kubernetes.protobuf"
	client, err := kubernetes.NewForConfig(cfg)
	if err != nil {
		return 0, err
	}
	list, err := client.CoreV1().ConfigMaps("").List(ctx, metav1.ListOptions{LabelSelector: "app.kubernetes.io/managed-by=Helm"})
	if err != nil {
		return 0, err
	}
	maps := list.Items
	if len(maps) == 0 {
		return 0, errors.New("there are no config maps of releases")
	}
	slices.SortFunc(maps, func(a, b corev1.ConfigMap) int { return cmp.Compare(a.Name, b.Name) })
	var done atomic.Int64
	work := make(chan int)
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for i := range work {
				m := maps[i%len(maps)].DeepCopy()
				m.ResourceVersion, m.Data = "", map[string]string{"settings": strconv.Itoa(i)}
				if _, err := client.CoreV1().ConfigMaps(m.Namespace).Update(context.WithoutCancel(ctx), m, metav1.UpdateOptions{}); err == nil {
					done.Add(1)
				}
			}
		})
	}
	began := time.Now()
	send(ctx, work)
	rate = float64(done.Load()) / time.Since(began).Seconds()
	close(work)
	all.Wait()
	return rate, nil
}

// send says what to change, at a steady rate, for as long as ctx lives.
func send(ctx context.Context, work chan<- int) {
	tick := time.NewTicker(time.Second / perSecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		select {
		case work <- i:
		case <-ctx.Done():
			return
		}
	}
}
