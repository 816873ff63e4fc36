import { jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { type AccessKeys, createAccessKeys, signAccessToken } from './accessTokens.ts';
import { keptKeys } from './keptKeys.ts';

const claims = { team: 'team', audience: 'a', email: 'owner@example.org' };

/** An issuer that counts how often its keys are fetched. */
function issuer(first: AccessKeys) {
  let served = first;
  let fetches = 0;
  let fails = false;
  const keys = keptKeys(async () => {
    fetches += 1;
    if (fails) throw new Error('no answer');
    return { keys: [...served.public.keys] };
  });
  return {
    verify: async (signer: AccessKeys) => jwtVerify(await signAccessToken(signer, claims), keys),
    fetches: () => fetches,
    serve: (other: AccessKeys) => {
      served = other;
    },
    fail: (whether: boolean) => {
      fails = whether;
    },
  };
}

test('fetches the keys once for many tokens, also at the same time', async () => {
  const one = await createAccessKeys('one');
  const access = issuer(one);
  await Promise.all(Array.from({ length: 50 }, () => access.verify(one)));
  await access.verify(one);
  expect(access.fetches()).toBe(1);
});

test('fetches them again for a key that is new, and keeps the old ones when that fails', async () => {
  const [one, two] = [await createAccessKeys('one'), await createAccessKeys('two')];
  const access = issuer(one);
  await access.verify(one);
  access.fail(true);
  await expect(access.verify(two)).rejects.toThrow('no answer');
  await access.verify(one);
  access.fail(false);
  access.serve(two);
  await access.verify(two);
  expect(access.fetches()).toBe(3);
  await expect(access.verify(one)).rejects.toThrow('no applicable key');
});
