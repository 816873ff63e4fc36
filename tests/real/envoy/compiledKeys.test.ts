// Crosses the component envoy-gateway, the compiler, a real Envoy Gateway, and oidc-provider.
import { type RequestListener, request as send } from 'node:http';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { SecurityPolicy } from '../../../src/kubernetes/types.ts';
import { gatewayPlan } from '../../gateway/compiledGateway.ts';
import { httpRoute, logins } from '../../gateway/sampleRoutes.ts';
import { envoySuite } from '../fixtures/envoyGateway.ts';
import { makeKey, now, type SigningKey, sign } from '../origin-proxy/issuer.ts';
import { type CompiledBench, compiledBench, portOf } from './compiledBench.ts';
import { type OidcIssuer, startOidcIssuer } from './oidc/issuer.ts';

/**
 * `inner` is as it is compiled, and Envoy reads its keys again after 295 seconds: five before they are five minutes old.
 * For `brief` that is shortened to a second, so that tests need not wait for it. `late` comes in a test.
 */
const names = ['inner', 'brief', 'late'] as const;
type Name = (typeof names)[number];

envoySuite(
  'keys of an issuer',
  (parts) => {
    let bench: CompiledBench;
    let issuer: OidcIssuer;
    let first: SigningKey;
    /** The paths at which keys were asked for, also while the issuer was down. */
    const paths: string[] = [];
    /** The Service of the cluster that leads to the issuer. No issuer publishes an empty list: the Service does so by itself. */
    const service = { isEmpty: false };
    let later: readonly KubernetesObject[];

    beforeAll(async () => {
      const { objects } = gatewayPlan({
        routes: names.map((name) => httpRoute(name, { ...logins.jwt, issuer: 'inside', audiences: [name] })),
        hosts: Object.fromEntries(names.map((name) => [`${name.toUpperCase()}_HOST`, hostOf(name)])),
      });
      const isLater = ({ metadata, kind }: KubernetesObject) =>
        metadata.name === 'late-internet' && kind !== 'Service';
      later = objects.filter(isLater);
      first = await makeKey('first');
      issuer = await startOidcIssuer(
        {
          node: parts['node-22'],
          scratch: inject('realScratch'),
          issuer: issuerName,
          keysPath: '/keys',
          clients: { somebody: { secret: 'a-secret-of-somebody-who-is-a-program', claims: {} } },
        },
        first,
      );
      const inside: RequestListener = (request, response) => {
        paths.push(request.url ?? '');
        if (service.isEmpty) return response.end(JSON.stringify({ keys: [] }));
        const asked = send({ socketPath: issuer.socket, path: request.url, agent: false }, (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        });
        return asked.on('error', () => request.socket.destroy()).end();
      };
      const early = objects.filter((each) => !isLater(each)).map(shortened);
      bench = await compiledBench(parts, early, {}, { inside });
    }, 300_000);
    afterAll(async () => {
      await bench?.[Symbol.asyncDispose]();
      await issuer?.[Symbol.asyncDispose]();
    });

    const ask = async (name: Name, token?: string): Promise<number> => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const host = hostOf(name);
      const asked = { host, path: '/', serverName: host, headers };
      return (await bench.gateway.request(portOf('envoy-external', 443), asked)).status;
    };
    /** A token as the issuer signs it now. */
    const issued = (aud: Name) => issuer.token('somebody', aud);
    /** One that it does not sign, or does not sign yet. */
    const tokenOf = (aud: Name, key: SigningKey, more: object = {}) =>
      sign({ iss: issuerName, aud, sub: 'somebody', exp: now() + 3600, ...more }, key);
    /** How often the keys of `brief` were asked for so far, or those of the others. */
    const fetches = (which: 'brief' | 'others') =>
      paths.filter((path) => path.endsWith('?brief') === (which === 'brief')).length;
    const eventually = (holds: () => Promise<void>) => vi.waitFor(holds, { timeout: 60_000, interval: 200 });
    const becomes = (name: Name, token: string, status: number) =>
      eventually(async () => expect(await ask(name, token)).toBe(status));
    /** Waits until the issuer was asked three times more, so that the first answer is known to Envoy. */
    const askedAgain = (): Promise<void> => {
      const before = fetches('brief');
      return eventually(async () => expect(fetches('brief')).toBeGreaterThan(before + 2));
    };
    /** Lets the issuer publish keys, and waits until those of `brief` are in force. */
    const publish = async (...keys: readonly [SigningKey, ...SigningKey[]]): Promise<void> => {
      service.isEmpty = false;
      await issuer.publish(...keys);
      await becomes('brief', await issued('brief'), 200);
    };

    test('a new key is not asked for because a token names it', async () => {
      const next = await makeKey('next');
      const byFirst = await issued('inner');
      const before = fetches('others');
      await issuer.publish(next);
      const statuses = [await ask('inner', await issued('inner')), await ask('inner', byFirst)];
      expect({ statuses, more: fetches('others') - before }).toEqual({ statuses: [401, 200], more: 0 });
    });

    describe('a token', () => {
      let key: SigningKey;
      beforeAll(async () => {
        key = await makeKey('one');
        await publish(key);
      });

      // Envoy allows its clock and that of the issuer to differ by a minute (`clock_skew_seconds`).
      test.each<[string, () => object, number]>([
        ['that ended long ago is refused', () => ({ exp: 1_000_000_000 }), 401],
        ['that ended two minutes ago is refused', () => ({ exp: now() - 120 }), 401],
        ['that ended some seconds ago passes', () => ({ exp: now() - 5 }), 200],
        ['of tomorrow is refused', () => ({ nbf: now() + 86_400 }), 401],
        // Envoy Gateway 1.9 has no field for `require_expiration`.
        ['without an end passes', () => ({ exp: undefined }), 200],
      ])('%s', async (_, more, status) => {
        expect(await ask('brief', await tokenOf('brief', key, more()))).toBe(status);
      });
    });

    describe('a new key', () => {
      test('counts at once after it was read, beside the old one, which counts until it is gone', async () => {
        const [old, next] = [await makeKey('old'), await makeKey('next')];
        await publish(old);
        const byOld = await issued('brief');
        expect(await ask('brief', await tokenOf('brief', next))).toBe(401);
        await publish(next, old);
        expect(await ask('brief', byOld)).toBe(200);
        await publish(next);
        await becomes('brief', byOld, 401);
        expect(await ask('brief', await issued('brief'))).toBe(200);
      });

      test('with the name of the old one replaces it', async () => {
        const [old, next] = [await makeKey('same'), await makeKey('same')];
        await publish(old);
        const byOld = await issued('brief');
        await publish(next);
        expect(await ask('brief', byOld)).toBe(401);
      });
    });

    describe('while the issuer', () => {
      let known: SigningKey;
      let byWithdrawn: string;
      beforeAll(async () => {
        known = await makeKey('known');
        await publish(await makeKey('withdrawn'), known);
        byWithdrawn = await issued('brief');
      });

      test('is down, the keys that were read last count on, however old they are', async () => {
        await issuer.stop();
        await askedAgain();
        expect(await ask('brief', byWithdrawn)).toBe(200);
        expect(await ask('brief', await tokenOf('brief', await makeKey('known')))).toBe(401);
        expect(await ask('brief')).toBe(401);
      });

      test('publishes no key, the same', async () => {
        service.isEmpty = true;
        await askedAgain();
        expect(await ask('brief', byWithdrawn)).toBe(200);
      });

      test('is up again, its new keys count alone', async () => {
        await publish(known);
        await becomes('brief', byWithdrawn, 401);
      });

      test('is down, a new login with a token lets Envoy forget all keys of the port, until it is up', async () => {
        const tokens = [
          ['inner', await tokenOf('inner', first)],
          ['brief', await issued('brief')],
          ['late', await issued('late')],
        ] as const;
        const statuses = () => Promise.all(tokens.map(([name, token]) => ask(name, token)));
        await publish(known, first);
        expect(await statuses()).toEqual([200, 200, 404]);
        await issuer.stop();
        await bench.add(later);
        expect(await statuses()).toEqual([401, 401, 401]);
        expect(await Promise.all(names.map((name) => ask(name)))).toEqual([401, 401, 401]);
        await issuer.publish(known, first);
        await eventually(async () => expect(await statuses()).toEqual([200, 200, 200]));
      });
    });
  },
  ['node-22'],
);

const issuerName = 'https://id.example.org/realms/home';
const hostOf = (name: Name): string => `${name}.example.org`;

/** The same object, but for the time after which keys are read again and a mark by which such a fetch is known. */
function shortened(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'SecurityPolicy' || object.metadata.name !== 'brief-internet') return object;
  const { spec } = object as SecurityPolicy;
  const providers = spec.jwt?.providers.map((provider) => ({
    ...provider,
    remoteJWKS: {
      ...provider.remoteJWKS,
      uri: `${provider.remoteJWKS?.uri}?brief`,
      cacheDuration: '1s',
    },
  }));
  return { ...object, spec: { ...spec, jwt: { ...spec.jwt, providers } } } as KubernetesObject;
}
