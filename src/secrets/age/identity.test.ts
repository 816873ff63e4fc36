import { inspect } from 'node:util';
import { armor, Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { expect, test } from 'vitest';
import fc from '../../../tests/fastCheck.ts';
import { generateIdentity, parseIdentities } from './identity.ts';
import { parseRecipient, wrapDataKey } from './recipient.ts';

// getsops/sops, age/keysource_test.go, v3.13.3
const upstream = {
  recipient: 'age1lzd99uklcjnc0e7d860axevet2cz99ce9pq6tzuzd05l5nr28ams36nvun',
  identity: 'AGE-SECRET-KEY-1G0Q5K9TV4REQ3ZSQRMTMG8NSWQGYT0T7TZ33RAZEE0GZYVZN0APSU24RK7',
  other: 'AGE-SECRET-KEY-1432K5YRNSC44GC4986NXMX6GVZ52WTMT9C79CLUVWYY4DKDHD5JSNDP4MC',
  encrypted: `-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBvY2t2NkdLUGRvY3l2OGNy
MVJWcUhCOEZrUG8yeCtnRnhxL0I5NFk4YjJFCmE4SVQ3MEdyZkFqRWpSa2F0NVhF
VDUybzBxdS9nSGpHSVRVMUI0UEVqZkkKLS0tIGJjeGhNQ0Y5L2VZRVVYSm90djFF
bzdnQ3UwTGljMmtrbWNMV1MxYkFzUFUK4xjOZOTGdcbzuwUY/zeBXhcF+Md3e5PQ
EylloI7MNGbadPGb
-----END AGE ENCRYPTED FILE-----`,
  plain: 'data',
};

test('opens the test vector of SOPS with its key and with no other', async () => {
  const [identity] = (await parseIdentities(upstream.identity, 'vector')).identities;
  const [other] = (await parseIdentities(upstream.other, 'vector')).identities;
  expect(identity?.recipient).toBe(upstream.recipient);
  expect(Buffer.from((await identity?.unwrapDataKey(upstream.encrypted)) ?? []).toString()).toBe(
    upstream.plain,
  );
  expect(await other?.unwrapDataKey(upstream.encrypted)).toBeUndefined();
});

test.each(['x25519', 'hybrid'] as const)(
  'a generated %s key unwraps what is wrapped for it',
  async (kind) => {
    const made = await generateIdentity(kind);
    const recipient = parseRecipient(made.recipient);
    if (!recipient.ok) throw new Error('recipient');
    expect(recipient.value).toMatchObject({ kind, text: made.recipient });
    const [identity] = (await parseIdentities(made.reveal(), 'test')).identities;
    const dataKey = new Uint8Array(32).fill(7);
    const wrapped = await wrapDataKey(dataKey, recipient.value);
    expect(wrapped).toMatch(
      /^-----BEGIN AGE ENCRYPTED FILE-----\n[A-Za-z0-9+/=\n]*-----END AGE ENCRYPTED FILE-----\n$/,
    );
    expect(await identity?.unwrapDataKey(wrapped)).toEqual(dataKey);
  },
);

test('our X25519 and age-encryption each unwrap what the other wrapped', async () => {
  const text = await generateX25519Identity();
  const read = parseRecipient(await identityToRecipient(text));
  if (!read.ok) throw new Error('age-encryption makes a recipient that cannot be read');
  const recipient = read.value;
  const [identity] = (await parseIdentities(text, 'test')).identities;
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 0, maxLength: 100 }), async (plain) => {
      const theirs = new Decrypter();
      theirs.addIdentity(text);
      expect(await theirs.decrypt(armor.decode(await wrapDataKey(plain, recipient)))).toEqual(plain);
      const encrypter = new Encrypter();
      encrypter.addRecipient(recipient.text);
      expect(await identity?.unwrapDataKey(armor.encode(await encrypter.encrypt(plain)))).toEqual(plain);
    }),
    { numRuns: 20 },
  );
});

test('every recipient opens a file for several recipients, whatever stanzas come first', async () => {
  const [hybrid, first, second] = [
    await generateIdentity('hybrid'),
    await generateIdentity('x25519'),
    await generateIdentity('x25519'),
  ];
  const encrypter = new Encrypter();
  for (const { recipient } of [hybrid, first, second]) encrypter.addRecipient(recipient);
  const file = armor.encode(await encrypter.encrypt(new Uint8Array(32).fill(7)));
  for (const made of [hybrid, first, second]) {
    const [identity] = (await parseIdentities(made.reveal(), 'test')).identities;
    expect(await identity?.unwrapDataKey(file)).toEqual(new Uint8Array(32).fill(7));
  }
});

