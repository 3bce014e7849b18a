// Floor reads what careen's probes read and does nothing with it: typed protobuf
// lists, release records as metadata, one GET of each newest record. Its time is
// the floor that careen's budgets are ratios to.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/careen-tui/careen/internal/model"
)

func main() {
	started := time.Now()
	objects, bodies, err := look(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
	fmt.Printf("%d objects, %d records in %s\n", objects, bodies, time.Since(started).Round(time.Millisecond))
}

func look(ctx context.Context) (objects, bodies int, err error) {
	cfg, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(clientcmd.NewDefaultClientConfigLoadingRules(), nil).ClientConfig()
	if err != nil {
		return 0, 0, err
	}
	cfg.QPS = -1
	cfg.ContentType = "application/vnd.kubernetes.protobuf"
	client, err := kubernetes.NewForConfig(cfg)
	if err != nil {
		return 0, 0, err
	}
	counts := make([]int, len(model.Builtin))
	group, gctx := errgroup.WithContext(ctx)
	for i, info := range model.Builtin {
		if info.Kind == model.KindCRD || info.Kind == model.KindAPIService {
			continue
		}
		group.Go(func() error {
			n, err := list(gctx, cfg, info)
			counts[i] = n
			return err
		})
	}
	group.Go(func() (err error) {
		bodies, err = records(gctx, cfg, client)
		return err
	})
	err = group.Wait()
	for _, n := range counts {
		objects += n
	}
	return objects, bodies, err
}

// records lists the release records as metadata and gets each newest one.
func records(ctx context.Context, cfg *rest.Config, client kubernetes.Interface) (int, error) {
	meta, err := metadata.NewForConfig(cfg)
	if err != nil {
		return 0, err
	}
	all, err := meta.Resource(schema.GroupVersionResource{Version: "v1", Resource: "secrets"}).
		List(ctx, metav1.ListOptions{FieldSelector: "type=helm.sh/release.v1", ResourceVersion: "0"})
	if err != nil {
		return 0, err
	}
	type key struct{ namespace, release string }
	newest := map[key]int{}
	for _, m := range all.Items {
		if name, revision, ok := model.ParseRecordName(m.Name); ok {
			k := key{m.Namespace, name}
			newest[k] = max(newest[k], revision)
		}
	}
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for k, revision := range newest {
		group.Go(func() error {
			_, err := client.CoreV1().Secrets(k.namespace).Get(gctx, model.RecordName(k.release, revision), metav1.GetOptions{})
			return err
		})
	}
	return len(newest), group.Wait()
}
