import type { ReachClaim } from '../contract/requirements.ts';

/** What claims ways for a component, each because of one field. */
export function reaching(by: string, field: string) {
  return (
    from: ReachClaim['from'],
    to: ReachClaim['to'],
    ports: ReachClaim['ports'],
    why: string,
  ): ReachClaim => ({ kind: 'reach', by, field, from, to, ports, why });
}

/** One port of TCP. */
export function tcp(port: number): ReachClaim['ports'] {
  return [{ port, protocol: 'TCP' }];
}