test('accepts and refuses the same armour as age-encryption', async () => {
  const [identity] = (await parseIdentities(upstream.identity, 'vector')).identities;
  const decrypter = new Decrypter();
  decrypter.addIdentity(upstream.identity);
  const lines = upstream.encrypted.split('\n');
  const joined = [...lines.slice(0, 1), lines.slice(1, -1).join(''), ...lines.slice(-1)];
  const texts = [
    lines.join('\r\n'),
    ` \n${upstream.encrypted}\n\n`,
    joined.join('\n'),
    lines.slice(1).join('\n'),
    lines.slice(0, -1).join('\n'),
    lines.toSpliced(2, 0, '').join('\n'),
    lines.toSpliced(-1, 0, '').join('\n'),
    upstream.encrypted.replace('EylloI7MNGbadPGb', 'EylloI7MNGbadPG='),
    upstream.encrypted.replace('YWdl', 'YW l'),
    '',
  ];
  for (const text of texts) {
    const theirs = await (async () => decrypter.decrypt(armor.decode(text)))().catch(() => undefined);
    expect(await identity?.unwrapDataKey(text), JSON.stringify(text)).toEqual(theirs);
  }
});

test('refuses a file with any byte altered', async () => {
  const made = await generateIdentity('x25519');
  const recipient = parseRecipient(made.recipient);
  if (!recipient.ok) throw new Error('recipient');
  const [identity] = (await parseIdentities(made.reveal(), 'test')).identities;
  const wrapped = armor.decode(await wrapDataKey(new Uint8Array(32).fill(7), recipient.value));
  await fc.assert(
    fc.asyncProperty(fc.nat(wrapped.length - 1), fc.integer({ min: 1, max: 255 }), async (index, mask) => {
      const damaged = wrapped.map((byte, at) => (at === index ? byte ^ mask : byte));
      expect(await identity?.unwrapDataKey(armor.encode(damaged))).toBeUndefined();
    }),
    { numRuns: 60 },
  );
});

test('does not show a private key when it is printed', async () => {
  const made = await generateIdentity('x25519');
  const { identities } = await parseIdentities(made.reveal(), 'test');
  const shown =
    inspect([made, identities], { depth: null, showHidden: true }) + JSON.stringify([made, identities]);
  expect(shown).toContain(made.recipient);
  expect(shown).not.toContain('SECRET-KEY');
});

test('reads a key file with comments, and reports every invalid line without quoting it', async () => {
  const { identity, other } = upstream;
  const cut = identity.slice(0, -1);
  const text = `# created: today\n# public key: x\n${identity}\r\n\n${cut}\nAGE-PLUGIN-YUBIKEY-1ABC\n${other}\n`;
  const read = await parseIdentities(text, 'keys.txt');
  expect(read.identities.map(({ recipient }) => recipient)).toEqual([
    upstream.recipient,
    expect.stringMatching(/^age1/),
  ]);
  expect(read.problems.map(({ code, at }) => [code, at?.line])).toEqual([
    ['age-identity-invalid', 5],
    ['age-identity-unsupported', 6],
  ]);
  expect(JSON.stringify(read.problems)).not.toContain(cut);
});

test('reads several keys in a line only where SOPS does', async () => {
  const line = `${upstream.identity} ${upstream.other}`;
  expect((await parseIdentities(line, 'SOPS_AGE_KEY', true)).identities).toHaveLength(2);
  expect((await parseIdentities(line, 'keys.txt')).problems).toHaveLength(1);
});

test.each([
  ['a key file with a passphrase', '-----BEGIN AGE ENCRYPTED FILE-----\n…', /passphrase/],
  ['an SSH key', '-----BEGIN OPENSSH PRIVATE KEY-----\n…', /not an age key/],
])('refuses %s as a whole', async (_name, text, message) => {
  const { identities, problems } = await parseIdentities(text, 'keys.txt');
  expect(identities).toEqual([]);
  expect(problems).toMatchObject([
    { code: 'age-identity-unsupported', message: expect.stringMatching(message) },
  ]);
});
