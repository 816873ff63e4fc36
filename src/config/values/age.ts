import * as z from 'zod';
import { decodeBech32 } from '../../encoding/bech32.ts';
import { raise, type ValueFinding } from '../finding.ts';

/**
 * An X25519 age public key (`age1…`), for programs that support no other kind. The checksum is checked, so that a
 * typing error is found before something is encrypted that nobody can decrypt.
 */
export const x25519Recipient = z.string().superRefine((value, context) => {
  const problem = recipientProblem(value);
  if (problem !== undefined) raise(context, problem);
});

const expected = 'an X25519 age public key: 62 characters that start with age1';
const remedy = 'generate a key with `age-keygen -o etcd-backups.agekey` and use the text after "public key:"';

/** No message contains the value, because it may be a private key. */
function recipientProblem(value: string): ValueFinding | undefined {
  const read = decodeBech32(value);
  if (value.startsWith('age1') && read?.prefix === 'age' && read.bytes.length === 32) return undefined;
  if (/^AGE-(?:SECRET-KEY|PLUGIN)-/i.test(value))
    return {
      code: 'age-identity-published',
      message: 'this is a private key, and the field takes a public key',
      expected,
      remedy: 'remove it, generate a new key and use its public key; treat the old key as compromised',
    };
  if (value.startsWith('age1pq1'))
    return {
      code: 'age-recipient-unsupported',
      message: 'this is a post-quantum key, and the program that encrypts with it supports X25519 keys only',
      expected,
      remedy: `${remedy}; recent age versions generate post-quantum keys by default`,
    };
  if (/^age1[a-z0-9+.-]*1[a-z0-9]+$/.test(value) || value.startsWith('ssh-'))
    return {
      code: 'age-recipient-unsupported',
      message: 'the program that encrypts with this key supports neither SSH keys nor age plugins',
      expected,
      remedy,
    };
  return {
    code: 'age-recipient-invalid',
    message: 'invalid age public key: a character is wrong, or it is not a key',
    expected,
    remedy,
  };
}
