import { createSocket } from 'node:dgram';

/** A name server on loopback that knows a few names, IPv4 only. */
export interface NameServer extends AsyncDisposable {
  readonly port: number;
  /** What names lead to; a test may change it. */
  readonly addresses: Map<string, string>;
}

const typeA = 1;
const nameDoesNotExist = 3;

/** Answers questions for A records (RFC 1035 section 4), every answer valid for one second. */
export async function startNameServer(addresses: Iterable<readonly [string, string]>): Promise<NameServer> {
  const known = new Map(addresses);
  const socket = createSocket('udp4');
  socket.on('message', (question, from) => socket.send(answer(question, known), from.port, from.address));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    port: socket.address().port,
    addresses: known,
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(resolve)),
  };
}

function answer(question: Buffer, known: ReadonlyMap<string, string>): Buffer {
  const labels: string[] = [];
  let at = 12;
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const end = at + 5;
  const address = known.get(labels.join('.').toLowerCase());
  const found = address !== undefined && question.readUInt16BE(at + 1) === typeA;
  const header = Buffer.alloc(12);
  question.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (address === undefined ? nameDoesNotExist : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(found ? 1 : 0, 6);
  const parts = [header, question.subarray(12, end)];
  if (found)
    parts.push(Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...address.split('.').map(Number)]));
  return Buffer.concat(parts);
}
