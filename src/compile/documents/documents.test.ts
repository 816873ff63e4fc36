import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { catalogue, clusterSchema } from '../../components/catalogue.ts';
import { guardSignals } from '../../components/immich/nasGuard.ts';
import { verifierProgram } from '../../components/origin-proxy/verifier.generated.ts';
import { fieldsAt, fieldsOf } from '../../config/fields.ts';
import { loadCluster } from '../../config/load.ts';
import { fillIn, type PrivateValues } from '../../config/private.ts';
import { compile } from '../compile.ts';
import type { Plan } from '../plan.ts';
import { localDocuments } from './local.ts';

// biome-ignore lint/suspicious/noExplicitAny: a configuration as a test changes it
type Data = any;
type Change = (cluster: Data, privateFile: Data) => void;

const example = (name: string, file: string): Data =>
  parse(readFileSync(new URL(`../../../examples/${name}/${file}`, import.meta.url), 'utf8'));

interface Compiled {
  plan: Plan;
  privateValues: PrivateValues;
  /** The documents, by path. */
  documents: Map<string, string>;
}

function compiled(change: Change = () => {}, name = 'home'): Compiled {
  const [cluster, privateFile] = [example(name, 'cluster.yaml'), example(name, 'cluster.private.yaml')];
  change(cluster, privateFile);
  const file = (name: string, value: Data) => ({
    file: name,
    bytes: new TextEncoder().encode(stringify(value)),
  });
  const { loaded, problems } = loadCluster(
    { cluster: file('cluster.yaml', cluster), privateFile: file('cluster.private.yaml', privateFile) },
    clusterSchema,
  );
  expect(problems).toEqual([]);
  if (loaded === undefined) throw new Error('the configuration of the test is invalid');
  const { plan, problems: more } = compile(loaded, catalogue);
  expect(more).toEqual([]);
  if (plan === undefined) throw new Error('the configuration of the test does not compile');
  const documents = plan.files.flatMap((planned) =>
    'content' in planned && planned.path.endsWith('.md') ? [[planned.path, planned.content] as const] : [],
  );
  return { plan, privateValues: loaded.private, documents: new Map(documents) };
}

const talos: Change = (cluster, privateFile) => {
  cluster.cluster.distribution = 'talos';
  cluster.cluster.network = {
    pods: '10.244.0.0/16',
    services: '10.96.0.0/12',
    policyEnforcer: 'kube-network-policies',
  };
  cluster.immich.library = { kind: 'nfs', sentinel: cluster.immich.library.sentinel };
  cluster.immich.database = { storage: { kind: 'hostPath', path: '/var/mnt/immich/postgres' } };
  privateFile.immich.library = { server: 'nas.example.org', path: '/volume7/photo library/immich' };
};
const oidc: Change = (cluster, privateFile) => {
  cluster.immich.oidc = { enabled: true };
  cluster.immich.administrator = { way: 'oidc' };
  privateFile.immich.administrator = { email: 'somebody@example.org' };
};
const several: Change = (cluster) => {
  cluster.cluster.nodes = { alpha: {}, beta: {}, gamma: {} };
  cluster.cluster.network.policyEnforcer = 'cilium';
  cluster.immich.database = { storage: { kind: 'volume', storageClass: 'local-path' } };
};

const variants: Record<string, Change> = {
  'the example': () => {},
  'OpenID Connect': oidc,
  'an administrator who is there': (cluster) => {
    cluster.immich.administrator.done = true;
  },
  'values by hand, and a repository over https': (cluster) => {
    cluster.secrets = {};
    cluster.repository.url = 'https://git.example.org/somebody/home';
  },
  'secrets from Git': (cluster, privateFile) => {
    cluster.immich.database = { delivery: 'sops' };
    cluster.cloudflared = { delivery: 'sops' };
    privateFile.immich.database = { password: 'q7Rz3mVx9KpL2sTn8WdY4fHb6JcG1aE5' };
    privateFile.cloudflared.credentials =
      '{"AccountTag":"0123456789abcdef","TunnelSecret":"bm90IGEgc2VjcmV0IGF0IGFsbA==","TunnelID":"6ff42ae2-765d-4adf-8112-31c55c1551ef"}';
  },
  'one Talos node': talos,
  'three Talos nodes with OpenID Connect': (cluster, privateFile) => {
    for (const change of [talos, several, oidc]) change(cluster, privateFile);
  },
  'three k3s nodes, one with the NAS': (cluster) => {
    several(cluster, {});
    cluster.immich.library.node = 'beta';
  },
  'other names and a path with a space': (cluster, privateFile) => {
    cluster.cluster.name = 'attic';
    cluster.immich.namespace = 'pictures';
    cluster.immich.nodePort = 31_234;
    privateFile.immich.library.path = '/mnt/my nas/the `best` & rest/immich';
    privateFile.immich.access.serviceTokens = [`${'7'.repeat(32)}.access`];
  },
};

