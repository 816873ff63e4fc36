// Crosses config, components, compile, operations/configure and reachability.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { type Prepared, prepare } from '../src/operations/configure/configure.ts';
import { noProgress } from '../src/operations/progress.ts';
import { codes } from '../src/problems/codes.ts';
import type { Outcome } from '../src/problems/outcome.ts';
import { type Configuration, configurations } from './configurations.ts';
import fc from './fastCheck.ts';
import { openBesideCharts } from './openBesideCharts.ts';
import { type ConfigData, exampleDirectory, type TestDirectory } from './testDirectory.ts';

let example: TestDirectory;
let path: string;
let recipient: string;
beforeAll(() => {
  example = exampleDirectory();
  recipient = parse(example.read('cluster.yaml')).secrets.recipients[0];
  path = mkdtempSync(join(tmpdir(), 'gatehouse-property-'));
});
afterAll(() => {
  example[Symbol.dispose]();
  rmSync(path, { recursive: true, force: true });
});

/** Everything that a configuration compiles to. The directory stays as it is. */
function prepared(
  cluster: string | Uint8Array,
  privateFile: string | Uint8Array,
): Promise<Outcome<Prepared>> {
  writeFileSync(join(path, 'cluster.yaml'), cluster);
  writeFileSync(join(path, 'cluster.private.yaml'), privateFile);
  return prepare(path, example.environment, noProgress);
}

const valid = fc.constant(undefined).chain(() => configurations([recipient]));

it('every valid configuration compiles to valid objects and a complete tree, and all invariants are proved except for charts', async () => {
  await fc.assert(
    fc.asyncProperty(valid, async ({ cluster, privateFile }) => {
      const outcome = await prepared(stringify(cluster), stringify(privateFile));
      // Objects that the API server would refuse and private values in the output are problems too.
      expect(outcome.ok ? [] : outcome.problems).toEqual([]);
      if (!outcome.ok) return;
      expect(openBesideCharts(outcome.value)).toEqual([]);
      expect(outcome.value.plan.objects.length).toBeGreaterThan(20);
    }),
    { numRuns: 15 },
  );
});

/** Every position inside of a value, with its parent. */
function places(value: ConfigData): { holder: ConfigData; key: string | number }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((key) => [{ holder: value, key }, ...places(value[key])]);
}

const otherValue = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    0,
    -1,
    true,
    [],
    {},
    [[]],
    'yes',
    '0123',
    '10.10.10.5/24',
    1e308,
    '::',
    '../..',
    '${X}',
    '__proto__',
  ),
  fc
    .anything({ withNullPrototype: false, maxDepth: 2 })
    .filter((value) => JSON.stringify(value) !== undefined),
  fc.string({ unit: 'binary' }),
);

type Damage = (configuration: Configuration) => void;
const damage: fc.Arbitrary<Damage> = fc
  .record({
    where: fc.constantFrom('cluster' as const, 'privateFile' as const),
    at: fc.nat(),
    what: fc.constantFrom('delete', 'retype', 'insert', 'move'),
    key: fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'enabled', 'kind', 'node')),
    value: otherValue,
  })
  .map(({ where, at, what, key, value }) => (configuration) => {
    const all = places(configuration[where]);
    const place = all[at % Math.max(all.length, 1)];
    if (place === undefined) return;
    const { holder } = place;
    if (what === 'delete') delete holder[place.key];
    else if (what === 'retype') holder[place.key] = value;
    else if (what === 'insert')
      Object.defineProperty(holder, Array.isArray(holder) ? 0 : key, {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    else configuration[where === 'cluster' ? 'privateFile' : 'cluster'][key] = structuredClone(holder);
  });

const codeNames = new Set(Object.keys(codes));

/** Checks that the outcome is a plan, or problems that the user can act on. */
function expectPlanOrProblems(outcome: Outcome<Prepared>): void {
  if (outcome.ok) {
    expect(outcome.value.plan.files.length).toBeGreaterThan(0);
    return;
  }
  expect(outcome.problems.length).toBeGreaterThan(0);
  for (const { code, message, expected } of outcome.problems) {
    expect(codeNames).toContain(code);
    // A bug of Gatehouse is not a valid answer to an invalid configuration.
    expect(['object-invalid', 'compile-failed']).not.toContain(code);
    expect(message).not.toBe('');
    expect(expected).not.toBe('');
  }
}

it('a configuration with random values gives problems or a plan', async () => {
  await fc.assert(
    fc.asyncProperty(
      valid,
      fc.array(damage, { minLength: 1, maxLength: 4 }),
      async (configuration, damages) => {
        const copy = structuredClone(configuration);
        for (const change of damages) change(copy);
        expectPlanOrProblems(await prepared(stringify(copy.cluster), stringify(copy.privateFile)));
      },
    ),
    { numRuns: 80 },
  );
});

it('files with random bytes give problems or a plan', async () => {
  const mutation = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat(6),
    bytes: fc.oneof(
      fc.uint8Array({ maxLength: 4 }),
      fc
        .constantFrom('\t', '\n', ': ', '- ', '"', '&a ', '<<: ', '\r')
        .map((text) => new TextEncoder().encode(text)),
    ),
  });
  const mutated = (text: string, mutations: readonly { at: number; remove: number; bytes: Uint8Array }[]) =>
    mutations.reduce((bytes, { at, remove, bytes: inserted }) => {
      const start = Math.floor(at * bytes.length);
      return Buffer.concat([bytes.subarray(0, start), inserted, bytes.subarray(start + remove)]);
    }, Buffer.from(text));
  await fc.assert(
    fc.asyncProperty(
      fc.array(mutation, { maxLength: 4 }),
      fc.array(mutation, { maxLength: 4 }),
      async (one, other) => {
        const cluster = mutated(example.read('cluster.yaml'), one);
        const privateFile = mutated(example.read('cluster.private.yaml'), other);
        expectPlanOrProblems(await prepared(cluster, privateFile));
      },
    ),
    { numRuns: 80 },
  );
});
