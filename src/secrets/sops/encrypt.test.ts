import { beforeAll, expect, test } from 'vitest';
import { generateIdentity } from '../age/identity.ts';
import { type AgeRecipient, parseRecipients } from '../age/recipient.ts';
import { encryptDocument } from './encrypt.ts';
import { type EncryptionRule, kubernetesSecretRule, wholeDocumentRule } from './rule.ts';

let recipients: AgeRecipient[];

beforeAll(async () => {
  const parsed = parseRecipients([(await generateIdentity('x25519')).recipient]);
  if (!parsed.ok) throw new Error('recipients');
  recipients = parsed.value;
});

const encrypt = (plaintext: string, rule: EncryptionRule = kubernetesSecretRule, file = 'a.sops.yaml') =>
  encryptDocument({ file, plaintext, recipients, rule, now: new Date(0) });

test.each([
  ['a section sops', 'a: 1\nsops: {}\n', 'sops-already-encrypted'],
  ['a number beyond 64 bits', 'data:\n  a: 9223372036854775808\n', 'sops-value-unsupported'],
  ['a text that SOPS makes null of', 'data:\n  a: "\\tx\\ny"\n', 'sops-value-unsupported'],
  ['several documents', 'a: 1\n---\nb: 1\n', 'many-documents'],
])('refuses %s and tells its position', async (_name, plaintext, code) => {
  const encrypted = await encrypt(plaintext);
  expect(encrypted).toMatchObject({ ok: false, problems: [{ code, file: 'a.sops.yaml' }] });
  if (!encrypted.ok) expect(encrypted.problems[0]?.remedy).toBeTruthy();
});

test('refuses a name that would keep a value readable when everything is encrypted', async () => {
  expect(await encrypt('a:\n  token_unencrypted: x\n  b: y\n', wholeDocumentRule)).toMatchObject({
    ok: false,
    problems: [{ code: 'sops-left-in-clear', at: { line: 2, column: 22 } }],
  });
});

test('refuses to encrypt without a recipient', async () => {
  const request = { file: 'a.yaml', plaintext: 'a: 1\n', rule: kubernetesSecretRule, now: new Date(0) };
  expect(await encryptDocument({ ...request, recipients: [] })).toMatchObject({
    ok: false,
    problems: [{ code: 'no-recipients' }],
  });
});

test('encrypts every value with its type, except empty strings and nulls', async () => {
  const encrypted = await encrypt(
    'data:\n  e: ""\n  n: null\n  i: 1\n  f: 1.5\n  b: true\n  s: x\n  t: 2024-01-01\n',
  );
  if (!encrypted.ok) throw new Error('refused');
  const types = [...encrypted.value.matchAll(/^ {2}(\w): (?:ENC.*type:(\w+)\]|(.*))$/gm)].map(
    ([, key, type, text]) => [key, type ?? text],
  );
  expect(types).toEqual([
    ['e', '""'],
    ['n', 'null'],
    ['i', 'int'],
    ['f', 'float'],
    ['b', 'bool'],
    ['s', 'str'],
    ['t', 'time'],
  ]);
});

test('writes JSON as SOPS does, with tabs', async () => {
  const encrypted = await encrypt('{"data":{"a":[1,"x"]},"z":{},"n":1.0}', kubernetesSecretRule, 'a.json');
  if (!encrypted.ok) throw new Error('refused');
  expect(encrypted.value).toMatch(/^\{\n\t"data": \{\n\t\t"a": \[\n\t\t\t"ENC/);
  expect(encrypted.value).toContain('\t"z": {},\n\t"n": 1.0,\n\t"sops": {');
  expect(JSON.parse(encrypted.value)).toMatchObject({
    sops: { mac_only_encrypted: true, version: '3.13.3' },
  });
});