const schema = fieldsOf(clusterSchema);

const cases = Object.entries(variants).map(([name, change]) => ({ name, change }));

/** The shell blocks of a document. */
function shellOf(document: string): string[] {
  return [...document.matchAll(/^( *)```sh\n([\s\S]*?)\n\1```$/gm)].map(([, , text = '']) => text);
}

/** Expects that bash parses every block, as committed and with the values filled in. */
function readByShell(documents: Compiled['documents'], privateValues: PrivateValues, least: number): void {
  const blocks = [...documents.values()].flatMap(shellOf);
  expect(blocks.length).toBeGreaterThan(least);
  for (const script of [blocks.join('\n'), fillIn(blocks.join('\n'), privateValues)]) {
    const { stderr, status } = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }
}

test('the documents of the platform, with what it restores and upgrades: every line of shell is one', () => {
  const { documents, privateValues } = compiled(() => {}, 'platform');
  expect([...documents.keys()]).toEqual(
    expect.arrayContaining(['docs/quickstart.md', 'docs/restore.md', 'docs/upgrades.md']),
  );
  readByShell(documents, privateValues, 100);
});

describe('the documents of a cluster with backups and no app', () => {
  const { documents, privateValues } = compiled((cluster, privateFile) => {
    for (const section of [
      'immich',
      'originProxy',
      'cloudflared',
      'certManager',
      's3',
      'talosBackup',
      'tuppr',
    ]) {
      delete cluster[section];
      delete privateFile[section];
    }
    cluster.volsync.stores = ['rustfs'];
    delete privateFile.rustfs.keys['volsync-media'];
    delete privateFile.volsync.passwords.media;
  }, 'platform');

  test.each([...documents])('do not mention Immich, a NAS or Cloudflare: %s', (_, content) => {
    expect(content.match(/.*(?:immich|\bNAS\b|cloudflare|photo|tunnel).*/gi) ?? []).toEqual([]);
  });

  test('name a goal, and list only the programs that the steps call', () => {
    const quickstart = documents.get('docs/quickstart.md') ?? '';
    expect(quickstart).toContain('From a running cluster to what this repository describes: ');
    expect(quickstart).toContain('- On your computer: `flux`, `git`, `kubectl`, `talosctl`.');
    expect(quickstart.match(/^## .*/gm)).toEqual([
      '## Before you begin',
      '## The cluster',
      '## Secrets',
      '## Bootstrap',
      '## The proof',
      '## Changing something later',
      '## Without Flux',
    ]);
  });

  test('have no chapter without contents', () => {
    expect(documents.get('docs/troubleshooting.md')?.match(/^## .*/gm)).toEqual(['## Flux']);
    expect(documents.get('docs/README.md')).toContain('| What to look at when something does not work |');
    for (const content of documents.values()) expect(content).not.toMatch(/^##+ .*\n+##? /m);
  });

  test('have only lines of shell that a shell reads', () => readByShell(documents, privateValues, 20));
});

describe.each(cases)('the documents of $name', ({ change }) => {
  const { plan, privateValues, documents } = compiled(change);
  const all = [...documents.values()].join('\n');

  test('are all there', () => {
    expect([...documents.keys()]).toEqual(
      expect.arrayContaining([
        'docs/README.md',
        'docs/decisions.md',
        'docs/iphone.md',
        'docs/quickstart.md',
        'docs/troubleshooting.md',
        expect.stringMatching(/^clusters\/[a-z]+\/networking\/dns\/README\.md$/),
      ]),
    );
  });

  test('nothing is left out of a sentence', () => {
    expect([...all.matchAll(/.*(?:undefined|\[object |NaN).*/g)].map(String)).toEqual([]);
  });

  test('contain no private value, and only references to private values', () => {
    expect([...privateValues].filter(([, value]) => all.includes(value)).map(([name]) => name)).toEqual([]);
    const names = [...all.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
    expect(names.filter((name) => name !== 'NAME' && !privateValues.has(name ?? ''))).toEqual([]);
  });

  test('every field that is named is a field of the configuration', () => {
    const sections = '(?:cluster|repository|secrets|immich|originProxy|cloudflared)';
    const named = [
      ...all.matchAll(new RegExp(`\`(?:gatehouse explain )?(${sections}(?:\\.[a-zA-Z]+)+)(?=[\`:])`, 'g')),
    ];
    // Files, and what Talos calls so in its own configuration.
    const others = /\.(yaml|json)$|^cluster\.network\.cni\./;
    const fields = new Set(named.map(([, field = '']) => field).filter((field) => !others.test(field)));
    expect(fields.size).toBeGreaterThan(8);
    expect([...fields].filter((field) => fieldsAt(schema, field.split('.')).length === 0)).toEqual([]);
  });

  test('every link leads to a document', () => {
    for (const [path, content] of documents) {
      for (const [, target = ''] of content.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
        expect([...documents.keys()]).toContain(posix.join(dirname(path), target));
      }
    }
  });

  test('the copy with the values has all of them, and its links lead to one another', () => {
    const local = new Map(
      localDocuments(plan.files, privateValues).map(({ path, content }) => [path, content]),
    );
    expect(local.size).toBe(documents.size);
    for (const [path, content] of local) {
      expect(path).toMatch(/^docs\/local\//);
      expect(content).not.toMatch(/\$\{(?!NAME\})\w+\}/);
      for (const [, target = ''] of content.matchAll(/\]\(([^)#]+)\)/g)) {
        expect([...local.keys()]).toContain(posix.join(dirname(path), target));
      }
    }
  });

  test('the quickstart takes less than an hour, and adds up', () => {
    const quickstart = documents.get('docs/quickstart.md') ?? '';
    const [, steps, minutes] = /: (\d+) steps, about (\d+) minutes/.exec(quickstart) ?? [];
    const each = [...quickstart.matchAll(/^### \d+\. .* \((\d+) min\)$/gm)].map(([, number]) =>
      Number(number),
    );
    expect(each.length).toBe(Number(steps));
    expect(each.reduce((sum, number) => sum + number, 0)).toBe(Number(minutes));
    expect(Number(minutes)).toBeLessThanOrEqual(60);
    // With more components it takes longer, so that no other page may promise a time.
    expect(documents.get('docs/README.md')).not.toMatch(/hour|minutes/);
    expect(quickstart.match(/^\*\*Check:\*\* \S/gm)).toHaveLength(each.length);
  });

  test('every line of shell is one, with and without the values', () =>
    readByShell(documents, privateValues, 20));

  test('whatever kubectl is asked about is there', () => {
    const known = existing(plan);
    const asked = askedOf(all);
    expect(asked.length).toBeGreaterThan(15);
    expect(asked.filter((one) => !known.has(one))).toEqual([]);
  });

  test('every Secret that is needed has its line', () => {
    for (const { name, namespace, keys } of plan.secrets) {
      expect(all).toContain(`kubectl -n ${namespace} create secret generic ${name} \\\n  --from-`);
      for (const { key } of keys) expect(all).toMatch(new RegExp(`--from-(file|literal)=${key}=`));
    }
  });
});

/** `namespace kind/name` of everything in the plan, and of what every cluster has. */
function existing({ objects, secrets, encrypted }: Plan): Set<string> {
  const made = [...objects, ...encrypted].map(
    ({ object: { kind, metadata } }) => `${metadata.namespace ?? ''} ${kind.toLowerCase()}/${metadata.name}`,
  );
  const needed = secrets.map(({ namespace, name }) => `${namespace} secret/${name}`);
  return new Set([
    ...made,
    ...needed,
    'flux-system secret/sops-age',
    'flux-system deployment/source-controller',
    'kube-system daemonset/cilium',
  ]);
}

/** What the commands name, as `namespace kind/name`. */
function askedOf(text: string): string[] {
  const kinds = 'deployment|service|job|configmap|networkpolicy|secret|kustomization|gitrepository|daemonset';
  const named = new RegExp(`kubectl -n ([a-z-]+) [^\`\\n]*?\\b(${kinds})[ /]([a-z0-9-]+)(?![a-z0-9<-])`, 'g');
  return [...text.matchAll(named)]
    .map(([, namespace, kind, name]) => `${namespace} ${kind}/${name}`)
    .filter((one) => !/ (secret\/generic|deployment\/--all)$/.test(one));
}

describe('what the documents say', () => {
  const { plan, documents, privateValues } = compiled();
  const troubleshooting = documents.get('docs/troubleshooting.md') ?? '';

  test('every signal of the guard, with its exit code', () => {
    for (const { signal, exit } of guardSignals) {
      expect(troubleshooting).toContain(`\`NAS_GUARD: ${signal}\` (exit code ${exit})`);
    }
  });

  test('only reasons that the origin proxy has', () => {
    const reasons = [...troubleshooting.matchAll(/"refused":"([a-z-]+)"/g)].map(([, reason]) => reason);
    expect(new Set(reasons).size).toBeGreaterThan(6);
    for (const reason of reasons) expect(verifierProgram).toContain(`"${reason}"`);
  });

  test('only messages that the Job has', () => {
    const program = JSON.stringify(
      plan.objects.find(
        ({ object }) => object.kind === 'ConfigMap' && object.metadata.name === 'immich-setup',
      ),
    );
    const messages = [...troubleshooting.matchAll(/IMMICH_SETUP: ([A-Za-z ]+?)(?: \d+|: …)?`/g)].map(
      ([, text]) => text,
    );
    expect(messages).toHaveLength(4);
    for (const message of messages) expect(program).toContain(message);
  });

  test('ports of a port-forward are ports of what it goes to', () => {
    const forwards = [...documents.values()]
      .join('\n')
      .matchAll(/port-forward (service|deployment)\/(\S+) ((?:\d+:\d+ )+)/g);
    for (const [, kind, name, pairs = ''] of forwards) {
      const object = plan.objects.find(
        (one) => one.object.kind.toLowerCase() === kind && one.object.metadata.name === name,
      );
      const text = JSON.stringify(object);
      for (const pair of pairs.trim().split(' ')) {
        const port = pair.split(':')[1];
        expect(text).toMatch(
          kind === 'service' ? new RegExp(`"port":${port}\\b`) : new RegExp(`"containerPort":${port}\\b`),
        );
      }
    }
  });

  test('containers that are named are containers of the server', () => {
    const server = JSON.stringify(
      plan.objects.find(
        ({ object }) => object.kind === 'Deployment' && object.metadata.name === 'immich-server',
      ),
    );
    const named = [
      ...[...documents.values()].join('\n').matchAll(/deployment\/immich-server -c ([a-z-]+)/g),
    ].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(['server', 'nas-guard']));
    for (const name of named) expect(server).toContain(`"name":"${name}"`);
  });

  test('the search by hand prints nothing over what is written, and finds what is not to be', () => {
    const index = fillIn(documents.get('docs/README.md') ?? '', privateValues);
    const searches = shellOf(index).filter((block) => block.startsWith('git grep'));
    expect(searches).toHaveLength(3);
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-documents-'));
    try {
      for (const file of plan.files) {
        mkdirSync(join(directory, dirname(file.path)), { recursive: true });
        writeFileSync(join(directory, file.path), 'content' in file ? file.content : '');
      }
      const git = (...args: string[]) => execFileSync('git', args, { cwd: directory });
      const printed = () =>
        searches.map(
          (script) => spawnSync('bash', { cwd: directory, input: script, encoding: 'utf8' }).stdout,
        );
      git('init', '--quiet');
      git('add', '-A');
      expect(printed()).toEqual(['', '', '']);
      const leak = `host: ${privateValues.get('IMMICH_HOST')?.toUpperCase()}\nkey: AGE-SECRET-KEY-1${'Q'.repeat(58)}\nnode: 192.168.7.12\n`;
      writeFileSync(join(directory, 'leak.yaml'), leak);
      git('add', '-A');
      expect(printed()).toEqual(
        ['leak.yaml:1', 'leak.yaml:2', 'leak.yaml:3'].map((place) => expect.stringContaining(place)),
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test.skipIf(process.platform !== 'linux')(
    'the sentinel is not written where the NAS is not (findmnt is of Linux)',
    () => {
      const quickstart = documents.get('docs/quickstart.md') ?? '';
      const block = shellOf(quickstart).find((text) => text.startsWith('findmnt'));
      const directory = mkdtempSync(join(tmpdir(), 'gatehouse-documents-'));
      try {
        const script = fillIn(block ?? '', new Map([['NAS_LIBRARY_PATH', directory]]));
        const stub = 'sudo() { cat > /dev/null; echo "as root: $*" >&2; }\n';
        const run = (text: string) => spawnSync('bash', { input: stub + text, encoding: 'utf8' });
        expect(run(script)).toMatchObject({ status: 1, stderr: '' });
        // The same command where the type of file system is the right one.
        const type = run(`findmnt -n -o FSTYPE --target '${directory}'`).stdout.trim();
        const there = run(script.replace(/--types \S+/, `--types ${type}`));
        expect(there.stderr).toContain(`${directory}/.gatehouse-library`);
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
  );
});
