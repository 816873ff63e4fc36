import { describe, expect, it } from 'vitest';
import { object, workload } from '../../../tests/upgradedTrees.ts';
import { catalogue } from '../../components/catalogue.ts';
import type { ReleaseNote } from '../../components/contract/releaseNotes.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { compareVersions, imageOf } from './imageNames.ts';
import { programVersions } from './programVersions.ts';
import { applyingNotes } from './releaseNotes.ts';

const sourced = (objects: readonly KubernetesObject[]) =>
  objects.map((each) => ({ object: each, file: 'a.yaml' }));
const running = (image: string, container: object = {}) =>
  workload('Deployment', { container: { image, ...container } });

/** The notes of the catalogue that apply when these objects become those. */
function notesOf(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
  components = catalogue,
) {
  return applyingNotes(components, {
    before: programVersions(sourced(before)),
    after: programVersions(sourced(after)),
    objects: before,
  });
}

describe('versions', () => {
  it.each([
    ['v3.1.0', 'v3.3.1', -1],
    ['3.10.0', '3.9.0', 1],
    ['v3.1.0', '3.1', 0],
    ['1.0.0-rc.3', '1.0.0', -1],
    ['1.0.0-rc.10', '1.0.0-rc.9', 1],
    ['1.0.0-beta.9', '1.0.0-rc.1', -1],
    ['2026.8.2', '2026.10.0', -1],
    ['9', '9.1', -1],
    ['1.30.4-alpine', '1.30.4', 0],
  ])('%s against %s', (one, other, order) => {
    expect(Math.sign(compareVersions(one, other) ?? Number.NaN)).toBe(order);
    expect(Math.sign(compareVersions(other, one) ?? Number.NaN)).toBe(order === 0 ? 0 : -order);
  });

  it.each(['latest', 'RELEASE.2025-08-13', ''])('%j has no order', (tag) => {
    expect(compareVersions(tag, '1.0.0')).toBeUndefined();
  });

  it.each([
    [
      'ghcr.io/immich-app/immich-server:v3.1.0',
      { repository: 'ghcr.io/immich-app/immich-server', program: 'immich-server', tag: 'v3.1.0' },
    ],
    ['registry.lan:5000/a/b:1@sha256:00', { repository: 'registry.lan:5000/a/b', program: 'b', tag: '1' }],
    ['postgres', { repository: 'postgres', program: 'postgres', tag: '' }],
    ['a@sha256:00', { repository: 'a', program: 'a', tag: '' }],
  ])('of %s', (image, parts) => {
    expect(imageOf(image)).toEqual(parts);
  });

  it('are read from pods, charts, their values, databases and upgrades of nodes', () => {
    const all = [
      running('registry.lan:5000/immich-app/immich-server:v3.1.0'),
      object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', {
        spec: {
          chart: { spec: { chart: 'rustfs', version: '1.0.0' } },
          values: { image: { repository: 'docker.io/rustfs/rustfs', tag: '1.0.0' } },
        },
      }),
      object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', {
        metadata: { name: 'other', namespace: 'media' },
        spec: { chartRef: { kind: 'OCIRepository', name: 'app' } },
      }),
      object('source.toolkit.fluxcd.io/v1', 'OCIRepository', {
        spec: { url: 'oci://quay.io/jetstack/charts/cert-manager', ref: { tag: 'v1.21.1' } },
      }),
      object('postgresql.cnpg.io/v1', 'Cluster', {
        spec: { imageName: 'ghcr.io/cloudnative-pg/postgresql:17.2' },
      }),
      object('tuppr.home-operations.com/v1alpha1', 'TalosUpgrade', {
        spec: { talos: { version: 'v1.13.2' } },
      }),
      object('tuppr.home-operations.com/v1alpha1', 'KubernetesUpgrade', {
        spec: { kubernetes: { version: 'v1.36.0' } },
      }),
    ];
    const versions = Object.fromEntries(
      [...programVersions(sourced(all))].map(([name, found]) => [name, [...found]]),
    );
    expect(versions).toEqual({
      'immich-app/immich-server': ['v3.1.0'],
      'chart/rustfs': ['1.0.0'],
      'rustfs/rustfs': ['1.0.0'],
      'chart/cert-manager': ['v1.21.1'],
      'cloudnative-pg/postgresql': ['17.2'],
      talos: ['v1.13.2'],
      kubernetes: ['v1.36.0'],
    });
  });
});

