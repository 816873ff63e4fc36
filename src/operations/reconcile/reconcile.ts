import { objectNames } from '../../components/shared/fluxNames.ts';
import { fluxNamespace } from '../../components/shared/reconciliation.ts';
import { everyValue, type PrivateValues } from '../../config/private.ts';
import type { LiveCluster, LiveSelection, LiveWriter } from '../../live/cluster.ts';
import type { Configuration } from '../../private-values/configuration.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import type { Environment } from '../../system/environment.ts';
import { unpushed } from '../doctor/beforeCommand.ts';
import { failureOf } from './failure.ts';
import { type FluxObject, fluxKey, fluxKinds, readFluxObject } from './fluxObject.ts';
import { follow } from './follow.ts';
import type { Judged } from './judge.ts';
import { notesOfClone, notesOfRevision, notesOfSource } from './notes.ts';
import {
  commitOf,
  type Relation,
  readClone,
  relations,
  sameRepository,
  withoutCredentials,
} from './pushed.ts';
import type { Reconciled, ReconcileInputs } from './types.ts';
import { unreadyOf } from './unready.ts';

/** Where the reconciliation happens. */
export interface ReconcilePlace {
  configuration: Configuration;
  cluster: LiveCluster;
  writer: LiveWriter;
  environment: Environment;
}

/**
 * Has Flux fetch what was pushed and apply it, and waits for it. Each object is asked when what it needs is done. Only the
 * request to reconcile is written, an annotation of Flux's own objects.
 */
export async function reconcile(
  place: ReconcilePlace,
  inputs: ReconcileInputs,
): Promise<Outcome<Reconciled>> {
  const { cluster, configuration, environment } = place;
  const { repository } = configuration.loaded.cluster;
  const { served } = await cluster.kinds();
  const selections = fluxKinds(served).map(({ apiVersion, kind }) => ({ apiVersion, kind }));
  const source = await sourceOf(place, selections);
  if (!source.ok) return source;
  const clone = await readClone(configuration.directory, environment.env, repository);
  const pushed = clone.kind === 'repository' ? clone.followed?.commit : undefined;
  const relation = relationTo(pushed, configuration.directory, environment);
  const hidden = everyValue(configuration.loaded);
  const watcher = watchProgress(cluster, hidden, inputs);
  const ended = await follow({
    ...place,
    ...{ selections, source: source.value.key, timeout: inputs.timeout, signal: inputs.signal },
    isOld: async (revision) => (await relation(revision)) === 'older',
    reset: inputs.reset === true,
    now: environment.now,
    onChange: watcher.seen,
  }).finally(watcher.stop);
  const fetched = ended.judged.find(({ object }) => object.key === source.value.key)?.object;
  const notes = [
    ...notesOfClone(await unpushed(clone, repository, environment.now)),
    ...notesOfRevision(fetched?.revision, await relation(fetched?.revision ?? '')),
    ...notesOfSource(source.value, repository.branch),
  ];
  return ok({
    ...ended,
    revision: fetched?.revision,
    notes,
    failure: await failureOf(cluster, ended.ended, ended.judged),
    hidden,
  });
}

function relationTo(
  pushed: string | undefined,
  directory: string,
  { env }: Environment,
): (revision: string) => Promise<Relation> {
  if (pushed === undefined) return async () => 'unknown';
  const relation = relations(directory, env, pushed);
  return (revision) => relation(commitOf(revision));
}

/** The GitRepository that fetches the repository of this configuration. */
async function sourceOf(
  { cluster, configuration }: ReconcilePlace,
  selections: readonly LiveSelection[],
): Promise<Outcome<FluxObject>> {
  const settings = configuration.loaded.cluster;
  const { url } = settings.repository;
  const selection = selections.find(({ kind }) => kind === 'GitRepository');
  if (selection === undefined || !selections.some(({ kind }) => kind === 'Kustomization'))
    return err(noFlux());
  const found = ((await cluster.list(selection)) ?? []).map(readFluxObject);
  const named = fluxKey('GitRepository', fluxNamespace, objectNames({ settings }).source);
  const following = found.filter((each) => each.url !== undefined && sameRepository(each.url, url));
  const best = following.find(({ key }) => key === named) ?? following[0];
  if (best !== undefined) return ok(best);
  return err(
    noSource(
      settings.cluster.name,
      url,
      found.find(({ key }) => key === named),
    ),
  );
}

function noFlux(): Problem {
  return {
    code: 'flux-not-installed',
    message: 'the cluster has no Flux: it serves no GitRepository or no Kustomization',
    remedy: 'install Flux, as docs/quickstart.md says under "Install Flux"',
  };
}

function noSource(name: string, url: string, other: FluxObject | undefined): Problem {
  const apply = `kubectl apply -f clusters/${name}/flux/source.yaml -f clusters/${name}/flux/reconcile.yaml`;
  if (other === undefined)
    return {
      code: 'source-not-applied',
      field: 'repository.url',
      message: `no GitRepository in the cluster fetches ${url}`,
      remedy: `push, and tell Flux where to look: ${apply}`,
    };
  return {
    code: 'source-not-applied',
    field: 'repository.url',
    message: `${other.key} fetches ${withoutCredentials(other.url ?? 'nothing')}, and cluster.yaml says ${url}`,
    remedy: `if cluster.yaml is right, push there and apply the source again: ${apply}`,
  };
}

/**
 * Tells of progress. From time to time it looks at what the Kustomizations that wait have applied, and whether the API server
 * answers: a watch says nothing of a server that starts again.
 */
function watchProgress(cluster: LiveCluster, hidden: PrivateValues, { onProgress }: ReconcileInputs) {
  const unready = new Map<string, readonly string[]>();
  let latest: { judged: readonly Judged[]; trouble: string | undefined } = { judged: [], trouble: undefined };
  let silence: string | undefined;
  let isAsking = false;
  const tell = (): void =>
    onProgress({ judged: latest.judged, trouble: silence ?? latest.trouble, unready, hidden });
  const look = async (): Promise<void> => {
    await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' });
    const waiting = latest.judged.filter(({ object, state }) => state === 'working' && isChecking(object));
    for (const key of unready.keys())
      if (!waiting.some(({ object }) => object.key === key)) unready.delete(key);
    for (const { object } of waiting)
      unready.set(object.key, await unreadyOf(cluster, object, false).catch(() => []));
  };
  const timer = setInterval(() => {
    if (isAsking) return;
    isAsking = true;
    look()
      .then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      )
      .then((message) => {
        silence = message;
        isAsking = false;
        tell();
      });
  }, 5_000);
  return {
    seen: (judged: readonly Judged[], trouble: string | undefined) => {
      latest = { judged, trouble };
      tell();
    },
    stop: () => clearInterval(timer),
  };
}

function isChecking({ role, healthy }: FluxObject): boolean {
  return role === 'kustomization' && healthy?.reason === 'Progressing';
}
