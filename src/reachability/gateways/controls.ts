import { type Fields, isFields, mapsAt, textAt, textsAt, valueAt } from '../../kubernetes/fields.ts';
import { refOf } from '../../manifests/sourcedObject.ts';
import type { Certainty, Control } from '../model/analysis.ts';
import type { Feature } from './features.ts';
import type { ReferenceContext, ValidationError } from './references.ts';
import { keepsRules, type ListenerSettings, validationErrorsOf } from './validationErrors.ts';

/** The effect of features: the working controls, and whether each request is answered with 500. */
export interface FeatureControls {
  controls: readonly Control[];
  /** The same if nothing that a feature names was missing. */
  asWritten: readonly Control[];
  /** The features in the configuration of Envoy, without the broken ones. */
  working: readonly Feature[];
  unknowns: readonly string[];
}

/** The effective controls of a policy, with `rejected500` if something that it names is missing. */
export function controlsOf(
  context: ReferenceContext,
  edge: ListenerSettings,
  features: readonly Feature[],
): FeatureControls {
  const analysed = features.map((feature) => ({
    feature,
    errors: validationErrorsOf(context, edge, feature),
  }));
  const certain = (errors: readonly ValidationError[]) => errors.some((error) => error.certain);
  const broken = analysed.filter(({ errors }) => certain(errors));
  const passesOn =
    broken.length > 0 &&
    broken.every(({ feature }) => feature.type === 'extAuth' && feature.value['failOpen'] === true);
  const working = analysed.filter(
    // Geolocation without a provider is rejected, but the rules stay.
    ({ feature, errors }) => !certain(errors) || (feature.type === 'authorization' && keepsRules(feature)),
  );
  const passing = passThrough(working.map(({ feature }) => feature));
  const controls = working.map(({ feature, errors }) => controlOf(feature, errors, passing));
  const [first] = broken;
  if (first !== undefined && !passesOn) {
    const why = broken.flatMap(({ errors }) => errors.map((error) => error.why)).join('; ');
    controls.push({
      type: 'rejected500',
      certainty: 'verified',
      object: refOf(first.feature.policy),
      demands: `every request is answered 500: ${why}`,
      configuration: {},
    });
  }
  const unknowns = analysed.flatMap(({ errors }) =>
    errors.filter((error) => !error.certain).map(({ why }) => why),
  );
  const every = passThrough(features);
  const asWritten = features.map((feature) => controlOf(feature, [], every));
  return { controls, asWritten, working: working.map(({ feature }) => feature), unknowns };
}

/**
 * What OIDC demands where it passes requests with a token on to jwt: no more than jwt demands of such a token. Undefined
 * where it passes none on.
 */
function passThrough(features: readonly Feature[]): readonly [Certainty, string] | undefined {
  const oidc = features.find(({ type }) => type === 'oidc');
  const jwt = features.find(({ type }) => type === 'jwt');
  if (oidc?.value['passThroughAuthHeader'] !== true || jwt === undefined) return undefined;
  const failsOpen = jwt.value['failOpen'] === true;
  // Without a token the session is asked for, so `optional` lets nobody in.
  const [certainty, demands] = jwtCertainty({ ...jwt.value, optional: false }, failsOpen);
  return certainty === 'verified'
    ? undefined
    : [certainty, `a session, or by passThroughAuthHeader ${demands}`];
}

function controlOf(
  { type, value, policy }: Feature,
  errors: readonly ValidationError[],
  passing: readonly [Certainty, string] | undefined,
): Control {
  const [certainty, demands] = (type === 'oidc' ? passing : undefined) ?? certaintyOf(type, value);
  const isUncertain = errors.length > 0 && certainty !== 'none';
  return {
    type,
    certainty: isUncertain ? 'unknown' : certainty,
    object: refOf(policy),
    demands,
    configuration: configurationOf(type, value),
  };
}

/** The certainty of a feature that works as written, and what it demands. */
function certaintyOf(type: Feature['type'], value: Fields): readonly [Certainty, string] {
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
      return jwtCertainty(value, failsOpen);
    case 'authorization':
      return authorizationCertainty(value);
  }
}

function jwtCertainty(value: Fields, failsOpen: boolean): readonly [Certainty, string] {
  if (failsOpen) return ['none', 'nothing: failOpen lets invalid tokens through'];
  if (value['optional'] === true) return ['none', 'nothing: a request without a token passes'];
  const open = mapsAt(value, 'providers').some(
    (provider) => textAt(provider, 'issuer') === undefined || textsAt(provider, 'audiences').length === 0,
  );
  return open
    ? ['presence', 'a signed token, of any audience or issuer']
    : ['verified', 'a signed token for its audience'];
}

function authorizationCertainty(value: Fields): readonly [Certainty, string] {
  const rules = mapsAt(value, 'rules');
  const admitting = rules.filter((rule) => textAt(rule, 'action') !== 'Deny');
  if (textAt(value, 'defaultAction') === 'Allow') return ['none', 'nothing: who meets no rule is allowed'];
  if (admitting.length === 0) return ['verified', 'what nobody has: every request is denied'];
  const byToken = admitting.every((rule) => isFields(valueAt(rule, 'principal', 'jwt')));
  return byToken
    ? ['verified', 'claims of a signed token']
    : ['presence', 'an address or a header that a rule names'];
}

/** The details of a feature for the report: only names, never the content of a Secret. */
function configurationOf(type: Feature['type'], value: Fields): Readonly<Record<string, unknown>> {
  if (type !== 'jwt') return value;
  const providers = mapsAt(value, 'providers').map((provider) => {
    const { localJWKS: _keys, ...rest } = provider;
    return rest;
  });
  return { ...value, providers };
}
