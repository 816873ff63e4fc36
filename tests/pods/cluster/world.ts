import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { shellWord } from '../../../src/system/shellWord.ts';
import { firstProcess, type NodeFacts, nodeAddress } from './node.ts';
import { run, runOrFail } from './run.ts';
import type { RunDirectory } from './runDirectory.ts';

/** The places of the world around the node, with the address that each has. The names and addresses are those of the documents. */
export const places = {
  lan: '192.0.2.1',
  vpn: '198.51.100.7',
  internet: '203.0.113.9',
  cloudflare: '104.16.1.1',
  elsewhere: '192.168.7.7',
} as const;

export type Place = keyof typeof places;

const placeNames = ['lan', 'vpn', 'internet', 'cloudflare', 'elsewhere'] as const satisfies readonly Place[];

/** Where tunnels connect to: a further address of Cloudflare's place, in a range of its own as the real one. */
export const edgeAddress = '198.41.192.7';

/** Where an object store is: a further address of the internet. */
export const storeAddress = '203.0.113.10';

/** Where an issuer of tokens is: the same. */
export const issuerAddress = '203.0.113.11';

/** What else a place is. */
const furtherAddresses: Partial<Record<Place, readonly string[]>> = {
  cloudflare: [edgeAddress],
  internet: [storeAddress, issuerAddress],
};

/** The hardware address of the node's cable. A machine that starts again keeps its own: its neighbours remember it for minutes. */
const nodeHardware = '02:00:c0:00:02:0a';

/**
 * The hardware address of the router on the LAN. A bridge that was given none takes that of one of its cables, and another one when
 * the node's is exchanged: whoever remembers the router would then send to nobody.
 */
const routerHardware = '02:00:c0:00:02:fe';

/** The router between the places. It is the node's way to everything but the LAN, and leads to nothing else. */
const router = '192.0.2.254';

/** The addresses of pods. */
const pods = '10.42.0.0/16';

/** The world as every process of the run can find it. */
export interface WorldFacts {
  /** The first process, as the machine counts. */
  readonly pid: number;
  /** Where the network namespaces of the places are mounted, in the world's own mount namespace. */
  readonly namespaces: string;
}

/**
 * Makes the world: a network namespace that is the router, and one for each place, so that every program in a place has the
 * place's address and no other. None of them has a way out.
 */
export async function startWorld(directory: RunDirectory): Promise<WorldFacts> {
  const namespaces = join(directory.path, 'world');
  mkdirSync(namespaces);
  const make = placeNames.map((place) => `: >${place}\nunshare --net=${place} true\n`).join('');
  const script = `set -eu
mount --make-rprivate /
mount -t tmpfs places ${shellWord(namespaces)}
cd ${shellWord(namespaces)}
${make}echo 1 >/proc/sys/net/ipv4/ip_forward
: >ready
trap 'exit 0' TERM INT
while :; do sleep 3600 & wait $!; done`;
  const isolated = ['--mount', '--net', '--pid', '--mount-proc', '--fork', '--kill-child'];
  const parent = directory.start('world', ['unshare', ...isolated, '--', 'sh', '-c', script]);
  const pid = await firstProcess(directory, 'world', parent, join(namespaces, 'ready'));
  const world = { pid, namespaces };
  await runOrFail(['nsenter', `--net=/proc/${pid}/ns/net`, '--', 'ip', '-batch', '-'], {
    input: routerCommands((place) => networkOfPlace(world, place)),
  });
  await Promise.all(
    placeNames.map((place) =>
      runOrFail(commandInNetworkOfPlace(world, place, ['ip', '-batch', '-']), {
        input: placeCommands(place),
      }),
    ),
  );
  return world;
}

