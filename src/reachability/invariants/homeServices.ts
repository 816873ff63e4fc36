import { describeObject } from '../../manifests/sourcedObject.ts';
import type { ExposedPort } from '../entrypoints/exposedPorts.ts';
import { unexpectedAddresses } from '../entrypoints/potentialClients.ts';
import type { Served } from '../entrypoints/servedPorts.ts';
import { type AddressSet, parseBlocks, union } from '../model/addresses.ts';
import type { Assumptions } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';
import type { Workload } from '../model/workload.ts';
import { addressObjection, isolatedBy, rewrittenSources } from './clientObjections.ts';
import { type Conclusion, conclude, type Objection } from './conclusion.ts';
import { nameExposedPort } from './exposedPortObjections.ts';
import { homeRangesPremise, isHomeService, isRewrittenOnNodes } from './homeOnly.ts';
import type { InvariantContext } from './invariant.ts';

/** The ports of a workload that are behind such Services. */
export function homePortsOf(model: Model, assumptions: Assumptions, target: Workload): readonly Served[] {
  return model.exposedPorts
    .filter((exposedPort) => isHomeService(exposedPort, assumptions))
    .flatMap(({ backends }) =>
      backends.flatMap(({ workload, protocol, port }) => (workload === target ? [{ protocol, port }] : [])),
    );
}

/** The addresses of the home network and the VPN. */
export function homeAddresses({ lan, vpn }: Pick<Assumptions, 'lan' | 'vpn'>): AddressSet {
  return union(parseBlocks(lan).set, parseBlocks(vpn).set);
}

/** What the admission of the home network alone rests on. */
export function homePremises(
  assumptions: Assumptions,
  served: readonly Pick<Served, 'protocol'>[],
): string[] {
  return [
    ...homeRangesPremise(assumptions),
    // A connection of TCP cannot be made with the address of somebody else, and one packet of UDP can be sent with it.
    ...(served.some(({ protocol }) => protocol !== 'TCP')
      ? [
          'No router lets packets in from the internet that have an address of the home network as their source',
        ]
      : []),
  ];
}

/**
 * That the home network and the VPN alone reach a Service which is named as theirs: the policies of each of its pods admit no
 * other address, and they see the address of the client.
 */
export function proveHomeService(context: InvariantContext, exposedPort: ExposedPort): Conclusion {
  const { model, assumptions } = context;
  const { object, backends } = exposedPort;
  const name = nameExposedPort(exposedPort);
  const workloads = [...new Set(backends.map(({ workload }) => workload))];
  const conclusion = conclude(
    `Nothing but the home network and the VPN connects to ${name}`,
    [...ownObjections(model, exposedPort), ...backendObjections(context, exposedPort, workloads)],
    {
      sentence: `${name}: ${workloads.map(({ ref }) => describeObject(ref)).join(', ')} admits the home network and the VPN, and asks nobody who they are`,
      evidence: [
        { object, rule: 'externalTrafficPolicy: Local' },
        ...workloads.flatMap((workload) => isolatedBy(model, workload)),
      ],
    },
  );
  return {
    ...conclusion,
    premises: [
      `Nothing in front of ${describeObject(object)} gives the connection of a client an address of the home network`,
      ...homePremises(assumptions, backends),
    ],
  };
}

/** What speaks against it without a look at its pods. */
function ownObjections(model: Model, { object, backends }: ExposedPort): readonly Objection[] {
  const evidence = [{ object, rule: 'LoadBalancer' }];
  return [
    ...(backends.length === 0
      ? [{ certain: false, sentence: `What is behind ${describeObject(object)} is not known`, evidence }]
      : []),
    ...(isRewrittenOnNodes(model)
      ? [
          {
            certain: false,
            sentence: `A proxy on the network of a node may connect to ${describeObject(object)} with an address of the home network`,
            evidence,
          },
        ]
      : []),
  ];
}

function backendObjections(
  { model, assumptions }: Pick<InvariantContext, 'model' | 'assumptions'>,
  { object, protocol, backends }: ExposedPort,
  workloads: readonly Workload[],
): readonly Objection[] {
  const home = homeAddresses(assumptions);
  return [
    ...(model.network.enforced
      ? []
      : [
          {
            certain: false,
            sentence: `Nothing is known to enforce the policies of what is behind ${describeObject(object)}`,
            evidence: [{ object, rule: protocol }],
          },
        ]),
    ...backends.flatMap(({ workload, protocol: served, port }) =>
      unexpectedAddresses(model, workload, home, [{ protocol: served, port }]).map((found) =>
        addressObjection(model, workload, found),
      ),
    ),
    ...workloads.flatMap((workload) => rewrittenSources(model, workload)),
  ];
}
