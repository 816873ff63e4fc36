import { stringify } from 'yaml';
import { buildTree } from '../../../src/manifests/buildTree.ts';
import type { FluxBench } from '../fixtures/fluxBench.ts';
import { ageKey, encryptWithSops } from '../fixtures/sops.ts';
import type { Part } from '../fixtures/suite.ts';

/** A mistake in a directory that a Flux Kustomization applies. */
export interface FileMistake {
  readonly name: string;
  /** The files of the directory, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Fields of the Flux Kustomization that differ. */
  readonly spec?: object;
}

const kustomization = (resources: readonly string[]) =>
  stringify({ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources });
const fill = (name: string, more: object = {}) => ({
  postBuild: { substituteFrom: [{ kind: 'Secret', name, ...more }] },
});

const filled = fill('values');

/** Mistakes that are visible only in files, not in a single object. */
export async function plantedFiles(bench: FluxBench, sops: Part): Promise<FileMistake[]> {
  const right = bench.configMap('planted', { host: 'https://${HOST}/' });
  const mistakes = [
    ...inDirectories(bench, right),
    ...inSubstitution(bench, right),
    ...(await inSecretsAndOrder(bench, right, sops)),
  ];
  return mistakes.map((mistake) => ({
    ...mistake,
    files: { 'kustomization.yaml': kustomization(['a.yaml']), ...mistake.files },
  }));
}

function inDirectories({ namespace }: FluxBench, right: string): FileMistake[] {
  return [
    {
      name: 'a file in a kustomization that is not there',
      files: { 'kustomization.yaml': kustomization(['a.yaml', 'absent.yaml']), 'a.yaml': right },
      spec: filled,
    },
    {
      name: 'a file that no kustomization lists',
      files: { 'kustomization.yaml': kustomization(['a.yaml']), 'a.yaml': right, 'b.yaml': right },
      spec: filled,
    },
    {
      name: 'one object in two files',
      files: { 'kustomization.yaml': kustomization(['a.yaml', 'b.yaml']), 'a.yaml': right, 'b.yaml': right },
      spec: filled,
    },
    {
      name: 'an object of no namespace that exists',
      files: { 'a.yaml': right.replace(namespace, 'nowhere') },
      spec: filled,
    },
  ];
}

function inSubstitution(bench: FluxBench, right: string): FileMistake[] {
  const shell = (text: string) => bench.configMap('planted', { 'run.sh': text });
  return [
    {
      name: 'a shell’s `${name}` that is not escaped',
      files: { 'a.yaml': shell('echo ${name}') },
      spec: filled,
    },
    {
      name: 'a `${…}` that is no variable',
      files: { 'a.yaml': shell('echo ${a b}') },
      spec: filled,
    },
    {
      name: 'a key with a dot in the Secret of the values',
      files: { 'a.yaml': right },
      spec: fill('dotted'),
    },
    { name: 'a value that is missing from its Secret', files: { 'a.yaml': right }, spec: fill('empty') },
    { name: 'no Secret with the values', files: { 'a.yaml': right }, spec: fill('absent') },
    {
      name: 'no Secret with the values, marked as optional',
      files: { 'a.yaml': right },
      spec: fill('absent', { optional: true }),
    },
    {
      name: 'a value that YAML reads as a number',
      files: { 'a.yaml': bench.configMap('planted', { n: 'N' }).replace('n: N', 'n: ${NUMBER}') },
      spec: filled,
    },
  ];
}

async function inSecretsAndOrder(bench: FluxBench, right: string, sops: Part): Promise<FileMistake[]> {
  const metadata = { name: 'foreign', namespace: bench.namespace };
  const foreign = { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { password: 'p' } };
  const { recipient } = await ageKey();
  return [
    {
      name: 'a Secret encrypted for somebody else',
      files: { 'a.yaml': await encryptWithSops(sops, recipient, stringify(foreign)) },
      spec: filled,
    },
    {
      name: 'a Secret with `stringData`, and no decryption',
      files: { 'a.yaml': await bench.secret('encrypted', { stringData: { password: 'p' } }) },
      spec: { decryption: undefined },
    },
    {
      name: 'a dependency that is not there',
      files: { 'a.yaml': right },
      spec: { ...filled, dependsOn: [{ name: 'nowhere' }] },
    },
    {
      name: 'an unknown field of a kind of Kubernetes itself',
      files: { 'a.yaml': `${right}dataa:\n  a: b\n` },
      spec: filled,
    },
  ];
}

/** The findings of Gatehouse for the files of the directory. */
export function foundInFiles({ files }: FileMistake): string[] {
  const tree = new Map(Object.entries(files).map(([path, text]) => [`planted/${path}`, text]));
  return buildTree({ tree, unread: [] }, { entries: ['planted'] }).findings.map(({ sentence }) => sentence);
}
