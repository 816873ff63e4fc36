// Crosses the listeners, attachments, policies and controls of the Gateway analysis.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { textAt } from '../../src/kubernetes/fields.ts';
import { isKubernetesObject } from '../../src/kubernetes/manifests.ts';
import type { SourcedObject } from '../../src/manifests/sourcedObject.ts';
import type { RouteControls } from '../../src/reachability/gateways/analysedRule.ts';
import { routeControls } from '../../src/reachability/gateways/routeControls.ts';

const folder = new URL('../../../shared/cases/securitypolicy/', import.meta.url);
const reason = existsSync(folder) ? '' : ' (skipped: the acceptance cases are not on this machine)';
const names = existsSync(folder)
  ? readdirSync(folder).flatMap((file) =>
      file.endsWith('.in.yaml') ? [file.slice(0, -'.in.yaml'.length)] : [],
    )
  : [];

const policies = z.record(z.string(), z.unknown());
const truth = z.object({
  xdsIR: z
    .record(
      z.string(),
      z.object({
        http: z
          .array(
            z.object({
              name: z.string(),
              routes: z
                .array(
                  z.object({
                    name: z.string(),
                    security: policies.optional(),
                    directResponse: z.object({ statusCode: z.number().optional() }).optional(),
                  }),
                )
                .optional(),
            }),
          )
          .optional(),
        tcp: z
          .array(
            z.object({
              name: z.string(),
              routes: z
                .array(
                  z.object({
                    destination: z.object({ name: z.string() }),
                    authorization: policies.optional(),
                  }),
                )
                .optional(),
            }),
          )
          .optional(),
      }),
    )
    .optional(),
});

function read(name: string): unknown {
  return parse(readFileSync(new URL(name, folder), 'utf8'));
}

/** The objects of a case, with default Services that the case does not define. */
function objectsOf(name: string): readonly SourcedObject[] {
  const lists = z.record(z.string(), z.unknown()).parse(read(`${name}.in.yaml`));
  const objects = Object.values(lists).flat().filter(isKubernetesObject);
  const beside = ['service-1', 'service-2', 'service-3'].map((service) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: service, namespace: 'default' },
    spec: { ports: [8080, 8163].map((port) => ({ name: `port-${port}`, port })) },
  }));
  // The translator is given the Gateways of its own class only.
  const classes = objects.flatMap(({ kind, spec }) =>
    kind === 'Gateway' ? (textAt(spec, 'gatewayClassName') ?? []) : [],
  );
  const known = new Set(
    objects.flatMap(({ kind, metadata }) => (kind === 'GatewayClass' ? [metadata.name] : [])),
  );
  const served = [...new Set(classes)]
    .filter((name) => !known.has(name))
    .map((name) => ({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata: { name },
      spec: { controllerName: 'gateway.envoyproxy.io/gatewayclass-controller' },
    }));
  return [...beside, ...served, ...objects].map((object) => ({ object, file: `${name}.in.yaml` }));
}

/** Which rule of which route on which listener, as the translator names it. */
function placeOf({ route, rule, gateway, listener }: RouteControls): string {
  const set = listener.owner.kind === 'Gateway' ? '' : `${listener.owner.namespace}/${listener.owner.name}/`;
  const position = route.kind === 'TCPRoute' ? -1 : rule.index;
  return `${gateway.namespace}/${gateway.name}/${set}${listener.name} ${route.kind.toLowerCase()}/${route.namespace}/${route.name}/rule/${position}`;
}

function expected(name: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const { http = [], tcp = [] } of Object.values(truth.parse(read(`${name}.out.yaml`)).xdsIR ?? {})) {
    for (const listener of http) {
      for (const route of listener.routes ?? []) {
        const types = Object.keys(route.security ?? {}).map((key) => (key === 'apiKeyAuth' ? 'apiKey' : key));
        if (route.directResponse?.statusCode === 500) types.push('rejected500');
        found.set(`${listener.name} ${route.name.replace(/\/match\/.*$/, '')}`, types.toSorted().join(', '));
      }
    }
    for (const listener of tcp) {
      for (const { destination, authorization } of listener.routes ?? [])
        found.set(`${listener.name} ${destination.name}`, authorization === undefined ? '' : 'authorization');
    }
  }
  return found;
}

describe.skipIf(names.length === 0)(`the controls of Envoy Gateway's own cases${reason}`, () => {
  it.each(names)('%s', (name) => {
    const judged = routeControls(objectsOf(name));
    const controls = judged.map(
      (each) =>
        [
          placeOf(each),
          each.controls
            .map(({ type }) => type)
            .toSorted()
            .join(', '),
        ] as const,
    );
    expect(new Map(controls)).toEqual(expected(name));
    // Two policies on one target: the older is unknown without creation times.
    expect(judged.some(({ unknowns }) => unknowns.length > 0)).toBe(
      readFileSync(new URL(`${name}.out.yaml`, folder), 'utf8').includes('reason: Conflicted'),
    );
  });
});
