import { type Fields, fieldsAt, mapsAt, numberAt, textAt, textMapAt, valueAt } from '../fields.ts';
import { namespaceOf } from '../workload.ts';
import { envoyGroup, isGranted, type Reference, type Scope } from './scope.ts';

/** What is wrong with something that a policy names: certain, or only not visible among the objects. */
export interface Fault {
  certain: boolean;
  why: string;
}

/** What a policy may need to be judged. */
export interface Surroundings {
  scope: Scope;
  /** Namespaces in which charts that are not rendered may make Services; `every` where one may be anywhere. */
  unrendered: ReadonlySet<string>;
  /** Services that controllers make, as `namespace/name`. */
  made: ReadonlySet<string>;
}

const policyKind = { group: envoyGroup, kind: 'SecurityPolicy' };

/** Whether the backends that a policy names can be used (Envoy Gateway: a missing one rejects the policy). */
export function backendFaults(
  surroundings: Surroundings,
  namespace: string,
  refs: readonly Fields[],
): readonly Fault[] {
  return refs.flatMap((ref) => backendFault(surroundings, namespace, ref) ?? []);
}

function backendFault(surroundings: Surroundings, own: string, ref: Fields): Fault | undefined {
  const to: Reference = {
    group: textAt(ref, 'group') ?? '',
    kind: textAt(ref, 'kind') ?? 'Service',
    namespace: textAt(ref, 'namespace') ?? own,
    name: textAt(ref, 'name') ?? '',
  };
  const name = `${to.kind} ${to.namespace}/${to.name}`;
  const port = numberAt(ref, 'port');
  const certain = (why: string): Fault => ({ certain: true, why });
  if (to.name === '') return certain('a backend has no name');
  if (!isGranted(surroundings.scope, { ...policyKind, namespace: own }, to))
    return certain(`no ReferenceGrant lets the policy name ${name}`);
  if (to.kind !== 'Backend' && port === undefined) return certain(`${name} is named without a port`);
  const isMade = to.kind === 'Service' && surroundings.made.has(`${to.namespace}/${to.name}`);
  if (isMade) return undefined;
  const found = surroundings.scope.find(to.group, to.kind, to.namespace, to.name);
  if (found === undefined) {
    const hidden = surroundings.unrendered.has(to.namespace);
    return { certain: !hidden, why: `${name} is not among the objects` };
  }
  if (to.kind === 'Backend') return undefined;
  const spec = fieldsAt(found.object, 'spec');
  if (textAt(spec, 'type') === 'ExternalName')
    return certain(`${name} is an ExternalName, which is no backend`);
  const serves = mapsAt(spec, 'ports').some(
    (each) => numberAt(each, 'port') === port && (textAt(each, 'protocol') ?? 'TCP') === 'TCP',
  );
  return serves ? undefined : certain(`${name} has no TCP port ${port}`);
}

/** Who makes a Secret out of an object of another kind, and where the object says its name. */
const secretMakers: readonly (readonly [group: string, kind: string, path: readonly string[]])[] = [
  ['external-secrets.io', 'ExternalSecret', ['spec', 'target', 'name']],
  ['bitnami.com', 'SealedSecret', ['spec', 'template', 'metadata', 'name']],
  ['cert-manager.io', 'Certificate', ['spec', 'secretName']],
];

/**
 * Whether a Secret that a policy names is there and has a key.
 *
 * @param keys the Secret needs one of these; none where any will do
 */
export function secretFault(
  { scope }: Surroundings,
  own: string,
  ref: Fields,
  keys: readonly string[],
): Fault | undefined {
  const name = textAt(ref, 'name') ?? '';
  const namespace = textAt(ref, 'namespace') ?? own;
  const to = { group: '', kind: 'Secret', namespace, name };
  if (!isGranted(scope, { ...policyKind, namespace: own }, to))
    return { certain: true, why: `no ReferenceGrant lets the policy name Secret ${namespace}/${name}` };
  const secret = scope.find('', 'Secret', namespace, name);
  if (secret === undefined) {
    const made = secretMakers.some(([group, kind, path]) =>
      scope
        .all(group, kind)
        .some(
          ({ object }) =>
            namespaceOf(object) === namespace && (textAt(object, ...path) ?? object.metadata.name) === name,
        ),
    );
    return made ? undefined : { certain: true, why: `Secret ${namespace}/${name} is not among the objects` };
  }
  const present = new Set([
    ...textMapAt(secret.object, 'data').keys(),
    ...textMapAt(secret.object, 'stringData').keys(),
  ]);
  if (keys.length === 0 || keys.some((key) => present.has(key))) return undefined;
  return { certain: true, why: `Secret ${namespace}/${name} has no key ${keys[0]}` };
}

/** Whether a ConfigMap with keys for tokens is there and holds something. */
export function keySetFault({ scope }: Surroundings, own: string, ref: Fields): Fault | undefined {
  const name = textAt(ref, 'name') ?? '';
  const found = scope.find('', 'ConfigMap', own, name);
  if (found === undefined) return { certain: true, why: `ConfigMap ${own}/${name} is not among the objects` };
  const isEmpty = Object.keys(fieldsAt(found.object, 'data')).length === 0;
  return isEmpty ? { certain: true, why: `ConfigMap ${own}/${name} holds no keys` } : undefined;
}

/** The EnvoyProxy that a Gateway is run by: its own, or that of its class. */
export function envoyProxyOf(scope: Scope, gateway: { object: Fields }): Fields | undefined {
  const own = fieldsAt(gateway.object, 'spec', 'infrastructure', 'parametersRef');
  const name = textAt(own, 'name');
  if (name !== undefined) {
    return scope.find(envoyGroup, 'EnvoyProxy', namespaceOf(gateway.object), name)?.object;
  }
  const className = textAt(gateway.object, 'spec', 'gatewayClassName');
  const found = scope
    .all('gateway.networking.k8s.io', 'GatewayClass')
    .find(({ object }) => object.metadata.name === className);
  const ref = valueAt(found?.object, 'spec', 'parametersRef');
  return scope.find(envoyGroup, 'EnvoyProxy', textAt(ref, 'namespace') ?? '', textAt(ref, 'name') ?? '')
    ?.object;
}
