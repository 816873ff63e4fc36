import { describeObject } from '../../manifests/sourcedObject.ts';
import { premisesOfPath } from '../entrypoints/gatedPaths.ts';
import { internetSources } from '../entrypoints/internetSources.ts';
import { envoyConfigurations } from '../gateways/envoyConfiguration.ts';
import { controllerOf } from '../gateways/gatewayClass.ts';
import { gatewayGroup, indexObjects } from '../gateways/objectIndex.ts';
import { apiRightsAssumption } from '../kinds/apiRights.ts';
import { nodeRightsAssumption } from '../kinds/nodeRights.ts';
import type { Assumptions } from '../model/analysis.ts';
import type { Deviation } from '../policies/deviations.ts';
import { enforcerNamed } from '../policies/enforcers.ts';
import { homeRangesPremise, isHomeService } from './homeOnly.ts';
import type { InvariantContext } from './invariant.ts';
import type { InvariantId } from './registry.ts';
import { kindsWithoutSchema } from './structure.ts';

/** What no object tells, and on which proofs rest. */
export interface Premise {
  name: string;
  /** What is assumed; nothing where the objects leave no doubt. */
  sentences: (context: InvariantContext) => readonly string[];
  /** The invariants that rest on it. */
  usedBy: readonly InvariantId[];
  /** Those that rest on it only where nodes have addresses on the internet. */
  usedOnInternet?: readonly InvariantId[];
  /** Those that rest on it only where a Service is named for the home network. */
  usedAtHome?: readonly InvariantId[];
  /** Those that hold without it. With the others they are all invariants. */
  notUsedBy: readonly InvariantId[];
}

const exposed = ['outside-gated', 'node-ports'] as const;
const ports = ['node-ports', 'load-balancers', 'host-ports'] as const;
const clients = ['backend-clients', 'proxy-clients', 'internal-clients'] as const;
/** They are about what is written, and no network decides them. */
const written = ['secrets-encrypted', 'objects-valid', 'labelled-routes'] as const;
const apart = ['proxy-demands', 'ingresses', 'host-ports', ...written] as const;
const others = ['load-balancers', ...apart] as const;
/** A Service that is named for the home network rests on the policies of its pods. */
const usedAtHome = ['load-balancers'] as const;

/** The first of them are about policies: what programs and paths rest on is printed after these. */
const premisesOfPolicies = 4;

