import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { withKinds } from '../../../tools/kinds.ts';
import { controllerOutputOf } from '../model/controllers.ts';
import { workloadOf } from '../model/workload.ts';
import { readEnforcement } from '../policies/registry.ts';
import type { Reader } from './kind.ts';
import { kindFamilies, leadsIn, readingOf } from './registry.ts';

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');
const families = kindFamilies.flatMap(({ kinds }) => kinds);

/** Whether the part of the model that is said to read a kind takes an object of it. The other parts have their own tests. */
function isRead(by: Reader, group: string, kind: string): boolean {
  const apiVersion = group === '' ? 'v1' : `${group}/${group === 'cilium.io' ? 'v2' : 'v1'}`;
  const source = { object: { apiVersion, kind, metadata: { name: 'a' }, spec: {} }, file: '' };
  switch (by) {
    case 'controllers':
      return controllerOutputOf(source, []) !== undefined;
    case 'workloads':
      return workloadOf(source) !== undefined;
    case 'policies': {
      const { policies, unmodelled, ineffective } = readEnforcement([source], { lan: [], vpn: [] });
      return policies.length + unmodelled.length + ineffective.length > 0;
    }
    case 'ingresses':
      return leadsIn(source.object);
    default:
      return true;
  }
}

describe('the registry of kinds', () => {
  it('knows every kind of the API of Kubernetes', () => {
    const index = z
      .record(z.string(), z.object({ apiVersion: z.string(), kind: z.string(), source: z.string() }))
      .parse(JSON.parse(read('../../../schemas/index.json')));
    const unknown = Object.values(index)
      .filter(({ source }) => source === 'kubernetes/kubernetes')
      .map(
        ({ apiVersion, kind }) =>
          [apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '', kind] as const,
      )
      .filter(([group, kind]) => readingOf(group, kind) === undefined)
      .map((parts) => parts.join('/'));
    expect(unknown).toEqual([]);
  });

  it('is what docs/check.md lists', () => {
    const document = read('../../../docs/check.md');
    expect(withKinds(document)).toBe(document);
  });

  it('lists each kind once', () => {
    const names = families.flatMap(({ group, kinds }) => kinds.map((kind) => `${group}/${kind}`));
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('reads what it calls read by a controller, a policy system or as a workload', () => {
    const unreadKinds = families.flatMap(({ group, kinds, reading }) => {
      if (reading.state !== 'modelled') return [];
      return kinds.filter((kind) => !isRead(reading.by, group, kind)).map((kind) => `${group}/${kind}`);
    });
    expect(unreadKinds).toEqual([]);
  });

  it('lists the families of each file', () => {
    const files = readdirSync(new URL('.', import.meta.url)).filter((file) =>
      /\nexport const \w+Kinds: readonly KindFamily\[\] = \[/.test(read(file)),
    );
    expect(files).toHaveLength(kindFamilies.length);
  });

  it.each(families)('says why and by whom of $group $kinds', ({ reading }) => {
    if (reading.state === 'modelled') return;
    expect(reading.source).toMatch(/^[A-Za-z1-9].*[^.\s]$/);
    if (reading.state === 'harmless') expect(reading.why).toMatch(/^[A-Z].*[^.\s]$/);
    if (reading.state === 'unread') {
      expect(reading.does).toMatch(/^[a-z].*[^.\s]$/);
      expect(reading.effects).not.toEqual([]);
    }
  });

  it.each([
    ['example.org', 'Thing', undefined],
    ['metallb.io', 'Anything', 'harmless'],
    ['gcp.upbound.io', 'ProviderConfig', 'harmless'],
    ['gcp.upbound.io', 'Network', undefined],
    ['volsync.backube', 'KopiaMaintenance', 'unread'],
    ['argoproj.io', 'WorkflowEventBinding', 'unread'],
    ['networking.istio.io', 'WorkloadGroup', 'unread'],
    ['cdi.kubevirt.io', 'VolumeImportSource', 'unread'],
    ['cdi.kubevirt.io', 'StorageProfile', 'harmless'],
    ['infrastructure.cluster.x-k8s.io', 'KubevirtCluster', 'unread'],
    ['bootstrap.cluster.x-k8s.io', 'KubeadmConfig', 'harmless'],
    ['openebs.io', 'JivaVolume', undefined],
    ['cilium.io', 'CiliumExternalWorkload', 'unread'],
    ['configuration.konghq.com', 'KongCustomEntity', 'unread'],
    ['generators.external-secrets.io', 'Fake', 'unread'],
    ['generators.external-secrets.io', 'Password', 'harmless'],
    ['traefik.containo.us', 'IngressRouteUDP', 'leads-in'],
    ['', 'HostnameConfig', undefined],
  ])('%s/%s: %s', (group, kind, state) => {
    expect(readingOf(group, kind)?.state).toBe(state);
  });
});
