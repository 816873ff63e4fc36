// Crosses components, compile, operations/configure and the definitions of kinds.
import { beforeAll, describe, expect, it } from 'vitest';
import { createRuleCompiler } from '../src/kubernetes/cel/expressions.ts';
import type { KubernetesObject } from '../src/kubernetes/object.ts';
import { createValidator, readSchemasFrom } from '../src/kubernetes/validate.ts';
import type { Prepared } from '../src/operations/configure/configure.ts';
import { packageDirectory } from '../src/system/packageDirectory.ts';
import { preparedHome } from './home.ts';
import type { ConfigData as Data } from './testDirectory.ts';

/**
 * Ways in which gateways of such homes are wrong, by their number in docs/gateway.md: what is written has none of them, and a
 * hand-written object with one is refused.
 */
let platform: Prepared;
beforeAll(async () => {
  platform = await preparedHome({ example: 'platform' });
});

const objects = (...kinds: string[]): Data[] =>
  platform.plan.objects.map(({ object }) => object as Data).filter(({ kind }) => kinds.includes(kind));
const routeKinds = ['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute'];
const { validate } = createValidator(readSchemasFrom(`${packageDirectory()}/schemas`), createRuleCompiler());
const faults = (object: Data): string =>
  validate(object as KubernetesObject)
    .map(({ path, message }) => `${path.join('.')}: ${message}`)
    .join('\n');
/** A SecurityPolicy that a person writes. */
const policy = (spec: Data): Data => ({
  apiVersion: 'gateway.envoyproxy.io/v1alpha1',
  kind: 'SecurityPolicy',
  metadata: { name: 'mine', namespace: 'network' },
  spec: {
    targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'mine' }],
    ...spec,
  },
});
const service = { backendRefs: [{ name: 'authorization', port: 80 }] };

describe('mistake 1: a policy in another namespace than its route', () => {
  it('cannot be made: each policy is beside what it names', () => {
    for (const { metadata, spec } of objects('SecurityPolicy')) {
      for (const { kind, name, namespace } of spec.targetRefs ?? []) {
        expect(namespace).toBeUndefined();
        const named = objects(kind).filter((each) => each.metadata.name === name);
        expect(
          named.map((each) => each.metadata.namespace),
          `${kind} ${name}`,
        ).toContain(metadata.namespace);
      }
    }
  });

  it('opens no route, since each Gateway denies whom no policy of a route lets in', () => {
    const gateways = objects('Gateway');
    expect(gateways.length).toBeGreaterThan(2);
    for (const { metadata } of gateways) {
      const own = objects('SecurityPolicy').filter(
        ({ spec, metadata: { namespace } }) =>
          namespace === metadata.namespace &&
          spec.targetRefs?.some(
            ({ kind, name, sectionName }: Data) =>
              kind === 'Gateway' && name === metadata.name && sectionName === undefined,
          ),
      );
      expect(
        own.map(({ spec }) => spec.authorization),
        metadata.name,
      ).toEqual([{ defaultAction: 'Deny' }]);
    }
  });

  it('selects no route of ours by a label, and by label only where a grant lets it', () => {
    for (const { metadata } of objects(...routeKinds)) expect(metadata.labels).not.toHaveProperty('security');
    const [selecting] = objects('SecurityPolicy').filter(({ spec }) => spec.targetSelectors !== undefined);
    const [selector] = selecting?.spec.targetSelectors ?? [];
    const [{ values = [] } = {}] = selector?.namespaces.selector.matchExpressions ?? [];
    const grants = objects('ReferenceGrant').filter(({ metadata }) => metadata.name === 'labelled-routes');
    expect(grants.map(({ metadata }) => metadata.namespace)).toEqual(values);
    expect(values.length).toBeGreaterThan(0);
  });
});

describe('mistake 2: headers of external authorization at the wrong level', () => {
  it('is refused, at both places', () => {
    expect(faults(policy({ extAuth: { http: service, headersToBackend: ['x-user'] } }))).toMatch(
      /extAuth\.headersToBackend/,
    );
    expect(faults(policy({ extAuth: { http: { ...service, headersToExtAuth: ['cookie'] } } }))).toMatch(
      /extAuth\.http\.headersToExtAuth/,
    );
    const right = { http: { ...service, headersToBackend: ['x-user'] }, headersToExtAuth: ['cookie'] };
    expect(faults(policy({ extAuth: right }))).toBe('');
  });
});

describe('mistake 8: a token without an audience', () => {
  it('is in no policy, and no token is optional', () => {
    const settings = objects('SecurityPolicy').flatMap(({ spec }) => spec.jwt ?? []);
    expect(settings.length).toBeGreaterThan(2);
    for (const { optional, failOpen, providers } of settings) {
      expect([optional, failOpen]).toEqual([undefined, undefined]);
      for (const { audiences, issuer } of providers) {
        expect(audiences.length).toBeGreaterThan(0);
        expect(issuer).toMatch(/^\$\{|^https:/);
      }
    }
  });
});

describe('mistake 10: what is handed on to whom it is not for', () => {
  it('is refused as a field of a policy, or not written', () => {
    expect(faults(policy({ oidc: { cookieSameSite: 'Lax' } }))).toMatch(/cookieSameSite/);
    for (const { spec } of objects('SecurityPolicy')) expect(spec).not.toHaveProperty('oidc');
  });
});

describe('mistake 11: what a newer version no longer serves', () => {
  it('is named, and not written', () => {
    const written = (version: string): Data => ({
      apiVersion: `gateway.networking.k8s.io/${version}`,
      kind: 'BackendTLSPolicy',
      metadata: { name: 'mine', namespace: 'network' },
      spec: {
        targetRefs: [{ group: '', kind: 'Service', name: 'mine' }],
        validation: { hostname: 'a.example.org', wellKnownCACertificates: 'System' },
      },
    });
    expect(faults(written('v1'))).toBe('');
    expect(faults(written('v1alpha3'))).toMatch(
      /^apiVersion: there is no schema for this version of the kind/,
    );
    for (const object of platform.plan.objects.map(({ object: each }) => each))
      expect(object.apiVersion).not.toBe('gateway.networking.k8s.io/v1alpha3');
  });
});

describe('mistake 16: gRPC beside HTTPS', () => {
  it('shares the listener of HTTPS, by a host of its own', () => {
    const routes = objects('GRPCRoute');
    expect(routes.length).toBeGreaterThan(0);
    const others = objects('HTTPRoute').flatMap(({ spec }) => spec.hostnames ?? []);
    for (const { spec } of routes) {
      expect(spec.parentRefs).toEqual([expect.objectContaining({ sectionName: 'https' })]);
      expect(spec.hostnames).toHaveLength(1);
      expect(others).not.toContain(spec.hostnames[0]);
    }
    for (const { spec } of objects('Gateway')) {
      const ports = spec.listeners
        .filter(({ protocol }: Data) => protocol !== 'TLS')
        .map(({ port }: Data) => port);
      expect(new Set(ports).size).toBe(ports.length);
    }
  });

  it('leads to reflection of neither version', () => {
    const leading = objects('GRPCRoute').flatMap(({ spec }) =>
      spec.rules.flatMap(({ matches = [{}] }: Data) =>
        matches.map(({ method }: Data) => method?.service ?? 'every service'),
      ),
    );
    expect(leading).toEqual(['whoami.Whoami']);
  });
});
