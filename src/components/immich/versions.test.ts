import { describe, expect, it } from 'vitest';
import { problemsOf } from '../../../tests/home.ts';
import { immichChange } from '../../operations/configure/immichVersion.ts';
import { postgresChange } from '../../operations/configure/postgresVersion.ts';
import { compareReleases, releaseOf } from './release.ts';
import { images } from './versions.ts';

const server = 'ghcr.io/immich-app/immich-server';
const learning = 'ghcr.io/immich-app/immich-machine-learning';

/** The images of earlier versions of Gatehouse, as homes that run have them. A new one gets its line when it is replaced. */
const before = [
  {
    server: `${server}:v3.1.0`,
    postgres: 'ghcr.io/immich-app/postgres:14-vectorchord0.4.3-pgvectors0.2.0',
  },
];

it('leaves the database of a home that runs on its major version, and Immich goes forward', () => {
  for (const old of before) {
    expect(postgresChange(old.postgres, images.postgres)).toEqual([]);
    expect(immichChange(old.server, images.server)).toEqual([]);
  }
});

it('names the database image without pgvecto.rs, with the VectorChord of the one before', () => {
  expect(images.postgres).not.toContain('pgvectors');
  expect(before[0]?.postgres.startsWith(`${images.postgres}-pgvectors`)).toBe(true);
});

it('names a server and a machine learning service of one release', () => {
  expect(releaseOf(images.server)).toHaveLength(3);
  expect(releaseOf(images.server)).toEqual(releaseOf(images.machineLearning));
});

describe('the release of an image', () => {
  it.each([
    ['a:v3.3.1', [3, 3, 1]],
    ['ghcr.io/a/b:3.3.1', [3, 3, 1]],
    ['ghcr.io/a/b:v3.3.1-openvino@sha256:0123', [3, 3, 1]],
    ['localhost:5000/b:v3.3', [3, 3]],
    ['ghcr.io/a/b:v3-cuda', [3]],
  ])('%s', (image, release) => {
    expect(releaseOf(image)).toEqual(release);
  });

  it.each(['a', 'localhost:5000/a', 'a@sha256:0123', 'a:release', 'a:pr-1234', 'a:3b', 'a:commit-3.1'])(
    'of %s is not known',
    (image) => {
      expect(releaseOf(image)).toBeUndefined();
    },
  );

  it.each<[number, Parameters<typeof compareReleases>]>([
    [0, [[3, 3, 1], [3]]],
    [0, [[3], [3, 3, 1]]],
    [
      1,
      [
        [3, 10],
        [3, 9, 2],
      ],
    ],
    [-1, [[2, 9], [3]]],
  ])('is compared by what both say: %j', (sign, [one, other]) => {
    expect(Math.sign(compareReleases(one, other))).toBe(sign);
  });
});

describe('images of cluster.yaml', () => {
  const problems = (said: Record<string, string>, more: object = {}) =>
    problemsOf({
      cluster(value) {
        value.immich = { ...value.immich, ...more, images: said };
      },
    });

  it.each<[string, Record<string, string>, string]>([
    ['an older server alone', { server: `${server}:v3.2.4` }, 'server'],
    ['a newer server alone', { server: `${server}:v9.0.0` }, 'machineLearning'],
    [
      'an older service, with hardware',
      { server: `${server}:v3.3.1`, machineLearning: `${learning}:v3.3.0-openvino` },
      'machineLearning',
    ],
    [
      'another minor version, in other spellings',
      { server: 'registry.example.org:5000/immich-server:3.2', machineLearning: `${learning}:v3.3.1-cuda` },
      'server',
    ],
    [
      'a major version, with digests',
      {
        server: `${server}:v2@sha256:${'0'.repeat(64)}`,
        machineLearning: `${learning}:v3@sha256:${'1'.repeat(64)}`,
      },
      'server',
    ],
  ])('that are of two releases are refused: %s', (_what, said, older) => {
    expect(problems(said)).toMatchObject([
      {
        code: 'versions-do-not-fit',
        file: 'cluster.yaml',
        message: expect.stringContaining('one release only'),
        remedy: expect.stringContaining(`set immich.images.${older} to release`),
      },
    ]);
  });

  it.each<[string, Record<string, string>, object]>([
    ['the same', { server: `${server}:v3.2.4`, machineLearning: `${learning}:v3.2.4-rocm` }, {}],
    ['a tag that says less', { server: `${server}:v3`, machineLearning: `${learning}:v3.2.4` }, {}],
    ['a digest, which says none', { server: `${server}@sha256:${'0'.repeat(64)}` }, {}],
    ['a tag that says none', { server: `${server}:release`, machineLearning: `${learning}:v3.2.4` }, {}],
    ['no service', { server: `${server}:v3.2.4` }, { machineLearning: { enabled: false } }],
  ])('are taken: %s', (_what, said, more) => {
    expect(problems(said, more)).toEqual([]);
  });

  it.each(['docker.io/tensorchord/pgvecto-rs:pg14-v0.2.0', 'registry.example.org/pgvecto-rs:pg16-v0.3.0'])(
    'with a database of pgvecto.rs alone are refused: %s',
    (postgres) => {
      expect(problems({ postgres })).toMatchObject([
        { code: 'versions-do-not-fit', message: expect.stringContaining('pgvecto.rs') },
      ]);
      const two = { server: `${server}:v2.7.5`, machineLearning: `${learning}:v2.7.5` };
      expect(problems({ ...two, postgres })).toEqual([]);
    },
  );
});
