/**
 * Words that are in every repository of a home cluster. A private value that equals one of them is not searched, and the
 * report says so.
 */
const words = new Set(
  `yes true false none null default home house local localhost admin root user users owner guest test tests demo
  main master prod production staging development cluster kubernetes kube-system flux-system immich photos photo
  media movies music video videos data database postgres postgresql redis valkey keycloak oidc oauth oauth2 access
  cloudflare cloudflared tunnel gateway proxy nginx envoy cilium flannel calico talos debian ubuntu linux node
  nodes server worker control-plane storage backup backups library upload uploads nas truenas synology volsync
  restic minio rustfs s3 secret secrets password changeme example family team public private internal external
  network networking lan vlan wifi router namespace service ingress http https tcp udp ipv4 ipv6 latest stable
  monitoring grafana prometheus name username email group groups region auto github gitlab docker us-east-1
  europe-west1 eu-central-1 home.arpa cluster.local svc.cluster.local github.com gmail.com google.com
  /data /home /media /mnt /srv /tmp /var /etc /opt /config /photos /backup /backups /library /upload /export
  /var/lib /var/log /mnt/data /mnt/nas /mnt/media /mnt/storage /dev/null /usr/src/app/upload`.split(/\s+/),
);

/** Addresses and ranges that mean the same everywhere: loopback, whole private blocks, defaults of clusters. */
const addresses = new Set(
  `127.0.0.1 127.0.0.0/8 ::1 ::1/128 ::/0 0.0.0.0 0.0.0.0/0 255.255.255.0 255.255.255.255 10.0.0.0/8 172.16.0.0/12
  192.168.0.0/16 169.254.0.0/16 169.254.169.254 100.64.0.0/10 fc00::/7 fd00::/8 fe80::/10 224.0.0.0/4 10.42.0.0/16
  10.43.0.0/16 10.96.0.0/12 10.96.0.0/16 10.244.0.0/16 10.43.0.10 10.96.0.10 1.1.1.1 1.0.0.1 8.8.8.8 8.8.4.4
  9.9.9.9`.split(/\s+/),
);

/** Shorter values occur in texts by chance. */
const shortestSearched = 4;

/**
 * Why a value cannot be searched for.
 *
 * @returns a reason that does not repeat the value, or undefined when the value can be searched for
 */
export function unsearchable(value: string): string | undefined {
  const plain = value.trim().toLowerCase();
  if ([...plain].length < shortestSearched) return `shorter than ${shortestSearched} characters`;
  if (/^[+-]?\d{1,5}$/.test(plain)) return 'a number of at most five digits';
  if (/^(.)\1*$/su.test(plain)) return 'one character, repeated';
  if (words.has(plain)) return 'a word that is in most repositories';
  if (addresses.has(plain)) return 'an address that means the same everywhere';
  return undefined;
}
