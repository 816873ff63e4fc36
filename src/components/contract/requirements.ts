import type { AccessMode } from '../../config/clusterSettings.ts';
import type { Private } from '../../config/private.ts';

/** Pods that do one job, as the network sees them. */
export interface Workload {
  /** Where its policies stand, from the root of the repository. */
  directory: string;
  namespace: string;
  name: string;
  /** The labels that select its pods, and no others in the namespace. */
  labels: Record<string, string>;
}

/** A Service in front of a workload. */
export interface Backend {
  workload: Workload;
  service: string;
  /** The Service's port. */
  port: number;
  /** The port of the pod behind it. */
  targetPort: number;
}

/** What is not a workload of ours, as far as a network policy can say it. */
export type ExternalPeer =
  | { outside: 'dns' }
  /** The nodes of the control plane, where the API server is; pods call it by its Service in the namespace `default`. */
  | { outside: 'api-server' }
  /** Pods that somebody else runs in this cluster. */
  | { outside: 'pods'; namespace: string; labels: Record<string, string> }
  /** `ranges` are CIDRs, or references to private ones. `except` cuts ranges out of each that contains them. */
  | { outside: 'addresses'; name: string; ranges: readonly string[]; except?: readonly string[] };

interface RequirementBase {
  /** The component that asks. */
  by: string;
  /** The field of `cluster.yaml` because of which it asks, as a path. */
  field: string;
}

/** A namespace with its Pod Security level. Several may ask for one, if they agree about the level. */
export interface NamespaceRequirement extends RequirementBase {
  kind: 'namespace';
  name: string;
  podSecurity: 'privileged' | 'baseline' | 'restricted';
}

/** One workload wants to talk to another, or to the outside, or the outside to it: both ends get their policy. */
export interface ConnectionRequirement extends RequirementBase {
  kind: 'reach';
  from: Workload | ExternalPeer;
  to: Workload | ExternalPeer;
  ports: readonly { port: number; protocol: 'TCP' | 'UDP' }[];
  why: string;
}

/** A port of every node. A cluster has each only once. */
export interface NodePortRequirement extends RequirementBase {
  kind: 'node-port';
  port: number;
}

/** Cloudflare Access in front, and its token verified at the origin. */
export interface AccessLogin {
  by: 'access';
  audience: Private;
  /** Who of those whom Access lets through may pass; empty means all of them. */
  emails: readonly Private[];
  serviceTokens: readonly Private[];
}

/** A host name that people reach from the internet, through a gate that demands what `auth` says. */
export interface RouteRequirement extends RequirementBase {
  kind: 'route';
  host: Private;
  backend: Backend;
  login: AccessLogin;
}

/** A host name that the tunnel hands to a gate inside the cluster, after Access has let the person through. */
export interface TunnelRequirement extends RequirementBase {
  kind: 'tunnel';
  host: Private;
  backend: Backend;
  access: { team: Private; audience: Private };
}

/** The components that keep buckets. */
export const objectStores = ['rustfs', 's3'] as const;
export type ObjectStore = (typeof objectStores)[number];

/**
 * A bucket with an access key that opens it and no other. Its provider lets the clients reach it, and tells the
 * consumer where it is and what the key is ({@link BucketGrant} of `grant.ts`). The same consumer may ask for the
 * same bucket several times; two consumers may not share one.
 */
export interface BucketRequirement extends RequirementBase {
  kind: 'bucket';
  /** Who is to keep it. */
  store: ObjectStore;
  bucket: string;
  /** What is kept in it, as a clause: "backups of the volumes of namespace media". */
  purpose: string;
  access: 'read-write' | 'read-only';
  /** The pods that use the key. */
  clients: readonly Workload[];
}

/** A PersistentVolumeClaim that is to be backed up. */
export interface BackupRequirement extends RequirementBase {
  kind: 'volume';
  namespace: string;
  /** The name of the PersistentVolumeClaim. */
  name: string;
  storageClass: string;
  accessMode: AccessMode;
  /** Who owns the files, so that the mover may read and restore them. */
  owner: { uid: number; gid: number };
  /** Whether its files are of use only together, as those of a database: then a copy is of one moment. */
  atOnce: boolean;
  /** What mounts it, as `kind/name`: it must not run while the volume is restored. */
  usedBy: readonly string[];
}

/** The roles of the Talos API that may be asked for, as Talos names them. */
export type TalosRole = 'os:admin' | 'os:operator' | 'os:reader' | 'os:etcd:backup';

/** Pods want to call the Talos API of the control plane, with the roles that a ServiceAccount of Talos gives them. */
export interface TalosApiRequirement extends RequirementBase {
  kind: 'talos-api';
  namespace: string;
  roles: readonly TalosRole[];
  clients: readonly Workload[];
  /** What for, as a clause: "a copy of etcd". */
  why: string;
}

/**
 * What must hold of some objects before a node may go down. Nobody has to answer it: where nothing takes nodes down,
 * nothing waits for it. All objects of the kind are meant, in the namespace where one is said.
 */
export interface HealthRequirement extends RequirementBase {
  kind: 'health';
  of: { apiVersion: string; kind: string; namespace?: string };
  /** CEL over `object` and `status`; where it is not true, the node waits. An object may have no status yet. */
  expr: string;
  /** What holds, as a sentence without a full stop: "No volume is being backed up". */
  description: string;
}

/** A chart that is to be installed, under the name of its release. */
export interface ChartRequirement extends RequirementBase {
  kind: 'chart';
  release: { name: string; namespace: string };
}

/** What a component asks of others. Who answers is none of its business. */
export type Requirement =
  | NamespaceRequirement
  | ConnectionRequirement
  | NodePortRequirement
  | RouteRequirement
  | TunnelRequirement
  | BucketRequirement
  | BackupRequirement
  | TalosApiRequirement
  | HealthRequirement
  | ChartRequirement;
export type RequirementKind = Requirement['kind'];
export type RequirementOf<Kind extends RequirementKind> = Extract<Requirement, { kind: Kind }>;
