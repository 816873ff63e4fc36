import { describe, expect, it } from 'vitest';
import { immichChange } from './immichVersion.ts';

const server = 'ghcr.io/immich-app/immich-server';

describe('another release of Immich', () => {
  it.each([
    [`${server}:v3.3.1`, `${server}:v3.3.0`, '3.3.1 becomes 3.3.0'],
    [`${server}:v3.3.1`, `${server}:v3.1.0@sha256:0123`, '3.3.1 becomes 3.1.0'],
    [`${server}:v3.3.1`, `${server}:v2.7.5`, 'older'],
    [`${server}:v3`, `${server}:v2.7.5`, '3 becomes 2.7.5'],
    [`${server}:3.3.1`, 'registry.example.org:5000/mirror/immich-server:3.2.4', 'older'],
    [`${server}:v1.138.0`, `${server}:v3.3.1`, 'major version 2 is left out'],
  ])('%s → %s is named', (before, after, said) => {
    expect(immichChange(before, after)).toEqual([expect.stringContaining(said)]);
  });

  it.each([
    [`${server}:v3.1.0`, `${server}:v3.3.1`],
    [`${server}:v2.7.5`, `${server}:v3.0.0`],
    [`${server}:v3.3`, `${server}:v3.3.1`],
    [`${server}:v3.3.1`, `${server}:v3`],
    [`${server}:v3.3.1`, `${server}:release`],
    [`${server}@sha256:0123`, `${server}:v3.3.1`],
    [
      'ghcr.io/immich-app/immich-machine-learning:v3.3.1',
      'ghcr.io/immich-app/immich-machine-learning:v3.1.0',
    ],
    ['docker.io/valkey/valkey:9.1.2', 'docker.io/valkey/valkey:8'],
  ])('%s → %s is not', (before, after) => {
    expect(immichChange(before, after)).toEqual([]);
  });
});
