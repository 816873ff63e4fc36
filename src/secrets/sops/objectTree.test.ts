import { expect, test } from 'vitest';
import fc from '../../../tests/fastCheck.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { toYaml } from '../../kubernetes/yaml.ts';
import { parseDocument } from './document.ts';
import { emit } from './emit.ts';
import { leavesOf, shapeOf } from './leaves.ts';
import { parseObject } from './objectTree.ts';

const text = fc.oneof(
  fc.base64String(),
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '<<',
    'null',
    '0777',
    '1e3',
    'yes',
    '~',
    '- a',
    'a: b',
    'a # b',
    '2026-11-24',
    'two\nlines\n',
  ),
);
const map = (value: fc.Arbitrary<unknown>) =>
  fc.dictionary(
    fc.oneof(fc.stringMatching(/^[a-zA-Z._/-]{1,20}$/), fc.constantFrom('0777', 'sops', 'y', '?', '<<', '*')),
    value,
    {
      maxKeys: 6,
      noNullPrototype: true,
    },
  );
const objects = fc
  .record({
    labels: map(text),
    data: map(
      fc.oneof(
        { weight: 6, arbitrary: text },
        { weight: 1, arbitrary: fc.constantFrom(1, null, true, [], ['a']) },
      ),
    ),
  })
  .map(({ labels, data }): KubernetesObject & { data: unknown } => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'made', namespace: 'media', labels: labels as Record<string, string> },
    data,
  }));

/** Everything that encryption depends on, except the positions of problems. */
function seen(parsed: ReturnType<typeof parseObject>): unknown {
  if (!parsed.ok) return parsed.problems.map(({ code }) => code);
  const { root, tree, format } = parsed.value;
  const leaves = leavesOf(parsed.value).map((leaf) => {
    const { kind, label, keys } = leaf;
    return { kind, label, keys, value: leaf.kind === 'value' ? leaf.value : leaf.text };
  });
  return { leaves, shape: shapeOf(root, format), text: emit(tree, format) };
}

test('parses an object like its YAML text', () => {
  fc.assert(
    fc.property(objects, (object) => {
      expect(seen(parseObject('a.sops.yaml', object))).toEqual(
        seen(parseDocument('a.sops.yaml', toYaml([object]))),
      );
    }),
    { numRuns: 300 },
  );
});
