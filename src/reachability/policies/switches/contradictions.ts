import { describeObject, refOf } from '../../../manifests/sourcedObject.ts';
import type { Unmodelled } from '../../model/unmodelled.ts';
import { doesEnforce, givenEnforcer } from '../enforcers.ts';
import type { NetworkProgram, ProgramFinding } from './enforcementSwitches.ts';

/** The programs that may be among the objects if an enforcer is named. */
const together: Readonly<Record<string, readonly NetworkProgram[]>> = {
  cilium: ['cilium', 'kube-network-policies'],
  calico: ['calico', 'flannel', 'kube-network-policies'],
  tigera: ['calico', 'flannel', 'kube-network-policies'],
  canal: ['calico', 'flannel', 'kube-network-policies'],
  antrea: ['antrea', 'kube-network-policies'],
  'kube-router': ['kube-router', 'flannel', 'kube-network-policies'],
  'kube-network-policies': ['kube-network-policies', 'flannel', 'kube-router'],
};

const alone: readonly NetworkProgram[] = ['kube-network-policies'];

/** What the objects say against the enforcer that the user names. */
export function enforcerContradictions(
  findings: readonly ProgramFinding[],
  enforcer: string,
): readonly Unmodelled[] {
  const name = enforcer.trim().toLowerCase();
  if (!doesEnforce(name) || name === givenEnforcer) return [];
  const expected = Object.hasOwn(together, name) ? (together[name] ?? alone) : alone;
  const others = findings.filter(
    ({ program, enforcesNothing }) => !expected.includes(program) && enforcesNothing !== true,
  );
  const off = findings.filter(({ program, enforcesNothing }) => program === name && enforcesNothing === true);
  return [
    ...others.map((finding) => contradiction(finding, name, `is about ${finding.program}`)),
    ...off.map((finding) => contradiction(finding, name, 'turns its policy controller off')),
    ...(name === 'kube-network-policies' ? withoutPolicies(findings) : []),
  ];
}

/** flannel enforces nothing without kube-network-policies beside it. */
function withoutPolicies(findings: readonly ProgramFinding[]): readonly Unmodelled[] {
  const isThere = findings.some(
    ({ program, hasNetworkPolicies }) => program === 'kube-network-policies' || hasNetworkPolicies === true,
  );
  return isThere
    ? []
    : findings
        .filter(({ program }) => program === 'flannel')
        .map((finding) => contradiction(finding, 'kube-network-policies', 'installs flannel without it'));
}

function contradiction({ source }: ProgramFinding, name: string, what: string): Unmodelled {
  const object = refOf(source);
  return {
    object,
    effects: ['enforcement'],
    namespace: undefined,
    rule: what,
    sentence: `${name} is named as what enforces network policies, but ${describeObject(object)} ${what}`,
    remedy: 'Name the program that enforces network policies in the cluster',
  };
}
