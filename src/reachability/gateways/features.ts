import {
  type Fields,
  fieldsAt,
  isFields,
  mapsAt,
  textAt,
  textsAt,
  valueAt,
} from '../../kubernetes/fields.ts';
import { refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import type { Certainty, Control, ControlType } from '../model/analysis.ts';
import type { ReferenceContext, ValidationError } from './references.ts';
import { type Edge, keepsRules, validationErrorsOf } from './validationErrors.ts';

/** One feature of a SecurityPolicy, and the policy that says it: after a merge the parent's may stand beside the own. */
export interface Feature {
  type: Exclude<ControlType, 'access' | 'originProxy' | 'rejected500'>;
  value: Fields;
  policy: SourcedObject;
  /** What it was merged of: its own value, and the feature of the parent. */
  merged?: { own: Fields; above: Feature };
}

/** Fields of the policy's spec, by the type of control that they are. */
const fields: readonly (readonly [field: string, type: Feature['type']])[] = [
  ['cors', 'cors'],
  ['csrf', 'csrf'],
  ['extAuth', 'extAuth'],
  ['oidc', 'oidc'],
  ['jwt', 'jwt'],
  ['basicAuth', 'basicAuth'],
  ['apiKeyAuth', 'apiKey'],
  ['authorization', 'authorization'],
];

/** The features of a policy. */
export function featuresOf(policy: SourcedObject): readonly Feature[] {
  const spec = fieldsAt(policy.object, 'spec');
  return fields.flatMap(([field, type]) => {
    const value = spec[field];
    return isFields(value) ? [{ type, value, policy }] : [];
  });
}

/** How a policy of a route says that it merges with its parent; nothing where it replaces it. */
export function mergeTypeOf({ object }: SourcedObject): 'StrategicMerge' | 'JSONMerge' | undefined {
  const type = textAt(object, 'spec', 'mergeType');
  return type === 'StrategicMerge' || type === 'JSONMerge' ? type : undefined;
}

/** Features merged with those of the parent: maps are joined, everything else of the child's replaces the parent's. */
export function mergeFeatures(child: readonly Feature[], parent: readonly Feature[]): readonly Feature[] {
  const own = child.map((feature): Feature => {
    const above = parent.find(({ type }) => type === feature.type);
    if (above === undefined) return feature;
    const byName = mergeTypeOf(feature.policy) === 'StrategicMerge';
    const value = joined(above.value, feature.value, byName);
    return { ...feature, value, merged: { own: feature.value, above } };
  });
  return [...own, ...parent.filter(({ type }) => !child.some((feature) => feature.type === type))];
}

/** `byName` joins the one list of a SecurityPolicy that has a key for it (`patchMergeKey` in its Go type). */
function joined(below: Fields, above: Fields, byName: boolean): Fields {
  const entries = Object.entries(above).map(([key, value]) => {
    const other = below[key];
    if (isFields(value) && isFields(other)) return [key, joined(other, value, byName)] as const;
    if (!byName || key !== 'contextExtensions' || !Array.isArray(value)) return [key, value] as const;
    const kept = mapsAt(below, key).filter(
      ({ name }) => !mapsAt(above, key).some((own) => own['name'] === name),
    );
    return [key, [...kept, ...value]] as const;
  });
  return { ...below, ...Object.fromEntries(entries) };
}

/** What becomes of features: the controls that work, and whether each request is answered 500. */
export interface Outcome {
  controls: readonly Control[];
  /** What Envoy is told of: not what something is wrong with. */
  working: readonly Feature[];
  unknowns: readonly string[];
}

/** The controls of a policy that its route obeys, with `rejected500` where something that it names is missing. */
export function controlsOf(context: ReferenceContext, edge: Edge, features: readonly Feature[]): Outcome {
  const judged = features.map((feature) => ({
    feature,
    faults: validationErrorsOf(context, edge, feature),
  }));
  const certain = (errors: readonly ValidationError[]) => errors.some((error) => error.certain);
  const broken = judged.filter(({ faults: errors }) => certain(errors));
  const passesOn =
    broken.length > 0 &&
    broken.every(({ feature }) => feature.type === 'extAuth' && feature.value['failOpen'] === true);
  const working = judged.filter(
    // Geolocation without a provider is refused, and yet the rules stay.
    ({ feature, faults: errors }) =>
      !certain(errors) || (feature.type === 'authorization' && keepsRules(feature)),
  );
  const controls = working.map(({ feature, faults: errors }) => controlOf(feature, errors));
  const [first] = broken;
  if (first !== undefined && !passesOn) {
    const why = broken.flatMap(({ faults: errors }) => errors.map((error) => error.why)).join('; ');
    controls.push({
      type: 'rejected500',
      certainty: 'verified',
      object: refOf(first.feature.policy),
      demands: `every request is answered 500: ${why}`,
      configuration: {},
    });
  }
  const unknowns = judged.flatMap(({ faults: errors }) =>
    errors.filter((error) => !error.certain).map(({ why }) => why),
  );
  return { controls, working: working.map(({ feature }) => feature), unknowns };
}

function controlOf({ type, value, policy }: Feature, errors: readonly ValidationError[]): Control {
  const [certainty, demands] = worthOf(type, value);
  const clouded = errors.length > 0 && certainty !== 'none';
  return {
    type,
    certainty: clouded ? 'unknown' : certainty,
    object: refOf(policy),
    demands,
    configuration: configurationOf(type, value),
  };
}

/** How much a feature is worth that works as it is written. */
function worthOf(type: Feature['type'], value: Fields): readonly [Certainty, string] {
  const failsOpen = value['failOpen'] === true;
  switch (type) {
    case 'cors':
      return ['none', 'nothing: CORS is for browsers'];
    case 'csrf':
      return ['none', 'nothing: it guards sessions, and lets anybody in'];
    case 'basicAuth':
      return ['verified', 'a password'];
    case 'apiKey':
      return ['verified', 'an API key'];
    case 'oidc':
      return ['verified', 'a session with the OpenID provider'];
    case 'extAuth':
      return failsOpen
        ? ['none', 'nothing once the authorization service fails: failOpen']
        : ['program', 'the consent of the authorization service'];
    case 'jwt':
      return jwtWorth(value, failsOpen);
    case 'authorization':
      return authorizationWorth(value);
  }
}

function jwtWorth(value: Fields, failsOpen: boolean): readonly [Certainty, string] {
  if (failsOpen) return ['none', 'nothing: failOpen lets damaged tokens through'];
  if (value['optional'] === true) return ['none', 'nothing: a request without a token passes'];
  const open = mapsAt(value, 'providers').some(
    (provider) => textAt(provider, 'issuer') === undefined || textsAt(provider, 'audiences').length === 0,
  );
  return open
    ? ['presence', 'a signed token, of any audience or issuer']
    : ['verified', 'a signed token for its audience'];
}

function authorizationWorth(value: Fields): readonly [Certainty, string] {
  const rules = mapsAt(value, 'rules');
  const admitting = rules.filter((rule) => textAt(rule, 'action') !== 'Deny');
  if (textAt(value, 'defaultAction') === 'Allow') return ['none', 'nothing: who meets no rule is allowed'];
  if (admitting.length === 0) return ['verified', 'what nobody has: every request is denied'];
  const byToken = admitting.every((rule) => isFields(valueAt(rule, 'principal', 'jwt')));
  return byToken
    ? ['verified', 'claims of a signed token']
    : ['presence', 'an address or a header that a rule names'];
}

/** What of a feature a reader needs: no Secret's content is ever among it, only names. */
function configurationOf(type: Feature['type'], value: Fields): Readonly<Record<string, unknown>> {
  if (type !== 'jwt') return value;
  const providers = mapsAt(value, 'providers').map((provider) => {
    const { localJWKS: _keys, ...rest } = provider;
    return rest;
  });
  return { ...value, providers };
}
