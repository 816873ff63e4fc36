import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { withClusterUid } from './clusterUid.ts';

const uid = '00000000-0000-4000-8000-00000000e000';

describe('the UID of the cluster in the text of cluster.yaml', () => {
  it.each([
    ['a block', '# mine\ncluster:\n  # the name\n  name: home # yes\nother: 1\n'],
    ['Windows line ends', 'cluster:\r\n  name: home\r\nother: 1\r\n'],
    ['JSON', '{"cluster":{"name":"home"},"other":1}'],
    ['a flow map', 'cluster: { name: home }\nother: 1\n'],
    ['an old UID', 'cluster:\n  name: home\n  uid: old # why\nother: 1\n'],
    ['an old UID in quotes', 'cluster: {"uid": "old", "name": "home"}\nother: 1\n'],
    ['a UID without a value', 'cluster:\n  name: home\n  uid:\nother: 1\n'],
  ])('is set in %s, and nothing else changes', (_, text) => {
    const changed = withClusterUid(text, uid);
    if (!changed.ok) throw new Error(JSON.stringify(changed.problems));
    expect(parse(changed.value)).toEqual({ cluster: { name: 'home', uid }, other: 1 });
    // Whatever was there and is no old value is still there, in its order.
    for (const comment of text.match(/#.*/g) ?? []) expect(changed.value).toContain(comment);
    expect(changed.value.includes('\r\n')).toBe(text.includes('\r\n'));
    expect(withClusterUid(changed.value, uid)).toEqual(changed);
  });

  it.each(['other: 1\n', 'cluster: home\n', 'cluster: {}\n'])('has no place in %j', (text) => {
    expect(withClusterUid(text, uid)).toMatchObject({ ok: false, problems: [{ code: 'missing-field' }] });
  });
});
