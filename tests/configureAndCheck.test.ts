// Crosses operations/configure, repository and operations/check: `configure` proves what is on the disk after it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { snapshot } from '../src/repository/testTree.ts';
import { home } from './home.ts';
import { gatehouse } from './program.ts';
import type { ConfigData, TestDirectory } from './testDirectory.ts';

const entry = 'clusters/home/kustomization.yaml';
const tunnel = 'apps/networking/cloudflared/configmap.yaml';
const immich = 'apps/media/immich/kustomization.yaml';

async function configured(): Promise<TestDirectory> {
  const directory = home();
  expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
  return directory;
}

function add(directory: TestDirectory, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory.path, file)), { recursive: true });
    writeFileSync(join(directory.path, file), text);
  }
}

function editYaml(directory: TestDirectory, file: string, change: (value: ConfigData) => void): void {
  const value: ConfigData = parse(directory.read(file));
  change(value);
  directory.write(file, stringify(value));
}

const list = (directory: TestDirectory, file: string, resource: string): void =>
  editYaml(directory, file, ({ resources }) => resources.push(resource));

const ownApp = `apiVersion: v1
kind: Namespace
metadata: {name: own}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: radio, namespace: own}
spec:
  selector: {matchLabels: {app: radio}}
  template:
    metadata: {labels: {app: radio}}
    spec: {containers: [{name: radio, image: "example.org/radio:1.0.0", ports: [{containerPort: 80, hostPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: radio, namespace: own}
spec: {type: LoadBalancer, selector: {app: radio}, ports: [{port: 80}]}
`;
const withOwnApp = (directory: TestDirectory): void => {
  add(directory, {
    'own/radio/kustomization.yaml': 'resources: [radio.yaml]\n',
    'own/radio/radio.yaml': ownApp,
  });
  list(directory, entry, '../../own/radio');
};
const withoutAccess = (directory: TestDirectory): void => {
  const text = directory.read(tunnel);
  const without = text.replace(/ {8}originRequest:\n(?: {10}.*\n)+/, '');
  expect(without).not.toBe(text);
  directory.write(tunnel, without);
};
const openPolicy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: open, namespace: media}
spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{}]}
`;

/** What a user does to the directory that was written, and what `configure` is then run with. */
const trees: readonly [name: string, change: (directory: TestDirectory) => void, ...flags: string[]][] = [
  ['as it was written', () => {}],
  ['with a file that is kept without the access check', withoutAccess, '--accept', 'mine'],
  ['with an app of the user', withOwnApp],
  [
    'with a file of the user in a directory of ours',
    (directory) => {
      add(directory, { 'apps/media/immich/open.yaml': openPolicy });
      list(directory, immich, 'open.yaml');
    },
    ...['--accept', 'mine'],
  ],
  [
    'with a kept kustomization that leaves a file of ours out',
    (directory) =>
      editYaml(directory, immich, (value) => {
        value.resources = value.resources.filter((each: string) => each !== 'networkpolicy.yaml');
      }),
    ...['--accept', 'mine'],
  ],
  [
    'with a stale file of ours that stays',
    (directory) => {
      const stale = 'apps/media/immich/deployment-machine-learning.yaml';
      directory.write(stale, `# mine\n${directory.read(stale)}`);
      directory.edit('cluster.yaml', (value) => {
        value.immich.machineLearning = { enabled: false };
      });
    },
    ...['--accept', 'mine'],
  ],
  [
    'with a Flux Kustomization of the user',
    (directory) => {
      add(directory, {
        'clusters/home/radio.yaml':
          'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: radio, namespace: flux-system}\nspec: {interval: 1h, prune: true, path: ./own/radio, targetNamespace: elsewhere, sourceRef: {kind: GitRepository, name: home}}\n',
        'own/radio/radio.yaml': ownApp,
      });
      list(directory, entry, 'radio.yaml');
    },
  ],
  [
    'with a patch of the user in the entry',
    (directory) =>
      editYaml(directory, entry, (value) => {
        value.patches = [
          {
            target: { kind: 'NetworkPolicy', namespace: 'media' },
            patch: '[{op: add, path: /spec/ingress, value: [{}]}]',
          },
        ];
      }),
  ],
  [
    'with a variable of the user',
    (directory) => {
      add(directory, {
        'own/radio/kustomization.yaml': 'resources: [radio.yaml]\n',
        'own/radio/radio.yaml': ownApp.replace('type: LoadBalancer', 'type: "${RADIO_TYPE:=LoadBalancer}"'),
      });
      list(directory, entry, '../../own/radio');
    },
  ],
  ['with a list of the user that names nothing', (directory) => list(directory, entry, '../../own/nowhere')],
  [
    'with a directory of the user that does nothing',
    (directory) =>
      add(directory, { 'notes/kustomization.yaml': 'resources: [a.yaml]\n', 'notes/b.yaml': ownApp }),
  ],
];

