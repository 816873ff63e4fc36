import { beforeAll, expect, test } from 'vitest';
import fc from '../../../tests/fastCheck.ts';
import {
  anyDocuments,
  jsonDocuments,
  meaningOf,
  secretDocuments,
} from '../../../tests/secrets/generatedDocuments.ts';
import { type AgeIdentity, generateIdentity, parseIdentities } from '../age/identity.ts';
import { type AgeRecipient, parseRecipients } from '../age/recipient.ts';
import { decryptDocument } from './decrypt.ts';
import { encryptDocument } from './encrypt.ts';
import { type EncryptionRule, kubernetesSecretRule, wholeDocumentRule } from './rule.ts';

const now = new Date('2026-11-24T00:00:00.987Z');
const file = 'secret.sops.yaml';
const secret = `kind: Secret
stringData:
  password: hunter-two
  user: admin-name
  list: [first-item, second-item]
`;
let recipients: AgeRecipient[];
let identities: AgeIdentity[];
let stranger: AgeIdentity[];
let sealed: string;

beforeAll(async () => {
  const made = await Promise.all([
    generateIdentity('x25519'),
    generateIdentity('x25519'),
    generateIdentity('x25519'),
  ]);
  const parsed = parseRecipients(made.slice(0, 2).map(({ recipient }) => recipient));
  if (!parsed.ok) throw new Error('recipients');
  recipients = parsed.value;
  ({ identities } = await parseIdentities(made[1].reveal(), 'test'));
  stranger = (await parseIdentities(made[2].reveal(), 'test')).identities;
  sealed = await encrypt(secret);
});

async function encrypt(
  plaintext: string,
  name = file,
  rule: EncryptionRule = kubernetesSecretRule,
): Promise<string> {
  const encrypted = await encryptDocument({ file: name, plaintext, recipients, rule, now });
  if (!encrypted.ok) throw new Error(JSON.stringify(encrypted.problems));
  return encrypted.value;
}

async function problemsOf(content: string | Uint8Array, keys = identities) {
  const opened = await decryptDocument({ file, content, identities: keys });
  if (opened.ok) throw new Error('it was opened');
  for (const problem of opened.problems) expect(problem.file).toBe(file);
  expect(JSON.stringify(opened.problems)).not.toMatch(/hunter-two|admin-name|first-item|second-item/);
  return opened.problems.map(({ code, message }) => `${code}: ${message}`);
}

test.each([
  ['Secrets', file, secretDocuments, kubernetesSecretRule],
  ['private values files', 'private.yaml', anyDocuments, wholeDocumentRule],
  ['JSON', 'values.json', jsonDocuments, wholeDocumentRule],
] as const)(
  '%s come back as they were, comments and key order included',
  async (_name, name, documents, rule) => {
    await fc.assert(
      fc.asyncProperty(documents, async ({ text, comments }) => {
        const opened = await decryptDocument({
          file: name,
          content: await encrypt(text, name, rule),
          identities,
        });
        if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
        expect(meaningOf(name, opened.value.plaintext)).toEqual(meaningOf(name, text));
        for (const comment of comments) expect(opened.value.plaintext).toContain(`#${comment}`);
      }),
      { numRuns: 60 },
    );
  },
);

test('keeps the layout of the plain text', async () => {
  const plain =
    '# head\n\na: 1 # one\n\n# about b\nb:\n  - x\n  # mid\n  - y: "0777"\n    z: |\n      two\n      lines\nc: null\nd: ""\n';
  const opened = await decryptDocument({
    file,
    content: await encrypt(plain, file, wholeDocumentRule),
    identities,
  });
  expect(opened).toMatchObject({
    ok: true,
    value: { plaintext: plain, lastModified: '2026-11-24T00:00:00Z' },
  });
});

test('leaves nothing readable that the rule covers', async () => {
  expect(sealed).not.toMatch(/hunter-two|admin-name|first-item|second-item/);
  const whole = await encrypt('a: hunter-two # hunter-two\n# hunter-two\nb: 1\n', file, wholeDocumentRule);
  expect(whole).not.toContain('hunter-two');
});

test('returns the path of each value and whether it is encrypted', async () => {
  const opened = await decryptDocument({ file, content: sealed, identities });
  expect(opened).toMatchObject({
    ok: true,
    value: {
      recipients: recipients.map(({ text }) => text),
      rule: kubernetesSecretRule,
      values: [
        { label: 'kind', encrypted: false, text: 'Secret' },
        { label: 'stringData.password', encrypted: true, text: 'hunter-two' },
        { label: 'stringData.user', encrypted: true },
        { label: 'stringData.list[0]', path: ['stringData', 'list', 0] },
        { label: 'stringData.list[1]' },
      ],
    },
  });
});

