import { listAt, mapsAt, textsIn, valueAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Reach } from './kind.ts';

const quietAddresses = new Set(['LoadBalancerIP', 'ExternalIP']);

/** What of an advertisement is more than addresses of Services that count by themselves (Cilium 1.18). */
export function announcedBeyondLoadBalancers(object: KubernetesObject): readonly Partial<Reach>[] {
  const advertised = mapsAt(object, 'spec', 'advertisements');
  const routers = mapsAt(object, 'spec', 'virtualRouters');
  const isQuiet =
    object.kind === 'CiliumBGPAdvertisement'
      ? advertised.every(
          (each) =>
            each['advertisementType'] === 'Service' &&
            textsIn(valueAt(each, 'service', 'addresses')).every((text) => quietAddresses.has(text)),
        )
      : routers.every(
          (each) =>
            each['exportPodCIDR'] !== true &&
            each['podIPPoolSelector'] === undefined &&
            textsIn(each['serviceAdvertisements']).every((text) => quietAddresses.has(text)),
        );
  return isQuiet ? [] : [{}];
}

/** `serviceClusterIPs` makes routers lead to every Service of the cluster. */
export function calicoAnnouncements(object: KubernetesObject): readonly Partial<Reach>[] {
  return listAt(object, 'spec', 'serviceClusterIPs').length > 0 ? [{}] : [];
}

/** A peer is told the addresses of the pods of each pool that does not turn this off. Without an address it is a node. */
export function calicoPeers(object: KubernetesObject): readonly Partial<Reach>[] {
  return valueAt(object, 'spec', 'peerIP') === undefined ? [] : [{}];
}