interface Reported {
  code: number;
  verdicts: Readonly<Record<string, string>>;
}

const fileProofs = new Set(['files-reached', 'plan-built', 'nothing-private']);

async function reported(directory: TestDirectory, ...args: string[]): Promise<Reported> {
  const { code, stdout, stderr } = await gatehouse(directory, ...args, '--json');
  expect(stderr).toBe('');
  const { proofs } = JSON.parse(stdout);
  return {
    code,
    verdicts: Object.fromEntries(
      proofs.flatMap(({ invariant, claim, verdict }: Record<string, string>) =>
        fileProofs.has(invariant ?? '') ? [] : [[`${invariant}: ${claim}`, verdict]],
      ),
    ),
  };
}

describe('configure and check', () => {
  it.each(trees)('say the same of a directory %s', async (_name, change, ...flags) => {
    const directory = await configured();
    change(directory);
    const before = await reported(directory, 'configure', '--check', ...flags);
    const written = await reported(directory, 'configure', ...flags);
    const checked = await reported(directory, 'check');
    expect(Object.keys(checked.verdicts).length).toBeGreaterThan(15);
    expect(before.verdicts).toEqual(checked.verdicts);
    expect(written.verdicts).toEqual(checked.verdicts);
    const again = await reported(directory, 'configure');
    expect(again).toEqual(checked);
  });

  it('say the same of the platform, whose Secrets are encrypted and whose charts are not rendered', async () => {
    const directory = home('platform');
    await gatehouse(directory, 'configure');
    const written = await reported(directory, 'configure');
    expect(written).toEqual(await reported(directory, 'check'));
    expect(written.code).toBe(4);
    const secret = 'clusters/platform/flux/values.sops.yaml';
    directory.write(
      secret,
      directory.read(secret).replace(/^ {2}namespace: .*\n/m, '  namespace: elsewhere\n'),
    );
    const kept = await reported(directory, 'configure', '--accept', 'mine');
    expect(kept.verdicts).toEqual((await reported(directory, 'check')).verdicts);
  });
});

