import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateSecret } from 'jose';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import type { HTTPRoute, SecurityPolicy } from '../../src/kubernetes/types.ts';
import { gatewayPlan } from '../../tests/gateway/compiledGateway.ts';
import { httpRoute, logins, loginValues } from '../../tests/gateway/sampleRoutes.ts';
import {
  accessHost,
  type CompiledBench,
  portOf,
  serveCompiled,
} from '../../tests/real/envoy/compiledBench.ts';
import { definitionsDirectory, installDefinitions } from '../../tests/real/fixtures/definitions.ts';
import { serviceTo } from '../../tests/real/fixtures/envoyGateway.ts';
import { kubernetesClient } from '../../tests/real/fixtures/kubernetesClient.ts';
import { clearScratch, makeScratch } from '../../tests/real/fixtures/scratch.ts';
import { insideAddress } from '../../tests/real/fixtures/separateNetwork.ts';
import { startControlPlane, writeKubeconfig } from '../../tests/real/fixtures/startControlPlane.ts';
import { now, type SigningKey, sign, userClaims } from '../../tests/real/origin-proxy/issuer.ts';
import { realPart } from '../../tools/real-parts/lookup.ts';
import type { PartName } from '../../tools/real-parts/table.ts';
import type { Order, Target } from './inside.ts';

/** `node --import tsx benchmarks/gateway/main.ts [rounds] [seconds] [connections]`: the cost of a login at the gateway. Needs wrk and root. */
const [rounds = 20, seconds = 2, connections = 32] = process.argv.slice(2).map(Number);
const appPort = 7300;
const audience = loginValues.SAMPLE_AUDIENCE;

const scratch = makeScratch();
process.on('SIGINT', () => process.exit(130));
try {
  await measure();
} finally {
  await clearScratch(scratch);
}

async function measure(): Promise<void> {
  const endpoint = await startControlPlane(scratch, {
    etcd: part('etcd'),
    'kube-apiserver': part('kube-apiserver'),
  });
  const client = kubernetesClient(endpoint);
  await installDefinitions(client, definitionsDirectory);
  const kubeconfig = await writeKubeconfig(scratch, endpoint);
  const cluster = { ...client, server: endpoint.server, kubeconfig, scratch };
  const { first, later } = compiled();
  const parts = { 'envoy-gateway': part('envoy-gateway'), envoy: part('envoy') };
  await using bench = await serveCompiled(cluster, parts, first);
  // Keys are fetched with the first route that needs them.
  const shared = await sharedKey();
  bench.access.keys.push(shared);
  for (const name of ['shop', 'page', 'inner'])
    for (const object of serviceTo(appPort, 'apps', name)) await cluster.apply(object);
  await bench.add(later);
  inTheNetwork(bench, await orderOf(bench, shared));
}

/** The compiled objects with one worker for each Envoy, those of `shop` for later. */
function compiled(): { first: KubernetesObject[]; later: KubernetesObject[] } {
  const { objects } = gatewayPlan({
    routes: [
      httpRoute('shop', logins.access),
      httpRoute('page', logins.none),
      httpRoute('inner', { ...logins.jwt, issuer: 'inside' }),
    ],
    hosts: {
      ...loginValues,
      ...{ SHOP_HOST: 'shop.example.org', PAGE_HOST: 'page.example.org', INNER_HOST: 'inner.example.org' },
    },
  });
  const isLater = ({ kind, metadata }: KubernetesObject) =>
    metadata.name === 'shop-internet' && (kind === 'HTTPRoute' || kind === 'SecurityPolicy');
  const first = objects
    .filter((each) => !isLater(each))
    .map((each) =>
      each.kind === 'EnvoyProxy'
        ? ({ ...each, spec: { ...(each['spec'] as object), concurrency: 1 } } as KubernetesObject)
        : each,
    );
  const later = objects.filter(isLater);
  return {
    first,
    later: [
      ...later,
      // Nobody has to log in.
      ...later.map((object) =>
        instead(object, 'bare', () => ({ authorization: { defaultAction: 'Allow' } })),
      ),
      // A token of the provider is enough: no claim is asked for, and none is written into a header.
      ...later.map((object) => instead(object, 'plain', tokenAlone)),
    ],
  };
}

type Spec = SecurityPolicy['spec'];

function tokenAlone({ jwt }: Spec): Spec {
  const providers = (jwt?.providers ?? []).map(({ claimToHeaders: _, ...provider }) => provider);
  return { jwt: { providers } };
}

