import { beforeAll, expect, test } from 'vitest';
import fc from '../../../tests/fastCheck.ts';
import { meaningOf, secretDocuments } from '../../../tests/secrets/generatedDocuments.ts';
import { type AgeIdentity, generateIdentity, parseIdentities } from '../age/identity.ts';
import { type AgeRecipient, parseRecipients } from '../age/recipient.ts';
import { decryptDocument } from './decrypt.ts';
import { encryptDocument } from './encrypt.ts';
import { encryptPreservingBytes, type PreservingOutcome } from './encryptPreservingBytes.ts';
import { changeRecipients, rotateDataKey } from './rotate.ts';
import { kubernetesSecretRule, wholeDocumentRule } from './rule.ts';

const now = new Date('2026-11-24T00:00:00Z');
const later = new Date('2026-11-25T00:00:00Z');
const file = 'secret.sops.yaml';
const rule = kubernetesSecretRule;
const ten = `kind: Secret\nstringData:\n${Array.from({ length: 10 }, (_, index) => `  key${index}: value${index}\n`).join('')}`;
let recipients: AgeRecipient[];
let identities: AgeIdentity[];
let others: AgeIdentity[];
let existing: string;

beforeAll(async () => {
  const made = await Promise.all([
    generateIdentity('x25519'),
    generateIdentity('x25519'),
    generateIdentity('x25519'),
  ]);
  const parsed = parseRecipients(made.map(({ recipient }) => recipient));
  if (!parsed.ok) throw new Error('recipients');
  recipients = parsed.value;
  ({ identities } = await parseIdentities(made[0].reveal(), 'test'));
  others = (await parseIdentities(made[2].reveal(), 'test')).identities;
  existing = await encrypt(ten);
});

async function encrypt(plaintext: string, name = file): Promise<string> {
  const encrypted = await encryptDocument({
    file: name,
    plaintext,
    recipients: recipients.slice(0, 2),
    rule,
    now,
  });
  if (!encrypted.ok) throw new Error(JSON.stringify(encrypted.problems));
  return encrypted.value;
}

function encryptAgain(
  plaintext: string,
  change: Partial<Parameters<typeof encryptPreservingBytes>[0]> = {},
): Promise<PreservingOutcome> {
  const request = {
    file,
    plaintext,
    existing,
    identities,
    recipients: recipients.slice(0, 2),
    rule,
    now: later,
  };
  return encryptPreservingBytes({ ...request, ...change });
}

async function changed(plaintext: string, change = {}) {
  const outcome = await encryptAgain(plaintext, change);
  if (outcome.kind !== 'changed') throw new Error(JSON.stringify(outcome));
  return outcome;
}

function differing(before: string, after: string): string[] {
  const lines = new Set(before.split('\n'));
  return after
    .split('\n')
    .filter((line) => !lines.has(line))
    .map((line) => line.trim().split(':')[0] ?? '');
}

/** Every initialisation vector of a text with its ciphertext. */
function vectors(text: string): Map<string, string> {
  return new Map([...text.matchAll(/data:([^,]+),iv:([^,]+)/g)].map(([, data = '', iv = '']) => [iv, data]));
}

test('creates a file that does not exist', async () => {
  expect(await encryptAgain(ten, { existing: undefined })).toMatchObject({ kind: 'created' });
});

test('keeps every byte for the same values, whatever the layout', async () => {
  const layouts = [
    existing,
    existing.replaceAll('\n', '\r\n'),
    existing.replaceAll('\n  key', '\n      key'),
    `# by hand\n${existing}`,
  ];
  for (const [index, layout] of layouts.entries()) {
    const plaintext = index === 3 ? `# by hand\n${ten}` : ten;
    expect(await encryptAgain(plaintext, { existing: layout })).toEqual({ kind: 'unchanged', text: layout });
    expect(await encryptAgain(plaintext, { existing: Buffer.from(layout) })).toEqual({
      kind: 'unchanged',
      text: layout,
    });
  }
  const reordered = ten.replace('key0: value0', '"key0": "value0" ');
  expect(await encryptAgain(reordered)).toEqual({ kind: 'unchanged', text: existing });
});

