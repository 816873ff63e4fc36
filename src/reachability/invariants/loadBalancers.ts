import { describeObject } from '../../manifests/sourcedObject.ts';
import type { ExposedPort } from '../entrypoints/exposedPorts.ts';
import { type DeniedByDefault, deniesByDefault } from '../gateways/deniesByDefault.ts';
import { gatewayGroup, indexObjects } from '../gateways/objectIndex.ts';
import type { Model } from '../model/model.ts';
import type { Truth } from '../model/truth.ts';
import { conclude, type Objection } from './conclusion.ts';
import { exposedPortObjection, hiddenPorts } from './exposedPortObjections.ts';
import { isHomeService } from './homeOnly.ts';
import { proveHomeService } from './homeServices.ts';
import type { Invariant } from './invariant.ts';

export const loadBalancers = {
  id: 'load-balancers',
  title: 'No load balancer',
  promise:
    'No Service is of type LoadBalancer or lists externalIPs, but those of a Gateway that denies each request for which no policy of a route says otherwise, and those named for the home network, whose pods admit it and the VPN alone',
  remedy:
    'Make the Service a ClusterIP behind the origin proxy, or let a SecurityPolicy of the Gateway deny by default',
  brokenByPresence: true,
  prove: (context) => {
    const { model, assumptions } = context;
    const all = model.exposedPorts.filter(({ kind }) => kind === 'LoadBalancer' || kind === 'externalIP');
    const home = all.filter((exposedPort) => isHomeService(exposedPort, assumptions));
    const open = all.filter((exposedPort) => !home.includes(exposedPort));
    const { denying, doubted, others } = byGateway(model, open);
    return [
      conclude(
        'No load balancer and no external address leads in',
        [...others.map(exposedPortObjection), ...doubted, ...hiddenPorts(model)],
        {
          sentence:
            model.services.length === 0 && all.length === 0
              ? 'Nothing to prove: no Service is among the objects'
              : sentenceOf(denying, home),
          evidence: denying.map(({ object, kind }) => ({ object, rule: kind })),
        },
      ),
      ...home.map((exposedPort) => proveHomeService(context, exposedPort)),
    ];
  },
} as const satisfies Invariant;

function sentenceOf(denying: readonly ExposedPort[], home: readonly ExposedPort[]): string {
  const services = [...new Set(home.map(({ object }) => describeObject(object)))];
  const but = [
    ...(denying.length === 0 ? [] : ['those of Gateways that deny by default']),
    ...(services.length === 0 ? [] : [`${services.join(', ')}, which the home network alone is to reach`]),
  ];
  const none = 'No Service is of type LoadBalancer or lists externalIPs';
  return but.length === 0 ? none : `${none} but ${but.join(', and ')}`;
}

/** Exposed ports of Gateways that deny by default: what their routes demand is proved of each of them. */
function byGateway(
  { objects }: Model,
  open: readonly ExposedPort[],
): { denying: readonly ExposedPort[]; doubted: readonly Objection[]; others: readonly ExposedPort[] } {
  if (!open.some(({ object }) => object.kind === 'Gateway'))
    return { denying: [], doubted: [], others: open };
  const index = indexObjects(objects);
  const judged = open.map((exposedPort) => {
    const { kind, namespace = 'default', name } = exposedPort.object;
    const gateway = kind === 'Gateway' ? index.find(gatewayGroup, kind, namespace, name) : undefined;
    const denied: DeniedByDefault = gateway === undefined ? { truth: 'no' } : deniesByDefault(index, gateway);
    return { exposedPort, denied };
  });
  const of = (truth: Truth) =>
    judged.flatMap(({ exposedPort, denied }) => (denied.truth === truth ? [exposedPort] : []));
  const doubted = judged.flatMap(({ exposedPort, denied }) => {
    if (denied.truth !== 'maybe') return [];
    const objection = exposedPortObjection(exposedPort);
    return [{ ...objection, certain: false, sentence: `${objection.sentence}: ${denied.why}` }];
  });
  return { denying: of('yes'), doubted, others: of('no') };
}
