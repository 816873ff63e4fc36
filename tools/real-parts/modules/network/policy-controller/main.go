// The network policy controller of kube-router and nothing else of it, started as k3s starts it
// (pkg/agent/netpol/netpol.go of k3s).
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/cloudnativelabs/kube-router/v2/pkg/controllers/netpol"
	"github.com/cloudnativelabs/kube-router/v2/pkg/healthcheck"
	"github.com/cloudnativelabs/kube-router/v2/pkg/options"
	"github.com/cloudnativelabs/kube-router/v2/pkg/utils"
	"github.com/coreos/go-iptables/iptables"
	v1 "k8s.io/api/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
)

// Set by the linker.
var version = "unknown"

type arguments struct {
	kubeconfig, node, services, nodePorts string
}

func main() {
	klog.InitFlags(nil)
	var given arguments
	flag.StringVar(&given.kubeconfig, "kubeconfig", "", "the file with the address and the credentials of the API server")
	flag.StringVar(&given.node, "hostname-override", "", "the name of the node")
	flag.StringVar(&given.services, "service-cluster-ip-range", "10.43.0.0/16", "the addresses of Services")
	flag.StringVar(&given.nodePorts, "service-node-port-range", "30000-32767", "the ports of NodePorts")
	printVersion := flag.Bool("version", false, "print the version of kube-router and exit")
	flag.Parse()
	if *printVersion {
		fmt.Println("kube-router", version)
		return
	}
	run(given)
}

func run(given arguments) {
	restConfig, err := clientcmd.BuildConfigFromFlags("", given.kubeconfig)
	fatal(err)
	client, err := kubernetes.NewForConfig(restConfig)
	fatal(err)

	stop := make(chan struct{})
	factory := informers.NewSharedInformerFactory(client, 0)
	pods := factory.Core().V1().Pods().Informer()
	namespaces := factory.Core().V1().Namespaces().Informer()
	policies := factory.Networking().V1().NetworkPolicies().Informer()
	factory.Start(stop)
	factory.WaitForCacheSync(stop)

	controller := newController(client, configuration(given), pods, policies, namespaces)
	handle(pods, controller.PodEventHandler)
	handle(namespaces, controller.NamespaceEventHandler)
	handle(policies, controller.NetworkPolicyEventHandler)

	// Nobody asks for the heartbeats, and a full channel would stop the controller.
	heartbeats := make(chan *healthcheck.ControllerHeartbeat, 10)
	go func() {
		for range heartbeats {
		}
	}()
	var running sync.WaitGroup
	running.Add(1)
	go controller.Run(heartbeats, stop, &running)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	<-signals
	close(stop)
	running.Wait()
}

func configuration(given arguments) *options.KubeRouterConfig {
	config := options.NewKubeRouterConfig()
	config.EnableIPv4 = true
	config.EnableIPv6 = false
	config.EnableOverlay = false
	config.EnablePodEgress = true
	config.HostnameOverride = given.node
	config.MetricsEnabled = false
	config.RunFirewall = true
	config.RunRouter = false
	config.RunServiceProxy = false
	config.ClusterIPCIDRs = []string{given.services}
	config.NodePortRange = given.nodePorts
	return config
}

// The constructor fails until the node is registered.
func newController(
	client kubernetes.Interface,
	config *options.KubeRouterConfig,
	pods, policies, namespaces cache.SharedIndexInformer,
) *netpol.NetworkPolicyController {
	rules, err := iptables.NewWithProtocol(iptables.ProtocolIPv4)
	fatal(err)
	sets, err := utils.NewIPSet(false)
	fatal(err)
	fatal(sets.Save())
	var mutex sync.Mutex
	for {
		controller, err := netpol.NewNetworkPolicyController(client, config, pods, policies, namespaces, &mutex,
			map[v1.IPFamily]utils.IPTablesHandler{v1.IPv4Protocol: rules},
			map[v1.IPFamily]utils.IPSetHandler{v1.IPv4Protocol: sets})
		if err == nil {
			return controller
		}
		klog.Warningf("not yet: %v", err)
		time.Sleep(200 * time.Millisecond)
	}
}

func handle(informer cache.SharedIndexInformer, handler cache.ResourceEventHandler) {
	_, err := informer.AddEventHandler(handler)
	fatal(err)
}

func fatal(err error) {
	if err != nil {
		klog.Fatal(err)
	}
}
