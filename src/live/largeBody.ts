import type { ClientRequest } from 'node:http';
import { TLSSocket } from 'node:tls';

/** How long a server may think about a body that was announced, in milliseconds (RFC 9110, section 10.1.1). */
export const announcement = 2_000;

/** A body of zeros on its way. */
export interface LargeBody {
  /** How many of its bytes were handed to the connection. */
  readonly sent: () => number;
}

/**
 * Announces so many zeros, and sends them once the server has kept silent for a pause. `100 Continue` begins the pause anew and does
 * not end it: servers send it by themselves, right before they refuse. Whoever answers by the size does so before the body comes; a
 * server that closes while the body comes resets the connection, and its answer may be lost with it.
 */
export function sendZeros(request: ClientRequest, zeros: number, pause: number): LargeBody {
  let left = zeros;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const more = (): void => {
    if (isOver) return;
    if (left === 0) return void request.end();
    const part = left < chunk.length ? chunk.subarray(0, left) : chunk;
    left -= part.length;
    // In another turn of the event loop, which reads first: a write that fails ends the connection with what it still holds.
    if (request.write(part)) setImmediate(more);
    else request.once('drain', () => setImmediate(more));
  };
  const wait = (): void => {
    clearTimeout(timer);
    if (left === zeros && !isOver) timer = setTimeout(more, pause);
  };
  const end = (): void => {
    clearTimeout(timer);
    isOver = true;
  };
  request.once('response', end).once('error', end).once('close', end).on('continue', wait);
  request.once('socket', (socket) =>
    socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', wait),
  );
  request.flushHeaders();
  return { sent: () => zeros - left };
}

const chunk = Buffer.alloc(64 * 1024);
