import type { Problem } from '../problems/problem.ts';
import { parseBlock } from '../reachability/model/addresses.ts';
import { enforcerNames, refusalOf } from '../reachability/policies/enforcers.ts';

/** What a user says on the command line and cannot be. */
export function invalidInputs({
  enforcer,
  lan = [],
  vpn = [],
  pods = [],
}: Partial<Record<'lan' | 'vpn' | 'pods', readonly string[]>> & { enforcer?: string }): readonly Problem[] {
  return [...invalidEnforcer(enforcer), ...[...lan, ...vpn, ...pods].flatMap(invalidRange)];
}

function invalidEnforcer(enforcer: string | undefined): readonly Problem[] {
  const why = enforcer === undefined ? undefined : refusalOf(enforcer);
  if (why === undefined) return [];
  return [
    {
      code: 'enforcer-unknown',
      message: `--enforcer ${enforcer}: ${why}`,
      expected: `one of ${enforcerNames.join(', ')}`,
      remedy: 'name what enforces network policies in the cluster, or none',
    },
  ];
}

function invalidRange(range: string): readonly Problem[] {
  if (parseBlock(range) !== undefined) return [];
  return [
    {
      code: 'not-a-range',
      message: `${range} is not a range of addresses`,
      expected: 'CIDR notation, such as 192.0.2.0/24',
    },
  ];
}
