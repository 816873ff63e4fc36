import { type Outcome, ok } from '../../problems/outcome.ts';
import { generateIdentity } from '../../secrets/age/identity.ts';
import { defaultKeyFile, writeIdentity } from '../../secrets/age/keyFile.ts';
import type { Environment } from '../../system/environment.ts';

/** A new key: its public half, and the file with the private half. */
export interface MadeKey {
  recipient: string;
  file: string;
  /** Whether the file is new; otherwise the key was added to it. */
  created: boolean;
}

/** Generates a private key and adds it to the key file: `SOPS_AGE_KEY_FILE`, or the default key file of sops. */
export async function makeKey(
  directory: string,
  environment: Environment,
  kind: 'x25519' | 'hybrid',
): Promise<Outcome<MadeKey>> {
  const identity = await generateIdentity(kind);
  const file = environment.env['SOPS_AGE_KEY_FILE'] || defaultKeyFile(environment);
  const { platform, now, env } = environment;
  const written = await writeIdentity({ file, identity, now: now(), tree: directory, platform, env });
  return written.ok ? ok({ recipient: identity.recipient, file, ...written.value }) : written;
}
