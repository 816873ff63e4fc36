import { describe, expect, it } from 'vitest';
import { readDocuments } from '../tree.ts';
import { isRelease, readRelease } from './release.ts';
import { unrendered } from './unrenderedRelease.ts';

function releaseOf(spec: string, others = '', metadata = '{name: web, namespace: media}') {
  const release = `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: ${metadata}\nspec: ${spec}\n`;
  const { objects } = readDocuments('a.yaml', `${release}---\n${others}`);
  const [source] = objects.filter(isRelease);
  if (source === undefined) throw new Error('no release');
  return readRelease(source, objects);
}

const source = (kind: string, spec: string): string =>
  `apiVersion: source.toolkit.fluxcd.io/v1\nkind: ${kind}\nmetadata: {name: far, namespace: media}\nspec: ${spec}\n`;
const chartOf = (kind: string, chart: string, version = '1.2.3'): string =>
  `{chart: {spec: {chart: ${chart}, version: "${version}", sourceRef: {kind: ${kind}, name: far}}}}`;

describe('a HelmRelease', () => {
  it.each([
    ['{}', 'web', 'media'],
    ['{targetNamespace: other}', 'other-web', 'other'],
    ['{targetNamespace: other, releaseName: shop}', 'shop', 'other'],
    ['{storageNamespace: flux-system}', 'web', 'media'],
  ])('%s is installed as %s in %s', (spec, name, namespace) => {
    expect(releaseOf(spec)).toMatchObject({ name, namespace });
  });

  it('has a name of at most 53 characters, as helm-controller shortens it', () => {
    const long = 'some-front-appended-namespace-release-with-a-very-long-name-a';
    const { name } = releaseOf(`{releaseName: ${long}}`);
    expect(name).toHaveLength(53);
    // The twelve digits are those that sha256sum prints first.
    expect(name).toBe('some-front-appended-namespace-release-wi-6d3460ce3575');
  });

  it.each([
    ['{releaseName: "--post-renderer"}', 'none that helm takes'],
    ['{targetNamespace: "${NS}"}', 'still to be filled in'],
    ['{chart: {spec: {chart: a, valuesFiles: [b.yaml]}}}', 'valuesFiles'],
  ])('%s is not known for certain', (spec, why) => {
    expect(
      releaseOf(spec)
        .gaps.map((gap) => gap.why)
        .join(),
    ).toContain(why);
  });

  it.each([
    [
      'HelmRepository',
      '{url: "https://me:hunter2@charts.example.org"}',
      'web',
      'Run helm pull web --repo https://charts.example.org --version 1.2.3 -d charts, then this again with --render --charts charts',
    ],
    [
      'HelmRepository',
      '{type: oci, url: "oci://registry.example.org/charts/"}',
      'web',
      'Run helm pull oci://registry.example.org/charts/web --version 1.2.3 -d charts, then this again with --render --charts charts',
    ],
    [
      'GitRepository',
      '{url: "https://git.example.org/charts"}',
      './charts/web',
      'Put the chart web of https://git.example.org/charts into a folder charts, then run this again with --render --charts charts',
    ],
    [
      'Bucket',
      '{}',
      './web',
      'Put the chart web into a folder charts, then run this again with --render --charts charts',
    ],
  ])('of a %s %s says what would make it known', (kind, spec, chart, remedy) => {
    const release = releaseOf(chartOf(kind, chart), source(kind, spec));
    expect(unrendered(release, []).remedy).toBe(remedy);
    expect(JSON.stringify(release.chart)).not.toContain('hunter2');
  });

  it('writes no command that a stranger could have written', () => {
    const url = "https://a.example.org/'; rm -rf ~ #";
    const release = releaseOf(
      chartOf('HelmRepository', '"-x $(id)"', '`id`'),
      source('HelmRepository', `{url: "${url}"}`),
    );
    const { remedy } = unrendered(release, []);
    expect(remedy).toContain("helm pull './-x $(id)'");
    expect(remedy).toContain("--version '`id`'");
    expect(remedy).toContain("--repo 'https://a.example.org/'\\''; rm -rf ~ #'");
  });

  it('follows a HelmChart, and knows no chart by a source that is missing or of a kind that is not read', () => {
    const helmChart = source(
      'HelmChart',
      '{chart: web, version: 2.x, sourceRef: {kind: HelmRepository, name: r}}',
    );
    expect(releaseOf('{chartRef: {kind: HelmChart, name: far}}', helmChart).chart).toMatchObject({
      name: 'web',
      version: '2.x',
    });
    for (const kind of ['OCIRepository', 'ExternalArtifact']) {
      const release = releaseOf(`{chartRef: {kind: ${kind}, name: gone}}`);
      expect(release.chart.name).toBeUndefined();
      expect(unrendered(release, []).sentence).toContain(`${kind} media/gone`);
    }
  });
});
