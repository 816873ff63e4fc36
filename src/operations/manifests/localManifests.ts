import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { localDirectory, localKustomization } from '../../compile/localValues.ts';
import { groupOf } from '../../kubernetes/object.ts';
import { leavesOpen } from '../../manifests/findings.ts';
import { loadRepository } from '../../manifests/loadRepository.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import type { Accept } from '../../repository/change.ts';
import { compareWithTree } from '../../repository/compare.ts';
import { trackedByGit } from '../../repository/git.ts';
import { writeChanges } from '../../repository/write.ts';
import type { Environment } from '../../system/environment.ts';
import { prepare } from '../configure/configure.ts';
import { noProgress } from '../progress.ts';
import { withinBudget } from '../withinBudget.ts';

const kustomization = `${localDirectory}/kustomization.yaml`;

/** The result of a local copy of the manifests. No text in it holds a private value. */
export interface LocalManifests {
  /** The directory that was written. */
  folder: string;
  files: string[];
  /** How many objects get a value. */
  patched: number;
  /** `namespace/name` of the Secrets that are encrypted in Git. Without Flux the user creates them by hand. */
  secrets: string[];
  /** What of the entry could not be built: a `${NAME}` in it stays as it is. */
  unseen: string[];
}

/** Whether the local copy was written before. */
export function hasLocalManifests(directory: string): boolean {
  return existsSync(join(directory, kustomization));
}

/**
 * Writes a local copy for `kubectl apply -k`: what the committed entry builds, with the user's own entries, and with
 * every private value filled in as Flux would. The directory must be as the configuration says.
 */
export function writeLocalManifests(
  directory: string,
  environment: Environment,
  accept?: Accept,
): Promise<Outcome<LocalManifests>> {
  return withinBudget(async () => {
    if ((await trackedByGit(directory, localDirectory)) === 'tracked') return err(tracked);
    const prepared = await prepare(directory, environment, noProgress);
    if (!prepared.ok) return prepared;
    const { configuration, difference, tree } = prepared.value;
    if (difference.changes.length + difference.conflicts.length > 0) return err(behind);
    const entry = `clusters/${configuration.loaded.cluster.cluster.name}`;
    // kubectl cannot decrypt either, so the encrypted Secrets are loaded as they are.
    const { roots, findings } = await loadRepository(tree.files, { environment, entries: [entry] });
    const objects = roots.find((root) => root.directory === entry)?.objects ?? [];
    const byFlux = objects.filter(isOfFlux);
    if (byFlux.length > 0) return err(needsFlux(byFlux.map(({ object }) => object.metadata.name)));
    const copy = localKustomization(
      entry,
      objects.map(({ object }) => object),
      configuration.loaded.private,
    );
    if (copy.unreachable.length > 0) {
      return err(
        ...objects
          .filter(({ object }) => copy.unreachable.includes(object))
          .map(({ object, file, line }) => inKey(`${object.kind} ${object.metadata.name}`, file, line)),
      );
    }
    const options = { files: 'local', below: localDirectory } as const;
    const local = await compareWithTree(directory, copy.files, options);
    if (!local.ok) return local;
    const written = await writeChanges(directory, local.value, accept ? { accept } : {});
    if (!written.ok) return written;
    return ok({
      folder: localDirectory,
      files: copy.files.map(({ path }) => path),
      patched: copy.patched,
      secrets: copy.encrypted.map(({ metadata }) => `${metadata.namespace ?? 'default'}/${metadata.name}`),
      unseen: findings.filter(leavesOpen).map(({ sentence }) => sentence),
    });
  });
}

/** Whether only Flux acts on the object. */
function isOfFlux({ object }: SourcedObject): boolean {
  return groupOf(object) === 'kustomize.toolkit.fluxcd.io';
}

function needsFlux(names: readonly string[]): Problem {
  return {
    code: 'needs-flux',
    message: `Flux builds and installs these, some of them from charts: ${names.join(', ')}`,
    expected: 'a configuration of plain manifests alone',
    remedy:
      'install Flux, or take the components out of the configuration that come as charts; docs/own-apps.md says how an app of your own does without a Flux Kustomization',
  };
}

const behind: Problem = {
  code: 'repository-behind',
  message: 'the manifests are not what the configuration says',
  expected: 'a repository to which nothing is to be written',
  remedy: 'run "gatehouse configure" first, and look at what it would change with --check --diff',
};

const tracked: Problem = {
  code: 'overlay-tracked',
  file: localDirectory,
  message: 'Git tracks files of this directory, which would hold your private values',
  expected: 'a directory that .gitignore names',
  remedy: `move your own files out of ${localDirectory}/; if values were committed, run "git rm -r --cached ${localDirectory}" and take them out of the history`,
};

function inKey(object: string, file: string, line: number | undefined): Problem {
  return {
    code: 'reference-in-key',
    file,
    ...(line === undefined ? {} : { at: { line, column: 1 } }),
    message: `${object} has a reference to a private value in the name of a field`,
    expected: 'references in values only: no patch of kustomize reaches the name of a field',
    remedy: 'write the name itself, or apply this object by Flux alone',
  };
}
