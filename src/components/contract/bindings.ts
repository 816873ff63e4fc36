import type { Private } from '../../config/private.ts';
import type { Backend, Workload } from './network.ts';
import type { SecretSource } from './secrets.ts';

/** The Flux Kustomization that makes what is bound, where one does: what uses it depends on that. */
interface MadeByFlux {
  fluxKustomization?: string;
}

/**
 * Where requests come from, as the backend sees them. The Flux Kustomization, if there is one, brings the kinds of the
 * objects that make a route: whatever holds the directory of the backend depends on it.
 */
export interface GateBinding extends MadeByFlux {
  /** The pods from which requests reach the backend. */
  proxy: Workload;
}

export interface RouteBinding extends GateBinding {
  host: Private;
}

/** Who signs tokens, and how they are verified. */
export interface TokenIssuerBinding extends MadeByFlux {
  /** The claim `iss`; a private part is a reference (`${NAME}`). */
  issuer: string;
  /** Where its keys are (JWKS). With a backend they are fetched from the Service. */
  keys: { url: string; backend?: Backend };
  /** The claims that the backend gets as headers: scalars only, since Envoy hands on no lists. */
  claimHeaders: readonly { claim: string; header: string }[];
}

export interface AccessTeamBinding {
  /** The part of its host name before `.cloudflareaccess.com`. */
  team: Private;
}

/** Where a bucket is, and what opens it. */
/** How to ask what is in the buckets of a store, with a key that opens none of their objects where the store can say so. */
export interface BucketReader {
  /** The name of the store. */
  name: string;
  /** The Service of a store in the cluster. It is asked through the API server, since this computer does not reach it. */
  service?: { namespace: string; name: string; port: number };
  /** The URL of a store outside of the cluster. */
  endpoint?: Private;
  region: string;
  accessKey: SecretSource;
  secretKey: SecretSource;
}

export interface BucketBinding extends MadeByFlux {
  /** With its scheme and without a slash at the end; a private host is a reference (`${NAME}`). */
  endpoint: string;
  region: string;
  accessKey: SecretSource;
  secretKey: SecretSource;
  reader: BucketReader;
}

export interface VolumeBinding extends MadeByFlux {
  /** The name of the PersistentVolumeClaim, in the namespace of the requirement. */
  claimName: string;
}

export interface DatabaseBinding extends MadeByFlux {
  host: string;
  port: number;
  database: string;
  /** The Secret in the namespace of the requirement, and its keys. */
  secret: { name: string; keys: { username: string; password: string } };
}

export interface DefinitionBinding {
  /** The Flux Kustomization after which the kind exists. */
  fluxKustomization: string;
}

export interface CertificateBinding extends MadeByFlux {
  /** The Secret in the namespace of the requirement, with `tls.crt` and `tls.key`. */
  secret: string;
}

export interface StoreItemBinding extends MadeByFlux {
  /** The Secret in the namespace of the requirement. */
  secret: string;
}

/** Where another app listens. */
export interface AppBinding {
  /** The DNS name of its Service. */
  host: string;
  port: number;
}