/** Lays the cable between the node and the LAN. The one of a node that is gone is taken away. */
export async function connectNode(node: NodeFacts, world: WorldFacts): Promise<void> {
  await run(['nsenter', `--net=/proc/${world.pid}/ns/net`, '--', 'ip', 'link', 'delete', 'node']);
  const commands = [
    `link add lan address ${nodeHardware} type veth peer name node netns ${world.pid}`,
    `address add ${nodeAddress}/24 dev lan`,
    'link set lan up',
    neighboursStay('lan'),
    `route add default via ${router}`,
  ];
  await runOrFail(['nsenter', `--net=/proc/${node.pid}/ns/net`, '--', 'ip', '-batch', '-'], {
    input: lines(commands),
  });
  const plug = ['link set node master lan', 'link set node up', `route replace ${pods} via ${nodeAddress}`];
  await runOrFail(['nsenter', `--net=/proc/${world.pid}/ns/net`, '--', 'ip', '-batch', '-'], {
    input: lines(plug),
  });
}

/**
 * Who is known on a cable stays known: nobody is exchanged there but the node, and all keep their hardware addresses. On a busy
 * machine three questions of ARP may stay without an answer for seconds, and everything that is sent meanwhile fails.
 */
function neighboursStay(device: string): string {
  return `ntable change name arp_cache dev ${device} base_reachable 3600000`;
}

/** The LAN is a bridge; every other place has a cable of its own. */
export function routerCommands(namespace: (place: Place) => string): string {
  return lines([
    'link set lo up',
    `link add lan address ${routerHardware} type bridge`,
    `address add ${router}/24 dev lan`,
    'link set lan up',
    neighboursStay('lan'),
    ...placeNames.flatMap((place) => [
      `link add to-${place} type veth peer name out netns ${namespace(place)}`,
      ...(place === 'lan' ? [`link set to-${place} master lan`] : []),
      `link set to-${place} up`,
      ...(place === 'lan'
        ? []
        : addressesOf(place).map((address) => `route add ${address}/32 dev to-${place}`)),
    ]),
  ]);
}

/** The address of a place and its way to the router. */
export function placeCommands(place: Place): string {
  const isLan = place === 'lan';
  return lines([
    'link set lo up',
    ...addressesOf(place).map((address) => `address add ${address}/${isLan ? 24 : 32} dev out`),
    'link set out up',
    neighboursStay('out'),
    isLan ? `route add ${pods} via ${nodeAddress}` : `route add ${router} dev out`,
    `route add default via ${router} src ${places[place]}`,
  ]);
}

function addressesOf(place: Place): readonly string[] {
  return [places[place], ...(furtherAddresses[place] ?? [])];
}

function lines(commands: readonly string[]): string {
  return `${commands.join('\n')}\n`;
}

/** The command that runs another command of the machine in a place. It sees the machine's files, and no process but the world's. */
export function commandInPlace(world: WorldFacts, place: Place, command: readonly string[]): string[] {
  const net = `--net=${networkOfPlace(world, place)}`;
  return ['nsenter', '-t', String(world.pid), '-m', '-p', net, '--', ...command];
}

/** A shell script that runs its parameters, PLACE and a command, in a place; without a command, a shell. */
export function placeScript(world: WorldFacts): string {
  return `case \${1-} in
${placeNames.join(' | ')}) ;;
*)
  echo "Usage: in-world PLACE [COMMAND...]; PLACE is one of ${placeNames.join(', ')}" >&2
  exit 2
  ;;
esac
place=$1
shift
[ $# -gt 0 ] || set -- sh
exec nsenter -t ${world.pid} -m -p "--net=/proc/${world.pid}/root"${shellWord(world.namespaces)}"/$place" -- "$@"`;
}

function commandInNetworkOfPlace(world: WorldFacts, place: Place, command: readonly string[]): string[] {
  return ['nsenter', `--net=${networkOfPlace(world, place)}`, '--', ...command];
}

/** The file of a place's network namespace, for `nsenter --net=FILE`. */
export function networkOfPlace({ pid, namespaces }: WorldFacts, place: Place): string {
  return `/proc/${pid}/root${namespaces}/${place}`;
}
