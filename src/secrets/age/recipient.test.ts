import { expect, test } from 'vitest';
import fc from '../../../tests/fastCheck.ts';
import { generateIdentity } from './identity.ts';
import { parseRecipient, parseRecipients } from './recipient.ts';

const good = 'age1lzd99uklcjnc0e7d860axevet2cz99ce9pq6tzuzd05l5nr28ams36nvun';

test.each([
  ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAID Test', 'age-recipient-unsupported', 'an SSH key'],
  [
    'age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t',
    'age-recipient-unsupported',
    'plugin',
  ],
  [
    'age1tag1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t',
    'age-recipient-unsupported',
    'plugin',
  ],
  ['FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4', 'age-recipient-unsupported', 'PGP'],
  ['arn:aws:kms:us-east-1:1:key/a', 'age-recipient-unsupported', 'cloud'],
  ['passphrase', 'age-recipient-unsupported', 'passphrase'],
  ['', 'age-recipient-invalid', 'empty'],
  [good.slice(0, -1), 'age-recipient-invalid', 'not an age public key'],
  [good.toUpperCase(), 'age-recipient-invalid', 'not an age public key'],
  ['age1pq1qqqq', 'age-recipient-invalid', 'not an age public key'],
])('refuses %s', (text, code, message) => {
  const read = parseRecipient(text);
  expect(read).toMatchObject({ ok: false, problems: [{ code, message: expect.stringContaining(message) }] });
  if (!read.ok) expect(read.problems[0]?.remedy).toBeTruthy();
});

test('reports a private key in place of a public one without repeating it', async () => {
  const secret = (await generateIdentity('hybrid')).reveal();
  const read = parseRecipient(secret);
  expect(read).toMatchObject({ ok: false, problems: [{ code: 'age-identity-published' }] });
  expect(JSON.stringify(read)).not.toContain(secret.slice(20, 40));
});

test('finds one wrong letter anywhere', () => {
  const letters = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
  fc.assert(
    fc.property(fc.integer({ min: 4, max: good.length - 1 }), fc.nat(31), (index, letter) => {
      const wrong = good.slice(0, index) + letters.charAt(letter) + good.slice(index + 1);
      expect(parseRecipient(wrong).ok).toBe(wrong === good);
    }),
  );
});

test('keeps the order of a list, drops duplicates, and reports every invalid entry', async () => {
  const hybrid = (await generateIdentity('hybrid')).recipient;
  expect(parseRecipients([hybrid, good, ` ${good} `])).toMatchObject({
    ok: true,
    value: [
      { kind: 'hybrid', text: hybrid },
      { kind: 'x25519', text: good },
    ],
  });
  expect(parseRecipients(['a', good, 'ssh-rsa b'])).toMatchObject({ ok: false, problems: [{}, {}] });
});
