import type { ConnectionRequirement } from '../contract/requirements.ts';

/** What claims ways for a component, each because of one field. */
export function connectionsFor(by: string, field: string) {
  return (
    from: ConnectionRequirement['from'],
    to: ConnectionRequirement['to'],
    ports: ConnectionRequirement['ports'],
    why: string,
  ): ConnectionRequirement => ({ kind: 'reach', by, field, from, to, ports, why });
}

/** One port of TCP. */
export function tcp(port: number): ConnectionRequirement['ports'] {
  return [{ port, protocol: 'TCP' }];
}
