import { describeObject, refOf } from '../../../manifests/sourcedObject.ts';
import type { NodeSetting } from '../../model/nodeSetting.ts';
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

/** What the objects, and the files that configure nodes, say against the enforcer that the user names. */
export function enforcerContradictions(
  findings: readonly ProgramFinding[],
  settings: readonly NodeSetting[],
  enforcer: string,
): readonly Unmodelled[] {
  const name = enforcer.trim().toLowerCase();
  if (!doesEnforce(name) || name === givenEnforcer) return [];
  const expected = expectedBeside(name);
  const others = findings.filter(
    ({ program, enforcesNothing }) => !expected.includes(program) && enforcesNothing !== true,
  );
  const off = findings.filter(({ program, enforcesNothing }) => program === name && enforcesNothing === true);
  return [
    ...others.map((finding) => contradiction(finding, name, `is about ${finding.program}`)),
    ...off.map((finding) => contradiction(finding, name, 'turns its policy controller off')),
    ...(name === 'kube-network-policies' ? withoutPolicies(findings, settings) : []),
    ...settingContradictions(findings, settings, name),
  ];
}

function expectedBeside(name: string): readonly NetworkProgram[] {
  return Object.hasOwn(together, name) ? (together[name] ?? alone) : alone;
}

/** flannel enforces nothing without kube-network-policies beside it. */
function withoutPolicies(
  findings: readonly ProgramFinding[],
  settings: readonly NodeSetting[],
): readonly Unmodelled[] {
  const isThere = runsPolicies(findings) || settings.some(({ means }) => means === 'flannel-enforcing');
  return isThere
    ? []
    : findings
        .filter(({ program }) => program === 'flannel')
        .map((finding) => contradiction(finding, 'kube-network-policies', 'installs flannel without it'));
}

function runsPolicies(findings: readonly ProgramFinding[]): boolean {
  return findings.some(
    ({ program, hasNetworkPolicies }) => program === 'kube-network-policies' || hasNetworkPolicies === true,
  );
}

/** What settings of nodes say against the enforcer, unless an object installs the enforcer itself. */
function settingContradictions(
  findings: readonly ProgramFinding[],
  settings: readonly NodeSetting[],
  name: string,
): readonly Unmodelled[] {
  const isInstalled =
    findings.some(({ program, enforcesNothing }) => program === name && enforcesNothing !== true) ||
    (name === 'kube-network-policies' && runsPolicies(findings));
  const enforcing = settings.some(({ means }) => means === 'flannel-enforcing');
  const isBeside = name === 'kube-network-policies';
  const flannel = expectedBeside(name).includes('flannel');
  const isReplaced = settings.some(({ means }) => means === 'other');
  const contradicts = ({ means, enforcers = [] }: NodeSetting): boolean => {
    if (means === 'unknown') return true;
    if (means === 'replaced') return enforcers.includes(name) && !isInstalled;
    if (means === 'installs')
      // Beside a plugin that enforces nothing, and beside any other in the case of this one, an object may enforce them.
      return !enforcers.includes(name) && !(isInstalled && (enforcers.length === 0 || isBeside));
    if (means === 'default' && !flannel) return !isInstalled && !isReplaced;
    if (means === 'k3s-off' || means === 'k3s-other') return name === 'kube-router' && !isInstalled;
    if (means.startsWith('flannel') && !flannel) return true;
    if (name !== 'kube-network-policies' || isInstalled || means === 'flannel-enforcing') return false;
    return means === 'flannel-off' || !enforcing;
  };
  return settings.filter(contradicts).map(({ file, rule }) => ({
    object: { kind: 'File', name: file, file },
    effects: ['enforcement'],
    namespace: undefined,
    rule,
    sentence: `${name} is named as what enforces network policies, but ${file} says ${rule}`,
    remedy: 'Name the program that enforces network policies in the cluster, or correct the file',
  }));
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
