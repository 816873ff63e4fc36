import { describe, expect, it } from 'vitest';
import { buildTree } from '../buildTree.ts';
import { sourceIgnore } from './sourceIgnore.ts';

const ignored = (text: string, path: string, file = '.sourceignore'): boolean =>
  sourceIgnore(new Map([[file, text]]), undefined)(path);

describe('sourceIgnore', () => {
  it.each([
    ['/*\n!/kubernetes', 'kubernetes/apps/a.yaml', false],
    ['/*\n!/kubernetes', 'docs/a.yaml', true],
    ['/*\n!/apps/\n', 'apps/a.yaml', false],
    ['/kubernetes/clusters/**/secrets/', 'kubernetes/clusters/x/y/secrets/a.yaml', true],
    ['/kubernetes/clusters/**/secrets/', 'kubernetes/clusters/x/secrets', false],
    ['secrets/\n!secrets/keep.yaml', 'a/secrets/keep.yaml', true],
    ['secrets/\n!**/secrets/keep.yaml', 'a/secrets/keep.yaml', false],
    ['*.sops.yaml', 'deep/in/a.sops.yaml', true],
    ['# a\n\n*.sops.yaml  ', 'a.sops.yaml', true],
    ['policy-[ab].yaml', 'x/policy-b.yaml', true],
    ['policy-[ab].yaml', 'x/policy-c.yaml', false],
    ['apps/**', 'apps/a/b.yaml', true],
    ['a**/b', 'a/b', false],
  ])('reads %j for %s', (text, path, expected) => {
    expect(ignored(text, path)).toBe(expected);
  });

  it('leaves out what Flux does by default, unless the repository has patterns of its own', () => {
    const byDefault = sourceIgnore(new Map(), undefined);
    expect(['.github/a.yaml', 'x/.sops.yaml', 'a.zip', '.gitignore', 'a.yaml'].map(byDefault)).toEqual([
      ...[true, true, true, true, false],
    ]);
    expect(ignored('x', '.github/a.yaml')).toBe(false);
    expect(ignored('x', '.gitignore')).toBe(true);
  });

  it('takes a file in a directory for that directory only', () => {
    expect(ignored('a.yaml', 'apps/a.yaml', 'apps/.sourceignore')).toBe(true);
    expect(ignored('a.yaml', 'other/a.yaml', 'apps/.sourceignore')).toBe(false);
  });
});

describe('files that Flux leaves out', () => {
  const source = (spec: string) =>
    `apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: flux-system, namespace: flux-system}\nspec: {url: "https://x.org/y", ${spec}}\n---\n`;
  const root = `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps, namespace: flux-system}\nspec: {path: ./apps, sourceRef: {kind: GitRepository, name: flux-system}}\n`;
  const map = (name: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: web}\n`;
  const files = { 'flux/ks.yaml': root, 'apps/a.yaml': map('a'), 'apps/policy.yaml': map('policy') };
  const names = (more: Readonly<Record<string, string>>, linked: readonly string[] = []) => {
    const tree = new Map(Object.entries({ ...files, ...more }));
    const { objects, unseen } = buildTree({ tree, unread: [], linked: new Set(linked) });
    const applied = objects.filter(({ appliedBy }) => appliedBy !== undefined);
    return [...applied.map(({ object }) => object.metadata.name), unseen.length];
  };

  it('are not built', () => {
    expect(names({})).toEqual(['a', 'policy', 0]);
    expect(names({ '.sourceignore': 'policy.yaml\n' })).toEqual(['a', 0]);
    expect(names({ 'flux/ks.yaml': source('ignore: "/*\\n!/apps/a.yaml"') + root })).toEqual(['a', 0]);
    expect(names({}, ['apps/policy.yaml'])).toEqual(['a', 0]);
  });

  it('are not known with fields that are not read', () => {
    expect(names({ 'flux/ks.yaml': source('include: [{repository: {name: x}}]') + root }).at(-1)).toBe(1);
    expect(names({ 'flux/ks.yaml': source('sparseCheckout: [apps]') + root }).at(-1)).toBe(1);
  });

  it('are not known where the cluster keeps another commit', () => {
    expect(names({ 'flux/ks.yaml': source('suspend: true') + root }).at(-1)).toBe(1);
    expect(
      names({ 'flux/ks.yaml': source(`ref: {branch: main, commit: ${'a'.repeat(40)}}`) + root }).at(-1),
    ).toBe(1);
    expect(names({ 'flux/ks.yaml': source('suspend: false, ref: {branch: main}') + root }).at(-1)).toBe(0);
  });
});
