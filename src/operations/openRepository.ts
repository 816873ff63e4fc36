import type { PrivateValues } from '../config/private.ts';
import { defined } from '../kubernetes/defined.ts';
import type { RenderOptions } from '../manifests/helm/renderCharts.ts';
import { loadClusters } from '../manifests/loadRepository.ts';
import type { Repository } from '../manifests/repository.ts';
import type { Unknown } from '../manifests/sourcedObject.ts';
import { readTreeFiles, type TreeFiles } from '../manifests/sources/treeFiles.ts';
import { joinPath } from '../manifests/tree.ts';
import { clusterFile } from '../private-values/clusterFile.ts';
import { readSource } from '../private-values/readSource.ts';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import type { Assumptions } from '../reachability/model/analysis.ts';
import { interrupted } from '../repository/interrupted.ts';
import type { Environment } from '../system/environment.ts';
import { pathToGitRoot } from './gitRoot.ts';
import { invalidInputs } from './invalidInputs.ts';
import { missingCharts } from './missingCharts.ts';
import type { OpenRoute } from './openRoutes.ts';
import { withinBudget } from './withinBudget.ts';

/** What a user says on the command line that no object tells. */
export interface CheckInputs {
  enforcer?: string;
  lan?: readonly string[];
  vpn?: readonly string[];
  pods?: readonly string[];
  /** Whether nodes have IPv6 addresses. */
  ipv6?: NonNullable<Assumptions['ipv6']>;
  /** Directory of `cluster.yaml` and its private values file, where it is not the directory that is checked. */
  configuration?: string;
  /** Directories to build, instead of every one below `clusters/`. */
  entries?: readonly string[];
  /** Render the charts that are available locally with helm. */
  rendering?: RenderOptions;
}

/** A directory that was loaded: its objects, what is assumed, and the private values that are filled in. */
export interface LoadedRepository {
  files: TreeFiles;
  /** The clusters to which the directory is applied, each by itself; mostly one. */
  clusters: readonly [Repository, ...Repository[]];
  assumptions: Assumptions;
  /** Private values, to be filled in and to be kept out of every output. Empty for a third-party repository. */
  privateValues: PrivateValues;
  /** Why the private values are not known, where they should be. */
  unfilled: readonly Unknown[];
  /** Whether the directory has a configuration of Gatehouse. */
  own: boolean;
  /** The routes that the configuration leaves open, as far as it can be read. */
  exceptions: readonly OpenRoute[];
  /** The inputs, completed by the configuration. */
  inputs: CheckInputs;
}

/**
 * Loads a directory: any repository of Flux, kustomize or plain YAML. Where it is one of Gatehouse and its private
 * values can be read, they are filled in, in memory. A directory in which a write was interrupted is refused.
 */
export function openRepository(
  directory: string,
  environment: Environment,
  inputs: CheckInputs,
): Promise<Outcome<LoadedRepository>> {
  return withinBudget(async () => {
    const wrong = [...invalidInputs(inputs), ...(await missingCharts(inputs.rendering))];
    if (wrong.length > 0) return err(...wrong);
    const interruption = await interrupted(directory);
    if (interruption) return err(interruption);
    const configured = await configurationOf(inputs.configuration ?? directory, environment);
    if (inputs.configuration !== undefined && configured.problems.length > 0)
      return err(...configured.problems);
    const { own, kubernetes, privateValues } = configured;
    const files = await readTreeFiles(directory, { own }).catch(() => undefined);
    if (files === undefined) return err(unreadable());
    const known = { ...inputs, ...forVersion(inputs.rendering, kubernetes) };
    const { entries, rendering } = known;
    const absent = missingEntries(files, entries ?? []);
    if (absent.length > 0) return err(...absent);
    return ok({
      files,
      clusters: assumingRoot(
        await loadClusters(files, {
          values: privateValues,
          environment,
          entries,
          rendering,
          directory,
        }),
        await pathToGitRoot(directory),
      ),
      assumptions: withInputs(configured.assumptions, inputs),
      privateValues,
      unfilled: configured.problems.map(unfilledBy),
      own,
      exceptions: configured.exceptions,
      inputs: known,
    });
  });
}

