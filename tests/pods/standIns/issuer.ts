/**
 * Stands for an issuer of OpenID Connect outside of the cluster, as far as those see it who verify its tokens: it gives its
 * public keys over TLS, as a set of JSON Web Keys (RFC 7517), at one path.
 *
 * It does not: sign anybody in, or give tokens. The test signs them.
 *
 * One argument: a file with {@link IssuerSettings}, whose keys are those that it says now. It ends with the process that started
 * it, whose end closes its input.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

export interface IssuerSettings {
  readonly address: string;
  readonly port: number;
  readonly certificate: string;
  readonly key: string;
  /** Where the keys are. */
  readonly path: string;
  /** A set of keys. */
  readonly keys: { readonly keys: readonly object[] };
}

const read = (): IssuerSettings => JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const { address, port, certificate, key, path } = read();

createServer({ cert: certificate, key }, (request, response) => {
  if (request.url !== path) return void response.writeHead(404).end();
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(read().keys));
}).listen(port, address, () => console.log('ready'));
process.stdin.on('end', () => process.exit(0)).resume();
