import type { Plan } from '../../compile/plan.ts';
import { mapsAt, textAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Answer, Check } from '../../live/check.ts';
import { liveNameOf } from '../../live/questions/select.ts';
import type { Repository } from '../../manifests/repository.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { driftBetween, releaseDrift } from './drift/drift.ts';
import { notInGit } from './drift/notInGit.ts';
import { type Dump, remedyOf } from './dump.ts';
import { fluxReady, isOfFlux } from './flux.ts';
import { nameOf, namespacesOf } from './objectName.ts';
import { type MadeByRelease, madeByReleases } from './releases.ts';
import { isWorkload, workloadsReady } from './workloads.ts';

/** What the checks of the objects in Git are made from. */
export interface CheckInputs {
  plan: Pick<Plan, 'objects' | 'secrets'>;
  /** The component of a section of `cluster.yaml`. */
  componentOf: (section: string) => string | undefined;
  repository: Repository;
  /** The commit that Flux should have applied; undefined where it is not known. */
  commit: string | undefined;
  /** The URL from which Flux fetches the repository. */
  url: string;
}

/** Who made an object: a component, or a person who added it to the repository. */
type Owner = (object: KubernetesObject) => string | undefined;

/** The checks that every repository has: Flux is ready, pods run, and the cluster holds what Git says and nothing else. */
export function objectChecks(dump: Dump, inputs: CheckInputs): readonly Check[] {
  const { repository, plan, componentOf } = inputs;
  const inGit = [...repository.objects, ...repository.outside];
  const components = new Map<string, string | undefined>([
    ...plan.secrets.map(
      ({ namespace, name, field }) =>
        [`/Secret ${namespace}/${name}`, componentOf(field.split('.')[0] ?? '')] as const,
    ),
    ...plan.objects.map(({ object, component }) => [nameOf(object), component] as const),
  ]);
  const made = madeByReleases(inGit, dump);
  for (const { release, object } of made)
    components.set(nameOf(object), components.get(nameOf(release.object)));
  const owner: Owner = (object) => components.get(nameOf(object));
  const running = [...inGit, ...made.map(({ release: { file }, object }) => ({ file, object }))];
  return [
    {
      id: 'git-readable',
      promise: 'Everything that Flux applies from Git was read here',
      remedy: 'gatehouse check',
      ask: async () => readableAnswer(repository),
    },
    ...fluxChecks(inGit, dump, inputs, owner),
    ...byOwner(running.filter(isWorkload), owner).map(([component, workloads]) => ({
      id: `pods-${component ?? 'others'}`,
      promise: `Every pod of ${nameOfOwner(component)} runs in its newest form and is ready`,
      component,
      remedy: 'Look at the events of the pods: kubectl get events -A --sort-by=.lastTimestamp',
      ask: async () => workloadsReady(workloads, dump),
    })),
    ...byOwner(inGit, owner).map(([component, objects]) => ({
      id: `drift-${component ?? 'others'}`,
      promise: `The cluster holds what Git says of ${nameOfOwner(component)}`,
      component,
      remedy: 'gatehouse reconcile; what was set by hand beside it, remove with kubectl edit',
      ask: async () =>
        driftAnswer(
          objects,
          made.filter(({ release }) => objects.includes(release)),
          dump,
        ),
    })),
    {
      id: 'pods-as-their-workloads',
      promise: 'Every pod in the namespaces of Git is what its workload says',
      remedy: 'Delete the pod: its workload makes another one',
      ask: async () => changedPodsAnswer(dump, inGit),
    },
    {
      id: 'not-in-git',
      promise: 'The namespaces of Git hold no object that Git does not have',
      remedy: 'Add it to Git, or delete it with kubectl',
      ask: async () => notInGitAnswer(dump, inGit),
    },
  ];
}

/** What was not read has objects that nobody asked about. */
function readableAnswer({ objects, outside, unseen }: Repository): Answer {
  if (unseen.length === 0)
    return { verdict: 'kept', evidence: [`${counted(objects.length + outside.length)} in Git`] };
  return {
    verdict: 'not checked',
    evidence: unseen.map(({ sentence }) => sentence),
    ...remedyOf(unseen),
  };
}

