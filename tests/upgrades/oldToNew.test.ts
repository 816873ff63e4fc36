// Crosses commands, operations, compile, secrets and repository with what earlier versions wrote.
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { heldData } from '../../src/compile/heldData.ts';
import { isFields, mapsAt, valueAt } from '../../src/kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../src/kubernetes/object.ts';
import { heldChanges } from '../../src/operations/configure/heldChanges.ts';
import { gatehouse, type Ran } from '../program.ts';
import { directoryLike, type TestDirectory } from '../testDirectory.ts';
import { type Announcement, announcedIn } from './announcedRestarts.ts';
import { immutableChanges } from './immutableFields.ts';
import { copyOfTree, keptTrees } from './keptTrees.ts';
import { commitAndPush, filesIn, type Look, lookAt } from './upgradedTree.ts';

/** For a machine that is busy, in milliseconds. */
const patience = 120_000;

it('keeps the examples of each state, and the same on the bench', () => {
  const names = ['home', 'home-on-the-bench', 'platform', 'platform-on-the-bench'];
  const states = [...new Set(keptTrees.map(({ state }) => state))];
  expect(states.length).toBeGreaterThan(0);
  expect(keptTrees.map(({ state, name }) => `${state} ${name}`)).toEqual(
    states.flatMap((state) => names.map((name) => `${state} ${name}`)),
  );
});

describe.each(keptTrees)('$state, $name', (tree) => {
  let directory: TestDirectory;
  let ran: Ran;
  /** What configure makes of the same configuration in a new directory. */
  let fresh: { ran: Ran; files: Readonly<Record<string, string>> };
  let announced: ReadonlyMap<string, Announcement>;
  let [before, after]: Look[] = [];
  const looks = (): readonly [Look, Look] => {
    if (before === undefined || after === undefined) throw new Error('nothing was configured');
    return [before, after];
  };
  /** The objects that are there before and after. */
  const pairs = () => {
    const [one, other] = looks();
    return [...one.objects].flatMap(([key, old]) => {
      const now = other.objects.get(key);
      return now === undefined ? [] : [{ key, old, now }];
    });
  };

  beforeAll(async () => {
    directory = copyOfTree(tree);
    commitAndPush(directory);
    before = await lookAt(directory);
    announced = announcedIn((await gatehouse(directory, 'configure', '--check', '--json')).stdout);
    ran = await gatehouse(directory, 'configure');
    after = await lookAt(directory);
    using other = directoryLike(tree.path);
    fresh = { ran: await gatehouse(other, 'configure'), files: filesIn(other) };
  }, patience);
  afterAll(() => directory[Symbol.dispose]());

  it('is brought to today by configure, which ends as for a new directory', () => {
    expect(ran).toMatchObject({ code: fresh.ran.code, stderr: '' });
    expect(ran.stdout).not.toContain('refuted');
  });

  it('comes to what a new directory has', () => {
    // What is encrypted anew has other bytes, and its hash is in the record. Entries of an older list keep their places.
    const plain = (files: Readonly<Record<string, string>>) =>
      Object.fromEntries(
        Object.entries(files)
          .filter(([path]) => !/\.sops\.yaml$|^\.gatehouse\//.test(path))
          .map(([path, text]) => [
            path,
            /^clusters\/.*kustomization\.yaml$/.test(path) ? sorted(text) : text,
          ]),
      );
    expect(plain(filesIn(directory))).toEqual(plain(fresh.files));
  });

  it('loses nothing that holds data, no namespace and no Flux Kustomization', () => {
    const [one, other] = looks();
    const gone = [...one.objects].filter(([key]) => !other.objects.has(key));
    const isNeeded = ({ kind, ...object }: (typeof gone)[number][1]['object']): boolean =>
      heldData({ kind, ...object }) !== undefined ||
      kind === 'Namespace' ||
      groupOf(object) === 'kustomize.toolkit.fluxcd.io';
    expect(gone.filter(([, { object }]) => isNeeded(object)).map(([key]) => key)).toEqual([]);
    // A tree of which nothing was read would lose nothing.
    expect(pairs().filter(({ old }) => isNeeded(old.object)).length).toBeGreaterThan(2);
  });

  it('is applied by the Flux Kustomizations that applied it', () => {
    const moved = pairs().filter(({ old, now }) => old.appliedBy !== now.appliedBy);
    expect(moved.map(({ key }) => key)).toEqual([]);
  });

  it('changes no field that the API server keeps', () => {
    const changed = pairs().flatMap(({ key, old, now }) =>
      immutableChanges(old.object, now.object).map((field) => `${key} ${field}`),
    );
    expect(changed).toEqual([]);
  });

  it('leaves data where it is, and devices find the same ports', () => {
    const changed = pairs().flatMap(({ key, old, now }) => [
      ...heldChanges(old.object, now.object).map((sentence) => `${key}: ${sentence}`),
      ...(portsOf(old.object) === portsOf(now.object) ? [] : [`${key}: its ports change`]),
    ]);
    expect(changed).toEqual([]);
  });

  it('announces exactly the pods whose templates change, and releases that change', () => {
    const pathOf = ({ kind }: KubernetesObject): readonly string[] | undefined => {
      if (['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind)) return ['spec', 'template'];
      return kind === 'HelmRelease' ? ['spec'] : undefined;
    };
    const changed = pairs().filter(({ old, now }) => {
      const path = pathOf(now.object);
      return (
        path !== undefined && !isDeepStrictEqual(valueAt(old.object, ...path), valueAt(now.object, ...path))
      );
    });
    const [sure, perhaps] = [true, false].map((isSure) =>
      [...announced].flatMap(([name, each]) => (each.isSure === isSure ? [name] : [])).toSorted(),
    );
    const named = (isRelease: boolean): string[] =>
      changed
        .filter(({ now }) => (now.object.kind === 'HelmRelease') === isRelease)
        .map(({ now: { object } }) => `${object.kind} ${object.metadata.namespace}/${object.metadata.name}`)
        .toSorted();
    expect(sure).toEqual(named(false));
    expect(perhaps).toEqual(named(true));
  });

  it('keeps the ciphertext of each value that is the same', () => {
    const [one, other] = looks();
    const same = [...one.encrypted].flatMap(([name, old]) => {
      const now = other.encrypted.get(name);
      return now?.plain === old.plain ? [{ name, old, now }] : [];
    });
    expect(same.filter(({ old, now }) => old.cipher !== now.cipher).map(({ name }) => name)).toEqual([]);
    expect(same.length).toBeGreaterThan(5);
  });

  it('is finished: to configure again changes nothing', { timeout: patience }, async () => {
    const written = filesIn(directory);
    const again = await gatehouse(directory, 'configure', '--check');
    expect(again).toMatchObject({ code: ran.code, stderr: '' });
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: ran.code, stderr: '' });
    expect(filesIn(directory)).toEqual(written);
  });
});

function sorted(text: string): string {
  return text.split('\n').toSorted().join('\n');
}

function portsOf(object: Readonly<Record<string, unknown>>): string {
  const ports =
    object['kind'] === 'Service' && isFields(object['spec']) ? mapsAt(object, 'spec', 'ports') : [];
  return JSON.stringify(ports.map(({ port, protocol, nodePort }) => [port, protocol, nodePort]));
}
