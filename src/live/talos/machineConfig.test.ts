import { expect, it } from 'vitest';
import { feature, document as ownDocument, printed } from '../../../tests/live/talosctl.ts';
import { accessIn } from './machineConfig.ts';

it('reads the feature out of what talosctl prints', () => {
  expect(accessIn(printed(feature))).toEqual({
    document: undefined,
    feature: { roles: ['os:admin', 'os:etcd:backup'], namespaces: ['system-upgrade', 'kube-system'] },
  });
});

it('reads the document of Talos 1.14, which is one of several', () => {
  expect(accessIn(printed('', ownDocument))).toEqual({
    document: { roles: ['os:admin'], namespaces: ['system-upgrade'] },
    feature: undefined,
  });
});

it('takes a feature that is not enabled for none', () => {
  expect(accessIn(printed(feature.replace('enabled: true', 'enabled: false')))?.feature).toBeUndefined();
});

it('takes a comment for no setting', () => {
  const commented = feature.replaceAll(/^/gm, '# ');
  expect(accessIn(printed(commented))).toEqual({ document: undefined, feature: undefined });
});

it.each([[''], ['error: rpc'], ['node: a\nspec: 7\n'], ['spec: |\n  a: b\n'], ['{'], ['a: &a [*a]']])(
  'says nothing of %j',
  (text) => {
    expect(accessIn(text)).toBeUndefined();
  },
);
