import { catalogue } from '../../components/catalogue.ts';
import type { RenderOptions } from '../../manifests/helm/renderCharts.ts';
import type { Repository } from '../../manifests/repository.ts';
import { refOf } from '../../manifests/sourcedObject.ts';
import { redactValues } from '../../private-values/redactValues.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import { nodeSettingsIn } from '../../reachability/policies/switches/nodeSettings.ts';
import { interrupted } from '../../repository/interrupted.ts';
import type { Environment } from '../../system/environment.ts';
import { analyseRepository } from '../analyseRepository.ts';
import { assumptionsOf } from '../assumptions.ts';
import { type CheckChanges, changesBetween } from '../check/changes.ts';
import { type Prepared, prepare } from '../configure/configure.ts';
import type { DataLoss } from '../configure/dataLoss.ts';
import type { Progress } from '../progress.ts';
import { withinBudget } from '../withinBudget.ts';
import { type ClusterChange, risks } from './clusterChange.ts';
import { type FormatChange, formatChange } from './formatChange.ts';
import { programVersions } from './programVersions.ts';
import { type ApplyingNote, applyingNotes } from './releaseNotes.ts';
import type { RunningChanges } from './runningChanges.ts';
import type { RunningTree } from './runningTree.ts';

/** What this version of Gatehouse would change in a repository, and in the cluster that runs it. Nothing is written. */
export interface Upgrade {
  prepared: Prepared;
  /** What brings `cluster.yaml` to the newest format; undefined if it has that. */
  format: FormatChange | undefined;
  /** Undefined where nothing runs yet. */
  running: RunningChanges | undefined;
  changes: readonly ClusterChange[];
  /** How the promises and the paths change; undefined where what runs is what will be. */
  promises: CheckChanges | undefined;
  notes: readonly ApplyingNote[];
  /** Files that change and of which no object comes: documents, and manifests of which only the comments change. */
  files: readonly string[];
}

/**
 * Does everything of `configure` but the write, and says what Flux would change in what runs, by its risk.
 */
export async function upgrade(
  directory: string,
  environment: Environment,
  progress: Progress,
  rendering: RenderOptions | undefined,
): Promise<Outcome<Upgrade>> {
  // `prepare` would finish or undo a write that was interrupted.
  const interruption = await interrupted(directory);
  if (interruption !== undefined) return err(interruption);
  const prepared = await prepare(directory, environment, progress, { rendering });
  if (!prepared.ok) return prepared;
  const format = await formatChange(directory);
  if (!format.ok) return format;
  const { running, losses, repository } = prepared.value;
  const trees = running?.trees ?? [];
  const [first] = trees;
  const changes = withLosses(running?.changes ?? [], losses);
  const promises =
    first === undefined
      ? ok(undefined)
      : await withinBudget(async () => ok(await promisesSince(first, prepared.value)));
  if (!promises.ok) return promises;
  return ok({
    prepared: prepared.value,
    format: format.value,
    running: running && { ...running, unknown: onlyHere(running.unknown, prepared.value.unknown) },
    changes,
    promises: promises.value,
    notes: trees.flatMap((tree) => notesBetween(tree.repository, repository)),
    files: filesOnly(prepared.value, changes),
  });
}

/** What is not said of the same file already. */
function onlyHere(unknown: readonly Problem[], said: readonly Problem[]): Problem[] {
  const files = new Set(said.flatMap(({ file }) => file ?? []));
  return unknown.filter(({ file }) => file === undefined || !files.has(file));
}

/** Adds losses that a comparison of objects does not see, such as a source that Flux in the cluster keeps following. */
function withLosses(changes: readonly ClusterChange[], losses: readonly DataLoss[]): ClusterChange[] {
  const said = new Set(
    changes.flatMap(({ risk, name }) => (risk === 'data' || risk === 'refused' ? [name] : [])),
  );
  const further = losses.filter(({ name }) => !said.has(name));
  const lost = new Set(further.map(({ name }) => name));
  return [
    ...changes.filter(({ risk, name }) => risk !== 'nothing' || !lost.has(name)),
    ...further.map(({ name, object, file, sentence }) => ({
      risk: 'data' as const,
      certain: true,
      name,
      object: refOf({ object, file }),
      sentence,
      fields: [],
    })),
  ].toSorted((one, other) => risks.indexOf(one.risk) - risks.indexOf(other.risk));
}

/** How the promises about what runs differ from those about what will. */
async function promisesSince(
  { repository, values, reference }: RunningTree,
  { configuration, analysis, tree }: Prepared,
): Promise<CheckChanges> {
  const before = await analyseRepository(repository, {
    assumptions: { ...assumptionsOf(configuration), nodeSettings: nodeSettingsIn(tree.files.tree) },
    own: true,
  });
  const changes = changesBetween(reference ?? '', before, analysis);
  return redactValues(redactValues(changes, values), configuration.loaded.private);
}

function notesBetween(before: Repository, after: Repository): ApplyingNote[] {
  return applyingNotes(catalogue, {
    before: programVersions(allOf(before)),
    after: programVersions(allOf(after)),
    objects: allOf(before).map(({ object }) => object),
  });
}

function allOf({ objects, outside }: Repository): Repository['objects'] {
  return [...outside, ...objects];
}

/** Changed files of which no changed object comes. */
function filesOnly({ difference }: Prepared, changes: readonly ClusterChange[]): string[] {
  const withObjects = new Set(changes.map(({ object: { file } }) => file));
  return difference.changes.map(({ path }) => path).filter((path) => !withObjects.has(path));
}
