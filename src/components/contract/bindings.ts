import type { SecretSource } from './component.ts';
import type { BucketRequirement } from './requirements.ts';

/** Where a bucket is, and what opens it. */
export interface BucketBinding {
  kind: 'bucket';
  requirement: BucketRequirement;
  /** With its scheme and without a slash at the end; a private host stands in it as `${NAME}`. */
  endpoint: string;
  region: string;
  accessKey: SecretSource;
  secretKey: SecretSource;
  /** The Flux Kustomization that makes the bucket, where one does: what uses it depends on that. */
  fluxKustomization?: string;
}

/** What a provider tells who claimed something, beside what it builds. */
export type Binding = BucketBinding;
