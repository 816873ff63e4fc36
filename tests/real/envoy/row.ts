import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { Bench } from './bench.ts';
import type { Credentials, FeatureName } from './credentials.ts';
import * as make from './objects.ts';

/** The place of the objects of a row: its own namespace and hostname, and the Gateways of the bench. */
export interface Place {
  readonly at: string;
  readonly host: string;
  readonly bench: Bench;
  /** A second namespace, with only the objects of the row. */
  readonly elsewhere: string;
  /** A port for a ListenerSet of this row. */
  readonly ownPort: number;
}

/** A request and the observed status of Envoy's answer. Only the application answers with 200. */
export interface Ask {
  readonly gateway: 'plain' | 'guarded';
  readonly port: number;
  readonly path: string;
  readonly credentials: Credentials;
  readonly answer: number;
  /** The engine must report the answer as unknown. */
  readonly untold?: boolean;
}

export interface Row {
  readonly situation: string;
  readonly objects: (place: Place) => readonly KubernetesObject[];
  /** Created at least a second later. */
  readonly later?: (place: Place) => readonly KubernetesObject[];
  readonly asks: (place: Place) => readonly Ask[];
}

/** Listeners of the two Gateways of the bench. `side` has its own policy, which demands an API key. */
export const ports = { plain: { web: 8001, side: 8002 }, guarded: { web: 8011, side: 8012 } } as const;

export const anonymous: Credentials = {};
export const good = { token: 'good' } as const;

export const ask = (
  gateway: Ask['gateway'],
  path: string,
  credentials: Credentials,
  answer: number,
  port: number = ports[gateway].web,
): Ask => ({ gateway, port, path, credentials, answer });

type Edge = 'plain' | 'guarded';

export const parent = ({ bench }: Place, gateway: Edge, sectionName?: string) => ({
  namespace: bench.named('edge'),
  name: bench.named(gateway),
  ...(sectionName === undefined ? {} : { sectionName }),
});

/** A route with one rule for each path, by default on the listener `web` of a Gateway. */
export const routeOn = (
  place: Place,
  gateway: Edge,
  name: string,
  paths: readonly string[],
  options: Partial<make.RouteOptions> = {},
) =>
  make.route(place.at, name, {
    hostnames: [place.host],
    parentRefs: [parent(place, gateway, 'web')],
    rules: paths.map((path) => make.rule(place.at, name, path, path.slice(1).replaceAll('/', '-'))),
    ...options,
  });

export const feature = ({ bench }: Place, name: FeatureName) => bench.keys.features[name];
export const onRoute = (name: string, section?: string) => [make.target('HTTPRoute', name, section)];

export const merging = { mergeType: 'StrategicMerge' };

/** OIDC that passes requests with a header, without jwt that checks the header. It is rejected. */
export function passingThrough(place: Place): make.Data {
  const { oidc } = feature(place, 'oidc') as { oidc: make.Data };
  return { oidc: { ...oidc, passThroughAuthHeader: true } };
}