describe('a file of ours that the user changed', () => {
  const proxy = 'apps/networking/immich-origin-proxy/configmap.yaml';
  const accessProof = (stdout: string): string =>
    JSON.parse(stdout).proofs.find(({ claim }: Record<string, string>) => /verified token/.test(claim ?? ''))
      ?.verdict;

  it('leaves unknown what it demanded where it is kept, and the run ends with 4', async () => {
    const directory = await configured();
    withoutAccess(directory);
    const { code, stdout } = await gatehouse(directory, 'configure', '--accept', 'mine');
    expect(code).toBe(4);
    expect(stdout).not.toMatch(/proved .*demands a verified token/);
    expect((await gatehouse(directory, 'check')).code).toBe(4);
  });

  it('is what --check proves until it is settled, and --accept theirs proves the other version', async () => {
    const directory = await configured();
    withoutAccess(directory);
    const before = snapshot(directory.path);
    const mine = await gatehouse(directory, 'configure', '--check', '--json');
    expect(JSON.parse(mine.stdout)).toMatchObject({ provedWith: 'mine', kept: [tunnel] });
    const theirs = await gatehouse(directory, 'configure', '--check', '--json', '--accept', 'theirs');
    expect(JSON.parse(theirs.stdout)).toMatchObject({ provedWith: 'theirs', kept: [] });
    const text = await gatehouse(directory, 'configure', '--check');
    expect(text.stdout).toContain('The proofs are about your version of these files');
    expect(accessProof(mine.stdout)).not.toBe(accessProof(theirs.stdout));
    expect(accessProof(theirs.stdout)).toBe('proved');
    expect([mine.code, theirs.code, text.code]).toEqual([1, 1, 1]);
    expect(snapshot(directory.path)).toEqual(before);
  });

  it('may refute a promise where it is kept: the rest is written, and the run ends with 1', async () => {
    const directory = await configured();
    editYaml(directory, immich, (value) => {
      value.resources = value.resources.filter((each: string) => each !== 'networkpolicy.yaml');
    });
    directory.edit('cluster.yaml', (value) => {
      value.originProxy.uploads = 3;
    });
    const before = directory.read(proxy);
    const { code, stdout } = await gatehouse(directory, 'configure', '--accept', 'mine');
    expect(code).toBe(1);
    expect(stdout.split('\n\n')[0]).toContain(immich);
    expect(stdout).toMatch(/REFUTED {2}Every file that Gatehouse writes is in a kustomization/);
    expect(directory.read(proxy)).not.toBe(before);
  });

  it('stays where it is no longer planned, and is named as kept', async () => {
    const directory = await configured();
    const stale = 'apps/media/immich/deployment-machine-learning.yaml';
    directory.write(stale, `# mine\n${directory.read(stale)}`);
    directory.edit('cluster.yaml', (value) => {
      value.immich.machineLearning = { enabled: false };
    });
    const { code, stdout } = await gatehouse(directory, 'configure', '--accept', 'mine');
    expect(code).toBe(0);
    expect(directory.read(stale)).toContain('# mine');
    expect(stdout).toContain('1 kept as you left them');
  });
});

it('stops at a private value in lines of the user beside ours', async () => {
  const directory = await configured();
  directory.write(entry, `# my host is photos.example.org\n${directory.read(entry)}`);
  const { code, stdout, stderr } = await gatehouse(directory, 'configure');
  expect(code).toBe(1);
  expect(stderr).toContain('private-in-file');
  expect(stderr).toContain(`${entry}:1:14`);
  expect(stdout + stderr).not.toContain('photos.example.org');
});

