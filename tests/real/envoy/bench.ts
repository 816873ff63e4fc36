import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { RouteControls } from '../../../src/reachability/gateways/analysedRule.ts';
import { routeControls } from '../../../src/reachability/gateways/routeControls.ts';
import { type ControlPlane, controlPlane } from '../fixtures/controlPlane.ts';
import {
  type ClientAnswer,
  type EnvoyGateway,
  type EnvoyParts,
  envoyGateway,
  insidePorts,
  serviceTo,
} from '../fixtures/envoyGateway.ts';
import type { ControlPlaneParts } from '../fixtures/startControlPlane.ts';
import { removeObjects } from '../serverCheck.ts';
import { authorizationService, type Keyring, keyring, secretsOfFeatures } from './credentials.ts';
import { namespace, secret } from './objects.ts';
import { openIdProvider } from './openIdProvider.ts';
import { type Prediction, type Probe, predict } from './referee.ts';

/** A running Envoy Gateway, the applied objects, and the engine's result for them. */
export interface Bench extends AsyncDisposable {
  readonly cluster: ControlPlane;
  readonly gateway: EnvoyGateway;
  readonly keys: Keyring;
  /** A name that is unique to this run, for a namespace or a hostname. */
  readonly named: (name: string) => string;
  /** Applies objects, namespaces first. */
  readonly apply: (objects: readonly KubernetesObject[]) => Promise<void>;
  /** Removes applied objects, the last first. */
  readonly remove: (objects: readonly KubernetesObject[]) => Promise<void>;
  /** The same as `apply` for objects that the server may reject. Returns how many it rejected. */
  readonly offer: (objects: readonly KubernetesObject[]) => Promise<number>;
  /** A namespace with an application, an authorization service and every Secret that the keyring's features name. */
  readonly room: (name: string, labels?: Readonly<Record<string, string>>) => readonly KubernetesObject[];
  /** Waits until every applied Gateway has its configuration in force. */
  readonly settled: () => Promise<void>;
  /** The class of its Gateways, which Envoy Gateway serves. */
  readonly gatewayClass: KubernetesObject;
  /** The applied objects as the server stores them, with the class of the Gateways. */
  readonly live: () => readonly KubernetesObject[];
  /** The engine's result for them. */
  readonly analysed: () => readonly RouteControls[];
  readonly ask: (probe: Probe, headers?: Readonly<Record<string, string>>) => Promise<ClientAnswer>;
  readonly predicted: (probe: Probe) => Prediction;
}

export async function envoyBench(parts: ControlPlaneParts & EnvoyParts): Promise<Bench> {
  const cluster = await controlPlane(parts);
  const keys = await keyring();
  const gateway = await envoyGateway(cluster, parts, {
    authorization: authorizationService,
    issuer: openIdProvider(keys),
  });
  const run = randomUUID().slice(0, 6);
  const applied = new Map<string, KubernetesObject>();
  const apply = async (objects: readonly KubernetesObject[]): Promise<void> => {
    const order = [(kind: string) => kind === 'Namespace', (kind: string) => kind !== 'Namespace'];
    for (const isNow of order) {
      const now = objects.filter(({ kind }) => isNow(kind));
      for (const { object } of await Promise.all(now.map((each) => cluster.apply(each))))
        applied.set(keyOf(object), object);
    }
  };
  let judged: readonly RouteControls[] | undefined;
  const gatewayClass = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GatewayClass',
    metadata: { name: gateway.className },
    spec: { controllerName: 'gateway.envoyproxy.io/gatewayclass-controller' },
  };
  const live = () => [gatewayClass, ...applied.values()];
  const judge = () => {
    judged ??= routeControls(live().map((object) => ({ object, file: 'live' })));
    return judged;
  };
  return {
    cluster,
    gateway,
    gatewayClass,
    keys,
    named: (name) => `${name}-${run}`,
    apply: async (objects) => {
      judged = undefined;
      await apply(objects);
    },
    remove: async (objects) => {
      judged = undefined;
      await removeObjects(cluster, objects);
      for (const object of objects) applied.delete(keyOf(object));
    },
    offer: async (objects) => {
      judged = undefined;
      const outcomes = await Promise.allSettled(objects.map((object) => apply([object])));
      return outcomes.filter(({ status }) => status === 'rejected').length;
    },
    room: (name, labels) => [
      namespace(name, labels),
      ...gateway.service(name, 'app'),
      ...serviceTo(insidePorts.authorization, name, 'auth'),
      ...serviceTo(insidePorts.issuer, name, 'issuer'),
      ...secretsOfFeatures.map(([each, data]) => secret(name, each, data)),
      gateway.certificate(name, 'tls'),
    ],
    settled: () => gateway.settled(live().filter(({ kind }) => kind === 'Gateway')),
    live,
    analysed: judge,
    ask: ({ port, host, path, credentials, serverName }, headers = {}) =>
      gateway.request(port, {
        host,
        serverName,
        path: keys.pathFor(path, credentials),
        headers: { ...keys.headersFor(credentials), ...headers },
      }),
    predicted: (probe) => predict(judge(), live(), probe),
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      await removeObjects(cluster, [...applied.values()]);
    },
  };
}

function keyOf({ kind, metadata }: KubernetesObject): string {
  return `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
}

/** Waits a second, so that objects created next are younger. */
export async function nextSecond(): Promise<void> {
  await wait(1_050);
}

/** The object as it is in a repository, without its creation time. */
export function withoutAge(object: KubernetesObject): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, creationTimestamp: undefined } };
}
