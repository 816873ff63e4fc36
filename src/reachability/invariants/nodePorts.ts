import type { ExposedPort } from '../entrypoints/exposedPorts.ts';
import { type Conclusion, conclude, type Objection } from './conclusion.ts';
import { exposedPortObjection, hiddenPorts, nameExposedPort } from './exposedPortObjections.ts';
import type { Invariant } from './invariant.ts';

export const nodePorts = {
  id: 'node-ports',
  title: 'No unexpected node port',
  promise: 'Exactly the expected number of node ports is open, or at most one where no number is expected',
  remedy: 'Make the Service a ClusterIP, or set allocateLoadBalancerNodePorts to false',
  brokenByPresence: true,
  prove: ({ model, assumptions }) => [
    proveNodePorts(model.exposedPorts, hiddenPorts(model), assumptions.expectedNodePorts),
  ],
} as const satisfies Invariant;

function proveNodePorts(
  exposedPorts: readonly ExposedPort[],
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
    ports.length === 0 ? 'No Service opens a node port' : ports.map(nameExposedPort).join('. ');
  const evidence = ports.map(({ object, kind }) => ({ object, rule: kind }));
  return conclude(claim, [...objections, ...hidden], { sentence, evidence });
}
