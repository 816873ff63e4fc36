import {
  type Fields,
  fieldsAt,
  isTemplate,
  mapsAt,
  textAt,
  textsIn,
  valueAt,
} from '../../kubernetes/fields.ts';
import { describeObject, type ObjectRef, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { isService } from './service.ts';
import type { Effect, Unmodelled } from './unmodelled.ts';
import { containersOf, type Workload } from './workload.ts';

/** Fields of a Service in which a variable opens no port. */
const harmlessFields = new Set(['selector', 'externalName', 'loadBalancerIP', 'loadBalancerClass']);

/**
 * Objects of which a variable decides what they are or what they expose. `type: "${TYPE}"` is no type of a Service, and
 * `hostNetwork: "${HOST}"` is no boolean, but Flux may substitute one.
 */
export function unresolvedObjects(
  objects: readonly SourcedObject[],
  workloads: readonly Pick<Workload, 'ref' | 'spec'>[],
): readonly Unmodelled[] {
  return [
    ...objects.flatMap((source) => {
      const { object } = source;
      if ([textAt(object, 'kind'), textAt(object, 'apiVersion')].some((text) => isTemplate(text ?? '')))
        return [unresolved(refOf(source), 'its kind', everything)];
      return isService(object) && serviceParts(object).some(isTemplate)
        ? [unresolved(refOf(source), 'its type or its ports', ports)]
        : [];
    }),
    ...workloads
      .filter(({ spec }) => podParts(spec).some(isTemplate))
      .map(({ ref }) => unresolved(ref, 'a port or the network of its node', ports)),
  ];
}

function serviceParts(object: Fields): readonly string[] {
  return Object.entries(fieldsAt(object, 'spec')).flatMap(([field, value]) =>
    harmlessFields.has(field) ? [] : textsIn(value),
  );
}

function podParts(spec: Fields): readonly string[] {
  const ports = containersOf(spec).flatMap((container) => mapsAt(container, 'ports'));
  return [valueAt(spec, 'hostNetwork'), ...ports].flatMap(textsIn);
}

/** Every way in past the tunnel. */
const ports: readonly Effect[] = ['services', 'hostPorts', 'routes'];

const everything: readonly Effect[] = ['pods', 'services', 'routes', 'policies', 'secrets'];

function unresolved(object: ObjectRef, what: string, effects: readonly Effect[]): Unmodelled {
  return {
    object,
    effects,
    namespace: object.namespace,
    rule: 'not filled in',
    sentence: `${describeObject(object)}: what is filled in for a variable decides ${what}`,
    remedy: 'Say the value where the variable is defined, or write it out',
  };
}
