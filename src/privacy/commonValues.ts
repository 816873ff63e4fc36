/**
 * Words that are in every repository of a home cluster. A private value that equals one of them is not searched, and the
 * report says so.
 */
const words = new Set(
  `yes true false none null default home house local localhost admin root user users owner guest test tests demo
  main master prod production staging development cluster kubernetes kube-system flux-system immich photos photo
  media movies music video videos data database postgres postgresql redis valkey keycloak oidc oauth oauth2 access
  cloudflare cloudflared tunnel gateway proxy nginx envoy cilium flannel calico talos debian ubuntu linux node
  nodes server servers worker control-plane storage backup backups library upload uploads nas truenas synology volsync
  restic minio rustfs s3 secret secrets password changeme example family team public private internal external
  network networking lan vlan wifi router namespace service ingress http https tcp udp ipv4 ipv6 latest stable
  monitoring grafana prometheus name username email group groups region auto github gitlab docker us-east-1
  europe-west1 eu-central-1 home.arpa cluster.local svc.cluster.local github.com gmail.com google.com
  about access account accounts action address age agent all allow alpha answer any app application apps archive
  area array asset auth author authentication authorization bare base beta bin block board body book books boot
  bot bots bridge browser bucket build business cache camera cert certs change chart charts check class client
  clients cloud code command comment common community company compose computer config configuration console contact
  container content control controller copy core cpu create cron custom daily dashboard date default delete deploy
  design desk dev device devices devops dir disk dns doc docs document documents domain door download downloads
  drive edge edit enable encrypted end engine enterprise entry env environment error event events every external
  fabric false farm feature file files filter finance first flux folder free frontend full games gaming garden gate
  general git global green guide handle hash head health hello help helm here history hobby holder home homelab
  homes host hosted hosts hub identity image images inbox index info infra infrastructure init inner input install
  internet issue item items job jobs json key keys kitchen kube lab labs last later latest layer level lib life line
  link links linux list live load lock log login logs loop machine mail manage manager manifest map maps master
  member memory message messages meta metrics mine minutes mirror mobile mode model module monitor month more mount
  move my namespace net new news next night note notes number object office office365 online open operations
  operator ops option order org origin other our out outer output over own owner owners page pages parent park part
  partner pass path people person personal phone pi picture pictures pipeline place plain plan platform play player
  plex pod pods point policy pool port portal post power primary print process profile program project projects
  prompt protected provider pull push query queue quick read ready real record recovery region registry release
  remote repo repository request reset resource response rest restore result role room root route rule rules run
  safe sample school script scripts search second secure security self send service services session set settings
  setup share shared shell shop show side sign simple site size small smart social software source space spec stack
  staff stage standard start state static status store stream string studio style sub summary support sync system
  systems table tag target task tasks tech template temp term terminal text theme thing things this ticket time tls
  token tokens tool tools top trace track traffic transfer tree true trust type unit update upgrade url use user
  value values version view virtual volume watch water web website week wiki window windows wireless word work
  worker workers workspace world write year yml yaml your zero zone zones
  /api /app /apps /bin /boot /cache /lib /lib64 /proc /root /run /sys /usr /users /volume /volume1 /volume2 /storage
  /nas /nfs /pool /tank /share /shares /shared /public /video /music /movies /documents /docs /files /pictures
  /uploads /videos /downloads /immich /images /volumes /srv/nfs
  /data /home /media /mnt /srv /tmp /var /etc /opt /config /photos /backup /backups /library /upload /export
  /var/lib /var/log /mnt/data /mnt/nas /mnt/media /mnt/storage /dev/null /usr/src/app/upload`.split(/\s+/),
);

/** `my-home` and `zero-trust-2` say no more than their words. */
function isMadeOfWords(plain: string): boolean {
  const parts = plain.split(/[-_]/);
  return parts.length > 1 && parts.every((part) => words.has(part) || /^(?:\d*|[a-z]{1,2}|the)$/.test(part));
}

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
  if (words.has(plain) || isMadeOfWords(plain)) return 'a word that is in most repositories';
  if (addresses.has(plain)) return 'an address that means the same everywhere';
  return undefined;
}

/**
 * Whether a value is a plain word, or a directory by one. A text may have such a word without the value's doing: it tells
 * nothing by itself.
 */
export function isPlainWord(value: string): boolean {
  return /^\/?\p{L}{1,24}(?:[-_]\p{L}{1,24}){0,3}\d{0,4}$/u.test(value.trim());
}
