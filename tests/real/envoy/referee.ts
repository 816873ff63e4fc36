import { BlockList } from 'node:net';
import { fieldsAt, mapsAt, textAt, textsAt, valueAt } from '../../../src/kubernetes/fields.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { RouteControls } from '../../../src/reachability/gateways/analysedRule.ts';
import type { Control } from '../../../src/reachability/model/analysis.ts';
import { insideAddress } from '../fixtures/separateNetwork.ts';
import { audience, type Credentials, claims } from './credentials.ts';

/** One request with its Gateway and port. */
export interface Probe {
  readonly gateway: string;
  readonly port: number;
  readonly host: string;
  readonly path: string;
  readonly credentials: Credentials;
  /** The TLS server name, which may differ from the host. */
  readonly serverName?: string;
}

/**
 * The prediction for a request: it passes to the application, it is refused, or that is unknown. `open` if the engine
 * says that nothing is demanded of a request without credentials.
 */
export interface Prediction {
  readonly outcome: 'passes' | 'refused' | 'unknown';
  readonly why: string;
  /** Whether the engine reports this rule as gated. */
  readonly gated: boolean;
}

/**
 * Predicts the answer to a request from the result of the engine. The most specific hostname of all rules of the port
 * matches first, then the longest path. A request that matches a hostname but no path is not found.
 */
export function predict(
  analysed: readonly RouteControls[],
  objects: readonly KubernetesObject[],
  probe: Probe,
): Prediction {
  const protocol = probe.serverName === undefined ? 'HTTP' : 'HTTPS';
  const there = analysed.filter(
    ({ gateway, listener }) =>
      gateway.name === probe.gateway && listener.port === probe.port && listener.protocol === protocol,
  );
  const here = probe.serverName === undefined ? there : ofServer(there, objects, probe);
  const name = mostSpecific(new Set(here.flatMap(({ hostnames }) => hostnames)), probe.host);
  const rules = here
    .filter(({ hostnames }) => name !== undefined && hostnames.includes(name))
    .flatMap((rule) => {
      const length = matched(rule, objects, probe.path);
      return length === undefined ? [] : [{ rule, length }];
    });
  const longest = Math.max(...rules.map(({ length }) => length));
  const met = rules.filter(({ length }) => length === longest).map(({ rule }) => rule);
  if (met.length === 0) return { outcome: 'refused', why: 'no rule takes it', gated: true };
  const predicted = met.map((rule) => ofRule(rule, probe.credentials));
  const [first] = predicted;
  // If two rules match the same requests, the engine does not say which applies.
  if (first !== undefined && predicted.every(({ outcome }) => outcome === first.outcome)) return first;
  return { outcome: 'unknown', why: 'two rules take it', gated: predicted.every(({ gated }) => gated) };
}

/** With TLS each listener has its own route table, even if it is empty. The server name selects it. */
function ofServer(
  there: readonly RouteControls[],
  objects: readonly KubernetesObject[],
  { gateway, port, serverName = '' }: Probe,
): readonly RouteControls[] {
  const owners = objects.filter(
    ({ kind, metadata, spec }) =>
      (kind === 'Gateway' && metadata.name === gateway) ||
      (kind === 'ListenerSet' && textAt(spec, 'parentRef', 'name') === gateway),
  );
  const listeners = owners.flatMap(({ metadata: { name, namespace }, spec }) =>
    mapsAt(spec, 'listeners')
      .filter((each) => each['port'] === port)
      .map((each) => ({
        key: `${namespace}/${name}/${each['name']}`,
        hostname: textAt(each, 'hostname') ?? '*',
      })),
  );
  const wanted = mostSpecific(new Set(listeners.map(({ hostname }) => hostname)), serverName);
  const keys = listeners.filter(({ hostname }) => hostname === wanted).map(({ key }) => key);
  return there.filter(({ listener: { name, owner } }) =>
    keys.includes(`${owner.namespace}/${owner.name}/${name}`),
  );
}

