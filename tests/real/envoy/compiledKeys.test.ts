// Crosses the component envoy-gateway, the compiler and a real Envoy Gateway.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { SecurityPolicy } from '../../../src/kubernetes/types.ts';
import { gatewayPlan } from '../../gateway/compiledGateway.ts';
import { httpRoute, logins } from '../../gateway/sampleRoutes.ts';
import { envoySuite } from '../fixtures/envoyGateway.ts';
import { makeKey, now, type SigningKey, sign } from '../origin-proxy/issuer.ts';
import { type CompiledBench, compiledBench, portOf } from './compiledBench.ts';

/**
 * `inner` is as it is compiled, and Envoy reads its keys again after 295 seconds: five before they are five minutes old.
 * For `brief` that is shortened to a second, so that tests need not wait for it. `late` comes in a test.
 */
const names = ['inner', 'brief', 'late'] as const;
type Name = (typeof names)[number];

envoySuite('keys of an issuer', (parts) => {
  let bench: CompiledBench;
  let first: SigningKey;
  let later: readonly KubernetesObject[];

  beforeAll(async () => {
    const { objects } = gatewayPlan({
      routes: names.map((name) => httpRoute(name, { ...logins.jwt, issuer: 'inside', audiences: [name] })),
      hosts: Object.fromEntries(names.map((name) => [`${name.toUpperCase()}_HOST`, hostOf(name)])),
    });
    const isLater = ({ metadata, kind }: KubernetesObject) =>
      metadata.name === 'late-internet' && kind !== 'Service';
    later = objects.filter(isLater);
    bench = await compiledBench(parts, objects.filter((each) => !isLater(each)).map(shortened));
    first = bench.inside.keys[0] ?? (await makeKey('none'));
  }, 300_000);
  afterAll(() => bench?.[Symbol.asyncDispose]());

  const ask = async (name: Name, token?: string): Promise<number> => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const host = hostOf(name);
    const asked = { host, path: '/', serverName: host, headers };
    return (await bench.gateway.request(portOf('envoy-external', 443), asked)).status;
  };
  const tokenOf = (aud: Name, key: SigningKey, more: object = {}) =>
    sign(
      { iss: 'https://id.example.org/realms/home', aud, sub: 'somebody', exp: now() + 3600, ...more },
      key,
    );
  /** How often the keys of `brief` were asked for so far, or those of the others. */
  const fetches = (which: 'brief' | 'others') =>
    bench.inside.asked.filter((path) => path.endsWith('?brief') === (which === 'brief')).length;
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
    Object.assign(bench.inside, { isUp: true, keys: [...keys] });
    await becomes('brief', await tokenOf('brief', keys[0]), 200);
  };

  test('a new key is not asked for because a token names it', async () => {
    const next = await makeKey('next');
    const before = fetches('others');
    bench.inside.keys = [next];
    const statuses = [
      await ask('inner', await tokenOf('inner', next)),
      await ask('inner', await tokenOf('inner', first)),
    ];
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
      const [byOld, byNext] = [await tokenOf('brief', old), await tokenOf('brief', next)];
      await publish(old);
      expect(await ask('brief', byNext)).toBe(401);
      await publish(next, old);
      expect(await ask('brief', byOld)).toBe(200);
      await publish(next);
      await becomes('brief', byOld, 401);
      expect(await ask('brief', byNext)).toBe(200);
    });

    test('with the name of the old one replaces it', async () => {
      const [old, next] = [await makeKey('same'), await makeKey('same')];
      await publish(old);
      await publish(next);
      expect(await ask('brief', await tokenOf('brief', old))).toBe(401);
    });
  });

  describe('while the issuer', () => {
    let known: SigningKey;
    let withdrawn: SigningKey;
    beforeAll(async () => {
      [known, withdrawn] = [await makeKey('known'), await makeKey('withdrawn')];
      await publish(withdrawn, known);
    });

    test('is down, the keys that were read last count on, however old they are', async () => {
      bench.inside.isUp = false;
      await askedAgain();
      expect(await ask('brief', await tokenOf('brief', withdrawn))).toBe(200);
      expect(await ask('brief', await tokenOf('brief', await makeKey('known')))).toBe(401);
      expect(await ask('brief')).toBe(401);
    });

    test('publishes no key, the same', async () => {
      Object.assign(bench.inside, { isUp: true, keys: [] });
      await askedAgain();
      expect(await ask('brief', await tokenOf('brief', withdrawn))).toBe(200);
    });

    test('is up again, its new keys count alone', async () => {
      await publish(known);
      await becomes('brief', await tokenOf('brief', withdrawn), 401);
    });

    test('is down, a change of any route with a token lets Envoy forget all keys of the port, until it is up', async () => {
      const tokens = [
        ['inner', await tokenOf('inner', first)],
        ['brief', await tokenOf('brief', known)],
        ['late', await tokenOf('late', known)],
      ] as const;
      const statuses = () => Promise.all(tokens.map(([name, token]) => ask(name, token)));
      await publish(known, first);
      expect(await statuses()).toEqual([200, 200, 404]);
      bench.inside.isUp = false;
      await bench.add(later);
      expect(await statuses()).toEqual([401, 401, 401]);
      expect(await Promise.all(names.map((name) => ask(name)))).toEqual([401, 401, 401]);
      bench.inside.isUp = true;
      await eventually(async () => expect(await statuses()).toEqual([200, 200, 200]));
    });
  });
});

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
