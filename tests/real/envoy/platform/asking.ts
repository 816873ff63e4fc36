import { connect as connectHttp2, createServer as createHttp2, type IncomingHttpHeaders } from 'node:http2';
import { connect as connectTls } from 'node:tls';
import type { EnvoyGateway } from '../../fixtures/envoyGateway.ts';
import { clients, portOf } from '../compiledBench.ts';
import type { Instance } from './example.ts';

export interface Question {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Where it is asked from, if not from where the route is for. */
  readonly from?: keyof typeof clients | undefined;
}

export interface Answer {
  /** The status of HTTP, that of gRPC with its name, or `closed` where the connection is. */
  readonly status: string;
  /** What the app was asked; undefined where it was not. */
  readonly saw: { readonly path: string; readonly headers: Readonly<Record<string, string>> } | undefined;
}

/** The service whose methods the route of gRPC leads to. */
export const grpcService = '/whoami.Whoami';

/** Stands for the server of gRPC: it answers with what it was asked, in headers. */
export const grpcApplication = () =>
  createHttp2().on('stream', (stream, headers) => {
    stream.respond(
      {
        ...{ ':status': 200, 'content-type': 'application/grpc' },
        'x-asked-path': String(headers[':path']),
        'x-asked-headers': JSON.stringify(headers),
      },
      { waitForTrailers: true },
    );
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' })).end();
  });

/** Asks an echo in the way of its protocol, through its Gateway. */
export async function ask(gateway: EnvoyGateway, instance: Instance, question: Question): Promise<Answer> {
  const port = portOf(instance.gateway, instance.port);
  const from = clients[question.from ?? (instance.gateway === 'envoy-internal' ? 'home' : 'elsewhere')];
  const { path, headers } = question;
  if (instance.protocol === 'grpc')
    return call(gateway, port, instance.host, { path: `${grpcService}${path}`, headers, from });
  const { host } = instance;
  const serverName = instance.gateway === 'envoy-tunnel' || instance.protocol === 'tcp' ? undefined : host;
  const answer = await gateway.request(port, { host, path, headers, from, serverName }).catch(closed);
  const { status, asked } = answer;
  return {
    status: status === 0 ? 'closed' : String(status),
    saw: asked && { path: String(answer.headers['x-asked-path']), headers: asked },
  };
}

function closed(error: Error & { code?: string }) {
  if (error.code !== 'ECONNRESET') throw error;
  return { status: 0, headers: {}, asked: undefined };
}

/** Names of the statuses of gRPC. */
const grpcStatuses: Readonly<Record<string, string>> = {
  0: 'OK',
  7: 'PermissionDenied',
  12: 'Unimplemented',
  13: 'Internal',
  16: 'Unauthenticated',
};

/** Calls a method without a message, by HTTP/2 itself: a client of gRPC would not send such paths. */
function call(
  gateway: EnvoyGateway,
  port: number,
  host: string,
  { path, headers, from }: { path: string; headers: Question['headers']; from: string },
): Promise<Answer> {
  const secure = connectTls({
    socket: gateway.connect(port, from),
    ...{ servername: host, ALPNProtocols: ['h2'], rejectUnauthorized: false },
  });
  const session = connectHttp2(`https://${host}`, { createConnection: () => secure });
  return new Promise<Answer>((resolve, reject) => {
    session.on('error', reject);
    const fixed = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
    const stream = session.request({ ...headers, ...fixed });
    let [head, tail]: [IncomingHttpHeaders, IncomingHttpHeaders] = [{}, {}];
    stream.on('response', (back) => (head = back));
    stream.on('trailers', (back) => (tail = back));
    stream.setTimeout(15_000, () => reject(new Error(`no answer of ${host}${path}`)));
    stream.on('error', reject).on('end', () => {
      const grpc = head['grpc-status'] ?? tail['grpc-status'];
      const asked = head['x-asked-headers'];
      resolve({
        status: grpc === undefined ? String(head[':status']) : `${grpc} ${grpcStatuses[String(grpc)] ?? ''}`,
        saw:
          asked === undefined
            ? undefined
            : { path: String(head['x-asked-path']), headers: JSON.parse(String(asked)) },
      });
    });
    stream.resume().end();
  }).finally(() => session.destroy());
}