describe('an app of the user', () => {
  it('does not keep configure from writing: it is named first, and the run ends with 1', async () => {
    const directory = await configured();
    withOwnApp(directory);
    directory.edit('cluster.yaml', (value) => {
      value.originProxy.uploads = 3;
    });
    const proxy = 'apps/networking/immich-origin-proxy/configmap.yaml';
    const before = directory.read(proxy);
    const { code, stdout } = await gatehouse(directory, 'configure');
    expect(code).toBe(1);
    expect(directory.read(proxy)).not.toBe(before);
    const [first = ''] = stdout.split('\n\n');
    expect(first).toContain('Service own/radio');
    expect(first).toContain('own/radio/radio.yaml');
    expect(stdout).toMatch(/REFUTED {2}No load balancer/);
    expect(stdout).toMatch(/REFUTED {2}No pod opens a port of its node/);
    const { refutedByUser, written } = JSON.parse((await gatehouse(directory, 'configure', '--json')).stdout);
    expect(written).toBe(true);
    expect(refutedByUser.map(({ invariant }: { invariant: string }) => invariant)).toEqual(
      expect.arrayContaining(['load-balancers', 'host-ports']),
    );
  });

  it('keeps configure from writing where it refutes a promise about an object of ours', async () => {
    const directory = await configured();
    editYaml(directory, entry, (value) => {
      value.patches = [
        {
          target: { kind: 'Service', name: 'immich-server' },
          patch: '[{op: add, path: /spec/type, value: LoadBalancer}]',
        },
      ];
    });
    directory.edit('cluster.yaml', (value) => {
      value.originProxy.uploads = 3;
    });
    const before = snapshot(directory.path);
    const { code, stdout } = await gatehouse(directory, 'configure');
    expect(code).toBe(1);
    expect(stdout).toContain('Nothing was written');
    expect(stdout).toContain('Your own files change these: Service media/immich-server');
    expect(snapshot(directory.path)).toEqual(before);
  });

  it('does not keep configure from writing where it refutes a promise with objects of ours alone', async () => {
    const directory = await configured();
    add(directory, {
      'own/widget.yaml': `apiVersion: v1
kind: Pod
metadata: {name: widget, namespace: media}
spec: {containers: [{name: widget, image: "example.org/widget:1", env: [{name: URL, value: "http://immich-server:2283"}]}]}
`,
      'own/kustomization.yaml': 'resources: [widget.yaml]\n',
    });
    list(directory, entry, '../../own');
    directory.edit('cluster.yaml', (value) => {
      value.originProxy.uploads = 3;
    });
    const { code, stdout } = await gatehouse(directory, 'configure', '--quiet');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Refuted by files of your own: Gatehouse writes its files/);
    expect(stdout).toContain('Written: 2 changed');
  });

  it('is accepted as check accepts it', async () => {
    const directory = await configured();
    withOwnApp(directory);
    add(directory, {
      '.gatehouse/accepted.yaml': stringify({
        accepted: [
          { invariant: 'load-balancers', object: 'Service own/radio', reason: 'at home only' },
          { invariant: 'node-ports', object: 'Service own/radio', reason: 'at home only' },
          { invariant: 'node-ports', object: 'Service media/immich-server', reason: 'it is ours' },
          { invariant: 'host-ports', object: 'Deployment own/radio', reason: 'it is a radio' },
          { invariant: 'default-deny', object: 'Namespace own', reason: 'it is new' },
        ],
      }),
    });
    const { stdout } = await gatehouse(directory, 'configure');
    expect(stdout).toContain('  No load balancer and no external address leads in: at home only');
    expect(stdout.split('\n\n')[0]).not.toContain('No load balancer');
    const checked = await gatehouse(directory, 'check');
    expect((await gatehouse(directory, 'configure')).code).toBe(checked.code);
  });

  it('may share what it refutes with an object of ours, which is written', async () => {
    const directory = await configured();
    add(directory, {
      'own/radio/kustomization.yaml': 'resources: [radio.yaml]\n',
      'own/radio/radio.yaml': ownApp.replace(', hostPort: 80', '').replace('LoadBalancer', 'NodePort'),
    });
    list(directory, entry, '../../own/radio');
    directory.edit('cluster.yaml', (value) => {
      value.originProxy.uploads = 3;
    });
    const { code, stdout } = await gatehouse(directory, 'configure', '--quiet');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Refuted by files of your own: .*\n {2}Exactly one node port is open\n/);
    expect(stdout).toContain('Service own/radio in own/radio/radio.yaml');
    expect(stdout).not.toContain('Service media/immich-server in');
    expect(stdout).toContain('Written: ');
  });

  it('leaves everything unknown where its entry is missing, and the files are written', async () => {
    const directory = await configured();
    list(directory, entry, '../../own/nowhere');
    const { code, stdout } = await gatehouse(directory, 'configure');
    expect(code).toBe(4);
    expect(stdout).toContain('unknown  Every file that Gatehouse writes is in a kustomization');
  });
});
