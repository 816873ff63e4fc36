// Crosses the documents of the platform with the suites that run what they say: each command has its place.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { home } from './home.ts';
import { isFor, type NotHere } from './pods/fixtures/documentsReader.ts';
import { notHere } from './pods/fixtures/documentsTables.ts';
import { type DocumentCommand, sectionsOf } from './pods/fixtures/documentsText.ts';
import { gatehouse } from './program.ts';

const root = join(import.meta.dirname, '..');

function commandsOf(example: 'home' | 'platform'): readonly DocumentCommand[] {
  const directory = join(root, 'examples', example, 'repository');
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.md'),
  );
  return files.flatMap((file) =>
    sectionsOf(file, readFileSync(join(directory, file), 'utf8')).flatMap(({ commands }) => commands),
  );
}

const noTalos = 'the bench has no Talos, and so no API of a node and no tuppr';
const notMade = 'no trouble of the platform is made on the bench';
const withVolSync = 'tests/pods/fluxBackups.test.ts: with VolSync and Flux in a real cluster';
const afterLoss = 'tests/pods/fluxBackups.test.ts: at its end everything is lost, and comes back';
const restored = 'tests/real/restore.test.ts: as printed, with a stand-in for VolSync and the real restic';
const etcd = 'tests/real/etcd-restore.test.ts: a copy in an object store, up to the snapshot on the disk';
const rendered = 'tests/real/helm/configure.test.ts: with the real helm and the real charts';

/** Commands of the platform alone, and why this test does not run them, or which test does. The first line counts. */
const elsewhere: readonly NotHere[] = [
  { document: /total-loss\.md$/, because: afterLoss },
  { heading: /^The same by hand$/, because: 'tests/pods/documents.test.ts: the home’s, with its own values' },
  { text: /^flux /, because: 'no program flux can be had here' },
  // In the home's document these are run.
  {
    document: /removing-data\.md$/,
    because: 'tests/dataLoss.test.ts has what configure says; the rest deletes what the user names',
  },
  { text: /talos|tuppr|kubernetesupgrade/, because: noTalos },
  { text: /cilium/, because: 'the bench has no Cilium: kube-router enforces the policies' },
  { text: /--charts charts|^helm pull/, because: rendered },
  {
    document: /decisions\.md$/,
    text: /rustfs/,
    because: 'no image of RustFS can be had: another object store is in its place',
  },
  {
    document: /quickstart\.md$/,
    heading: /^(?:1|4|9|10|11)\. /,
    because: 'it looks at the cluster that a user has before: classes, snapshots, definitions, balancers',
  },
  { heading: /^[78]\. /, because: 'the kernel has no NFS, and the nodes of Talos are not there' },
  { text: /^gatehouse secrets set/, because: 'tests/secrets/storage.test.ts: each key of a store' },
  { heading: /^\d+\. The Secret `immich-database`/, because: 'it asks for a password at a terminal' },
  { heading: /^\d+\. See that certificates can be issued/, because: 'no server signs certificates here' },
  {
    text: /external-dns/,
    because: 'nobody builds external-dns here: src/components/external-dns has what it is told',
  },
  {
    document: /quickstart\.md$/,
    heading: /^\d+\. Forward ports of the router/,
    because: 'tests/real/envoy/compiled.test.ts: the same request to the Envoy of the compiled objects',
  },
  {
    document: /quickstart\.md$/,
    heading: /^\d+\. See that the Gateways are there/,
    because:
      'Envoy Gateway runs beside the bench of pods, where no load balancer gives a Gateway its address',
  },
  {
    heading: /^\d+\. The names of routes from home/,
    because: 'it writes into the resolver of a home, and no resolver of one is here',
  },
  {
    heading: /^\d+\. See that the issuers of tokens answer/,
    because: 'no issuer of the internet is here: tests/real/envoy/compiled.test.ts has one of its own',
  },
  {
    document: /routes\.md$/,
    because: 'tests/real/envoy/compiled.test.ts: the same requests, with and without a token',
  },
  { text: /job\/rustfs-buckets/, because: withVolSync },
  { heading: /^\d+\. See the first backups/, because: withVolSync },
  { document: /restore\.md$/, heading: /^Restore$|home-assistant`.*rustfs/, because: withVolSync },
  { document: /restore\.md$/, heading: /^etcd, /, because: etcd },
  { document: /restore\.md$/, heading: /^The volume /, because: restored },
  { document: /troubleshooting\.md$/, because: notMade },
  {
    document: /upgrades\.md$/,
    text: /^gatehouse configure/,
    because: 'tests/pods/documents.test.ts: the upgrade of the home has the same lines',
  },
];

const atHome = new Set(commandsOf('home').map(({ script }) => script));
/** Of a command that the home has too, its own contract says where it is run: tests/pods/documents.test.ts. */
const ownCommands = commandsOf('platform').filter(
  ({ script }) => !atHome.has(script.replaceAll(/\bplatform\b/g, 'home')),
);
const explained = ownCommands.filter(({ script }) => /^gatehouse explain [a-z0-9]+\./i.test(script));

it('explains each field that a document names', async () => {
  using directory = home('platform');
  expect(explained.length).toBeGreaterThan(5);
  for (const { script } of explained) {
    const words = script.split(' ').slice(1);
    const { code, stdout } = await gatehouse(directory, ...words);
    expect({ script, code, named: stdout.includes(words.at(-1) ?? '') }).toEqual({
      script,
      code: 0,
      named: true,
    });
  }
});

it('each other command has a place, and each place a command', () => {
  const rest = ownCommands.filter((command) => !explained.includes(command));
  const placed = rest.map((command) => ({ command, line: elsewhere.find((line) => isFor(line, command)) }));
  expect(placed.filter(({ line }) => line === undefined).map(({ command }) => command)).toEqual([]);
  const used = new Set(placed.map(({ line }) => line));
  expect(elsewhere.filter((line) => !used.has(line))).toEqual([]);
});

it('each test that is named as a place is there', () => {
  const named = [...elsewhere, ...notHere].flatMap(({ because }) =>
    [...because.matchAll(/tests\/[\w./-]+\.test\.ts/g)].map(([path]) => path),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
