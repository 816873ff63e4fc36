import type { Schema } from '../../src/kubernetes/schema.ts';

/** A number from 0 to 1. */
export type Random = () => number;

/** Random numbers that are the same each time. */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export interface Wanted {
  random: Random;
  /** How often a field is there that need not be. */
  density: number;
  /** Fields that are there in any case, from here on. `*` is an entry of a list or a map. */
  path: readonly string[];
  /** Fields below the end of the path are there as often as this. */
  inner: number;
}

const texts = [
  ...[
    'a',
    'b',
    'Exact',
    '/a',
    '//',
    '/a/..',
    'a.example.org',
    '*.example.org',
    '*',
    '10.0.0.1',
    'fd00::1',
    'host',
    'HOST',
  ],
  ...[
    'https://a.example.org',
    'http://a.example.org',
    'oci://a.example.org',
    'oci://a.example.org/b',
    '10s',
    '0s',
    '5m',
    '1h',
  ],
  ...[
    '10.0.0.0/8',
    '1Gi',
    '100m',
    '80',
    '25%',
    'GET',
    'POST',
    'Authorization',
    'authorization',
    'ConfigMap',
    'Secret',
    'Service',
  ],
  ...[
    'Backend',
    'HTTPRoute',
    'Gateway',
    'postgres',
    'pg_a',
    'cnpg_a',
    'streaming_replica',
    'template0',
    'template1',
    'Replace',
  ],
  ...[
    'v1',
    'gateway.networking.k8s.io',
    'gateway.envoyproxy.io',
    'postgresql.cnpg.io',
    'Static',
    'GitHubBranch',
    'OCIArtifactTag',
  ],
  ...[
    'generic-oidc',
    'github',
    `sha256:${'a'.repeat(64)}`,
    'a'.repeat(64),
    'a'.repeat(130),
    '2026-01-01T00:00:00Z',
    'eA==',
    '',
    '%2f',
    '%2F',
  ],
  ...[
    '/a#b',
    '/./a',
    '/../a',
    '/a/.',
    '/a b',
    'a_b',
    'a b',
    '--log-level=debug',
    'gateway.envoyproxy.io/gatewayclass-controller',
    'None',
    '0 3 * * *',
  ],
  ...['/a//b', '/a%2fb', '/a%2Fb', '/a/./b', '/a/../b', 'A:B', '200-299', '200', '1.1.1.1:80', '1970-01-01'],
];

const pick = <Item>(items: readonly Item[], random: Random): Item | undefined =>
  items[Math.floor(random() * items.length)];

/** A random value with the structure of a schema, as far as that is easy. */
export function randomValue(schema: Schema, wanted: Wanted): unknown {
  const { random, path, density, inner } = wanted;
  const [step, ...rest] = path;
  const below = { ...wanted, path: [] as readonly string[], density: step === undefined ? inner : density };
  const next = { ...wanted, path: rest };
  if (schema.$ref !== undefined) return { name: 'a' };
  if (schema.enum !== undefined) return pick(schema.enum, random);
  for (const each of schema.allOf ?? []) if (each.enum !== undefined) return pick(each.enum, random);
  if (schema['x-kubernetes-int-or-string'] === true)
    return random() < 0.5 ? Math.floor(random() * 100) : pick(['25%', '80', 'a'], random);
  if (schema.type === 'array') {
    const { items } = schema;
    const least = Math.max(schema.minItems ?? 0, step === undefined ? 0 : 1);
    const count = Math.min(schema.maxItems ?? 3, least + Math.floor(random() * 3));
    if (items === undefined) return [];
    const values = Array.from({ length: count }, (_, index) =>
      randomValue(items, index === 0 && step === '*' ? next : below),
    );
    return count > 1 && random() < 0.3 ? values.map(() => values[0]) : values;
  }
  if (schema.type === 'object' || schema.properties !== undefined)
    return randomMap(schema, wanted, next, below);
  if (schema.type === 'boolean') return random() < 0.5;
  if (schema.type === 'integer' || schema.type === 'number') {
    const least = schema.minimum ?? 0;
    const most = Math.min(schema.maximum ?? 1000, least + (random() < 0.5 ? 3 : 1000));
    return least + Math.floor(random() * (most - least + 1));
  }
  const pattern = schema.pattern === undefined ? undefined : new RegExp(schema.pattern, 'u');
  const fitting = texts.filter(
    (text) =>
      (pattern?.test(text) ?? true) &&
      text.length >= (schema.minLength ?? 0) &&
      text.length <= (schema.maxLength ?? Infinity) &&
      (schema.format !== 'date-time' || text.startsWith('20')) &&
      (schema.format !== 'byte' || text === 'eA=='),
  );
  return pick(fitting.length === 0 ? texts : fitting, random);
}

function randomMap(
  schema: Schema,
  { random, path, density, inner }: Wanted,
  next: Wanted,
  below: Wanted,
): unknown {
  const [step] = path;
  const map: Record<string, unknown> = {};
  const chance = step === undefined ? inner : density;
  // Alternatives such as "exactly one of" need one of their fields.
  const alternative = pick([...(schema.oneOf ?? []), ...(schema.anyOf ?? [])], random);
  for (const [name, own] of Object.entries(schema.properties ?? {})) {
    if (name === 'status') continue;
    const needed = schema.required?.includes(name) === true || alternative?.required?.includes(name) === true;
    if (name === step) map[name] = randomValue(own, next);
    else if (needed || random() < chance)
      map[name] = randomValue(own, { ...below, inner: below.inner * 0.8 });
  }
  const { additionalProperties } = schema;
  if (additionalProperties !== undefined && (step === '*' || random() < 0.7))
    map[pick(['a', 'b'], random) ?? 'a'] = randomValue(additionalProperties, step === '*' ? next : below);
  return map;
}
