import type { Plan } from '../../compile/plan.ts';
import { valuesSecret } from '../../components/shared/fluxNames.ts';
import { fillIn, type PrivateValues } from '../../config/private.ts';
import { isFields, textMapAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Configuration } from '../../private-values/configuration.ts';
import type { Problem } from '../../problems/problem.ts';
import { withoutOwnHash } from '../../repository/ownHash.ts';
import { decryptDocument } from '../../secrets/sops/decrypt.ts';
import { keyOf, type WrittenObject } from './writtenBefore.ts';

/** An encrypted Secret before and after a change, decrypted in memory. */
export interface SecretChange extends WrittenObject {
  before: ReadonlyMap<string, string>;
  /** Undefined where the Secret is not planned any more. */
  after: ReadonlyMap<string, string> | undefined;
}

/** The private values and secrets of a repository before a change and after it. All of it stays in memory. */
export interface ChangedValues {
  before: PrivateValues;
  after: PrivateValues;
  secrets: readonly SecretChange[];
  /** The recipients for whom the Secrets were encrypted before. */
  recipients: ReadonlySet<string>;
  /** Encrypted files that no key opens: what they held is not known. */
  unopened: readonly string[];
}

/** Decrypts what the encrypted files held before a change. A file that does not change holds what is planned. */
export async function changedValues(
  written: readonly WrittenObject[],
  plan: Plan,
  { loaded, identities }: Configuration,
): Promise<ChangedValues> {
  const planned = new Map(plan.encrypted.map(({ object }) => [keyOf(object), dataOf(object)]));
  const secrets: SecretChange[] = [];
  const recipients = new Set<string>();
  const unopened: string[] = [];
  for (const each of written) {
    if (each.object.kind !== 'Secret' || !isFields(each.object['sops'])) continue;
    const content = withoutOwnHash(Buffer.from(each.text));
    const opened = await decryptDocument({ file: each.file, content, identities });
    if (!opened.ok) {
      unopened.push(each.file);
      continue;
    }
    for (const recipient of opened.value.recipients) recipients.add(recipient);
    const before = opened.value.values.flatMap(({ path, text }): [string, string][] =>
      path[0] === 'data' || path[0] === 'stringData'
        ? [[String(path.at(-1)), clear(String(path[0]), text)]]
        : [],
    );
    secrets.push({ ...each, before: new Map(before), after: planned.get(keyOf(each.object)) });
  }
  const values = secrets.find(({ object }) => object.metadata.name === valuesSecret)?.before ?? [];
  const after = loaded.private;
  return { before: new Map([...after, ...values]), after, secrets, recipients, unopened };
}

function dataOf(object: KubernetesObject): ReadonlyMap<string, string> {
  return new Map([...textMapAt(object, 'data')].map(([key, text]) => [key, clear('data', text)]));
}

function clear(map: string, text: string): string {
  return map === 'data' ? Buffer.from(text, 'base64').toString('utf8') : text;
}

/** The object with each `${NAME}` of its texts filled in. */
export function filledIn<Value>(value: Value, values: PrivateValues): Value {
  if (typeof value === 'string') return fillIn(value, values) as Value;
  if (Array.isArray(value)) return value.map((item) => filledIn(item, values)) as Value;
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, filledIn(item, values)]),
  ) as Value;
}

/** Why it is not known whether a change of private values takes data away. */
export function notComparedProblem(file: string): Problem {
  return {
    code: 'cannot-compare',
    file,
    message:
      'none of your keys opens what this file held, so whether a change of private values takes data away from what runs is unknown',
    expected: 'a key of one of the recipients that the file was encrypted for',
    remedy: 'set SOPS_AGE_KEY_FILE, or run this where the key is',
  };
}

/** Says that a changed value would not be noticed, where values are given to the cluster by hand. */
export function notInGitProblem(names: readonly string[]): Problem {
  return {
    code: 'cannot-compare',
    message: `the private values are not in Git, so a change of one that leads to data is not noticed: ${names.join(', ')}`,
    expected: 'the values that the cluster has',
    remedy:
      'compare them before you make the Secret cluster-values again. Or run "gatehouse secrets keygen" and "gatehouse secrets recipients add": then configure compares them',
  };
}
