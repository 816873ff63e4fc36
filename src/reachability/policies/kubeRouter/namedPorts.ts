import type { Protocol } from '../../model/analysis.ts';
import type { Truth } from '../../model/truth.ts';
import type { ContainerPort, Workload } from '../../model/workload.ts';
import { coversPort, type Destination, type PortReading, type Rule, type RulePort } from '../policy.ts';

/** The pods on which a rule looks its names up, and whether it counts as one without ports if none of them has one. */
export interface Lookup {
  kind: 'pods' | 'namespace' | 'nowhere';
  workloads: readonly Workload[];
  opensIfUnknown: boolean;
}

/**
 * What kube-router makes of the named ports of a rule: `agreed` where it is what the documentation says, `doubted` where it is
 * something else, or may be, by which pods run and in which order they are listed.
 */
export function readNames(
  ports: readonly RulePort[],
  lookup: Lookup,
): { agreed: PortReading; doubted: PortReading } {
  const documented: Rule = { name: '', action: 'allow', peers: undefined, ports };
  const both = (protocol: Protocol, port: number, destination: Destination): [Truth, Truth] => {
    const said = coversPort(documented, protocol, port, destination);
    return [said, enforced(ports, lookup, said, protocol, port, destination)];
  };
  return {
    agreed: (...asked) => {
      const [said, done] = both(...asked);
      return said === done ? said : 'no';
    },
    doubted: (...asked) => {
      const [said, done] = both(...asked);
      return said === done ? 'no' : 'maybe';
    },
  };
}

function enforced(
  ports: readonly RulePort[],
  { kind, workloads, opensIfUnknown }: Lookup,
  said: Truth,
  protocol: Protocol,
  port: number,
  destination: Destination,
): Truth {
  if (kind === 'nowhere') return 'no';
  const isNamed = (own: ContainerPort): boolean => ports.some((written) => isCalled(own, written));
  const isAsked = (own: ContainerPort): boolean =>
    isNamed(own) && own.protocol === protocol && own.port === port;
  const makers = workloads.filter((workload) => workload.ports.some(isAsked));
  if (kind === 'namespace') {
    if (said === 'yes' && destination !== undefined && makers.some((each) => each === destination))
      return said;
    return makers.length > 0 ? 'maybe' : 'no';
  }
  if (said !== 'no' || destination === undefined) return said;
  if (opensIfUnknown && !destination.ports.some(isNamed)) return 'maybe';
  const isShared = (maker: Workload): boolean =>
    maker.ports.some((one) => destination.ports.some((other) => isSame(one, other)));
  return makers.some(isShared) ? 'maybe' : said;
}

function isCalled({ name, protocol }: ContainerPort, written: RulePort): boolean {
  return name !== undefined && name === written.port && protocol === written.protocol;
}

function isSame(one: ContainerPort, other: ContainerPort): boolean {
  return one.name === other.name && one.protocol === other.protocol && one.port === other.port;
}
