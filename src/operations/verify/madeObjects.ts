import { type Fields, fieldsAt, mapsAt, textAt, textMapAt, valueAt } from '../../kubernetes/fields.ts';
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

/**
 * The objects without those that a workload among them made and that are as its template says: the template stands for
 * them. A pod whose labels, image, ports or network are others stays, and so do pods of an earlier template that still run.
 */
export function withoutMade(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  const byUid = byUidOf(objects);
  return objects.filter((object) => {
    const owner = controllerOf(object, byUid);
    if (owner === undefined) return true;
    const name = qualified(object);
    if (name === 'discovery.k8s.io/EndpointSlice') return qualified(owner) !== '/Service';
    const made = templates.get(qualified(owner));
    if (made === undefined || made.makes !== name) return true;
    const of = templates.get(name)?.template ?? [];
    // A ReplicaSet without pods is the history of its Deployment.
    if (name === 'apps/ReplicaSet' && valueAt(object, 'spec', 'replicas') === 0) return false;
    return !isOfTemplate(fieldsAt(object, ...of), fieldsAt(owner, ...made.template));
  });
}

/** Pods that a workload made and that are not, or no longer, what it says: by hand, or of an earlier template. */
export function changedPods(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  const byUid = byUidOf(objects);
  const kept = new Set(withoutMade(objects));
  return objects.filter((object) => {
    if (qualified(object) !== '/Pod' || !kept.has(object)) return false;
    const owner = controllerOf(object, byUid);
    return owner !== undefined && templates.get(qualified(owner))?.makes === '/Pod';
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

/** Whether it belongs to another object, with which it goes. */
export function hasOwner(object: KubernetesObject): boolean {
  return mapsAt(object, 'metadata', 'ownerReferences').length > 0;
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

/** What decides who reaches a pod, and what runs in it. */
function visibleOf(pod: Fields): unknown {
  const spec = fieldsAt(pod, 'spec');
  const containersOf = (field: string) =>
    mapsAt(spec, field).map(({ name, image, ports, command, args }) => ({
      ...{ name, image, command: command ?? [], args: args ?? [] },
      ports: Array.isArray(ports) ? ports : [],
    }));
  return {
    hostNetwork: spec['hostNetwork'] === true,
    containers: containersOf('containers'),
    initContainers: containersOf('initContainers'),
    ephemeralContainers: containersOf('ephemeralContainers'),
  };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