test('writes the section sops with sorted keys, a quoted date, and no empty fields', () => {
  const keys = [...sealed.slice(sealed.indexOf('\nsops:')).matchAll(/^ {2}(\w+):/gm)].map(([, key]) => key);
  expect(keys).toEqual(['age', 'encrypted_regex', 'lastmodified', 'mac', 'mac_only_encrypted', 'version']);
  expect(sealed).toContain('lastmodified: "2026-11-24T00:00:00Z"');
});

test('names the field that was tampered with', async () => {
  const value = (name: string) => new RegExp(`${name}: (ENC\\S+)`).exec(sealed)?.[1] ?? '';
  const [password, user] = [value('password'), value('user')];
  const altered = password.replace(/data:(.)/, (_all, letter) => `data:${letter === 'A' ? 'B' : 'A'}`);
  expect(await problemsOf(sealed.replace(password, altered))).toEqual([
    'sops-value-damaged: stringData.password was altered, or belongs to another field',
  ]);
  expect(
    await problemsOf(sealed.replace(password, '\0').replace(user, password).replace('\0', user)),
  ).toEqual([
    'sops-value-damaged: stringData.password was altered, or belongs to another field',
    'sops-value-damaged: stringData.user was altered, or belongs to another field',
  ]);
});

test('detects by the MAC changes that keep every value valid', async () => {
  const items = [...sealed.matchAll(/"(ENC[^"]+)"/g)].map(([, item]) => item ?? '');
  const [first = '', second = ''] = items;
  const changed = [
    sealed.replace(/\n {2}user: .*/, ''),
    sealed.replace(/user: .*/, 'user: ""'),
    sealed.replace('T00:00:00Z', 'T00:00:01Z'),
    sealed.replace(first, second),
  ];
  for (const content of changed)
    expect(await problemsOf(content)).toEqual([expect.stringMatching(/^sops-mac-mismatch/)]);
});

test('reports a readable value that the rule encrypts, without repeating it', async () => {
  const lines = sealed.replace(/password: .*/, 'password: hunter-two').replace(/user: .*/, 'user: 12');
  expect(await problemsOf(lines)).toEqual([
    'sops-value-in-clear: stringData.password should be encrypted and is not',
    'sops-value-in-clear: stringData.user should be encrypted and is not',
  ]);
});

test('distinguishes a missing private key from a malformed data key', async () => {
  expect(await problemsOf(sealed, stranger)).toEqual([expect.stringMatching(/^sops-no-identity/)]);
  expect(await problemsOf(sealed, [])).toEqual([expect.stringMatching(/^sops-no-identity/)]);
  const damaged = sealed.replaceAll(/( +)YWdlLWVuY3J5cHRpb24/g, '$1ZWdlLWVuY3J5cHRpb24');
  expect(await problemsOf(damaged)).toEqual([expect.stringMatching(/^sops-data-key-damaged/)]);
});

test('opens with any recipient, even when the key of another is malformed', async () => {
  const lost = sealed.replace(/enc: \|\n[\s\S]*?-----END AGE ENCRYPTED FILE-----/, 'enc: lost');
  expect((await decryptDocument({ file, content: lost, identities })).ok).toBe(true);
});

test('reports a file truncated anywhere', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(sealed.indexOf('  version:') + 4), async (length) => {
      expect((await problemsOf(sealed.slice(0, length))).length).toBeGreaterThan(0);
    }),
    { numRuns: 60 },
  );
});

test('never throws, and detects every change of a secret value', async () => {
  const secrets = ['hunter-two', 'admin-name', 'first-item', 'second-item'];
  const edit = fc.record({
    start: fc.nat(sealed.length),
    length: fc.nat(30),
    text: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.constantFrom('\n', '  ', '- ', ': ', '"', '#', '{', 'sops:\n'),
    ),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
      const content = edits.reduce(
        (text, { start, length, text: put }) => text.slice(0, start) + put + text.slice(start + length),
        sealed,
      );
      const opened = await decryptDocument({ file, content, identities });
      if (!opened.ok)
        expect(JSON.stringify(opened.problems)).not.toMatch(/hunter-two|admin-name|first-item|second-item/);
      else
        expect(opened.value.values.filter(({ encrypted }) => encrypted).map(({ text }) => text)).toEqual(
          secrets,
        );
    }),
    { numRuns: 150 },
  );
});

