import { fieldsAt, isTemplate, mapsAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject, namespaceOf } from '../../kubernetes/object.ts';
import { parseQuantity } from '../../kubernetes/quantity.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { resourceOf } from './resources.ts';

/** Resources of the core that a quota names without `count/`, beside those of types of Services. */
const plainNames =
  /^(?:pods|services|configmaps|secrets|replicationcontrollers|resourcequotas|persistentvolumeclaims)$/;

/** What a pod asks for, which a quota limits: a pod that does not say it is refused. */
const askedFor =
  /^(?:(?:requests|limits)\.)?(?:cpu|memory|ephemeral-storage|hugepages-.+)$|^requests\..+\/.+$/;

/** Objects of the same resource that Kubernetes makes in each namespace: the ConfigMap kube-root-ca.crt. */
const madeByItself: ReadonlyMap<string, number> = new Map([
  ['configmaps', 1],
  ['serviceaccounts', 1],
]);

/**
 * Objects that a ResourceQuota, a LimitRange or the Pod Security of their namespace may refuse, each with the reason
 * (Kubernetes 1.36, Resource Quotas, Limit Ranges, Pod Security Admission). A workload that makes pods is not refused
 * itself: its pods are not there, and open nothing.
 */
export function refusedByLimits(objects: readonly SourcedObject[]): ReadonlyMap<SourcedObject, string> {
  const refused = new Map<SourcedObject, string>();
  const limits = objects.filter(({ object }) => isLimit(object));
  if (limits.length === 0) return refused;
  const inNamespace = byNamespace(objects);
  for (const limit of limits) {
    const { kind, metadata } = limit.object;
    const inside = inNamespace.get(kind === 'Namespace' ? metadata.name : namespaceOf(limit.object)) ?? [];
    for (const { source, why } of overLimit(limit, inside))
      if (!refused.has(source))
        refused.set(
          source,
          `${describeObject(refOf(limit))} may refuse ${describeObject(refOf(source))}: ${why}`,
        );
  }
  return refused;
}

const enforceLabel = 'pod-security.kubernetes.io/enforce';

function isLimit(object: KubernetesObject): boolean {
  if (groupOf(object) !== '') return false;
  if (object.kind === 'Namespace')
    return (object.metadata.labels?.[enforceLabel] ?? 'privileged') !== 'privileged';
  return object.kind === 'ResourceQuota' || object.kind === 'LimitRange';
}

interface Over {
  source: SourcedObject;
  why: string;
}

function overLimit({ object }: SourcedObject, inside: readonly SourcedObject[]): readonly Over[] {
  const pods = inside.filter((source) => isCore(source, 'Pod'));
  switch (object.kind) {
    case 'ResourceQuota':
      return Object.entries(fieldsAt(object, 'spec', 'hard')).flatMap(([name, hard]) =>
        overQuota(name, String(hard), inside),
      );
    case 'LimitRange':
      return mapsAt(object, 'spec', 'limits').flatMap((limit) => {
        if (!['max', 'min', 'maxLimitRequestRatio'].some((field) => limit[field] !== undefined)) return [];
        const type = textAt(limit, 'type') ?? '';
        const limited = type === 'PersistentVolumeClaim' ? inside.filter((each) => isCore(each, type)) : pods;
        return limited.map((source) => ({ source, why: `it limits each ${type}` }));
      });
    default: {
      const level = object.metadata.labels?.[enforceLabel] ?? '';
      const why = `its label ${enforceLabel} is ${level}`;
      return pods.filter((source) => mayViolate(source.object, level)).map((source) => ({ source, why }));
    }
  }
}

function overQuota(name: string, hard: string, inside: readonly SourcedObject[]): readonly Over[] {
  const amount = isTemplate(hard) ? undefined : parseQuantity(hard);
  if (askedFor.test(name))
    return inside
      .filter((source) => isCore(source, 'Pod'))
      .map((source) => ({ source, why: `it limits ${name} of all pods` }));
  const counted = inside.filter(({ object }) => isCounted(name, object));
  const resource = name.replace(/^count\//, '');
  const more = madeByItself.get(resource) ?? 0;
  const isWithin = amount !== undefined && amount.nano >= BigInt(counted.length + more) * 10n ** 9n;
  const why = `it allows ${hard} for ${name}, and there are ${counted.length + more}`;
  return isWithin ? [] : counted.map((source) => ({ source, why }));
}

function isCounted(name: string, object: KubernetesObject): boolean {
  const group = groupOf(object);
  const resource = resourceOf(object);
  if (name.startsWith('count/')) return name === `count/${resource}${group === '' ? '' : `.${group}`}`;
  if (group !== '') return false;
  const type = textAt(object, 'spec', 'type');
  if (name === 'services.loadbalancers') return resource === 'services' && type === 'LoadBalancer';
  if (name === 'services.nodeports')
    return resource === 'services' && (type === 'NodePort' || type === 'LoadBalancer');
  if (/(?:^|\/)(?:requests\.storage|persistentvolumeclaims)$/.test(name) && name !== 'persistentvolumeclaims')
    return resource === 'persistentvolumeclaims';
  return plainNames.test(name) && name === resource;
}

function isCore({ object }: SourcedObject, kind: string): boolean {
  return object.kind === kind && groupOf(object) === '';
}

function byNamespace(objects: readonly SourcedObject[]): ReadonlyMap<string, readonly SourcedObject[]> {
  const found = new Map<string, SourcedObject[]>();
  for (const source of objects) {
    const namespace = namespaceOf(source.object);
    const beside = found.get(namespace);
    if (beside === undefined) found.set(namespace, [source]);
    else beside.push(source);
  }
  return found;
}

const widened =
  /"host(?:Network|PID|IPC|Users|Port|Path|Process)"|"privileged":true|"add":|"procMount"|"sysctls"|"seLinuxOptions"|unconfined|"host":/i;
const narrowed = ['"runAsNonRoot":true', '"allowPrivilegeEscalation":false', '"ALL"', '"seccompProfile"'];

/** Whether a pod may ask for more than a level allows. Only what is certain by its text is taken as allowed. */
function mayViolate(object: KubernetesObject, level: string): boolean {
  const text = JSON.stringify(valueAt(object, 'spec') ?? {});
  if (widened.test(text)) return true;
  return level !== 'baseline' && !narrowed.every((part) => text.includes(part));
}
