import { describe, expect, test } from 'vitest';
import { compiled, readByShell } from '../../../tests/compiledDocuments.ts';

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
      'envoyGateway',
      'tokenIssuers',
      'externalDns',
      'echo',
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
    expect(quickstart).toContain('- On your computer: `flux`, `git`, `helm`, `kubectl`, `talosctl`.');
    expect(quickstart.match(/^## .*/gm)).toEqual([
      '## Before you begin',
      '## The cluster',
      '## Storage',
      '## Secrets',
      '## Bootstrap',
      '## The proof',
      '## When the services of a node start again',
      '## Changing something later',
      '## Upgrading Gatehouse',
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