test.each([
  ['conflict marks', 'a: 1\n<<<<<<< HEAD\nb: hunter-two\n=======\nb: 2\n>>>>>>> x\n', 'merge-conflict'],
  ['no encryption', secret, 'sops-not-encrypted'],
  ['several documents', 'a: 1\n---\nb: 2\n', 'many-documents'],
  ['nothing', '# only a comment\n', 'text-empty'],
  ['a list at the top', '- hunter-two\n', 'not-a-map'],
  ['a text at the top', 'hunter-two\n', 'not-a-map'],
  ['broken YAML', 'a: "hunter-two\n', 'yaml-syntax'],
  ['a key twice', 'a: 1\na: hunter-two\n', 'duplicate-key'],
  ['an alias', 'a: &x hunter-two\nb: *x\n', 'yaml-indirection'],
  ['a tag', 'a: !!binary hunter-two\n', 'yaml-indirection'],
  ['a merge', 'a: 1\n<<: {b: 1}\n', 'sops-key-not-text'],
  ['a number as key', '1: hunter-two\n', 'sops-key-not-text'],
  ['an odd line break', 'a: x\u2028b: y\n', 'yaml-readers-disagree'],
  ['a control character', 'a: x\u0001\n', 'yaml-readers-disagree'],
  ['bottomless nesting', `a: ${'['.repeat(5000)}`, 'yaml-syntax'],
  ['deep nesting', `a: ${'['.repeat(150)}${']'.repeat(150)}\n`, 'yaml-syntax'],
  ['PGP alone', 'a: 1\nsops:\n  pgp:\n    - fp: X\n      enc: Y\n', 'sops-foreign-keys'],
  ['a cloud alone', 'a: 1\nsops:\n  kms:\n    - arn: X\n', 'sops-foreign-keys'],
  ['Shamir', 'a: 1\nsops:\n  key_groups:\n    - age: []\n    - pgp: []\n', 'sops-foreign-keys'],
  ['no keys', 'a: 1\nsops:\n  mac: x\n', 'sops-metadata-invalid'],
  ['an empty section', 'a: 1\nsops:\n', 'sops-metadata-invalid'],
])('reports %s with its own code', async (_name, content, code) => {
  expect((await problemsOf(content))[0]).toMatch(new RegExp(`^${code}:`));
});

test('refuses two rules in a file, and an unsupported one', async () => {
  const two = sealed.replace('  encrypted_regex', '  encrypted_suffix: _x\n  encrypted_regex');
  expect(await problemsOf(two)).toEqual([expect.stringMatching(/^sops-rule-invalid/)]);
  const odd = sealed.replace(/encrypted_regex: .*/, "encrypted_regex: '(['");
  expect(await problemsOf(odd)).toEqual([expect.stringMatching(/^sops-rule-invalid/)]);
});

test('refuses bytes that are not UTF-8, and unsupported formats', async () => {
  expect(await problemsOf(Buffer.from([0x61, 0x3a, 0x20, 0xff, 0x0a]))).toEqual([
    expect.stringMatching(/^text-not-utf8/),
  ]);
  const dotenv = await decryptDocument({ file: 'a.env', content: 'A=1', identities });
  expect(dotenv).toMatchObject({ ok: false, problems: [{ code: 'sops-format-unsupported' }] });
});

test('reads a document with Windows line breaks', async () => {
  const opened = await decryptDocument({ file, content: sealed.replaceAll('\n', '\r\n'), identities });
  expect(opened).toMatchObject({
    ok: true,
    value: { plaintext: secret.replace('[first-item, second-item]', '[ first-item, second-item ]') },
  });
});

test('decrypts a value of ten megabytes', async () => {
  const value = 'abcdefgh'.repeat((10 * 1024 * 1024) / 8);
  const content = await encrypt(`stringData:\n  big: ${value}\n`);
  const opened = await decryptDocument({ file, content, identities });
  expect(opened.ok && opened.value.values[0]?.text === value).toBe(true);
});

test('reads a key group and ignores keys other than age', async () => {
  const grouped = sealed.replace(/ {2}age:\n([\s\S]*?)(?= {2}encrypted_regex)/, (_all, list: string) => {
    return `  key_groups:\n    - pgp: []\n      age:\n${list.replaceAll(/^(?=.)/gm, '    ')}`;
  });
  expect(grouped).not.toBe(sealed);
  expect(await decryptDocument({ file, content: grouped, identities })).toMatchObject({
    ok: true,
  });
});
