// Crosses the command line, the loader and the prover: a tree that brings no object is never proved.
import { describe, expect, it } from 'vitest';
import { gatehouse } from '../program.ts';
import { environmentOf } from '../testDirectory.ts';
import { app, enforced, flux, place, service } from './place.ts';

const kustomization = (more: string): string =>
  `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n${more}`;
const source =
  'apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: home, namespace: flux-system}\nspec: {url: "ssh://git@example.org/home", ref: {branch: main}}\n';

describe('a check of a tree without any object', () => {
  it.each<[name: string, files: Readonly<Record<string, string>>, flags: readonly string[]]>([
    ['nothing', {}, []],
    ['no manifest', { 'README.md': '# Home\n' }, []],
    ['an empty file', { 'app.yaml': '' }, []],
    ['comments only', { 'app.yaml': '# nothing yet\n---\n# nor here\n' }, []],
    ['null documents', { 'app.yaml': '---\nnull\n---\n~\n' }, []],
    ['a map that is no object', { 'app.yaml': 'a: b\n' }, []],
    ['an empty kustomization', { 'kustomization.yaml': kustomization('resources: []\n') }, []],
    ['a kustomization without fields', { 'kustomization.yaml': kustomization('') }, []],
    [
      'a kustomization of an empty file',
      { 'kustomization.yaml': kustomization('resources: [a.yaml]\n'), 'a.yaml': '# none\n' },
      [],
    ],
    ['a List without items', { 'list.yaml': 'apiVersion: v1\nkind: List\nitems: []\n' }, []],
    ['a List with null', { 'list.yaml': 'apiVersion: v1\nkind: List\nitems: null\n' }, []],
    [
      'a NetworkPolicyList without items',
      { 'list.yaml': 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicyList\nitems: []\n' },
      [],
    ],
    [
      'an empty kustomization beside files that it does not list',
      { 'kustomization.yaml': kustomization('resources: []\n'), 'app.yaml': app },
      [],
    ],
    [
      'an entry without manifests',
      { 'clusters/a/README.md': 'x', 'apps/app.yaml': app },
      ['--entry', 'clusters/a'],
    ],
    [
      'an empty entry',
      { 'a/kustomization.yaml': kustomization('resources: []\n'), 'b/app.yaml': app },
      ['--entry', 'a'],
    ],
    [
      'a Flux root that builds an empty directory',
      {
        'clusters/home/root.yaml': `${source}---\n${flux('apps', 'path: ./apps')}`,
        'apps/kustomization.yaml': kustomization('resources: []\n'),
      },
      [],
    ],
    [
      'a Flux root that builds nothing, beside files that are not reached',
      {
        'clusters/home/root.yaml': `${source}---\n${flux('apps', 'path: ./apps')}`,
        'apps/kustomization.yaml': kustomization('resources: []\n'),
        'apps/app.yaml': app,
      },
      [],
    ],
    [
      'a Flux root without its directory',
      {
        'clusters/home/root.yaml': `${source}---\n${flux('apps', 'path: ./apps')}`,
      },
      [],
    ],
  ])('is not proved: %s', async (_name, files, flags) => {
    const { code, stdout, stderr } = await place(files).check(...enforced, ...flags);
    expect(code, stdout + stderr).not.toBe(0);
  });
});

it('checks only the entry where the tree has no kustomization', async () => {
  const { check } = place({ 'a/app.yaml': app, 'b/service.yaml': service('LoadBalancer') });
  expect((await check(...enforced, '--entry', 'a')).code).toBe(0);
  expect((await check(...enforced, '--entry', './a/')).code).toBe(0);
  expect((await check(...enforced, '--entry', 'a', '--entry', 'b')).code).toBe(1);
  expect((await check(...enforced)).code).toBe(1);
  expect((await check(...enforced, '--entry', '.')).code).toBe(1);
});

describe('a question about a list without any object', () => {
  it.each([
    ['apiVersion: v1\nkind: List\nitems: []\n'],
    ['{"apiVersion":"v1","kind":"List","items":[]}'],
    ['# nothing\n'],
    [''],
    ['[]\n'],
  ])('is refused: %j', async (text) => {
    const { path } = place({ 'list.yaml': text });
    const question = ['--objects', 'list.yaml', '--from', 'x/a', '--to', 'x/b:80'];
    const { code, stderr } = await gatehouse(
      { path, environment: environmentOf(path) },
      'reach',
      ...question,
    );
    expect(code).not.toBe(0);
    expect(stderr).toContain('list.yaml');
  });
});
