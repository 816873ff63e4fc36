/** A program that lets others in and whose configuration is not read. */
export interface UnreadProgram {
  program: string;
  /** Compared with names of commands and of images: see {@link outwardPrograms}. */
  names: RegExp;
  /** What it does, as a phrase after its name. */
  does: string;
  /** Whether its name is also an ordinary word, so that it counts only where a program is expected. */
  isWord?: true;
}

const fromInternet = 'opens a tunnel from the internet';
const fromNetwork = 'connects the pod to another network';

const program = (name: string, names: RegExp, does = fromInternet): UnreadProgram => ({
  program: name,
  names,
  does,
});
const word = (name: string, names: RegExp, does = fromInternet): UnreadProgram => ({
  ...program(name, names, does),
  isWord: true,
});

/** The client for SSH, where its options forward. */
export const ssh = program('ssh', /^(?:ssh|dbclient|plink|autossh)$/);
/** cloudflared in a form that its reader does not know. */
export const otherCloudflared = program('cloudflared', /^cloudflared$/);

/**
 * Programs that open a tunnel outwards, through which connections come in. No Service and no port tells of it. The list
 * is from their documentation; a program under another name, or in an image of another name, is not found.
 */
export const outwardPrograms: readonly UnreadProgram[] = [
  program('ngrok', /^(?:ngrok|ngrok-operator|ngrok-ingress-controller|kubernetes-ingress-controller-ngrok)$/),
  program('frp', /^frpc$/),
  word('frp', /^frp$/),
  program('inlets', /^(?:inlets|inlets-pro|inlets-operator)$/),
  program('rathole', /^rathole$/),
  word('bore', /^bore(?:-cli)?$/),
  word('chisel', /^chisel(?:-operator)?$/),
  program('wstunnel', /^wstunnel$/),
  program('gost', /^gost$/),
  program('localtunnel', /^localtunnel$/),
  word('localtunnel', /^lt$/),
  program('LocalXpose', /^(?:localxpose|loclx)$/),
  program('pagekite', /^pagekite(?:\.py)?$/),
  program('playit', /^playit(?:-agent|-docker|-cli|d)?$/),
  program('zrok', /^zrok2?$/),
  program('OpenZiti', /^(?:ziti|ziti-tunnel|ziti-tunneler|ziti-edge-tunnel|ziti-router|ziti-host)$/),
  program('tunnelto', /^tunnelto$/),
  program('tunnelmole', /^(?:tunnelmole|tmole)$/),
  program('Piko', /^piko$/),
  program('jprq', /^jprq$/),
  program('nps', /^(?:npc|nps)$/),
  program('devtunnel', /^devtunnel$/),
  program('Remote.It', /^(?:remoteit|remoteit-agent|connectd)$/),
  program('Global Socket', /^(?:gsocket|gs-netcat)$/),
  program('Holesail', /^holesail$/),
  word('Pangolin', /^(?:fosrl\/newt|newt|fosrl\/olm|gerbil)$/),
  word('Teleport', /^(?:teleport|teleport-distroless|teleport-ent|teleport-kube-agent)$/),
  word('Boundary', /^boundary(?:-worker)?$/),
  word(
    'Tor',
    /^(?:tor|tor-hidden-service|tor-controller|docker-tor|tor-proxy)$/,
    'may publish an onion service',
  ),
  program(
    'an operator of Cloudflare tunnels',
    /^(?:cloudflare-operator|cloudflare-tunnel-ingress-controller)$/,
  ),
  program(
    'Cloudflare WARP',
    /^(?:warp-svc|warp-cli|cloudflare-warp|warp-connector|warp-docker)$/,
    fromNetwork,
  ),
  program('ssh', /^(?:autossh|sish)$/),
  program('Twingate', /^(?:twingate\/connector|twingate-connector|twingated)$/, fromNetwork),
  program(
    'Tailscale',
    /^(?:tailscale|tailscaled|tailscale-operator|containerboot|tsnsrv|tailscale\/[\w-]+)$/,
    fromNetwork,
  ),
  program('headscale', /^headscale$/, fromNetwork),
  program('NetBird', /^netbird(?:-client)?$/, fromNetwork),
  program('Netmaker', /^(?:netclient|netmaker)$/, fromNetwork),
  program('ZeroTier', /^(?:zerotier|zerotier-one|zerotier-cli|zerotier-synology)$/, fromNetwork),
  word('Nebula', /^(?:nebula|nebula-operator)$/, fromNetwork),
  program('tinc', /^tincd$/, fromNetwork),
  program('Yggdrasil', /^yggdrasil$/, fromNetwork),
  program('innernet', /^innernet$/, fromNetwork),
  program('EasyTier', /^easytier(?:-core)?$/, fromNetwork),
  program('Husarnet', /^husarnet(?:-daemon)?$/, fromNetwork),
  program('SoftEther', /^(?:softether|softethervpn|vpnserver|vpnclient|vpnbridge)$/, fromNetwork),
  program('IPsec', /^(?:strongswan|libreswan|charon|charon-cmd|swanctl|ipsec-vpn-server)$/, fromNetwork),
  program(
    'WireGuard',
    /^(?:wireguard|wireguard-go|wg-easy|wg-quick|wg-access-server|docker-wireguard|boringtun|boringtun-cli|wireguard-ui|wireproxy|onetun|tunwg)$/,
    fromNetwork,
  ),
  word('WireGuard', /^wg$/, fromNetwork),
  program(
    'OpenVPN',
    /^(?:openvpn|openvpn-as|docker-openvpn|kylemanna-openvpn|openconnect|ocserv|pritunl)$/,
    fromNetwork,
  ),
  program('Gluetun', /^gluetun$/, fromNetwork),
  program('Firezone', /^(?:firezone|firezone-gateway)$/, fromNetwork),
];

const anyName = new RegExp(
  [...outwardPrograms, ssh, otherCloudflared].map(({ names }) => names.source).join('|'),
);

/** Whether a name is that of one of these programs. Nearly every container has none, so this is asked first. */
export function mayBeOutward(name: string): boolean {
  return anyName.test(name);
}
