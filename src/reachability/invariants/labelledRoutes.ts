import { mapsAt, textMapAt, textsAt } from '../../kubernetes/fields.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { routeKinds } from '../gateways/attachments.ts';
import { envoyGroup, gatewayGroup, indexObjects, type ObjectIndex } from '../gateways/objectIndex.ts';
import {
  conflictingPolicies,
  namesOf,
  type PolicyTarget,
  type PolicyTargets,
  readPolicyTargets,
} from '../gateways/policyTargets.ts';
import type { Evidence } from '../model/analysis.ts';
import { type Conclusion, conclude, type Objection } from './conclusion.ts';
import type { Invariant } from './invariant.ts';

/** The label by which policies of home clusters select routes: `security: jwt-protected`, `oidc-protected` and others. */
const label = 'security';

/** A label that is misspelt, or that no policy reaches from its namespace, looks like a login and is none. */
export const labelledRoutes = {
  id: 'labelled-routes',
  title: 'Labels of routes lead to a policy',
  promise:
    'Each route with the label `security` is selected by a SecurityPolicy by that label, and no other policy on the route may hold instead',
  remedy: 'Write the label as a policy selects it, or let the policy select the namespace of the route',
  brokenByPresence: true,
  prove: ({ model }) => {
    const index = indexObjects(model.objects);
    const targets = readPolicyTargets(index, 'SecurityPolicy');
    const selecting = index.all(envoyGroup, 'SecurityPolicy').filter(selectsByLabel);
    return routeKinds
      .flatMap((kind) => index.all(gatewayGroup, kind))
      .flatMap((route) => proveRoute(index, route, targets, selecting));
  },
} as const satisfies Invariant;

function labelOf({ object }: SourcedObject): string | undefined {
  return textMapAt(object, 'metadata', 'labels').get(label);
}

/** Whether a policy selects its targets by the label, whatever value it wants. */
function selectsByLabel({ object }: SourcedObject): boolean {
  return mapsAt(object, 'spec', 'targetSelectors').some(
    (selector) =>
      textMapAt(selector, 'matchLabels').has(label) ||
      mapsAt(selector, 'matchExpressions').some(({ key }) => key === label),
  );
}

function proveRoute(
  index: ObjectIndex,
  route: SourcedObject,
  targets: PolicyTargets,
  selecting: readonly SourcedObject[],
): readonly Conclusion[] {
  const value = labelOf(route);
  // In a repository that selects nothing by it, the label may mean anything.
  if (value === undefined || (selecting.length === 0 && !value.includes('protect'))) return [];
  const name = describeObject(refOf(route));
  const onRoute = targets.on(route, undefined);
  const reaching = onRoute.filter(({ policy }) => selecting.includes(policy));
  const evidence: Evidence[] = [
    { object: refOf(route), rule: `label ${label}` },
    ...reaching.map(({ policy }) => ({ object: refOf(policy), rule: 'targetSelectors' })),
  ];
  const objections =
    reaching.length === 0
      ? [unreached(index, route, value, selecting, evidence)]
      : doubts(name, reaching, onRoute, evidence);
  return [
    conclude(`The label ${label}: ${value} of ${name} leads to a policy`, objections, {
      sentence: `${name} is selected by SecurityPolicy ${namesOf(reaching.map(({ policy }) => policy))}`,
      evidence,
    }),
  ];
}

function unreached(
  index: ObjectIndex,
  route: SourcedObject,
  value: string,
  selecting: readonly SourcedObject[],
  evidence: readonly Evidence[],
): Objection {
  const name = describeObject(refOf(route));
  const sentence = `No SecurityPolicy reaches ${name} by its label ${label}: ${value}`;
  const namespace = namespaceOf(route.object);
  const elsewhere = selecting.filter((policy) => wants(policy, value));
  if (elsewhere.length === 0) {
    const values = [...new Set(selecting.flatMap(valuesOf))];
    const known =
      values.length === 0 ? 'No policy selects by this label' : `Policies select ${values.join(', ')}`;
    return { certain: true, sentence: `${sentence}. ${known}`, evidence };
  }
  const granted = index
    .all(gatewayGroup, 'ReferenceGrant')
    .some(({ object }) => namespaceOf(object) === namespace);
  return {
    certain: true,
    sentence: `${sentence}. ${namesOf(elsewhere)} selects it in other namespaces`,
    evidence: [
      ...evidence,
      ...elsewhere.map((policy) => ({ object: refOf(policy), rule: 'targetSelectors' })),
    ],
    remedy: granted
      ? `Let the selector of the policy have the namespace ${namespace}, and a ReferenceGrant there name the policy’s`
      : `Let the selector of the policy have the namespace ${namespace}, and add a ReferenceGrant there, from SecurityPolicies of the policy’s namespace to ${route.object.kind}`,
  };
}

function wants(policy: SourcedObject, value: string): boolean {
  return valuesOf(policy).includes(value);
}

/** The values of the label that a policy selects. */
function valuesOf({ object }: SourcedObject): readonly string[] {
  return mapsAt(object, 'spec', 'targetSelectors').flatMap((selector) => {
    const single = textMapAt(selector, 'matchLabels').get(label);
    const several = mapsAt(selector, 'matchExpressions')
      .filter(({ key }) => key === label)
      .flatMap((expression) => textsAt(expression, 'values'));
    return [...(single === undefined ? [] : [single]), ...several];
  });
}

/** Of several policies on one route only the one that was made first counts. */
function doubts(
  name: string,
  reaching: readonly PolicyTarget[],
  onRoute: readonly PolicyTarget[],
  evidence: readonly Evidence[],
): Objection[] {
  const uncertain = reaching.every(({ truth }) => truth === 'maybe');
  const [first] = onRoute;
  const rivals = conflictingPolicies(onRoute);
  const isOther = first !== undefined && !reaching.includes(first);
  return [
    ...(uncertain
      ? [
          {
            certain: false,
            sentence: `Whether a SecurityPolicy selects ${name} depends on labels not shown`,
            evidence,
          },
        ]
      : []),
    ...(rivals.length > 1 || isOther
      ? [
          {
            certain: isOther && rivals.length === 1,
            sentence: `${name} has several policies, ${namesOf(onRoute.map(({ policy }) => policy))}, of which only the one that was created first holds`,
            evidence,
            remedy: 'Take the label off the route, or the other policy',
          },
        ]
      : []),
  ];
}
