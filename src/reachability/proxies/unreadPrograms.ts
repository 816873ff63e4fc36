import type { Fields } from '../../kubernetes/fields.ts';
import { textAt } from '../../kubernetes/fields.ts';
import { containersOf, type Workload, wordsOf } from '../model/workload.ts';
import type { ProxyReader, ProxyWorkload } from './proxy.ts';

/** A program that lets others in and whose configuration is not read. */
interface UnreadProgram {
  program: string;
  /** Compared with the parts of the image's name, and with the words of the command. */
  names: RegExp;
  /** What it does, as a phrase after its name. */
  does: string;
}

const program = (name: string, names: RegExp, does: string): UnreadProgram => ({
  program: name,
  names,
  does,
});

const fromInternet = 'opens a tunnel from the internet';
const fromNetwork = 'connects the pod to another network';

/**
 * Programs that open a tunnel outwards, through which connections come in. No Service and no port tells of it. The list
 * is from their documentation; a program under another name, or in an image of another name, is not found.
 */
const outwardPrograms: readonly UnreadProgram[] = [
  program(
    'ngrok',
    /^(?:ngrok|ngrok-operator|ngrok-ingress-controller|kubernetes-ingress-controller-ngrok)$/,
    fromInternet,
  ),
  program('frp', /^(?:frpc|frp)$/, fromInternet),
  program('inlets', /^(?:inlets|inlets-pro|inlets-operator)$/, fromInternet),
  program('rathole', /^rathole$/, fromInternet),
  program('bore', /^bore(?:-cli)?$/, fromInternet),
  program('chisel', /^chisel(?:-operator)?$/, fromInternet),
  program('wstunnel', /^wstunnel$/, fromInternet),
  program('gost', /^gost$/, fromInternet),
  program('localtunnel', /^localtunnel$/, fromInternet),
  program('pagekite', /^pagekite(?:\.py)?$/, fromInternet),
  program('playit', /^playit(?:-agent|-docker|-cli)?$/, fromInternet),
  program('zrok', /^zrok$/, fromInternet),
  program('tunnelto', /^tunnelto$/, fromInternet),
  program('Pangolin', /^(?:fosrl\/newt|newt)$/, fromInternet),
  program('Teleport', /^(?:teleport|teleport-distroless|teleport-ent|teleport-kube-agent)$/, fromInternet),
  program('Boundary', /^boundary(?:-worker)?$/, fromInternet),
  program(
    'Tor',
    /^(?:tor|tor-hidden-service|tor-controller|docker-tor|tor-proxy)$/,
    'may publish an onion service',
  ),
  program(
    'an operator of Cloudflare tunnels',
    /^(?:cloudflare-operator|cloudflare-tunnel-ingress-controller)$/,
    fromInternet,
  ),
  program(
    'Cloudflare WARP',
    /^(?:warp-svc|warp-cli|cloudflare-warp|warp-connector|warp-docker)$/,
    fromNetwork,
  ),
  program('ssh', /^(?:autossh|sish)$/, fromInternet),
  program('Twingate', /^(?:twingate\/connector|twingate-connector)$/, fromNetwork),
  program(
    'Tailscale',
    /^(?:tailscale|tailscaled|tailscale-operator|containerboot|tailscale\/[\w-]+)$/,
    fromNetwork,
  ),
  program('headscale', /^headscale$/, fromNetwork),
  program('NetBird', /^netbird(?:-client)?$/, fromNetwork),
  program('Netmaker', /^(?:netclient|netmaker)$/, fromNetwork),
  program('ZeroTier', /^(?:zerotier|zerotier-one|zerotier-synology)$/, fromNetwork),
  program('Nebula', /^(?:nebula|nebula-operator)$/, fromNetwork),
  program(
    'WireGuard',
    /^(?:wireguard|wireguard-go|wg-easy|wg-quick|wg-access-server|docker-wireguard|boringtun|wireguard-ui)$/,
    fromNetwork,
  ),
  program('OpenVPN', /^(?:openvpn|openvpn-as|docker-openvpn|kylemanna-openvpn)$/, fromNetwork),
  program('Gluetun', /^gluetun$/, fromNetwork),
  program('Firezone', /^(?:firezone|firezone-gateway)$/, fromNetwork),
];

/** Programs that forward what they get, by a configuration that is not read. */
const forwardingPrograms: RegExp =
  /^(?:traefik|caddy|haproxy|envoy|envoy-proxy|cilium-envoy|contour|pomerium|kong|kong-gateway|varnish|apisix|emissary|krakend|tyk-gateway|skipper|openresty|angie|tengine|freenginx|lighttpd|squid|tinyproxy|privoxy|swag|zoraxy|sozu|nginx-proxy|nginx-proxy-manager|nginx-ingress|nginx-ingress-controller|ingress-nginx|ingress-nginx\/controller|oauth2-proxy|oauth2_proxy|authelia|authentik-proxy|goauthentik\/proxy|traefik-forward-auth|vouch-proxy|gatekeeper|gogatekeeper|louketo-proxy|proxyv2|linkerd-proxy|socat|rinetd|stunnel|ghostunnel|mitmproxy|3proxy|glider|goproxy|yarp|fabio|easegress|bfe|caddy-docker-proxy|forward-auth|frps|chisel|ngrok)$/;

/** The name of an image, without registry, tag and digest: by itself, and with its owner. */
function namesOf(container: Fields): readonly string[] {
  const image = (textAt(container, 'image') ?? '').toLowerCase().split('@')[0] ?? '';
  const parts = image.replace(/:[^:/]*$/, '').split('/');
  return [parts.slice(-1), parts.slice(-2)].map((part) => part.join('/'));
}

/** The programs that a command names, with those inside of a script. */
function commandsOf(container: Fields): readonly string[] {
  return wordsOf(container)
    .flatMap((word) => word.split(/[\s;&|()]+/))
    .map((word) => word.slice(word.lastIndexOf('/') + 1));
}

/** Whether a workload runs a program that forwards requests and has no reader. */
export function runsUnreadProgram({ spec }: Workload): boolean {
  return containersOf(spec).some((container) =>
    [...namesOf(container), ...commandsOf(container).filter(isCommand)].some((name) =>
      forwardingPrograms.test(name),
    ),
  );
}

/** Reads programs that open a tunnel outwards: that they do, and nothing of where it leads. */
export const outward: ProxyReader = {
  program: 'tunnels without a reader',
  read: (_, workload) => {
    const found = containersOf(workload.spec).flatMap(outwardProgramOf)[0];
    return found === undefined ? [] : [tunnelOf(workload, found)];
  },
};

function outwardProgramOf(container: Fields): readonly UnreadProgram[] {
  const commands = commandsOf(container);
  const forwards = commands.includes('ssh') && commands.some((word) => /^-\w*[RLDw]/.test(word));
  if (forwards) return [program('ssh', /^ssh$/, fromInternet)];
  const names = [...namesOf(container), ...commands.filter(isCommand)];
  return outwardPrograms.filter(({ names: own }) => names.some((name) => own.test(name)));
}

/** A word stands where a command does: first, or after a word that runs what follows. */
function isCommand(_: string, at: number, commands: readonly string[]): boolean {
  return at === 0 || ['exec', '-c', 'sudo', 'nohup', 'then', 'do', ''].includes(commands[at - 1] ?? '');
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