function mostSpecific(names: ReadonlySet<string>, host: string): string | undefined {
  if (names.has(host)) return host;
  const wildcards = [...names].filter((name) => name.startsWith('*.') && host.endsWith(name.slice(1)));
  const [best] = wildcards.toSorted((a, b) => b.length - a.length);
  return best ?? (names.has('*') ? '*' : undefined);
}

/** The length of the matching path of the rule; undefined if none matches. */
function matched(
  { route, rule }: RouteControls,
  objects: readonly KubernetesObject[],
  path: string,
): number | undefined {
  const object = objects.find(
    ({ kind, metadata }) =>
      kind === 'HTTPRoute' && metadata.name === route.name && metadata.namespace === route.namespace,
  );
  const matches = mapsAt(mapsAt(object, 'spec', 'rules')[rule.index], 'matches');
  const lengths = matches
    .map((match) => textAt(match, 'path', 'value') ?? '/')
    .filter((prefix) => path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`))
    .map((prefix) => prefix.length);
  return lengths.length === 0 ? undefined : Math.max(...lengths);
}

function ofRule({ controls, unknowns }: RouteControls, credentials: Credentials): Prediction {
  const gated = controls.some(({ certainty }) => certainty === 'verified' || certainty === 'program');
  const why = controls.map(({ type, certainty }) => `${type} ${certainty}`).join(', ') || 'nothing demanded';
  if (unknowns.length > 0) return { outcome: 'unknown', why: unknowns.join('; '), gated: false };
  const satisfied = controls.map((control) => isSatisfied(control, credentials));
  if (satisfied.includes('no')) return { outcome: 'refused', why, gated };
  return { outcome: satisfied.includes('perhaps') ? 'unknown' : 'passes', why, gated };
}

type Satisfied = 'yes' | 'no' | 'perhaps';

function isSatisfied({ type, configuration }: Control, credentials: Credentials): Satisfied {
  const yes = (is: boolean): Satisfied => (is ? 'yes' : 'no');
  switch (type) {
    case 'jwt':
      return yes(tokenPasses(configuration, credentials.token));
    case 'basicAuth':
      return yes(credentials.password === 'good');
    case 'apiKey':
      return yes(credentials.key === 'good');
    case 'extAuth':
      if (credentials.consent === 'given') return 'yes';
      return configuration['failOpen'] === true ? 'perhaps' : 'no';
    case 'authorization':
      return yes(isAuthorized(configuration, credentials));
    // No request has a session here. Other tests cover sessions.
    case 'oidc':
    case 'rejected500':
      return 'no';
    default:
      return 'yes';
  }
}

function tokenPasses(configuration: Control['configuration'], token: Credentials['token']): boolean {
  if (configuration['failOpen'] === true) return true;
  if (token === undefined) return configuration['optional'] === true;
  return mapsAt(configuration, 'providers').some((provider) => {
    const audiences = textsAt(provider, 'audiences');
    if (token === 'of another audience') return audiences.length === 0 || audiences.includes('videos');
    return token === 'good' && (audiences.length === 0 || audiences.includes(audience));
  });
}

function isAuthorized(configuration: Control['configuration'], { token }: Credentials): boolean {
  const known = token === 'good' || token === 'of another audience';
  const rule = mapsAt(configuration, 'rules').find(({ principal }) => {
    const ranges = textsAt(principal, 'clientCIDRs');
    const asked = fieldsAt(principal, 'jwt');
    const fromThere = ranges.length === 0 || ranges.some((range) => isIn(range));
    const claimed = mapsAt(asked, 'claims').every(({ name, values }) =>
      known && Array.isArray(values)
        ? values.some((value) => [valueAt(claims, String(name))].flat().includes(value))
        : false,
    );
    return fromThere && claimed && (valueAt(principal, 'jwt') === undefined || known);
  });
  const action = textAt(rule, 'action') ?? textAt(configuration, 'defaultAction') ?? 'Deny';
  return action === 'Allow';
}

function isIn(range: string): boolean {
  const [address = '', bits] = range.split('/');
  const list = new BlockList();
  list.addSubnet(address, Number(bits));
  return list.check(insideAddress);
}
