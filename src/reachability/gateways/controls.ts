import { type Fields, mapsAt } from '../../kubernetes/fields.ts';
import { refOf } from '../../manifests/sourcedObject.ts';
import type { Certainty, Control } from '../model/analysis.ts';
import type { Feature } from './features.ts';
import type { ReferenceContext, ValidationError } from './references.ts';
import { authorizationDemands, jwtDemands } from './tokenDemands.ts';
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
  const demandsOf = readDemands(
    context,
    working.map(({ feature }) => feature),
  );
  const controls = working.map(({ feature, errors }) => controlOf(feature, errors, demandsOf));
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
  const written = readDemands(context, features);
  const asWritten = features.map((feature) => controlOf(feature, [], written));
  return { controls, asWritten, working: working.map(({ feature }) => feature), unknowns };
}

/** What a feature demands of each request, and how certain that is. */
type Demands = (feature: Feature) => readonly [Certainty, string];

/** What each of the features of a policy demands, if it works as written. */
function readDemands(context: ReferenceContext, features: readonly Feature[]): Demands {
  const jwt = features.find(({ type }) => type === 'jwt');
  return ({ type, value, policy }) => {
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
        return passThrough(context, value, jwt) ?? ['verified', 'a session with the OpenID provider'];
      case 'extAuth':
        return failsOpen
          ? ['none', 'nothing once the authorization service fails: failOpen']
          : ['program', 'the consent of the authorization service'];
      case 'jwt':
        return jwtDemands(context, { value, policy });
      case 'authorization':
        return authorizationDemands(context, value, jwt);
    }
  };
}

/**
 * What OIDC demands where it passes requests with a token on to jwt: no more than jwt demands of such a token. Undefined
 * where it passes none on.
 */
function passThrough(
  context: ReferenceContext,
  oidc: Fields,
  jwt: Feature | undefined,
): readonly [Certainty, string] | undefined {
  if (oidc['passThroughAuthHeader'] !== true || jwt === undefined) return undefined;
  // Without a token the session is asked for, so `optional` lets nobody in.
  const [certainty, demands] = jwtDemands(context, { ...jwt, value: { ...jwt.value, optional: false } });
  return certainty === 'verified'
    ? undefined
    : [certainty, `a session, or by passThroughAuthHeader ${demands}`];
}

function controlOf(feature: Feature, errors: readonly ValidationError[], demandsOf: Demands): Control {
  const { type, value, policy } = feature;
  const [certainty, demands] = demandsOf(feature);
  const isUncertain = errors.length > 0 && certainty !== 'none';
  return {
    type,
    certainty: isUncertain ? 'unknown' : certainty,
    object: refOf(policy),
    demands,
    configuration: configurationOf(type, value),
  };
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
