import { valuesSecret } from '../components/shared/fluxNames.ts';
import type { ClusterSettings } from '../config/clusterSettings.ts';
import type { PrivateValues } from '../config/private.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Of, SecretDelivery } from './plan.ts';

/** The file of the encrypted values, in the directory of Flux's own objects. */
export const valuesFile = 'values.sops.yaml';

/** The Secret from which Flux fills in every `${NAME}`: each private value, under its own name. */
export function valuesObject(privateValues: PrivateValues, used: ReadonlySet<string>): KubernetesObject {
  const names = [...privateValues.keys()].filter((name) => used.has(name)).sort();
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: valuesSecret,
      namespace: 'flux-system',
      labels: { 'app.kubernetes.io/managed-by': 'gatehouse' },
    },
    type: 'Opaque',
    // `data`: without decryption, Flux applies a `stringData` that is still ciphertext, and says Ready.
    data: Object.fromEntries(
      names.map((name) => [name, Buffer.from(privateValues.get(name) ?? '').toString('base64')]),
    ),
  };
}

/** The names of the private values that a text refers to. */
export function referencesIn(text: string): string[] {
  return [...text.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g)].map(([, name]) => name ?? '');
}

/** Without recipients nothing can be encrypted: the values are then given to the cluster by hand. */
export function valuesByHand(settings: ClusterSettings, used: ReadonlySet<string>): Of<SecretDelivery>[] {
  if (settings.secrets.recipients.length > 0) return [];
  return [
    {
      name: valuesSecret,
      namespace: 'flux-system',
      component: 'flux',
      purpose: 'the private values that Flux fills in',
      usedBy: [`kustomization/${settings.cluster.name}`],
      field: 'secrets.recipients',
      keys: [...used].sort().map((name) => ({
        key: name,
        source: 'your private values file',
        create: { literal: `\${${name}}` },
      })),
    },
  ];
}
