import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { armor, Decrypter, Encrypter } from 'age-encryption';
import { generateIdentity, parseIdentities } from '../../src/secrets/age/identity.ts';
import { parseRecipients } from '../../src/secrets/age/recipient.ts';
import { generateSecret } from '../../src/secrets/generate.ts';
import { encryptDocument } from '../../src/secrets/sops/encrypt.ts';
import { encryptPreservingBytes } from '../../src/secrets/sops/encryptPreservingBytes.ts';
import { kubernetesSecretRule } from '../../src/secrets/sops/rule.ts';
import { realPart } from '../../tools/real-parts/lookup.ts';

/**
 * What secrets cost a run of `configure`: 50 Secrets for two recipients, new and unchanged, beside the same work
 * done by sops (one process a file) and by age-encryption alone. Run with `npx tsx benchmarks/secrets/main.ts`.
 */
const count = 50;
const rounds = 5;
const now = new Date('2026-11-24T00:00:00Z');

const made = await Promise.all([generateIdentity('x25519'), generateIdentity('x25519')]);
const parsed = parseRecipients(made.map(({ recipient }) => recipient));
if (!parsed.ok) throw new Error('the recipients were refused');
const recipients = parsed.value;
const key = made[0].reveal();
const { identities } = await parseIdentities(key, 'benchmark');
const secrets = Array.from({ length: count }, (_, index) => ({
  file: `secret-${index}.sops.yaml`,
  plaintext: `apiVersion: v1
kind: Secret
metadata:
  name: secret-${index}
  namespace: apps
stringData:
  username: app${index}
  password: ${generateSecret('databasePassword')}
  uri: postgresql://app${index}:${generateSecret('databasePassword')}@database:5432/app
  key: ${generateSecret('hexKey')}
`,
}));

async function fresh(): Promise<string[]> {
  const texts: string[] = [];
  for (const secret of secrets) {
    const encrypted = await encryptDocument({ ...secret, recipients, rule: kubernetesSecretRule, now });
    if (!encrypted.ok) throw new Error('refused');
    texts.push(encrypted.value);
  }
  return texts;
}

async function unchanged(existing: readonly string[]): Promise<void> {
  for (const [index, secret] of secrets.entries()) {
    const request = { ...secret, recipients, rule: kubernetesSecretRule, now, identities };
    const outcome = await encryptPreservingBytes({ ...request, existing: existing[index] });
    if (outcome.kind !== 'unchanged') throw new Error(`it says ${outcome.kind}`);
  }
}

async function unwrapOnly(existing: readonly string[]): Promise<void> {
  const enc = existing.map((text) => armourOf(text));
  for (const text of enc) await identities[0]?.unwrapDataKey(text);
}

async function ageAlone(existing: readonly string[]): Promise<void> {
  for (const text of existing) {
    const decrypter = new Decrypter();
    decrypter.addIdentity(key);
    await decrypter.decrypt(armor.decode(armourOf(text)));
  }
}

async function ageWraps(): Promise<void> {
  for (let index = 0; index < count * recipients.length; index += 1) {
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipients[index % recipients.length]?.text ?? '');
    await encrypter.encrypt(new Uint8Array(32));
  }
}

function armourOf(text: string): string {
  const block = /enc: \|\n([\s\S]*?-----END AGE ENCRYPTED FILE-----)/.exec(text)?.[1] ?? '';
  return block.replaceAll(/^ +/gm, '');
}

/** The median of several rounds in milliseconds, after one that warms up. */
async function median(work: () => unknown): Promise<number> {
  await work();
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.sort((one, other) => one - other)[Math.floor(rounds / 2)] ?? Number.NaN;
}

/** sops on a tenth of the files, and the time of all: a process a file is what it takes. */
function withSops(path: string, parameters: readonly string[], texts: readonly string[]): number {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-benchmark-'));
  const some = texts.slice(0, count / 10);
  const start = performance.now();
  for (const input of some) {
    const answer = spawnSync(path, [...parameters, '--filename-override', 'a.yaml'], {
      cwd: directory,
      input,
      env: { HOME: directory, SOPS_AGE_KEY: key },
    });
    if (answer.status !== 0) throw new Error(`sops ended with ${answer.status}`);
  }
  const time = ((performance.now() - start) * count) / some.length;
  rmSync(directory, { recursive: true });
  return time;
}

function line(name: string, time: number, baseline?: { name: string; time: number }): void {
  const ratio = baseline ? `  ${(baseline.time / time).toFixed(1)} times as fast as ${baseline.name}` : '';
  process.stdout.write(`${name.padEnd(52)} ${time.toFixed(1).padStart(9)} ms${ratio}\n`);
}

const existing = await fresh();
const times = {
  encrypt: await median(fresh),
  unchanged: await median(() => unchanged(existing)),
  unwrap: await median(() => unwrapOnly(existing)),
  ageUnwrap: await median(() => ageAlone(existing)),
  ageWrap: await median(ageWraps),
};
const sops = realPart('sops');
const flags = [
  'encrypt',
  `--age=${recipients.map(({ text }) => text).join(',')}`,
  '--encrypted-regex=^(data|stringData)$',
];
const sopsEncrypt = sops.found
  ? {
      name: 'sops',
      time: withSops(
        sops.path,
        flags,
        secrets.map(({ plaintext }) => plaintext),
      ),
    }
  : undefined;
const sopsDecrypt = sops.found
  ? { name: 'sops', time: withSops(sops.path, ['decrypt'], existing) }
  : undefined;
line(`encrypt ${count} Secrets for ${recipients.length} recipients`, times.encrypt, sopsEncrypt);
line('  of it in age-encryption, if it did the X25519', times.ageWrap);
line(`${count} unchanged Secrets, read, opened and compared`, times.unchanged, sopsDecrypt);
line('  of it to open the data keys', times.unwrap, { name: 'age-encryption', time: times.ageUnwrap });
if (!sops.found) process.stdout.write(`sops is not there: ${sops.message}; ${sops.remedy}\n`);
