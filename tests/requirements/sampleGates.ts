import type { Component } from '../../src/components/contract/component.ts';
import type { Workload } from '../../src/components/contract/network.ts';
import type { Requirement } from '../../src/components/contract/requirements.ts';
import { connectionsFor, tcp } from '../../src/components/shared/connections.ts';
import { requesterName } from '../../src/components/shared/requesters.ts';
import { type AnyRoute, routeKinds } from '../../src/components/shared/routes.ts';
import { sampleProvider } from './sampleProviders.ts';

const proxy: Workload = {
  directory: 'apps/samples/gates/app',
  namespace: 'gates',
  name: 'gate',
  labels: { app: 'gate' },
};

/** A gateway for routes of every kind with any login, whose objects say what was asked. */
export function sampleGates(isTaken: (route: AnyRoute) => boolean = () => true): Component {
  const accepts = (route: AnyRoute) => (route.kind !== 'route' || route.gate === 'gateway') && isTaken(route);
  const requires = ({ backend, requester }: AnyRoute): Requirement[] => [
    { kind: 'namespace', requester, name: proxy.namespace, podSecurity: 'restricted' },
    connectionsFor('sample-gates', requester.field)(
      proxy,
      backend.workload,
      tcp(backend.targetPort),
      'requests',
    ),
  ];
  const gate = { proxy, fluxKustomization: 'sample-gates' };
  const provider = sampleProvider(
    'sample-gates',
    {
      route: { accepts, requires, bind: ({ host }) => ({ ...gate, host }) },
      'grpc-route': { accepts, requires, bind: ({ host }) => ({ ...gate, host }) },
      'tcp-route': { accepts, requires, bind: () => gate },
      'tls-route': { accepts, requires, bind: ({ host }) => ({ ...gate, host }) },
    },
    ({ provided }) =>
      routeKinds
        .flatMap((kind): readonly AnyRoute[] => provided(kind))
        .map(({ kind, requester, from, backend, login }) => ({
          apiVersion: 'samples.example/v1',
          kind: 'Gate',
          metadata: { namespace: 'gates', name: `${requesterName(requester)}-${from}` },
          spec: {
            kind,
            from,
            field: requester.field,
            login: JSON.parse(JSON.stringify(login)),
            to: backend.service,
          },
        })),
  );
  return provider;
}
