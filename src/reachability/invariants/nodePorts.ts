import type { Model } from '../model/model.ts';
import { type Conclusion, conclude, type Objection } from './conclusion.ts';
import {
  exposedPortObjection,
  hiddenPorts,
  internetObjections,
  nameExposedPort,
} from './exposedPortObjections.ts';
import type { Invariant } from './invariant.ts';

export const nodePorts = {
  id: 'node-ports',
  title: 'No unexpected node port',
  promise:
    'Exactly the expected number of node ports is open, or at most one where no number is expected, and none to the internet where nodes have addresses on it',
  remedy: 'Make the Service a ClusterIP, or set allocateLoadBalancerNodePorts to false',
  brokenByPresence: true,
  prove: (context) => {
    const { model, assumptions } = context;
    const open = model.exposedPorts
      .filter(({ kind }) => kind === 'NodePort')
      .flatMap((exposedPort) => internetObjections(context, exposedPort));
    const others = [...open, ...hiddenPorts(model)];
    return [proveNodePorts(model, others, assumptions.expectedNodePorts)];
  },
} as const satisfies Invariant;

function proveNodePorts(
  { exposedPorts, services }: Model,
  hidden: readonly Objection[],
  expected: number | undefined,
): Conclusion {
  const ports = exposedPorts.filter(({ kind }) => kind === 'NodePort');
  const wanted = expected ?? 1;
  const wrong = expected === undefined ? ports.length > 1 : ports.length !== wanted;
  const claim = `${expected === undefined ? 'At most' : 'Exactly'} ${wanted === 1 ? 'one node port is' : `${wanted} node ports are`} open`;
  const missing = {
    // It may be among what could not be read.
    certain: hidden.length === 0,
    sentence: `${ports.length} node ports are open`,
    evidence: [],
    remedy: 'Let what is built hold the Service whose node port is meant',
  };
  const objections = wrong ? (ports.length > wanted ? ports.map(exposedPortObjection) : [missing]) : [];
  const sentence =
    services.length === 0
      ? 'Nothing to prove: no Service is among the objects'
      : ports.length === 0
        ? 'No Service opens a node port'
        : ports.map(nameExposedPort).join('. ');
  const evidence = ports.map(({ object, kind }) => ({ object, rule: kind }));
  return conclude(claim, [...objections, ...hidden], { sentence, evidence });
}
