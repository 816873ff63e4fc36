import type { Fields } from '../../kubernetes/fields.ts';
import { textAt } from '../../kubernetes/fields.ts';
import type { ConfigurationSources } from '../../manifests/configurationSources.ts';
import { containersOf, type Workload } from '../model/workload.ts';
import { isCloudflared } from './cloudflared/tunnel.ts';
import { type Command, commandsOf } from './commands.ts';
import {
  mayBeOutward,
  otherCloudflared,
  outwardPrograms,
  ssh,
  type UnreadProgram,
} from './outwardPrograms.ts';
import type { ProxyReader, ProxyWorkload } from './proxy.ts';

/** Programs that forward what they get, by a configuration that is not read. */
const forwardingPrograms: RegExp =
  /^(?:traefik|caddy|haproxy|envoy|envoy-proxy|cilium-envoy|contour|pomerium|kong|kong-gateway|varnish|apisix|emissary|krakend|tyk-gateway|skipper|openresty|angie|tengine|freenginx|lighttpd|squid|tinyproxy|privoxy|swag|zoraxy|sozu|nginx-proxy|nginx-proxy-manager|nginx-ingress|nginx-ingress-controller|ingress-nginx|ingress-nginx\/controller|oauth2-proxy|oauth2_proxy|authelia|authentik-proxy|goauthentik\/proxy|traefik-forward-auth|vouch-proxy|gatekeeper|gogatekeeper|louketo-proxy|proxyv2|linkerd-proxy|socat|rinetd|stunnel|ghostunnel|mitmproxy|3proxy|glider|goproxy|yarp|fabio|easegress|bfe|caddy-docker-proxy|forward-auth|frps|chisel|ngrok)$/;

/** The name of an image, without registry, tag and digest: by itself, and with its owner. */
function namesOf(container: Fields): readonly string[] {
  const image = (textAt(container, 'image') ?? '').toLowerCase().split('@')[0] ?? '';
  const parts = image.replace(/:[^:/]*$/, '').split('/');
  return [parts.slice(-1), parts.slice(-2)].map((part) => part.join('/'));
}

/** The parts of such a name: `hass-tailscale` may be Tailscale too. What measures a program is none. */
function partsOf(container: Fields): readonly string[] {
  const parts = (namesOf(container)[0] ?? '').split(/[-_.]/);
  return parts.some((part) => /^(?:exporter|metrics|dashboard)$/.test(part)) ? [] : parts;
}

/** Whether a workload runs a program that forwards requests and has no reader. */
export function runsUnreadProgram(workload: Workload): boolean {
  return containersOf(workload.spec).some((container) => {
    const commands = commandsOf(new Map(), workload, container).filter(({ isFirst }) => isFirst);
    return [...namesOf(container), ...commands.map(({ name }) => name)].some((name) =>
      forwardingPrograms.test(name),
    );
  });
}

/** Reads programs that open a tunnel outwards: that they do, and nothing of where it leads. */
export const outward: ProxyReader = {
  program: 'tunnels without a reader',
  read: (sources, workload) => {
    const found = containersOf(workload.spec).flatMap((container) =>
      outwardProgramsOf(sources, workload, container),
    )[0];
    return found === undefined ? [] : [tunnelOf(workload, found)];
  },
};

function outwardProgramsOf(
  sources: ConfigurationSources,
  workload: Workload,
  container: Fields,
): readonly UnreadProgram[] {
  const commands = commandsOf(sources, workload, container);
  const images = namesOf(container);
  const parts = partsOf(container);
  const names = [...images, ...parts, ...commands.map(({ name }) => name)];
  if (!names.some(mayBeOutward)) return [];
  return [
    ...(commands.some(forwardsBySsh) ? [ssh] : []),
    ...outwardPrograms.filter(
      ({ names, isWord }) =>
        images.some((name) => names.test(name)) ||
        (isWord !== true && parts.some((part) => names.test(part))) ||
        commands.some(({ name, isFirst }) => names.test(name) && (isFirst || isWord !== true)),
    ),
    ...(!isCloudflared(container) && commands.some(mayBeTunnel) ? [otherCloudflared] : []),
  ];
}

/** Options of `ssh` by which it forwards connections, or reads what it forwards from a file. */
function forwardsBySsh({ name, args }: Command): boolean {
  return (
    ssh.names.test(name) &&
    args.some((word) => /^-\w*[RLDwF]/.test(word) || /(?:Remote|Local|Dynamic)Forward/i.test(word))
  );
}

/** `cloudflared access` and the like open no tunnel, and neither does a question for its version. */
function mayBeTunnel({ name, args }: Command): boolean {
  return (
    otherCloudflared.names.test(name) &&
    !/^(?:access|proxy-dns|version|--?v(?:ersion)?|update|tail|login)$/.test(args[0] ?? '')
  );
}

function tunnelOf(workload: Workload, { program: name, does }: UnreadProgram): ProxyWorkload {
  return {
    workload,
    kind: 'tunnel',
    object: workload.ref,
    routes: [],
    answering: [],
    unseen: `it runs ${name}, which ${does}, and what that leads to is not read`,
    remedy: 'Take it away, or accept that nothing is proved of what comes through it',
  };
}
