import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Change, compiled, shellOf } from '../../../tests/compiledDocuments.ts';

const enforcedBy =
  (policyEnforcer: string): Change =>
  (cluster) => {
    cluster.cluster.network.policyEnforcer = policyEnforcer;
  };
const share: Change = (cluster, privateFile) => {
  cluster.immich.library = { kind: 'nfs', sentinel: cluster.immich.library.sentinel };
  privateFile.immich.library = { server: 'nas.example.org', path: '/volume7/photos' };
};
const repositories = [
  { name: 'home', documents: compiled().documents },
  { name: 'home with a share', documents: compiled(share).documents },
  { name: 'platform', documents: compiled(() => {}, 'platform').documents },
];
const page = (documents: Map<string, string>, name: string) => documents.get(`docs/${name}.md`) ?? '';

describe('a connection that a policy denies', () => {
  const answers = (policyEnforcer: string) => {
    const { documents } = compiled(enforcedBy(policyEnforcer));
    const [, check = ''] = /run nobody[\s\S]*?\*\*Check:\*\* (.*)/.exec(page(documents, 'quickstart')) ?? [];
    const [, hop = ''] =
      /the port of the node answers[\s\S]*?\*\*Otherwise:\*\* ([\s\S]*?)\n\n/.exec(
        page(documents, 'troubleshooting'),
      ) ?? [];
    return { check, hop };
  };

  test('is rejected by kube-router, so that curl ends with 7', () => {
    const { check, hop } = answers('kube-router');
    expect(check).toContain('`curl: (7)`');
    expect(check).not.toContain('(28)');
    expect(hop).toMatch(/^`curl: \(7\)`, refused: this device is not in `cluster\.network\.lan`/);
  });

  test.each(['cilium', 'calico', 'kube-network-policies'])(
    'is dropped by %s, so that curl ends with 28',
    (enforcer) => {
      const { check, hop } = answers(enforcer);
      expect(check).toContain('`curl: (28)`');
      expect(check).not.toContain('(7)');
      expect(hop).toMatch(/^`curl: \(28\)`, timed out: this device is not in `cluster\.network\.lan`/);
    },
  );
});

describe.each(repositories.filter(({ name }) => name !== 'platform'))(
  'the NAS guard of $name',
  ({ documents }) => {
    const troubleshooting = page(documents, 'troubleshooting');
    const [, chapter = ''] = /## The NAS and its guard\n([\s\S]*?)\n## /.exec(troubleshooting) ?? [];

    test('a pod with an init container is never said to be in ContainerCreating', () => {
      expect(chapter).toContain('`Init:0/1`, with an event');
      expect(chapter).not.toContain('ContainerCreating');
    });

    test('a NAS that hangs looks otherwise than one that is gone', () => {
      expect(chapter).toContain('`Init:0/1`, and no event: the NAS hangs');
      expect(chapter).toMatch(/`NAS_GUARD: timeout`, and minutes later `CreateContainerError`/);
      expect(chapter).toMatch(/`NAS_GUARD: timeout` \(exit code 14\).*mostly `Init:0\/1` without an event/);
    });
  },
);

