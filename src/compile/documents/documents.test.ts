import { dirname, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Change, compiled, readByShell } from '../../../tests/compiledDocuments.ts';
import { clusterSchema } from '../../components/catalogue.ts';
import { fieldsAt, fieldsOf } from '../../config/fields.ts';
import type { Plan } from '../plan.ts';
import { localDocuments } from './local.ts';

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
  cluster.immich.administrator = { kind: 'oidc' };
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

test('the documents of the platform, with what it restores and upgrades: every line of shell is one', () => {
  const { documents, privateValues } = compiled(() => {}, 'platform');
  expect([...documents.keys()]).toEqual(
    expect.arrayContaining(['docs/quickstart.md', 'docs/restore.md', 'docs/upgrades.md']),
  );
  readByShell(documents, privateValues, 100);
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
    // Pages elsewhere only link to these.
    const copied = [...documents.keys()].filter((path) => /^(?:docs|clusters)\//.test(path));
    expect(local.size).toBe(copied.length);
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
