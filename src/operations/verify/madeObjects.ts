import {
  type Fields,
  fieldsAt,
  mapsAt,
  textAt,
  textMapAt,
  textsAt,
  valueAt,
} from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';

/** Labels that controllers add to the pods of their templates (Kubernetes 1.36, well-known labels; batch, apps). */
const addedLabels =
  /^(?:pod-template-hash|pod-template-generation|controller-revision-hash|statefulset\.kubernetes\.io\/pod-name|apps\.kubernetes\.io\/pod-index|(?:batch\.kubernetes\.io\/)?(?:job-name|controller-uid)|batch\.kubernetes\.io\/job-completion-index)$/;

/** The workloads of Kubernetes of which each makes objects of another, with the path of its template. */
const templates: ReadonlyMap<string, { makes: string; template: readonly string[] }> = new Map([
  ['apps/Deployment', { makes: 'apps/ReplicaSet', template: ['spec', 'template'] }],
  ['apps/ReplicaSet', { makes: '/Pod', template: ['spec', 'template'] }],
  ['apps/StatefulSet', { makes: '/Pod', template: ['spec', 'template'] }],
  ['apps/DaemonSet', { makes: '/Pod', template: ['spec', 'template'] }],
  ['/ReplicationController', { makes: '/Pod', template: ['spec', 'template'] }],
  ['batch/Job', { makes: '/Pod', template: ['spec', 'template'] }],
  ['batch/CronJob', { makes: 'batch/Job', template: ['spec', 'jobTemplate', 'spec', 'template'] }],
]);

/** What workloads made, compared with what their templates say. */
export interface ComparedWithMakers {
  /**
   * The objects without those that a workload among them made and that are as its template says: the template stands for
   * them. A pod whose labels, image, ports or network are others stays, and so do pods of an earlier template that still run.
   */
  withoutMade: readonly KubernetesObject[];
  /** Pods that a workload made and that are not, or no longer, what it says: by hand, or of an earlier template. */
  changedPods: readonly KubernetesObject[];
}

export function comparedWithMakers(
  objects: readonly KubernetesObject[],
  byUid: ReadonlyMap<string, KubernetesObject>,
): ComparedWithMakers {
  const withoutMade: KubernetesObject[] = [];
  const changedPods: KubernetesObject[] = [];
  for (const object of objects) {
    const owner = controllerOf(object, byUid);
    if (owner !== undefined && isAsMade(object, owner, byUid)) continue;
    withoutMade.push(object);
    const isMade = owner !== undefined && templates.get(qualified(owner))?.makes === '/Pod';
    if (qualified(object) === '/Pod' && isMade) changedPods.push(object);
  }
  return { withoutMade, changedPods };
}

function isAsMade(
  object: KubernetesObject,
  owner: KubernetesObject,
  byUid: ReadonlyMap<string, KubernetesObject>,
): boolean {
  const name = qualified(object);
  if (name === 'discovery.k8s.io/EndpointSlice')
    return qualified(owner) === '/Service' && leadsToPods(object, byUid);
  const made = templates.get(qualified(owner));
  if (made === undefined || made.makes !== name) return false;
  // A ReplicaSet without pods is the history of its Deployment.
  if (name === 'apps/ReplicaSet' && valueAt(object, 'spec', 'replicas') === 0) return true;
  return isOfTemplate(
    fieldsAt(object, ...(templates.get(name)?.template ?? [])),
    fieldsAt(owner, ...made.template),
  );
}

/** Whether each address of an EndpointSlice is that of the pod that it names. Anybody can write one that belongs to a Service. */
function leadsToPods(slice: KubernetesObject, byUid: ReadonlyMap<string, KubernetesObject>): boolean {
  return mapsAt(slice, 'endpoints').every((endpoint) => {
    if (textAt(endpoint, 'targetRef', 'kind') !== 'Pod') return false;
    const pod = byUid.get(textAt(endpoint, 'targetRef', 'uid') ?? '');
    // A pod that began, or ended, since they were listed.
    if (pod === undefined || textAt(pod, 'status', 'podIP') === undefined) return true;
    const own = mapsAt(pod, 'status', 'podIPs').map(({ ip }) => ip);
    const known = [textAt(pod, 'status', 'podIP'), ...own];
    return textsAt(endpoint, 'addresses').every((address) => known.includes(address));
  });
}

/** Objects by their UIDs. */
export function byUidOf(objects: readonly KubernetesObject[]): ReadonlyMap<string, KubernetesObject> {
  return new Map(objects.map((object) => [textAt(object, 'metadata', 'uid') ?? '', object]));
}

/** The object that controls another, where it is among those. */
export function controllerOf(
  object: KubernetesObject,
  byUid: ReadonlyMap<string, KubernetesObject>,
): KubernetesObject | undefined {
  const owner = mapsAt(object, 'metadata', 'ownerReferences').find(({ controller }) => controller === true);
  const uid = textAt(owner, 'uid');
  return uid === undefined ? undefined : byUid.get(uid);
}

function qualified(object: KubernetesObject): string {
  return `${groupOf(object)}/${object.kind}`;
}

/** Whether a pod, or a template, opens and is what another template says. */
function isOfTemplate(pod: Fields, template: Fields): boolean {
  const [own, wanted] = [labelsOf(pod), labelsOf(template)];
  const isLabelled =
    [...own].every(([key, value]) => wanted.get(key) === value) &&
    [...wanted].every(([key, value]) => own.get(key) === value);
  return isLabelled && isSame(visibleOf(pod), visibleOf(template));
}

function labelsOf(pod: Fields): ReadonlyMap<string, string> {
  return new Map([...textMapAt(pod, 'metadata', 'labels')].filter(([key]) => !addedLabels.test(key)));
}

/** What decides who reaches a pod, what runs in it, and what it may do. */
function visibleOf(pod: Fields): unknown {
  const spec = fieldsAt(pod, 'spec');
  const containersOf = (field: string) =>
    mapsAt(spec, field).map(({ name, image, ports, command, args, env, envFrom, securityContext }) => ({
      ...{ name, image, command: command ?? [], args: args ?? [] },
      ...{ env: env ?? [], envFrom: envFrom ?? [], securityContext: securityContext ?? {} },
      ports: Array.isArray(ports) ? ports : [],
    }));
  return {
    ...Object.fromEntries(ofNode.map((field) => [field, spec[field] === true])),
    paths: mapsAt(spec, 'volumes').flatMap(({ hostPath }) => hostPath ?? []),
    account: spec['serviceAccountName'] ?? 'default',
    securityContext: spec['securityContext'] ?? {},
    containers: containersOf('containers'),
    initContainers: containersOf('initContainers'),
    ephemeralContainers: containersOf('ephemeralContainers'),
  };
}

/** What a pod may have of its node. */
const ofNode = ['hostNetwork', 'hostPID', 'hostIPC'];

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
