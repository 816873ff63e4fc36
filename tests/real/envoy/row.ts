import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { Bench } from './bench.ts';
import type { Credentials, FeatureName } from './credentials.ts';
import * as make from './objects.ts';

/** Where the objects of a row stand: a namespace and a hostname of its own, and the Gateways of the bench. */
export interface Place {
  readonly at: string;
  readonly host: string;
  readonly bench: Bench;
  /** A second namespace, with nothing in it but what the row puts there. */
  readonly elsewhere: string;
  /** A port for a ListenerSet of this row. */
  readonly ownPort: number;
}

/** What is asked, and Envoy's answer as it was seen: the status. 200 is the application's, and no other answer is. */
export interface Ask {
  readonly gateway: 'plain' | 'guarded';
  readonly port: number;
  readonly path: string;
  readonly credentials: Credentials;
  readonly answer: number;
  /** The engine does not know: it says so, and not the opposite. */
  readonly untold?: boolean;
}

export interface Row {
  readonly situation: string;
  readonly objects: (place: Place) => readonly KubernetesObject[];
  /** Made at least a second later. */
  readonly later?: (place: Place) => readonly KubernetesObject[];
  readonly asks: (place: Place) => readonly Ask[];
}

/** Listeners of the two Gateways of the bench. `side` has a policy of its own, which wants an API key. */
export const ports = { plain: { web: 8001, side: 8002 }, guarded: { web: 8011, side: 8012 } } as const;

export const nobody: Credentials = {};
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

/** A route with one rule for each path, on the listeners `web` of a Gateway unless told otherwise. */
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

/** OIDC that lets through what brings a header, without jwt that would look at the header: refused. */
export function passingThrough(place: Place): make.Data {
  const { oidc } = feature(place, 'oidc') as { oidc: make.Data };
  return { oidc: { ...oidc, passThroughAuthHeader: true } };
}