function fluxChecks(
  inGit: readonly SourcedObject[],
  dump: Dump,
  { commit, url }: CheckInputs,
  owner: Owner,
): readonly Check[] {
  const own = new Set(
    inGit
      .filter(({ object }) => object.kind === 'GitRepository' && textAt(object, 'spec', 'url') === url)
      .map(({ object }) => `${object.metadata.namespace ?? ''}/${object.metadata.name}`),
  );
  const followsCommit = ({ object }: SourcedObject): boolean => {
    const { name, namespace = '' } = object.metadata;
    if (object.kind === 'GitRepository') return own.has(`${namespace}/${name}`);
    const of = textAt(object, 'spec', 'sourceRef', 'namespace') ?? namespace;
    return (
      textAt(object, 'spec', 'sourceRef', 'kind') === 'GitRepository' &&
      own.has(`${of}/${textAt(object, 'spec', 'sourceRef', 'name') ?? ''}`)
    );
  };
  return inGit.filter(isOfFlux).map((source) => {
    const { kind, metadata } = source.object;
    return {
      id: `flux-${kind.toLowerCase()}-${metadata.namespace ?? ''}-${metadata.name}`,
      promise: `Flux has applied ${describeObject(refOf(source))}`,
      component: owner(source.object),
      remedy: 'gatehouse reconcile',
      ask: async () => fluxReady(source, dump, followsCommit(source) ? commit : undefined),
    };
  });
}

function byOwner(
  sources: readonly SourcedObject[],
  owner: Owner,
): readonly (readonly [component: string | undefined, readonly SourcedObject[]])[] {
  const groups = new Map<string | undefined, SourcedObject[]>();
  for (const source of sources) {
    const component = owner(source.object);
    const group = groups.get(component);
    if (group === undefined) groups.set(component, [source]);
    else group.push(source);
  }
  return [...groups];
}

function nameOfOwner(component: string | undefined): string {
  return component ?? 'what no component made';
}

function driftAnswer(objects: readonly SourcedObject[], made: readonly MadeByRelease[], dump: Dump): Answer {
  const { compared, notRead, ...own } = driftBetween(objects, dump);
  const ofReleasesOfGit = releaseDrift(made);
  const found = [...own.sentences, ...ofReleasesOfGit.sentences];
  const unsure = [...own.unsure, ...ofReleasesOfGit.unsure];
  if (found.length > 0) return { verdict: 'broken', evidence: [...found, ...unsure] };
  if (notRead.length > 0)
    return {
      verdict: 'not checked',
      evidence: notRead.map((source) => `${describeObject(refOf(source))} could not be read`),
      ...remedyOf(dump.unread),
    };
  if (unsure.length > 0)
    return {
      verdict: 'not checked',
      evidence: unsure,
      remedy: 'Compare it with Git: kubectl get -o yaml; what nobody needs, remove with kubectl edit',
    };
  const ofReleases = `nobody changed by hand what charts made: ${made.length}`;
  return {
    verdict: 'kept',
    evidence: [`${counted(compared.length)} as in Git`, ...(made.length === 0 ? [] : [ofReleases])],
  };
}

function counted(objects: number): string {
  return objects === 1 ? '1 object is' : `${objects} objects are`;
}

function notInGitAnswer(dump: Dump, inGit: readonly SourcedObject[]): Answer {
  const found = notInGit(
    dump,
    inGit.map(({ object }) => object),
  );
  if (found.length > 0)
    return {
      verdict: 'broken',
      evidence: found.map(
        (object) => `${liveNameOf(object)} is in the cluster and not in Git${madeBy(object)}`,
      ),
    };
  if (dump.unread.length > 0)
    return {
      verdict: 'not checked',
      evidence: dump.unread.map(({ sentence }) => sentence),
      ...remedyOf(dump.unread),
    };
  return { verdict: 'kept', evidence: [`${dump.listed.length} kinds were listed`] };
}

function changedPodsAnswer(dump: Dump, inGit: readonly SourcedObject[]): Answer {
  const own = namespacesOf(inGit);
  const found = dump.changedPods.filter(({ metadata }) => own.has(metadata.namespace ?? ''));
  if (found.length > 0)
    return {
      verdict: 'broken',
      evidence: found.map(
        (pod) => `${liveNameOf(pod)}: its labels, programs or ports are not those of its workload`,
      ),
    };
  if (!dump.complete.some(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'Pod'))
    return { verdict: 'not checked', evidence: ['The pods could not be read'], ...remedyOf(dump.unread) };
  const pods = dump.objects.filter(
    ({ kind, metadata }) => kind === 'Pod' && own.has(metadata.namespace ?? ''),
  );
  return { verdict: 'kept', evidence: [`${pods.length} pods were compared`] };
}

function madeBy(object: KubernetesObject): string {
  const [first] = mapsAt(object, 'metadata', 'managedFields');
  const manager = textAt(first, 'manager');
  const at = textAt(object, 'metadata', 'creationTimestamp');
  return manager === undefined || at === undefined ? '' : `: ${manager} made it at ${at}`;
}