test('changes only the line of one value, the date and the MAC', async () => {
  const outcome = await changed(ten.replace('value4', 'other'));
  expect(outcome).toMatchObject({ fields: ['stringData.key4'], recipientsChanged: false });
  expect(differing(existing, outcome.text)).toEqual(['key4', 'lastmodified', 'mac']);
  const kept = existing.replaceAll('\n', '\r\n');
  const windows = await changed(ten.replace('value4', 'other'), { existing: kept });
  expect(differing(kept, windows.text)).toEqual(['key4', 'lastmodified', 'mac']);
});

test('keeps the lines of other values when one is added, removed or moved', async () => {
  const added = await changed(`${ten}  extra: new\n`);
  expect(added.fields).toEqual(['stringData.extra']);
  expect(differing(existing, added.text)).toEqual(['extra', 'lastmodified', 'mac']);
  const removed = await changed(ten.replace('  key3: value3\n', ''));
  expect(removed.fields).toEqual(['stringData.key3']);
  expect(differing(existing, removed.text)).toEqual(['lastmodified', 'mac']);
  const moved = await changed(`${ten.replace('  key3: value3\n', '')}  key3: value3\n`);
  expect(differing(existing, moved.text)).toEqual(['lastmodified', 'mac']);
});

test('changes a readable value in place', async () => {
  const outcome = await changed(ten.replace('kind: Secret', 'kind: "0777"'));
  expect(outcome.fields).toEqual(['kind']);
  expect(differing(existing, outcome.text)).toEqual(['kind', 'lastmodified', 'mac']);
  expect(outcome.text).toContain('kind: "0777"\n');
});

test('holds what was requested after any change, and never uses a vector for two ciphertexts', async () => {
  await fc.assert(
    fc.asyncProperty(
      secretDocuments,
      fc.array(secretDocuments, { minLength: 1, maxLength: 3 }),
      async (first, next) => {
        let text = await encrypt(first.text);
        const seen = vectors(text);
        for (const step of [...next, first]) {
          const outcome = await encryptAgain(step.text, { existing: text });
          if (outcome.kind !== 'changed' && outcome.kind !== 'unchanged')
            throw new Error(JSON.stringify(outcome));
          for (const [iv, data] of vectors(outcome.text)) {
            expect(seen.get(iv) ?? data).toBe(data);
            seen.set(iv, data);
          }
          text = outcome.text;
          const opened = await decryptDocument({ file, content: text, identities });
          if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
          expect(meaningOf(file, opened.value.plaintext)).toEqual(meaningOf(file, step.text));
          expect(await encryptAgain(step.text, { existing: text })).toEqual({ kind: 'unchanged', text });
        }
      },
    ),
    { numRuns: 25 },
  );
});

test('gives a value that returns to an old one a new vector', async () => {
  const away = await changed(ten.replace('value4', 'other'));
  const back = await changed(ten, { existing: away.text });
  const line = (text: string) => /key4: (.*)/.exec(text)?.[1];
  expect(line(back.text)).not.toBe(line(existing));
});

test('gives equal items of a list different ciphertexts', async () => {
  const list = await encrypt('stringData:\n  l:\n    - a\n    - a\n');
  const longer = await changed('stringData:\n  l:\n    - a\n    - a\n    - a\n', { existing: list });
  expect(vectors(longer.text).size).toBe(4);
  expect(differing(list, longer.text)).toEqual(['- ENC[AES256_GCM,data', 'lastmodified', 'mac']);
});

test('wraps the key for other recipients and keeps values, MAC and date', async () => {
  const outcome = await changed(ten, { recipients });
  expect(outcome).toMatchObject({ fields: [], recipientsChanged: true });
  expect(outcome.text.replace(/ {2}age:[\s\S]*? {2}encrypted_regex/, '')).toBe(
    existing.replace(/ {2}age:[\s\S]*? {2}encrypted_regex/, ''),
  );
  for (const line of existing.split('\n')) expect(outcome.text).toContain(line);
  expect((await decryptDocument({ file, content: outcome.text, identities: others })).ok).toBe(true);
  expect(
    await encryptAgain(ten, { existing: outcome.text, recipients: recipients.toReversed() }),
  ).toMatchObject({
    kind: 'unchanged',
  });
});

