import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fieldsAt } from '../../kubernetes/fields.ts';
import { readDocuments } from '../tree.ts';
import { isRelease, readRelease } from './release.ts';
import { releaseFields } from './releaseSpec.ts';
import { unrenderedRelease } from './unrenderedRelease.ts';

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

  it('has a name of at most 53 characters, shortened as by helm-controller', () => {
    const long = 'some-front-appended-namespace-release-with-a-very-long-name-a';
    const { name } = releaseOf(`{releaseName: ${long}}`);
    expect(name).toHaveLength(53);
    // The last twelve characters are the first ones that sha256sum prints.
    expect(name).toBe('some-front-appended-namespace-release-wi-6d3460ce3575');
  });

  it.each([
    ['{releaseName: "--post-renderer"}', 'helm does not accept its name or namespace'],
    ['{targetNamespace: "${NS}"}', 'has a variable that is not filled in'],
    ['{chart: {spec: {chart: a, valuesFiles: [b.yaml]}}}', 'valuesFiles'],
    ['{dependsOn: [{name: gone}]}', 'depends on media/gone, which is not among these objects'],
    ['{dependsOn: [{name: web, namespace: other}]}', 'depends on other/web'],
    ['{newField: true}', 'the field "newField"'],
    ['{postRenderStrategy: x, postRenderers: [{kustomize: {}}]}', 'postRenderStrategy'],
  ])('%s is unknown', (spec, why) => {
    expect(
      releaseOf(spec)
        .unknowns.map((gap) => gap.cause)
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
      'Put the chart web of https://git.example.org/charts into a directory charts, then run this again with --render --charts charts',
    ],
    [
      'Bucket',
      '{}',
      './web',
      'Put the chart web into a directory charts, then run this again with --render --charts charts',
    ],
  ])('of a %s %s names the command that makes it known', (kind, spec, chart, remedy) => {
    const release = releaseOf(chartOf(kind, chart), source(kind, spec));
    expect(unrenderedRelease(release, []).remedy).toBe(remedy);
    expect(JSON.stringify(release.chart)).not.toContain('hunter2');
  });

  it('quotes every word of the command that a third-party repository wrote', () => {
    const url = "https://a.example.org/'; rm -rf ~ #";
    const release = releaseOf(
      chartOf('HelmRepository', '"-x $(id)"', '`id`'),
      source('HelmRepository', `{url: "${url}"}`),
    );
    const { remedy } = unrenderedRelease(release, []);
    expect(remedy).toContain("helm pull './-x $(id)'");
    expect(remedy).toContain("--version '`id`'");
    expect(remedy).toContain("--repo 'https://a.example.org/'\\''; rm -rf ~ #'");
  });

  it('follows a HelmChart, and has no chart if the source is missing or of an unsupported kind', () => {
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
      expect(unrenderedRelease(release, []).sentence).toContain(`${kind} media/gone`);
    }
  });
});

it('every field of a HelmRelease is in the table, and none makes one unknown', () => {
  const file = new URL('../../../schemas/helm.toolkit.fluxcd.io_v2_HelmRelease.json', import.meta.url);
  const schema: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const fields = Object.keys(fieldsAt(schema, 'properties', 'spec', 'properties'));
  expect(fields).not.toEqual([]);
  expect([...releaseFields]).toEqual(expect.arrayContaining(fields));
  const other =
    'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: db, namespace: media}\n';
  expect(
    releaseOf('{dependsOn: [{name: db}], driftDetection: {mode: enabled}, timeout: 1m}', other).unknowns,
  ).toEqual([]);
});
