import { describe, expect, it } from 'vitest';
import { pathStyleOf, versionOf } from './pathStyle.ts';

describe('USE_PATH_STYLE', () => {
  it.each([
    ['0.1.0-alpha.0', undefined],
    ['0.1.0-beta.0', undefined],
    ['0.1.0-beta.1', undefined],
    ['0.1.0-beta.2', 'false'],
    ['0.1.0-beta.3', 'false'],
    ['0.1.0-beta.4', 'true'],
    ['0.1.0-rc.0', 'true'],
    ['0.1.0', 'true'],
    ['1.0.0', 'true'],
  ])('of %s is %s to have the bucket in the path', (version, value) => {
    expect(pathStyleOf(version)).toBe(value);
  });

  it.each([
    ['ghcr.io/siderolabs/talos-backup:v0.1.0-beta.3', '0.1.0-beta.3'],
    [`ghcr.io/siderolabs/talos-backup:v0.1.0-beta.3@sha256:${'ab'.repeat(32)}`, '0.1.0-beta.3'],
    ['registry.example.org:5000/talos-backup:0.1.0', '0.1.0'],
    ['registry.example.org:5000/talos-backup:main', undefined],
    [`registry.example.org:5000/talos-backup@sha256:${'ab'.repeat(32)}`, undefined],
  ])('knows the version of %s', (image, version) => {
    expect(versionOf(image)).toBe(version);
  });
});