test('writes the document anew for another rule', async () => {
  const outcome = await changed(ten, { rule: wholeDocumentRule });
  expect(outcome.fields).toEqual([]);
  expect(outcome.text).toMatch(/^kind: ENC/);
});

test('does not touch a file that no local key opens', async () => {
  for (const keys of [[], others])
    expect(await encryptAgain(ten, { identities: keys })).toMatchObject({
      kind: 'cannot-compare',
      problems: [{ code: 'sops-no-identity', file }],
    });
});

test.each([
  ['plain text', () => ten, 'sops-not-encrypted'],
  ['a wrong MAC', () => existing.replace(/\n {2}key1: .*/, ''), 'sops-mac-mismatch'],
  ['conflict marks', () => `<<<<<<< ours\n${existing}`, 'merge-conflict'],
  ['a truncated end', () => existing.slice(0, existing.indexOf('\nsops')), 'sops-not-encrypted'],
])('refuses a file with %s and does not overwrite it', async (_name, content, code) => {
  expect(await encryptAgain(ten, { existing: content() })).toMatchObject({
    kind: 'refused',
    problems: [{ code }],
  });
});

test('refuses an invalid plain document, with and without a file', async () => {
  for (const before of [existing, undefined])
    expect(await encryptAgain('a: 1\na: 2\n', { existing: before })).toMatchObject({
      kind: 'refused',
      problems: [{ code: 'duplicate-key' }],
    });
});

test('preserves the bytes of JSON too', async () => {
  const name = 'a.json';
  const before = await encrypt('{"data":{"a":"x","b":1}}', name);
  expect(await encryptAgain('{"data": {"a": "x", "b": 1}}', { file: name, existing: before })).toEqual({
    kind: 'unchanged',
    text: before,
  });
  const outcome = await changed('{"data":{"a":"x","b":2}}', { file: name, existing: before });
  expect(differing(before, outcome.text)).toEqual(['"b"', '"lastmodified"', '"mac"']);
});

test('rotation changes every ciphertext and no value, and needs the key', async () => {
  const request = { file, content: existing, identities, recipients: recipients.slice(1), now: later };
  const rotated = await rotateDataKey(request);
  if (!rotated.ok) throw new Error('not rotated');
  const before = vectors(existing);
  for (const iv of vectors(rotated.value).keys()) expect(before.has(iv)).toBe(false);
  expect(await decryptDocument({ file, content: rotated.value, identities: others })).toMatchObject({
    ok: true,
    value: { plaintext: ten, lastModified: '2026-11-25T00:00:00Z' },
  });
  expect((await decryptDocument({ file, content: rotated.value, identities })).ok).toBe(false);
  expect(await rotateDataKey({ ...request, identities: others })).toMatchObject({
    problems: [{ code: 'sops-no-identity' }],
  });
  expect(await rotateDataKey({ ...request, recipients: [] })).toMatchObject({
    problems: [{ code: 'no-recipients' }],
  });
});

test('keeps keys of other services in a change, and refuses to rotate them', async () => {
  const pgp =
    '  pgp:\n    - created_at: "2026-01-01T00:00:00Z"\n      enc: x\n      fp: FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4\n';
  const both = existing.replace('  version:', `${pgp}  version:`);
  for (const text of [ten.replace('value4', 'other'), `${ten}  extra: new\n`])
    expect((await changed(text, { existing: both })).text).toContain(pgp);
  const wrapped = await changeRecipients({ file, content: both, identities, recipients });
  expect(wrapped.ok && wrapped.value).toContain(pgp);
  expect(await rotateDataKey({ file, content: both, identities, recipients, now })).toMatchObject({
    ok: false,
    problems: [{ code: 'sops-foreign-keys' }],
  });
});
