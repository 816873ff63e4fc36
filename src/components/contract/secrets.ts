import type { Private } from '../../config/private.ts';

/** How a user may choose to have a Secret delivered: encrypted in Git, or made by hand with `kubectl create secret`. */
export const deliveries = ['sops', 'out-of-band'] as const;

/** The kinds of secret that nobody has to know and that Gatehouse can generate. */
export type Generatable = 'databasePassword' | 'resticPassword' | 's3SecretKey';

/** Where the value of a key comes from. `field` is the field of the private values file that holds it. */
export type SecretSource =
  /** Only a user has it. `source` says where to get it. */
  | { from: 'field'; field: string; value: Private | undefined; source: string }
  /** Gatehouse generates it. `once`: a new value would open nothing of what was closed with the old one. */
  | {
      from: 'generated';
      field: string;
      value: Private | undefined;
      generate: Generatable;
      once?: true;
      note?: string;
      /** What reads it does without: it is left out where nothing can make it. */
      optional?: true;
    }
  /** Text that everybody may read, with private values as `${NAME}`. */
  | { from: 'text'; text: string; source: string }
  /** Only a user has it, and no field holds it: it is never in Git. */
  | { from: 'user'; source: string };

/** What is in the `kubectl create secret` line: a literal, as a word of shell, or a file. */
export type CreateArgument = { fromFile: string } | { literal: string };

export type SecretKey = SecretSource & {
  key: string;
  /** How a user makes the value by hand, where the source alone does not say it. */
  create?: CreateArgument;
};

/**
 * A Secret that must exist in the cluster. How it gets there is not for the component to decide: see
 * `compile/secretDelivery.ts`.
 */
export interface RequiredSecret {
  name: string;
  namespace: string;
  keys: readonly SecretKey[];
  /** What it is for, as a clause: "the password of Immich's database". */
  purpose: string;
  /** Who reads it, as `kind/name`. Deployments and StatefulSets must restart when it changes. */
  usedBy: readonly string[];
  /** The field of `cluster.yaml` because of which it is needed. */
  field: string;
  /** The directory that Flux applies it with. Without one it is made by hand: Flux needs it before it reads Git. */
  directory?: string;
  /** Distinguishes its file from those of other Secrets of the directory. */
  fileSuffix?: string;
  /** The field of `cluster.yaml` in which a user chooses its delivery. Without one it is delivered in Git. */
  deliveryField?: string;
  /** What has to happen beside a restart when a value is replaced, as Markdown. */
  replacing?: string;
  /** The step of the quickstart that it shares with others of the same title, where each of its own would say nothing. */
  step?: string;
}
