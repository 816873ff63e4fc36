import type { Component } from '../components/contract/component.ts';
import type {
  CreateArgument,
  Generatable,
  RequiredSecret,
  SecretKey,
} from '../components/contract/secrets.ts';
import type { ClusterSettings } from '../config/clusterSettings.ts';
import type { Loaded } from '../config/load.ts';
import { everyValue, fillIn, nameOf, type PrivateValues } from '../config/private.ts';
import { defined } from '../kubernetes/defined.ts';
import type { Problem } from '../problems/problem.ts';
import { activeComponents } from './active.ts';
import { placeOf } from './places.ts';
import type { DeliveredKey, PlannedSecret, SecretDelivery } from './plan.ts';
import { resolveRequirements } from './resolve.ts';

type Configuration = Loaded<ClusterSettings & Record<string, unknown>>;

/** A Secret whose delivery nothing can do yet. */
interface Refused {
  refused: RequiredSecret;
}

/** Every Secret that the components of a configuration need, with its delivery. */
export function secretDeliveries(
  configuration: Configuration,
  catalogue: readonly Component[],
): SecretDelivery[] {
  const active = activeComponents(configuration.cluster, configuration, catalogue);
  const required = resolveRequirements(active, catalogue).ready.flatMap(({ component, context }) => [
    ...(component.secrets?.(context) ?? []),
  ]);
  return deliver(required, configuration).deliveries;
}

/** Chooses the delivery of each Secret: what the user chose, or else Git where Flux can bring it. */
export function deliver(
  secrets: readonly RequiredSecret[],
  configuration: Configuration,
): { deliveries: SecretDelivery[]; problems: Problem[] } {
  const decided = secrets.map((secret) => decide(secret, configuration.cluster));
  const deliveries = decided.flatMap((delivery) => ('refused' in delivery ? [] : [delivery]));
  const refused = decided.flatMap((delivery) => ('refused' in delivery ? [delivery.refused] : []));
  return {
    deliveries,
    problems: [
      ...refused.map((secret) => storeProblem(secret, configuration)),
      ...deliveries.flatMap((delivery) => undeliverable(delivery, configuration)),
    ],
  };
}

function decide(secret: RequiredSecret, cluster: Record<string, unknown>): SecretDelivery | Refused {
  const { directory, fileSuffix, keys, ...stated } = secret;
  const chosen = secret.deliveryField === undefined ? undefined : valueAt(cluster, secret.deliveryField);
  if (chosen === 'store') return { refused: secret };
  const byHand = directory === undefined || keys.some(({ from }) => from === 'user');
  if (byHand || chosen === 'out-of-band') return { ...stated, keys: keys.map(keyByHand) };
  const suffix = fileSuffix === undefined ? '' : `-${fileSuffix}`;
  return {
    ...stated,
    keys: keys.map(keyFromGit),
    sops: { directory, file: `secret${suffix}.sops.yaml` },
  };
}

function valueAt(value: unknown, field: string): unknown {
  return field
    .split('.')
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], value);
}

function keyByHand(key: SecretKey): DeliveredKey {
  return {
    key: key.key,
    source: key.from === 'generated' ? 'made by the command, and needed by nobody' : key.source,
    create: createArgument(key),
  };
}

function keyFromGit(key: SecretKey): DeliveredKey {
  const common = { key: key.key, create: createArgument(key) };
  switch (key.from) {
    case 'field':
      return defined({ ...common, source: key.source, field: key.field, value: key.value });
    case 'generated': {
      const note = key.note === undefined ? '' : `; ${key.note}`;
      const { field, value, generate, once, optional } = key;
      return defined({
        ...common,
        source: `made by \`gatehouse configure\`${note}`,
        field,
        value,
        generate,
        once,
        optional,
      });
    }
    case 'text':
      return { ...common, source: key.source, text: key.text };
    case 'user':
      return { ...common, source: key.source };
  }
}

/** What makes a generated value by hand. */
const commands: Record<Generatable, string> = {
  databasePassword: 'openssl rand -hex 24',
  resticPassword: 'openssl rand -hex 24',
  s3SecretKey: 'openssl rand -hex 20',
};

function createArgument(key: SecretKey): CreateArgument {
  if (key.create !== undefined) return key.create;
  return { literal: key.from === 'generated' ? `"$(${commands[key.generate]})"` : '"…"' };
}

/** Of those who read a Secret, the ones that read it when they start, and can be started again. */
export function restarting(usedBy: readonly string[]): string[] {
  return usedBy.filter((reader) => /^(deployment|statefulset|daemonset)\//.test(reader));
}

/** What prevents the delivery of a Secret in Git: no recipient to encrypt for, or values that are not set. */
function undeliverable(delivery: SecretDelivery, { cluster, places }: Loaded<ClusterSettings>): Problem[] {
  if (delivery.sops === undefined) return [];
  const place = placeOf(delivery.field, places);
  if (cluster.secrets.recipients.length === 0) return [{ ...noRecipient(delivery), ...place }];
  return missingKeys(delivery).map((key) => ({ ...missing(delivery, key), ...place }));
}

function missingKeys({ keys }: SecretDelivery): DeliveredKey[] {
  return keys.filter((key) => !hasValue(key) && key.optional !== true);
}

function hasValue({ value, text }: DeliveredKey): boolean {
  return value !== undefined || text !== undefined;
}

function storeProblem(
  { name, deliveryField = '', field }: RequiredSecret,
  { places }: Configuration,
): Problem {
  return {
    code: 'claim-unanswered',
    message: `${deliveryField}: the Secret ${name} requires a secret from an external store, and no component provides one`,
    expected: 'sops, or out-of-band',
    ...placeOf(deliveryField || field, places),
  };
}

function noRecipient({ name }: SecretDelivery): Problem {
  return {
    code: 'needs-another',
    message: `the Secret ${name} is delivered by SOPS, and secrets.recipients is empty`,
    expected: 'a recipient to encrypt it for',
    remedy: 'run "gatehouse secrets keygen" and "gatehouse secrets recipients add", or choose out-of-band',
  };
}

function missing({ name }: SecretDelivery, { field = '', source, generate }: DeliveredKey): Problem {
  return {
    code: 'missing-field',
    field,
    message: `${field} is not set: the Secret ${name} is delivered by SOPS and needs it`,
    expected:
      generate === undefined ? source : 'a value that Gatehouse makes, in an encrypted private values file',
    remedy:
      generate === undefined
        ? `run "gatehouse secrets set ${field}", which reads the value from standard input`
        : 'run "gatehouse secrets edit" once, which encrypts the private values file; then configure makes and keeps it',
  };
}

/** The Secrets that are encrypted in Git, with their values. One per file. */
export function encryptedSecrets(
  deliveries: readonly SecretDelivery[],
  values: { private: PrivateValues; secret: PrivateValues },
): PlannedSecret[] {
  const privateValues = everyValue(values);
  return deliveries.flatMap(({ name, namespace, keys, sops }) => {
    if (sops === undefined) return [];
    const given = keys.filter(hasValue);
    const data = given.map((key) => [key.key, Buffer.from(clearText(key, privateValues)).toString('base64')]);
    return [
      {
        path: `${sops.directory}/${sops.file}`,
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

function clearText({ value, text = '' }: DeliveredKey, privateValues: PrivateValues): string {
  return value === undefined ? fillIn(text, privateValues) : (privateValues.get(nameOf(value)) ?? '');
}
