import { type Outcome, ok } from '../../problems/outcome.ts';
import { generateIdentity } from '../../secrets/age/identity.ts';
import { defaultKeyFile, writeIdentity } from '../../secrets/age/keyFile.ts';
import type { Environment } from '../../system/environment.ts';

/** A key that was made: its public half, and the file that holds the private one. */
export interface MadeKey {
  recipient: string;
  file: string;
  /** Whether the file was made, too; otherwise the key was added to those in it. */
  created: boolean;
}

/** Makes a private key and adds it to the key file: that of `SOPS_AGE_KEY_FILE`, or the one that sops looks into. */
export async function makeKey(
  directory: string,
  environment: Environment,
  kind: 'x25519' | 'hybrid',
): Promise<Outcome<MadeKey>> {
  const identity = await generateIdentity(kind);
  const file = environment.env['SOPS_AGE_KEY_FILE'] || defaultKeyFile(environment);
  const { platform, now } = environment;
  const written = await writeIdentity({ file, identity, now: now(), tree: directory, platform });
  return written.ok ? ok({ recipient: identity.recipient, file, ...written.value }) : written;
}