/** Charts are rendered for the cluster's own version of Kubernetes, unless the user names another. */
function forVersion(
  rendering: RenderOptions | undefined,
  kubeVersion: string | undefined,
): { rendering?: RenderOptions } {
  return rendering === undefined || kubeVersion === undefined
    ? {}
    : { rendering: { kubeVersion, ...rendering } };
}

interface OwnConfiguration {
  own: boolean;
  /** The version that the cluster runs. */
  kubernetes?: string;
  assumptions: Assumptions;
  privateValues: PrivateValues;
  exceptions: readonly OpenRoute[];
  problems: readonly Problem[];
}

async function configurationOf(directory: string, environment: Environment): Promise<OwnConfiguration> {
  const nothing = {
    own: false,
    assumptions: { lan: [], vpn: [] },
    privateValues: new Map(),
    exceptions: [],
    problems: [],
  };
  const read = await readSource(directory, clusterFile);
  // Whether it is a directory of Gatehouse is unknown then.
  if (read !== undefined && 'problem' in read) return { ...nothing, problems: [read.problem] };
  const text = read && Buffer.from(read.bytes).toString('utf8');
  // Other programs use this file name too.
  if (text === undefined || !/^cluster:/m.test(text) || /^kind:/m.test(text)) return nothing;
  // A third-party repository needs none of this code, which takes half of the time to start.
  const [{ openConfiguration }, { assumptionsOf }, { openRoutes }] = await Promise.all([
    import('../private-values/configuration.ts'),
    import('./assumptions.ts'),
    import('./openRoutes.ts'),
  ]);
  const opened = await openConfiguration(directory, environment);
  if (!opened.ok) return { ...nothing, own: true, problems: opened.problems };
  const { value: configuration } = opened;
  return {
    own: true,
    assumptions: assumptionsOf(configuration),
    privateValues: configuration.loaded.private,
    kubernetes: configuration.loaded.cluster.cluster.kubernetes,
    exceptions: openRoutes(configuration, environment.now()),
    problems: [],
  };
}

function withInputs(assumptions: Assumptions, { enforcer, lan, vpn, pods, ipv6 }: CheckInputs): Assumptions {
  return { ...assumptions, ...defined({ enforcer, lan, vpn, podRanges: pods, ipv6 }) };
}

/** Flux counts paths from the root of what it fetches, which may be the whole Git repository. */
function assumingRoot(clusters: LoadedRepository['clusters'], above: string | undefined): typeof clusters {
  if (above === undefined) return clusters;
  const assumed = `Flux fetches the directory that is checked, not the whole Git repository that holds it (${above})`;
  const assuming = (cluster: Repository): Repository =>
    cluster.kind === 'flux' ? { ...cluster, assumed: [...cluster.assumed, assumed] } : cluster;
  const [first, ...others] = clusters;
  return [assuming(first), ...others.map(assuming)];
}

/** A misspelt entry must not look like a cluster without objects. */
function missingEntries({ tree }: TreeFiles, entries: readonly string[]): Problem[] {
  const isThere = (entry: string): boolean => {
    const directory = joinPath('', entry);
    if (directory === undefined) return false;
    return [...tree.keys()].some(
      (path) => directory === '' || path === directory || path.startsWith(`${directory}/`),
    );
  };
  return entries
    .filter((entry) => !isThere(entry))
    .map((entry) => ({
      code: 'entry-not-found',
      file: entry,
      message: 'the entry is not in the directory that is checked',
      expected:
        'a directory with what is applied to one cluster, by its path from the top, such as clusters/home',
    }));
}

function unfilledBy({ file, message, remedy }: Problem): Unknown {
  const where = file === undefined ? '' : `${file}: `;
  return defined({
    object: file === undefined ? undefined : { kind: 'File', name: file, file },
    sentence: `The configuration and its private values are not known: ${where}${message}`,
    remedy: remedy ?? 'Fix the configuration, or run this where its key is',
  });
}

function unreadable(): Problem {
  return {
    code: 'read-failed',
    message: 'the directory cannot be listed',
    expected: 'a directory that you may read',
  };
}
