import {
  type Fields,
  fieldsAt,
  isFields,
  mapsAt,
  textAt,
  textMapAt,
  valueAt,
} from '../../kubernetes/fields.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { knownLabels, matches, parseSelector } from '../model/selector.ts';
import { and, type Truth, truthOf } from '../model/truth.ts';
import type { Attachment } from './attachments.ts';
import { byAge } from './listeners.ts';
import { admitsNamespace, envoyGroup, gatewayGroup, isGranted, type ObjectIndex } from './objectIndex.ts';

/** A SecurityPolicy on one target. */
export interface PolicyTarget {
  policy: SourcedObject;
  /** `maybe` if the labels that decide are not among the objects. */
  truth: Exclude<Truth, 'no'>;
}

/** The policies by their target: the object and its optional section. The first policy of each list applies. */
export interface PolicyTargets {
  on: (target: SourcedObject, section: string | undefined) => readonly PolicyTarget[];
}

/** Every target of every policy of a kind, the older policy first. */
export function readPolicyTargets(
  index: ObjectIndex,
  kind: 'SecurityPolicy' | 'ClientTrafficPolicy',
): PolicyTargets {
  const targets = new Map<string, PolicyTarget[]>();
  for (const policy of index.all(envoyGroup, kind).toSorted(byAge)) {
    for (const { key, truth } of targetsOf(index, policy)) {
      const found = targets.get(key);
      if (found === undefined) targets.set(key, [{ policy, truth }]);
      else if (!found.some((target) => target.policy === policy)) found.push({ policy, truth });
    }
  }
  return { on: (target, section) => targets.get(keyOf(target, section)) ?? [] };
}

/** The policies of which any may apply: all of them if no creation time tells which is the oldest. */
export function conflictingPolicies(targets: readonly PolicyTarget[]): readonly PolicyTarget[] {
  const aged = targets.every(
    ({ policy }) => textAt(policy.object, 'metadata', 'creationTimestamp') !== undefined,
  );
  return aged ? targets.slice(0, 1) : targets;
}

/** Objects by namespace and name, for a sentence. */
export function namesOf(objects: readonly SourcedObject[]): string {
  return objects.map(({ object }) => `${namespaceOf(object)}/${object.metadata.name}`).join(', ');
}

interface Target {
  key: string;
  truth: Exclude<Truth, 'no'>;
}

function targetsOf(index: ObjectIndex, policy: SourcedObject): readonly Target[] {
  const spec = fieldsAt(policy.object, 'spec');
  const namespace = namespaceOf(policy.object);
  const single = valueAt(spec, 'targetRef');
  const refs = [...(isFields(single) ? [single] : []), ...mapsAt(spec, 'targetRefs')];
  return [
    ...refs.flatMap((ref): readonly Target[] => {
      const [group, kind] = [textAt(ref, 'group') ?? gatewayGroup, textAt(ref, 'kind') ?? ''];
      const target = index.find(group, kind, namespace, textAt(ref, 'name') ?? '');
      return target === undefined ? [] : [{ key: keyOf(target, textAt(ref, 'sectionName')), truth: 'yes' }];
    }),
    ...mapsAt(spec, 'targetSelectors').flatMap((selector) => selected(index, policy, selector)),
  ];
}

/** The targets of a selector. In other namespaces a ReferenceGrant must allow them. */
function selected(index: ObjectIndex, policy: SourcedObject, selector: Fields): readonly Target[] {
  const own = namespaceOf(policy.object);
  const group = textAt(selector, 'group') ?? gatewayGroup;
  const kind = textAt(selector, 'kind') ?? '';
  const wanted = parseSelector(selector);
  return index.all(group, kind).flatMap((target): readonly Target[] => {
    const namespace = namespaceOf(target.object);
    const { name } = target.object.metadata;
    const truth = and(
      admitsNamespace(index, valueAt(selector, 'namespaces'), own, namespace, 'Same'),
      matches(wanted, knownLabels(textMapAt(target.object, 'metadata', 'labels'))),
      truthOf(
        isGranted(
          index,
          { group: envoyGroup, kind: policy.object.kind, namespace: own },
          { group, kind, namespace, name },
        ),
      ),
    );
    return truth === 'no' ? [] : [{ key: keyOf(target, undefined), truth }];
  });
}

function keyOf({ object }: SourcedObject, section: string | undefined): string {
  return `${object.kind}/${namespaceOf(object)}/${object.metadata.name}/${section ?? ''}`;
}

/** A place where policies attach. */
export interface Place {
  kind: 'rule' | 'route' | 'listener' | 'owner';
  targets: readonly PolicyTarget[];
}

/**
 * The places that decide about one rule of a route on a listener, the nearest first (Envoy Gateway 1.9: rule, route,
 * listener of the ListenerSet, ListenerSet, listener of the Gateway, Gateway).
 */
export function placesOf(
  targets: PolicyTargets,
  { route, listener }: Attachment,
  rule: string | undefined,
): readonly Place[] {
  const { gateway, owner, name } = listener;
  const places: Place[] = [
    { kind: 'rule', targets: rule === undefined ? [] : targets.on(route, rule) },
    { kind: 'route', targets: targets.on(route, undefined) },
    { kind: 'listener', targets: targets.on(owner, name) },
    { kind: 'owner', targets: targets.on(owner, undefined) },
    // The Gateway's policy covers its ListenerSets; one for a listener of the Gateway does not.
    { kind: 'owner', targets: owner === gateway ? [] : targets.on(gateway, undefined) },
  ];
  return places.filter((place) => place.targets.length > 0);
}
