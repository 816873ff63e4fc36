import { containersOf, imageNameOf, type Workload } from '../model/workload.ts';

/** Proxy programs without a reader, by the start of an image's name. */
const unreadPrograms =
  /^(?:traefik|caddy|haproxy|envoy|controller|ingress-nginx|oauth2-proxy|pomerium|kong|varnish|apisix|contour|cilium-envoy)/;

/** Whether a workload runs a proxy program without a reader. */
export function runsUnreadProgram({ spec }: Workload): boolean {
  return containersOf(spec).some((container) => unreadPrograms.test(imageNameOf(container)));
}
