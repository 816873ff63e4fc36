// Crosses config and components.
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { clusterSchema } from '../src/components/catalogue.ts';
import { readDocument } from '../src/config/document.ts';
import { type Field, fieldsOf } from '../src/config/fields.ts';
import { problemsOf, unfold } from '../src/config/schemaProblem.ts';

type Place = { steps: readonly string[]; around: readonly [readonly string[], unknown][] };

/** Every field with the values that select its branch of a union. */
function* placesIn(field: Field, place: Place, depth = 0): Generator<Place> {
  if (depth > 12) return;
  if (place.steps.length > 0) yield place;
  for (const branch of [...(field.anyOf ?? []), ...(field.oneOf ?? [])]) {
    const chosen = Object.entries(branch.properties ?? {}).flatMap(
      ([name, { const: value }]): [readonly string[], unknown][] =>
        value === undefined ? [] : [[[...place.steps, name], value]],
    );
    yield* placesIn(branch, { ...place, around: [...place.around, ...chosen] }, depth + 1);
  }
  for (const [name, inner] of Object.entries(field.properties ?? {}))
    yield* placesIn(inner, { ...place, steps: [...place.steps, name] }, depth + 1);
  if (typeof field.additionalProperties === 'object')
    yield* placesIn(field.additionalProperties, { ...place, steps: [...place.steps, 'name'] }, depth + 1);
}

function textWith({ steps, around }: Place, value: unknown): string {
  const root: Record<string, unknown> = {};
  const set = (path: readonly string[], item: unknown): void => {
    let at = root;
    for (const step of path.slice(0, -1)) {
      const inner = typeof at[step] === 'object' && at[step] !== null ? at[step] : {};
      at[step] = inner;
      at = inner as Record<string, unknown>;
    }
    at[path.at(-1) ?? ''] = item;
  };
  for (const [path, item] of around) set(path, item);
  set(steps, value);
  return stringify(root);
}

const values: readonly unknown[] = [
  -1,
  0,
  0.5,
  1e9,
  '',
  ' ',
  '~',
  'x'.repeat(400),
  '2026-13-45',
  '1 fortnight',
  '61 * * * *',
  '1.2.3.4/40',
  true,
  [],
  [''],
  [-1],
  {},
  { 'A b': 1 },
  { unknown: 1 },
];

/** Words of zod, of JavaScript and of JSON Schema that tell a user nothing. */
const foreign =
  /\b(?:Invalid|Too (?:small|big|short|long)|received|Unrecognized|undefined|NaN|null|object|string|boolean|integer|record|array|pattern|regex|ZodError|safeint|must match)\b|[<>]=?\s*-?\d|\/\^|\$\/|e\+\d|9007199254740991/;

it('says what is expected in the words of a user, for every field and every kind of wrong value', () => {
  const fields = fieldsOf(clusterSchema);
  const found = new Set<string>();
  let asked = 0;
  for (const place of placesIn(fields, { steps: [], around: [] })) {
    for (const value of values) {
      const { document } = readDocument('cluster.yaml', textWith(place, value));
      if (document === undefined) throw new Error(place.steps.join('.'));
      const places = { cluster: document, fields };
      const issues = clusterSchema.safeParse(document.value, { jitless: true }).error?.issues ?? [];
      const problems = unfold(issues).flatMap((issue) => problemsOf(issue, document.value, places));
      for (const { code, message, expected = '', remedy = '' } of problems) {
        if (code === 'missing-field') continue;
        asked += 1;
        expect(expected).not.toBe('');
        for (const text of [
          message.replace(/"[^"]*"/g, ''),
          expected.replace(/^one of: .*|object stor(?:es|age)/g, ''),
          remedy,
        ])
          if (foreign.test(text))
            found.add(`${place.steps.join('.')} ${JSON.stringify(value)?.slice(0, 20)}: ${text}`);
      }
    }
  }
  expect(asked).toBeGreaterThan(1000);
  expect([...found]).toEqual([]);
});
