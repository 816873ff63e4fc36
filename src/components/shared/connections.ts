import type { ConnectionRequirement } from '../contract/requirements.ts';
import { requesterOf } from './requesters.ts';

/** Makes the connection requirements of a component, each because of one field. */
export function connectionsFor(component: string, field: string) {
  const requester = requesterOf(component, field);
  return (
    from: ConnectionRequirement['from'],
    to: ConnectionRequirement['to'],
    ports: ConnectionRequirement['ports'],
    why: string,
  ): ConnectionRequirement => ({ kind: 'connection', requester, from, to, ports, why });
}

/** One port of TCP. */
export function tcp(port: number): ConnectionRequirement['ports'] {
  return [{ port, protocol: 'TCP' }];
}
