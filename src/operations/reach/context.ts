import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { PrivateValues } from '../../config/private.ts';
import { defined } from '../../kubernetes/defined.ts';
import { groupOf } from '../../kubernetes/object.ts';
import type { SourcedObject, Unknown } from '../../manifests/sourcedObject.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import { admit } from '../../reachability/admission.ts';
import type { ValidatedObject } from '../../reachability/invariants/structure.ts';
import type { Assumptions } from '../../reachability/model/analysis.ts';
import { givenEnforcer } from '../../reachability/policies/enforcers.ts';
import { nodeSettingsIn } from '../../reachability/policies/switches/nodeSettings.ts';
import { areStored } from '../../reachability/queries.ts';
import type { Environment } from '../../system/environment.ts';
import { invalidInputs } from '../invalidInputs.ts';
import { type CheckInputs, openRepository } from '../openRepository.ts';
import { validateObjects, validateRepository } from '../validate.ts';
import { objectsOf } from './objectsFile.ts';

/** Where the objects come from: a repository, or a file with a List of objects. */
export interface Source {
  directory: string;
  /** The directory in which files on the command line are looked for. */
  cwd: string;
  /** A file with a List of objects, instead of the repository. */
  objects?: string;
  /** All objects of that file are as an API server stores them. */
  stored?: boolean;
}

/** What questions are asked of. */
export interface ReachContext {
  /** The objects that the API server holds, or may hold. */
  objects: readonly SourcedObject[];
  /** What it refuses, or may, as sentences. */
  refused?: readonly string[];
  assumptions: Assumptions;
  /** What could not be built: no answer is certain beside it. */
  unseen: readonly Unknown[];
  privateValues: PrivateValues;
  /** The text of a file that was read. */
  textOf: (file: string) => string | undefined;
}

/**
 * Loads what questions are asked of.
 *
 * @param lines whether each object of a List needs its line, which takes longer
 */
export async function reachContext(
  source: Source,
  environment: Environment,
  inputs: CheckInputs,
  lines: boolean,
): Promise<Outcome<ReachContext>> {
  if (source.objects !== undefined) return contextOfList(source, source.objects, inputs, lines);
  const opened = await openRepository(source.directory, environment, inputs);
  if (!opened.ok) return opened;
  const { clusters, assumptions, unfilled, privateValues, files, own } = opened.value;
  const [repository, ...others] = clusters;
  if (others.length > 0) return err(severalClusters(clusters.map(({ cluster }) => cluster ?? '')));
  const { objects, refused } = admit(repository.objects, {
    validated: await validateRepository(repository),
    pinned: own,
  });
  return ok({
    objects,
    refused,
    assumptions: { ...assumptions, stored: false, nodeSettings: nodeSettingsIn(files.tree) },
    unseen: [...repository.unseen, ...unfilled],
    privateValues,
    textOf: (file) => files.tree.get(file),
  });
}

function severalClusters(names: readonly string[]): Problem {
  return {
    code: 'several-clusters',
    message: `the repository is that of several clusters: ${names.join(', ')}`,
    expected: 'a question about one cluster',
    remedy: 'name the directory of the cluster with --entry',
  };
}

/**
 * Of a List only policies are checked: questions are asked of it with pods that have no more than their labels. What
 * some version of the API server accepts, the one that holds the List has accepted.
 */
async function validatedPolicies(objects: readonly SourcedObject[]): Promise<readonly ValidatedObject[]> {
  const validated = await validateObjects(
    objects.filter(({ object }) => ['networking.k8s.io', 'cilium.io'].includes(groupOf(object))),
  );
  return validated.map(({ findings, ...each }) => ({
    ...each,
    findings: findings.filter(({ unless }) => unless === undefined),
  }));
}

/** The policies of a List count as enforced unless the enforcer is `none`. */
async function contextOfList(
  { cwd, stored }: Source,
  file: string,
  inputs: CheckInputs,
  lines: boolean,
): Promise<Outcome<ReachContext>> {
  const wrong = invalidInputs(inputs);
  if (wrong.length > 0) return err(...wrong);
  const { enforcer = givenEnforcer, lan = [], vpn = [], pods, ipv6 } = inputs;
  const text = await readText(cwd, file);
  const objects = text.ok ? objectsOf(file, text.value, lines) : text;
  if (!objects.ok) return objects;
  const { objects: held, refused } = admit(objects.value, {
    validated: await validatedPolicies(objects.value),
    pinned: false,
  });
  return ok({
    objects: held,
    refused,
    assumptions: defined({
      enforcer,
      lan,
      vpn,
      stored: stored ?? areStored(objects.value),
      podRanges: pods,
      ipv6,
    }),
    unseen: [],
    privateValues: new Map(),
    textOf: () => (text.ok ? text.value : undefined),
  });
}

function readText(directory: string, file: string): Promise<Outcome<string>> {
  return reading(file, async () => ok(await readFile(resolve(directory, file), 'utf8')));
}

/** Reads a file that the user named, or says why it cannot be read. */
export async function reading<Value>(
  file: string,
  read: () => Promise<Outcome<Value>>,
): Promise<Outcome<Value>> {
  try {
    return await read();
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const problem: Problem = {
      code: missing ? 'text-not-found' : 'text-unreadable',
      file,
      message: missing ? 'the file is not there' : 'the file cannot be read',
      expected: 'a file that you may read',
    };
    return err(problem);
  }
}