/** What a proof rests on beside what its own path rests on (`Conclusion.premises`). */
export const premises: readonly Premise[] = [
  {
    name: 'enforcement',
    sentences: ({ model, assumptions }) =>
      model.network.enforced
        ? [
            `Network policies are enforced in the whole cluster, by ${assumptions.enforcer}`,
            ...conditionsOf(assumptions),
          ]
        : [],
    usedBy: [...clients, 'default-deny'],
    usedOnInternet: exposed,
    usedAtHome,
    notUsedBy: ['ways-work', ...apart],
  },
  {
    name: 'start of pods',
    sentences: ({ model, assumptions: { enforcer = '' } }) => {
      const sentence = enforcerNamed(enforcer)?.atStart;
      return model.network.enforced && sentence !== undefined ? [sentence] : [];
    },
    usedBy: [...clients, 'default-deny'],
    usedOnInternet: exposed,
    usedAtHome,
    notUsedBy: ['ways-work', ...apart],
  },
  {
    name: 'defects of the enforcer',
    sentences: ({ model, assumptions }) =>
      model.network.enforced ? defectsOf(model.network.deviations, assumptions) : [],
    usedBy: [...clients, 'ways-work', 'default-deny'],
    usedOnInternet: exposed,
    usedAtHome,
    notUsedBy: apart,
  },
  {
    name: 'meaning of policies',
    sentences: ({ model, assumptions }) => [
      ...(model.network.enforced ? model.policyAssumptions : []),
      ...model.ineffective.map(
        (object) =>
          `${describeObject(object)} has no effect, since ${assumptions.enforcer} does not read its kind`,
      ),
    ],
    usedBy: [...clients, 'ways-work', 'default-deny'],
    usedOnInternet: exposed,
    usedAtHome,
    notUsedBy: apart,
  },
  {
    name: 'tunnels',
    sentences: () => ['No workload opens a tunnel of its own but those that are named'],
    usedBy: ['outside-gated', ...clients],
    notUsedBy: ['proxy-demands', ...ports, 'ingresses', 'ways-work', 'default-deny', ...written],
  },
  {
    name: 'routers',
    sentences: () => ['No router forwards a port from the internet to a node'],
    usedBy: exposed,
    notUsedBy: [...clients, 'ways-work', 'default-deny', ...others],
  },
  {
    name: 'IPv6',
    sentences: ({ assumptions }) => [ipv6Premise(assumptions)],
    usedBy: exposed,
    notUsedBy: [...clients, 'ways-work', 'default-deny', ...others],
  },
  {
    name: 'home ranges',
    sentences: ({ assumptions }) => homeRangesPremise(assumptions),
    usedBy: ['backend-clients'],
    usedOnInternet: exposed,
    notUsedBy: ['proxy-clients', 'internal-clients', 'ways-work', 'default-deny', ...others],
  },
  {
    name: 'cluster ranges',
    sentences: ({ assumptions: { podRanges = [], nodeAddresses = [] } }) => [
      ...(podRanges.length === 0
        ? []
        : [`Pods have addresses of these ranges only: ${podRanges.join(', ')}`]),
      ...(nodeAddresses.length === 0
        ? []
        : [`Nodes have these addresses and no others: ${nodeAddresses.join(', ')}`]),
    ],
    usedBy: [...clients, 'ways-work'],
    usedOnInternet: exposed,
    usedAtHome,
    notUsedBy: ['default-deny', ...apart],
  },
  {
    name: 'Service ranges',
    sentences: ({ assumptions: { serviceRanges = [] } }) =>
      serviceRanges.length === 0
        ? []
        : [`Services have addresses of these ranges, the first by default: ${serviceRanges.join(', ')}`],
    usedBy: [],
    usedOnInternet: exposed,
    notUsedBy: [...clients, 'ways-work', 'default-deny', ...others],
  },
  {
    name: 'namespaces',
    sentences: () => ['Nothing runs in the namespaces that these objects define but what these objects make'],
    usedBy: ['outside-gated', ...ports, 'ingresses', ...clients, 'default-deny'],
    notUsedBy: ['proxy-demands', 'ways-work', ...written],
  },
  {
    name: 'processes of nodes',
    sentences: () => ['A process on a node reaches the pods of that node, whatever the policies say'],
    usedBy: [...clients, 'default-deny'],
    notUsedBy: ['outside-gated', 'node-ports', 'ways-work', ...others],
  },
  {
    name: 'rights on nodes',
    sentences: ({ model }) => nodeRightsAssumption(model.workloads),
    usedBy: ['outside-gated', ...ports, 'ingresses', ...clients, 'default-deny'],
    notUsedBy: ['proxy-demands', 'ways-work', ...written],
  },
  {
    name: 'rights of the API',
    sentences: ({ model }) => apiRightsAssumption(model.objects),
    usedBy: ['outside-gated', ...ports, 'ingresses', ...clients, 'default-deny'],
    notUsedBy: ['proxy-demands', 'ways-work', ...written],
  },
  {
    name: 'Envoy Gateway',
    sentences: ({ model }) => (isEnvoyAssumed(model) ? [envoyPremise] : []),
    usedBy: ['outside-gated', 'load-balancers'],
    notUsedBy: [
      ...(['proxy-demands', 'node-ports', 'host-ports', 'ingresses', ...clients] as const),
      ...(['ways-work', 'default-deny', ...written] as const),
    ],
  },
  {
    name: 'unknown domains',
    sentences: ({ model: { unknownDomains } }) =>
      unknownDomains.length === 0
        ? []
        : [`Labels and annotations of these domains expose nothing: ${unknownDomains.join(', ')}`],
    usedBy: ['outside-gated', ...ports, 'ingresses', ...clients],
    notUsedBy: ['proxy-demands', 'ways-work', 'default-deny', ...written],
  },
  {
    name: 'makers',
    sentences: ({ model }) => makersPremise(model),
    usedBy: [...clients, 'default-deny'],
    notUsedBy: ['outside-gated', 'node-ports', 'ways-work', ...others],
  },
  {
    name: 'kinds without a schema',
    sentences: ({ structure }) => {
      const kinds = structure === undefined ? [] : kindsWithoutSchema(structure);
      return kinds.length === 0
        ? []
        : [
            `Objects of these kinds are assumed to be valid, since there is no schema for them: ${kinds.join(', ')}`,
          ];
    },
    usedBy: [
      'outside-gated',
      'proxy-demands',
      ...ports,
      'ingresses',
      ...clients,
      'ways-work',
      'default-deny',
    ],
    notUsedBy: written,
  },
];