/** The same route, or its policy with other demands, for another host. */
function instead(object: KubernetesObject, host: string, demands: (spec: Spec) => Spec): KubernetesObject {
  const name = `${host}-internet`;
  const metadata = { ...object.metadata, name };
  if (object.kind === 'HTTPRoute') {
    const { spec } = object as HTTPRoute;
    return { ...object, metadata, spec: { ...spec, hostnames: [`${host}.example.org`] } } as KubernetesObject;
  }
  const { spec } = object as SecurityPolicy;
  const targetRefs = (spec.targetRefs ?? []).map((each) => ({ ...each, name }));
  return { ...object, metadata, spec: { targetRefs, ...demands(spec) } } as KubernetesObject;
}

/** A key that signs without RSA. Nobody would publish it: with it the same policy shows what is left without the signature. */
async function sharedKey(): Promise<SigningKey> {
  const secret = await generateSecret('HS256', { extractable: true });
  if (secret instanceof Uint8Array) throw new Error('no key of Web Crypto');
  return {
    kid: 'shared',
    privateKey: secret,
    jwk: { ...(await exportJWK(secret)), kid: 'shared', alg: 'HS256' },
  };
}

async function orderOf(bench: CompiledBench, shared: SigningKey): Promise<Order> {
  const { access, inside } = bench;
  const [key] = access.keys;
  const [insideKey] = inside.keys;
  if (key === undefined || insideKey === undefined) throw new Error('an issuer has no key');
  const claims = userClaims(access, { aud: [audience] });
  const [token, byShared, bearer] = await Promise.all([
    sign(claims, key),
    sign(claims, shared, { alg: 'HS256' }),
    sign(
      {
        ...{ iss: 'https://id.example.org/realms/home', aud: 'apps', sub: String(claims['sub']) },
        ...{ email: claims['email'], iat: now(), exp: now() + 7200 },
      },
      insideKey,
    ),
  ]);
  const tunnel = (name: string, assertion: string): Omit<Target, 'name'> => ({
    url: `http://${insideAddress}:${portOf('envoy-tunnel', 80)}/photo`,
    headers: [
      `Host: ${name}.example.org`,
      'CF-Connecting-IP: 192.0.2.1',
      `Cf-Access-Jwt-Assertion: ${assertion}`,
    ],
  });
  const external = (name: string): Omit<Target, 'name'> => ({
    url: `https://${name}.example.org:${portOf('envoy-external', 443)}/photo`,
    headers: [`Host: ${name}.example.org`, `Authorization: Bearer ${bearer}`],
  });
  return {
    ...{ scratch, rounds, seconds, connections, accessHost, audience, token },
    app: { address: insideAddress, port: appPort },
    keys: { kid: key.kid, jwk: key.jwk, privateJwk: await exportJWK(key.privateKey) },
    targets: [
      { name: 'Envoy, no login', ...tunnel('bare', token) },
      { name: 'Envoy, login of Access', ...tunnel('shop', token) },
      { name: 'Envoy, the same, signed without RSA', ...tunnel('shop', byShared) },
      { name: 'Envoy, the token alone', ...tunnel('plain', token) },
      { name: 'Envoy with TLS, no login', ...external('page') },
      { name: 'Envoy with TLS, bearer token', ...external('inner') },
    ],
  };
}

/** Runs the measurement where the Envoys are. wrk asks by TLS for the host of the URL, which only a file of hosts knows. */
function inTheNetwork({ gateway }: CompiledBench, order: Order): void {
  const [hosts, file] = [join(scratch, 'hosts'), join(scratch, 'order.json')];
  writeFileSync(hosts, `127.0.0.1 localhost\n${insideAddress} page.example.org inner.example.org\n`);
  writeFileSync(file, JSON.stringify(order), { mode: 0o600 });
  const script = `mount --bind '${hosts}' /etc/hosts && exec "$@"`;
  const program = [process.execPath, '--import', 'tsx', join(import.meta.dirname, 'inside.ts'), file];
  const [enter = '', ...words] = [
    ...gateway.enter,
    'unshare',
    '--mount',
    'sh',
    '-c',
    script,
    'sh',
    ...program,
  ];
  execFileSync(enter, words, { stdio: 'inherit' });
}

function part(name: PartName) {
  const found = realPart(name);
  if (!found.found) throw new Error(`${found.message}; ${found.remedy}`);
  return found;
}
