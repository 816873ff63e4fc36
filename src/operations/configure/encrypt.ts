import type { Plan, PlannedFile } from '../../compile/plan.ts';
import type { Configuration } from '../../private-values/configuration.ts';
import { readSource } from '../../private-values/readSource.ts';
import { sopsConfigFor } from '../../private-values/sopsRules.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import { withOwnHash, withoutOwnHash } from '../../repository/ownHash.ts';
import { parseRecipients } from '../../secrets/age/recipient.ts';
import { encryptPreservingBytes } from '../../secrets/sops/encryptPreservingBytes.ts';
import { kubernetesSecretRule } from '../../secrets/sops/rule.ts';
import { sopsConfigName } from '../../secrets/sopsConfig.ts';

/** The encrypted files of a plan, and those that cannot be compared with the disk for want of a key. */
export interface Encrypted {
  files: readonly PlannedFile[];
  /** Files that stay as they are because none of the keys opens them. */
  unknown: readonly Problem[];
}

/**
 * Encrypts what a plan holds in memory, so that a file whose values did not change keeps its bytes. Each file holds its
 * own hash: one value that changes is one file that changes.
 */
export async function encryptPlan(
  { directory, loaded, identities }: Configuration,
  plan: Plan,
  now: Date,
): Promise<Outcome<Encrypted>> {
  const texts = loaded.cluster.secrets.recipients;
  if (texts.length === 0) return ok({ files: [], unknown: [] });
  const recipients = parseRecipients(texts);
  if (!recipients.ok) return recipients;
  const files: PlannedFile[] = [
    {
      path: sopsConfigName,
      content: sopsConfigFor(recipients.value),
    },
  ];
  const unknown: Problem[] = [];
  const all = await Promise.all(
    plan.encrypted.map(async ({ path, object }) => ({
      path,
      object,
      found: await readSource(directory, path),
    })),
  );
  for (const { path, object, found } of all) {
    // A file that cannot be read is not a file that is missing: a new one would replace values that nobody has seen.
    if (found !== undefined && 'problem' in found) return err(found.problem);
    const existing = found && Buffer.from(found.bytes);
    const request = {
      file: path,
      plaintext: object,
      recipients: recipients.value,
      rule: kubernetesSecretRule,
      now,
    };
    const before = existing && withoutOwnHash(existing);
    const outcome = await encryptPreservingBytes({ ...request, existing: before, identities });
    switch (outcome.kind) {
      case 'refused':
        return err(...outcome.problems);
      case 'cannot-compare':
      case 'unchanged':
        if (outcome.kind === 'cannot-compare') unknown.push(cannotCompare(path));
        if (existing) files.push({ path, content: existing.toString('utf8') });
        break;
      default:
        files.push({ path, content: withOwnHash(outcome.text) });
    }
  }
  return ok({ files, unknown });
}

function cannotCompare(file: string): Problem {
  return {
    code: 'cannot-compare',
    file,
    message: 'none of your keys opens this file, so it stays as it is',
    expected: 'a key of one of secrets.recipients',
    remedy: 'set SOPS_AGE_KEY_FILE, or run this where the key is',
  };
}
