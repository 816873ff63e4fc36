import type { Component, SecretKey, SecretNeed, SecretSource } from '../components/contract/component.ts';
import type { ClusterSettings } from '../config/clusterSettings.ts';
import type { Loaded } from '../config/load.ts';
import { fillIn, nameOf, type PrivateValues } from '../config/private.ts';
import type { Problem } from '../problems/problem.ts';
import { activeComponents } from './active.ts';
import { placeOf } from './places.ts';
import type { PlannedSecret } from './plan.ts';
import { resolveRequirements } from './resolve.ts';

/** Every Secret that the components need, as the configuration has them delivered. */
export function secretNeeds(
  loaded: Loaded<ClusterSettings & Record<string, unknown>>,
  catalogue: readonly Component[],
): SecretNeed[] {
  const active = activeComponents(loaded.cluster, loaded, catalogue);
  return resolveRequirements(active, catalogue).ready.flatMap(({ component, context }) => [
    ...(component.secrets?.(context) ?? []),
  ]);
}

/** Of those who read a Secret, the ones that read it when they start, and can be started again. */
export function restarting(usedBy: readonly string[]): string[] {
  return usedBy.filter((reader) => /^(deployment|statefulset|daemonset)\//.test(reader));
}

/** What stands in the way of delivering Secrets in Git: nobody to encrypt for, and values that are not there. */
export function undelivered(
  needs: readonly SecretNeed[],
  { cluster, places }: Loaded<ClusterSettings>,
): Problem[] {
  return needs
    .filter(({ sops }) => sops !== undefined)
    .flatMap((need): Problem[] => {
      if (cluster.secrets.recipients.length === 0)
        return [{ ...nobodyCanRead(need), ...placeOf(need.field, places) }];
      return need.keys
        .filter(({ value, text }) => value === undefined && text === undefined)
        .map((key) => ({ ...missing(need, key), ...placeOf(need.field, places) }));
    });
}

function nobodyCanRead({ name }: SecretNeed): Problem {
  return {
    code: 'needs-another',
    message: `the Secret ${name} is delivered by SOPS, and secrets.recipients is empty`,
    expected: 'a recipient to encrypt it for',
    remedy: 'run "gatehouse secrets keygen" and "gatehouse secrets recipients add", or choose out-of-band',
  };
}

function missing({ name }: SecretNeed, { field = '', source, generate: make }: SecretKey): Problem {
  return {
    code: 'missing-field',
    field,
    message: `${field} is not set: the Secret ${name} is delivered by SOPS and needs it`,
    expected: make === undefined ? source : 'a value that Gatehouse makes, in an encrypted overlay',
    remedy:
      make === undefined
        ? `run "gatehouse secrets set ${field}", which reads the value from standard input`
        : 'run "gatehouse secrets edit" once, which encrypts the overlay; then configure makes and keeps it',
  };
}

/** The Secrets that stand encrypted in Git, with their values. One a file. */
export function deliveredSecrets(
  needs: readonly SecretNeed[],
  values: { private: PrivateValues; secret: PrivateValues },
): PlannedSecret[] {
  const privateValues = new Map([...values.private, ...values.secret]);
  return needs.flatMap(({ name, namespace, keys, sops }) => {
    if (sops === undefined) return [];
    const data = keys.map(({ key, ...source }) => [
      key,
      Buffer.from(clearText(source, privateValues)).toString('base64'),
    ]);
    return [
      {
        path: `${sops.folder}/${sops.file}`,
        object: {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name, namespace, labels: { 'app.kubernetes.io/managed-by': 'gatehouse' } },
          type: 'Opaque',
          // `data`: without decryption, Flux applies a `stringData` that is still ciphertext, and says Ready.
          data: Object.fromEntries(data),
        },
      },
    ];
  });
}

function clearText({ value, text = '' }: SecretSource, privateValues: PrivateValues): string {
  return value === undefined ? fillIn(text, privateValues) : (privateValues.get(nameOf(value)) ?? '');
}