/** The sentences of the premises, in the order of the report, and those of each invariant. */
export interface PremisesInUse {
  all: readonly string[];
  of: (id: InvariantId) => readonly string[];
}

/** What the proofs of a run rest on, beside what is of one path alone. */
export function premisesInUse(context: InvariantContext): PremisesInUse {
  const isOnInternet = internetSources(context.model, context.assumptions).length > 0;
  const isAtHome = context.model.exposedPorts.some((each) => isHomeService(each, context.assumptions));
  const used = premises.map((premise) => ({
    sentences: premise.sentences(context),
    by: new Set([
      ...premise.usedBy,
      ...((isOnInternet && premise.usedOnInternet) || []),
      ...((isAtHome && premise.usedAtHome) || []),
    ]),
  }));
  const own = context.gatedPaths.paths.flatMap(premisesOfPath);
  const ofPrograms = [...context.model.tunnels, ...context.model.proxies].flatMap(
    ({ assumptions = [] }) => assumptions,
  );
  const sentences = used.map((each) => each.sentences);
  return {
    all: [
      ...new Set([
        ...sentences.slice(0, premisesOfPolicies).flat(),
        ...ofPrograms,
        ...own,
        ...sentences.slice(premisesOfPolicies).flat(),
      ]),
    ],
    of: (id) => used.flatMap(({ sentences, by }) => (by.has(id) ? sentences : [])),
  };
}

const envoyPremise =
  'Envoy Gateway runs with its own defaults, since its configuration is not among the objects: it watches every namespace, and no extension server changes what Envoy gets';

/** Whether Gateways are served by an Envoy Gateway of which no object tells how it is configured. */
function isEnvoyAssumed({ objects }: InvariantContext['model']): boolean {
  const index = indexObjects(objects);
  return (
    index.all(gatewayGroup, 'Gateway').some((gateway) => controllerOf(index, gateway).kind === 'envoy') &&
    envoyConfigurations(objects).length === 0
  );
}

function ipv6Premise({ ipv6 }: Assumptions): string {
  if (ipv6 === 'global')
    return 'Nodes have global IPv6 addresses, and nothing before them blocks a connection from the internet';
  return ipv6 === 'private'
    ? 'The IPv6 addresses of nodes are private: nothing on the internet reaches them'
    : 'No node has a global IPv6 address';
}

/** Under which condition the named enforcer enforces. */
function conditionsOf({ enforcer = '' }: Assumptions): readonly string[] {
  const condition = enforcerNamed(enforcer)?.condition;
  return condition === undefined ? [] : [condition];
}

/** One sentence for each defect that may decide about a connection, with one of the policies. */
function defectsOf(found: readonly Deviation[], { enforcer = '' }: Assumptions): readonly string[] {
  const { name = '', deviations } = enforcerNamed(enforcer) ?? {};
  return [...new Set(found.map(({ defect }) => defect))].flatMap((defect) => {
    const policies = found.filter((each) => each.defect === defect).map(({ policy }) => policy);
    const [one] = policies;
    if (one === undefined || deviations === undefined) return [];
    const more = policies.length === 1 ? '' : ` and ${policies.length - 1} more`;
    return `${name}, at least up to ${deviations.until}, enforces ${describeObject(one)}${more} as documented but for this: ${defect}. What that decides is unknown here`;
  });
}

function makersPremise({ unmodelled }: InvariantContext['model']): readonly string[] {
  const unseen = new Set(
    unmodelled.flatMap(({ object, effects }) => (effects.includes('pods') ? [describeObject(object)] : [])),
  );
  const [one] = unseen;
  if (one === undefined) return [];
  return unseen.size === 1
    ? [`${one} makes policies and pods in its own namespace only`]
    : [
        `Each of the ${unseen.size} objects that make others unseen, such as ${one}, makes policies and pods in its own namespace only`,
      ];
}
