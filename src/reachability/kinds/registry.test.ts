import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { withKinds } from '../../../tools/kinds.ts';
import { kindFamilies, readingOf } from './registry.ts';

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');
const families = kindFamilies.flatMap(({ kinds }) => kinds);

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
    ['generators.external-secrets.io', 'Fake', 'unread'],
    ['generators.external-secrets.io', 'Password', 'harmless'],
    ['traefik.containo.us', 'IngressRouteUDP', 'leads-in'],
    ['', 'HostnameConfig', undefined],
  ])('%s/%s: %s', (group, kind, state) => {
    expect(readingOf(group, kind)?.state).toBe(state);
  });
});
