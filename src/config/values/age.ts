import * as z from 'zod';
import { decodeBech32 } from '../../encoding/bech32.ts';
import { raise, type ValueFinding } from '../finding.ts';

/**
 * A public key of age of the first kind, X25519 (`age1…`), for programs that know no other. The checksum is checked,
 * so that a slip of the pen is found before something is encrypted for nobody.
 */
export const x25519Recipient = z.string().superRefine((value, context) => {
  const problem = recipientProblem(value);
  if (problem !== undefined) raise(context, problem);
});

const expected = 'a public key of age of 62 characters that starts with age1';
const remedy = 'make a key with `age-keygen -o etcd-backups.agekey` and give the line after "public key:"';

/** What is wrong is never repeated: it may be a private key. */
function recipientProblem(value: string): ValueFinding | undefined {
  const read = decodeBech32(value);
  if (value.startsWith('age1') && read?.prefix === 'age' && read.bytes.length === 32) return undefined;
  if (/^AGE-(?:SECRET-KEY|PLUGIN)-/i.test(value))
    return {
      code: 'age-identity-published',
      message: 'a private key stands where a public key belongs',
      expected,
      remedy: 'take it out, make a new key and give its public key; treat the old one as known to others',
    };
  if (value.startsWith('age1pq1'))
    return {
      code: 'age-recipient-unsupported',
      message: 'the program that encrypts here knows X25519 keys alone, and this is a post-quantum one',
      expected,
      remedy: `${remedy}; recent tools make post-quantum keys unless told otherwise`,
    };
  if (/^age1[a-z0-9+.-]*1[a-z0-9]+$/.test(value) || value.startsWith('ssh-'))
    return {
      code: 'age-recipient-unsupported',
      message: 'the program that encrypts here knows neither SSH keys nor plugins of age',
      expected,
      remedy,
    };
  return {
    code: 'age-recipient-invalid',
    message: 'this is not a public key of age, or a character of it is wrong',
    expected,
    remedy,
  };
}
