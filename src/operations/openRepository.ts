import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PrivateValues } from '../config/private.ts';
import {
  type ChartedRepository,
  missingCharts,
  type RenderOptions,
  renderCharts,
} from '../manifests/helm/renderCharts.ts';
import { loadRepository } from '../manifests/loadRepository.ts';
import type { Unknown } from '../manifests/sourcedObject.ts';
import { readTreeFiles, type TreeFiles } from '../manifests/sources/treeFiles.ts';
import { clusterFile } from '../private-values/clusterFile.ts';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import { parseBlock } from '../reachability/model/addresses.ts';
import type { Assumptions } from '../reachability/model/analysis.ts';
import { interrupted } from '../repository/interrupted.ts';
import type { Environment } from '../system/environment.ts';

/** What a person says on the command line about what no object tells. */
export interface CheckInputs {
  enforcer?: string;
  lan?: readonly string[];
  vpn?: readonly string[];
  pods?: readonly string[];
  /** Folder of `cluster.yaml` and its overlay, where they do not stand in the folder itself. */
  configuration?: string;
  /** Folders to build, where not every one below `clusters/` is meant. */
  entries?: readonly string[];
  /** That helm is to render the charts that are at hand. */
  rendering?: RenderOptions;
}

/** A folder that is judged: what it brings, what is assumed, and the private values that are filled in. */
export interface LoadedRepository {
  directory: string;
  files: TreeFiles;
  repository: ChartedRepository;
  assumptions: Assumptions;
  /** Private values, to be filled in and to be kept out of every output. Empty for a stranger's repository. */
  privateValues: PrivateValues;
  /** Why the private values are not known, where they should be. */
  unfilled: readonly Unknown[];
  /** Whether a configuration of Gatehouse says what is assumed. */
  own: boolean;
  /** What was given, and what the configuration says besides. */
  inputs: CheckInputs;
}

/**
 * Reads a folder to judge it: any repository of Flux, kustomize or plain YAML. Where it is one of Gatehouse and its
 * overlay can be read, private values are filled in, in memory. A tree whose write was interrupted is refused.
 */
export async function openRepository(
  directory: string,
  environment: Environment,
  inputs: CheckInputs,
): Promise<Outcome<LoadedRepository>> {
  const wrong = [...wrongRanges(inputs), ...(await missingCharts(inputs.rendering))];
  if (wrong.length > 0) return err(...wrong);
  const interruption = await interrupted(directory);
  if (interruption) return err(interruption);
  const configured = await configurationOf(inputs.configuration ?? directory, environment);
  if (inputs.configuration !== undefined && configured.problems.length > 0)
    return err(...configured.problems);
  const files = await readTreeFiles(directory, configured.own).catch(() => undefined);
  if (files === undefined) return err(unreadable());
  const known = { ...inputs, ...forVersion(inputs.rendering, configured.kubernetes) };
  const repository = {
    ...{ directory, files, privateValues: configured.privateValues, own: configured.own, inputs: known },
    assumptions: withGiven(configured.assumptions, inputs),
    unfilled: configured.problems.map(unfilledBy),
  };
  const place = { directory, surroundings: environment };
  return ok({ ...repository, repository: await loadFiles(files, repository.privateValues, known, place) });
}

/** Where the files of a tree stand; without a folder they are those of a commit. */
interface Place {
  directory?: string;
  surroundings: Environment;
}

/** Builds a tree with what is known of the subject; also for another version of it. */
export function loadFiles(
  files: TreeFiles,
  privateValues: PrivateValues,
  { entries, rendering }: CheckInputs,
  { directory, surroundings: environment }: Place,
): Promise<ChartedRepository> {
  const repository = loadRepository(files, {
    ...{ values: privateValues, environment: environment.env },
    ...(entries ? { entries } : {}),
  });
  return renderCharts(repository, {
    rendering,
    environment,
    files,
    directory,
    values: privateValues,
  });
}

/** Charts are for the cluster's own version of Kubernetes, where nobody says another. */
function forVersion(
  rendering: RenderOptions | undefined,
  kubeVersion: string | undefined,
): { rendering?: RenderOptions } {
  return rendering === undefined || kubeVersion === undefined
    ? {}
    : { rendering: { kubeVersion, ...rendering } };
}

interface Configured {
  own: boolean;
  /** The version that the cluster runs. */
  kubernetes?: string;
  assumptions: Assumptions;
  privateValues: PrivateValues;
  problems: readonly Problem[];
}

async function configurationOf(directory: string, environment: Environment): Promise<Configured> {
  const nothing = { own: false, assumptions: { lan: [], vpn: [] }, privateValues: new Map(), problems: [] };
  const text = await readFile(join(directory, clusterFile), 'utf8').catch(() => undefined);
  // Other programs have a file of that name too.
  if (text === undefined || !/^cluster:/m.test(text) || /^kind:/m.test(text)) return nothing;
  // A stranger's repository needs none of what reads a configuration, and half of the time to start is that.
  const [{ openConfiguration: openWorkspace }, { assumptionsOf }] = await Promise.all([
    import('../private-values/configuration.ts'),
    import('./assumptions.ts'),
  ]);
  const opened = await openWorkspace(directory, environment);
  if (!opened.ok) return { ...nothing, own: true, problems: opened.problems };
  const { value: configuration } = opened;
  return {
    own: true,
    assumptions: assumptionsOf(configuration),
    privateValues: configuration.loaded.private,
    kubernetes: configuration.loaded.cluster.cluster.kubernetes,
    problems: [],
  };
}

function withGiven(assumptions: Assumptions, { enforcer, lan, vpn, pods }: CheckInputs): Assumptions {
  return {
    ...assumptions,
    ...(enforcer === undefined ? {} : { enforcer }),
    ...(lan === undefined ? {} : { lan }),
    ...(vpn === undefined ? {} : { vpn }),
    ...(pods === undefined ? {} : { podRanges: pods }),
  };
}

function wrongRanges({ lan = [], vpn = [], pods = [] }: CheckInputs): Problem[] {
  return [...lan, ...vpn, ...pods]
    .filter((range) => parseBlock(range) === undefined)
    .map((range) => ({
      code: 'not-a-range',
      message: `${range} is not a range of addresses`,
      expected: 'CIDR notation, such as 192.0.2.0/24',
    }));
}

function unfilledBy({ file, message, remedy }: Problem): Unknown {
  return {
    ...(file === undefined ? {} : { object: { kind: 'File', name: file, file } }),
    sentence: `The private values and what the configuration says are not known: ${file === undefined ? '' : `${file}: `}${message}`,
    remedy: remedy ?? 'Mend the configuration, or run this where its key is',
  };
}

function unreadable(): Problem {
  return {
    code: 'read-failed',
    message: 'the folder cannot be listed',
    expected: 'a folder that you may read',
  };
}
