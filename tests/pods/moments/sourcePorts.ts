import type { Watched } from './watched.ts';

/** Below those that the kernel draws (ip_local_port_range), so that nobody else has them but who listens there. */
const range = { first: 10_000, count: 20_000 };

/** Draws ports to ask from. */
export interface SourcePorts {
  /** A port that nothing was asked from at the same destination lately: its turn comes after all others. */
  readonly next: (watched: Watched) => number;
}

/**
 * Draws ports so that one address is asked from each of them in turn. What a node tracks of a port says where a question from it
 * leads, for up to 120 s, and not what is true now. The kernel draws them again and again: from 5.18 on it begins somewhere
 * else every 10 s (secure_ipv4_port_ephemeral, EPHEMERAL_PORT_SHUFFLE_PERIOD).
 */
export function sourcePorts(): SourcePorts {
  const drawn = new Map<string, number>();
  return {
    next: (watched) => {
      const destination = destinationOf(watched);
      const turn = drawn.get(destination) ?? 0;
      drawn.set(destination, turn + 1);
      return range.first + (turn % range.count);
    },
  };
}

function destinationOf(watched: Watched): string {
  if (watched.kind === 'connection') {
    const { protocol, host, port } = watched.question;
    // A port of UDP belongs to one socket, whatever it asks.
    return protocol === 'UDP' ? protocol : `${protocol} ${host} ${port}`;
  }
  const { protocol, port } = new URL(watched.request.url);
  return `TCP ${watched.request.address} ${port || (protocol === 'https:' ? 443 : 80)}`;
}