describe('a release note', () => {
  const note: ReleaseNote = {
    program: 'App',
    artifact: 'example/app',
    version: '2.0.0',
    breaks: 'it breaks',
    action: 'fix it',
    source: 'App 2.0.0',
  };
  const component = (more: Partial<ReleaseNote> = {}) => [
    { name: 'app', releaseNotes: [{ ...note, ...more }] },
  ];
  const applies = (before: string, after: string, more: Partial<ReleaseNote> = {}) =>
    applyingNotes(component(more), {
      before: programVersions(sourced([running(`docker.io/example/app:${before}`)])),
      after: programVersions(sourced([running(`docker.io/example/app:${after}`)])),
      objects: [running(`docker.io/example/app:${before}`)],
    }).length > 0;

  it.each([
    ['1.9.0', '2.0.0', true],
    ['1.9.0', '2.1.0', true],
    ['2.0.0-rc.1', '2.0.0', true],
    ['2.0.0', '2.1.0', false],
    ['1.8.0', '1.9.0', false],
    ['2.1.0', '1.9.0', false],
    ['1.9.0', '2.0.0-rc.1', false],
    ['latest', '2.0.0', false],
  ])('from %s to %s applies: %s', (before, after, expected) => {
    expect(applies(before, after)).toBe(expected);
  });

  it('does not apply to what is new or gone, or to what it does not concern', () => {
    expect(notesOf([], [running('ghcr.io/immich-app/immich-server:v3.1.0')])).toEqual([]);
    expect(notesOf([running('ghcr.io/immich-app/immich-server:v2.1.0')], [])).toEqual([]);
    expect(applies('1.0.0', '2.0.0', { concerns: () => false })).toBe(false);
    expect(applies('1.0.0', '2.0.0', { concerns: () => true })).toBe(true);
    expect(applies('1.0.0', '2.0.0', { artifact: 'app' })).toBe(true);
    expect(applies('1.0.0', '2.0.0', { artifact: 'pp' })).toBe(false);
  });

  it('may be brought by another variant of an image', () => {
    const postgres = (tag: string) => [running(`ghcr.io/immich-app/postgres:${tag}`)];
    const notes = notesOf(postgres('14-vectorchord0.4.3-pgvectors0.2.0'), postgres('14-vectorchord0.4.3'));
    expect(notes).toMatchObject([{ component: 'immich', breaks: expect.stringContaining('pgvecto.rs') }]);
    expect(notesOf(postgres('14-vectorchord0.4.3'), postgres('14-vectorchord0.5.3'))).toEqual([]);
  });

  it.each([
    ['DB_VECTOR_EXTENSION', 'pgvecto.rs', 'DB_VECTOR_EXTENSION'],
    ['IMMICH_MACHINE_LEARNING_PING_TIMEOUT', '1', 'IMMICH_MACHINE_LEARNING_PING_TIMEOUT'],
    ['IMMICH_TELEMETRY_INCLUDE', 'all', 'metrics'],
    ['IMMICH_CONFIG_FILE', '/etc/immich.json', 'OAuth'],
  ])('of Immich 3 concerns whoever sets %s', (name, value, breaks) => {
    const server = (version: string, env: object[]) => [
      running(`ghcr.io/immich-app/immich-server:${version}`, { env }),
    ];
    const said = (env: object[]) =>
      notesOf(server('v2.7.0', env), server('v3.3.1', env)).some((each) => each.breaks.includes(breaks));
    expect(said([{ name, value }])).toBe(true);
    expect(said([{ name: 'OTHER', value }])).toBe(false);
    expect(said([])).toBe(false);
  });

  it('of Envoy Gateway 1.9 concerns its own definitions only where a route needs them', () => {
    const gateway = (tag: string, kind: string) => [
      object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', {
        metadata: { name: 'envoy-gateway', namespace: 'media' },
        spec: { chartRef: { kind: 'OCIRepository', name: 'app' } },
      }),
      object('source.toolkit.fluxcd.io/v1', 'OCIRepository', {
        spec: { url: 'oci://docker.io/envoyproxy/gateway-helm', ref: { tag } },
      }),
      object('gateway.networking.k8s.io/v1', kind, {}),
    ];
    const said = (kind: string) =>
      notesOf(gateway('1.8.1', kind), gateway('1.9.1', kind)).map(({ breaks }) => breaks);
    const lua = expect.stringContaining('Lua');
    expect(said('TCPRoute')).toEqual([expect.stringContaining('Gateway API 1.6'), lua]);
    expect(said('HTTPRoute')).toEqual([lua]);
  });

  it('of Talos 1.14 applies to an upgrade to it', () => {
    const talos = (version: string) => [
      object('tuppr.home-operations.com/v1alpha1', 'TalosUpgrade', { spec: { talos: { version } } }),
    ];
    const notes = notesOf(talos('v1.13.2'), talos('v1.14.7'));
    expect(notes.map(({ component }) => component)).toEqual(['talos', 'talos', 'talos', 'talos']);
    expect(notes.map(({ breaks }) => breaks).join()).toMatch(
      /siderolabs\/installer.*KubeTalosAPIAccessConfig.*2383.*reboot/,
    );
    expect(notesOf(talos('v1.13.2'), talos('v1.13.10'))).toEqual([]);
  });
});

describe('the catalogue', () => {
  const notes = catalogue.flatMap(({ releaseNotes = [] }) => releaseNotes);

  it('has notes of every program whose versions break something', () => {
    expect(new Set(notes.map(({ program }) => program))).toEqual(
      new Set([
        'Immich',
        'the database of Immich',
        'Valkey',
        'cloudflared',
        'cert-manager',
        'Envoy Gateway',
        'external-dns',
        'RustFS',
        'VolSync',
        'Talos',
        'Kubernetes',
        'tuppr',
      ]),
    );
  });

  it.each(
    notes.map((each) => [`${each.program} ${each.version}: ${each.breaks.slice(0, 40)}`, each] as const),
  )('says what to do, with its source: %s', (_, each) => {
    expect(each.isBroughtBy !== undefined || compareVersions(each.version, '1.0.0') !== undefined).toBe(true);
    expect(each.breaks).not.toMatch(/\.$/);
    expect(each.action).not.toMatch(/\.$/);
    expect(each.source).toMatch(/\d/);
  });
});