describe.each(repositories)('the documents of $name', ({ name, documents }) => {
  const all = [...documents.values()].join('\n');
  const quickstart = page(documents, 'quickstart');

  test('have the sections that the first feature specification names, once each', () => {
    for (const title of ['TLS expectations', 'Logging/audit expectations'])
      expect(quickstart.split(`\n## ${title}\n`)).toHaveLength(2);
  });

  test('commit new files too', () => {
    const commits = shellOf(all).filter((block) => block.includes('git commit'));
    expect(commits.length).toBeGreaterThan(1);
    expect(commits.filter((block) => !block.includes('git add -A'))).toEqual([]);
    expect(all).not.toMatch(/git commit -\w*a/);
  });

  test('use the words of Kubernetes', () => {
    const words = /.*\b(?:gates?|gated|mends?|mending|stands?|stood|folders?|persons?|stranger)\b.*/gi;
    // "Shared Folder" is a page of DSM.
    expect([...all.replaceAll('**Shared Folder**', '').matchAll(words)].map(String)).toEqual([]);
    // The word of kustomize for a directory that refers to another, and nothing else.
    expect(
      [...all.matchAll(/.*\boverlay.*/g)]
        .map(String)
        .filter((line) => !/[Kk]ustom|overlays\/|such an overlay|from the overlay/.test(line)),
    ).toEqual([]);
  });

  test('do not ask for proofs of what only charts say', () => {
    const [, check = ''] = /What the files prove[\s\S]*?\*\*Check:\*\* (.*)/.exec(quickstart) ?? [];
    if (name === 'platform')
      expect(check).toMatch(/nothing is `refuted`.*each `unknown` names a HelmRelease/);
    else expect(check).toContain('every proof is `proved`');
    expect(quickstart.includes('gatehouse check --render --charts')).toBe(name === 'platform');
  });
});

describe.each(repositories)('the pages of $name that only link', ({ documents }) => {
  const pages = [
    'specs/001-immich-zero-trust/spec.md',
    'specs/001-immich-zero-trust/quickstart.md',
    'troubleshooting.md',
  ];
  /** How GitHub makes an anchor of a heading. */
  const anchorOf = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');

  test.each(pages)('%s is short, has no private value, and leads to chapters that exist', (path) => {
    const content = documents.get(path) ?? '';
    expect(content.split('\n').length).toBeLessThan(25);
    expect(content).not.toMatch(/\$\{/);
    const links = [...content.matchAll(/\]\(([^)#]+)(?:#([^)]*))?\)/g)];
    expect(links.length).toBeGreaterThan(2);
    for (const [, target = '', anchor] of links) {
      const page = documents.get(posix.join(posix.dirname(path), target));
      expect(page, target).toBeDefined();
      const anchors = [...(page ?? '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
      if (anchor !== undefined) expect(anchors).toContain(anchor);
    }
    expect(documents.get('docs/README.md')).not.toContain(
      path === 'troubleshooting.md' ? '../troubleshooting.md' : path,
    );
  });
});

describe('what the cluster must have before', () => {
  const { plan, documents } = compiled(() => {}, 'platform');
  const quickstart = page(documents, 'quickstart');
  const valuesOf = (field: string): string[] => {
    const found = new RegExp(`"${field}":"([^"]+)"`, 'g');
    return [...new Set([...JSON.stringify(plan.objects).matchAll(found)].map(([, value = '']) => value))];
  };

  test('each storage class has a command that looks for it', () => {
    const classes = new Set([
      ...valuesOf('storageClassName'),
      ...valuesOf('name').filter((name) => name === 'local-path'),
    ]);
    expect([...classes].sort()).toEqual(['ceph-block', 'local-path']);
    for (const name of classes) expect(quickstart).toContain(`kubectl get storageclass ${name}\n`);
  });

  test('snapshots have their definitions, their class and their controller', () => {
    expect(valuesOf('volumeSnapshotClassName')).toEqual(['ceph-block']);
    for (const command of [
      'kubectl get crd volumesnapshots.snapshot.storage.k8s.io ',
      'kubectl get volumesnapshotclass ceph-block\n',
      'grep snapshot-controller',
    ])
      expect(quickstart).toContain(command);
  });

  test('each kind of the Prometheus operator has a command that looks for its definition', () => {
    const kinds = plan.objects.flatMap(({ object }) =>
      object.apiVersion.startsWith('monitoring.coreos.com/') ? [object.kind] : [],
    );
    expect(kinds.length).toBeGreaterThan(1);
    for (const kind of kinds) expect(quickstart).toContain(` ${kind.toLowerCase()}s.monitoring.coreos.com`);
  });

  test('and nothing is asked for that is not needed', () => {
    const home = page(compiled().documents, 'quickstart');
    expect(home).not.toMatch(/volumesnapshot|monitoring\.coreos|local-path/i);
  });
});
