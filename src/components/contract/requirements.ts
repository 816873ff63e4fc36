import type { AccessMode } from '../../config/clusterSettings.ts';
import type { Private } from '../../config/private.ts';
import type {
  AccessTeamBinding,
  AppBinding,
  BucketBinding,
  CertificateBinding,
  DatabaseBinding,
  DefinitionBinding,
  GateBinding,
  RouteBinding,
  StoreItemBinding,
  TokenIssuerBinding,
  VolumeBinding,
} from './bindings.ts';
import type { HomeNetworkLogin, JwtLogin, Login, NoLogin } from './login.ts';
import type { Backend, ExternalPeer, Workload } from './network.ts';

/** Who asks. */
export interface Requester {
  component: string;
  /** Which of several things of the component asks, such as an app; with only one, the name of the component. */
  instance: string;
  /** The field of `cluster.yaml` because of which it asks, as a path. */
  field: string;
}

interface RequirementBase {
  requester: Requester;
}

/** A namespace with its Pod Security level. Several may ask for one, if they agree about the level. */
export interface NamespaceRequirement extends RequirementBase {
  kind: 'namespace';
  name: string;
  podSecurity: 'privileged' | 'baseline' | 'restricted';
}

/** A connection between two workloads, or between one and an external peer: both ends get their policy. */
export interface ConnectionRequirement extends RequirementBase {
  kind: 'connection';
  from: Workload | ExternalPeer;
  to: Workload | ExternalPeer;
  ports: readonly { port: number; protocol: 'TCP' | 'UDP' }[];
  why: string;
}

/** A connection to or from another app, which is named and not known. */
export interface AppRequirement extends RequirementBase {
  kind: 'app';
  /** The instance of the other app. */
  app: string;
  /** `from`: these pods connect to the app. `to`: the app connects to this backend. */
  connection: { from: Workload } | { to: Backend };
  why: string;
}

/** A port of every node. A cluster has each only once. */
export interface NodePortRequirement extends RequirementBase {
  kind: 'node-port';
  port: number;
}

/**
 * A Service of type LoadBalancer that only the home network and the VPN may reach, and that asks nobody who they are. Its
 * requester makes it and asks for the connection: that nobody else can connect is proved of the policies.
 */
export interface HomeServiceRequirement extends RequirementBase {
  kind: 'home-service';
  namespace: string;
  name: string;
}

/** From where a request comes: the internet, or the home network and the VPN. */
export type Origin = 'internet' | 'home';

/** Who sends requests: a browser, an app of the phone or the television with its own way to sign in, or a program. */
export type ClientKind = 'browser' | 'app' | 'machine';

/**
 * A host name under which people reach an app from one origin. An app that is reached from both requires two routes: each
 * has its own login.
 */
export interface RouteRequirement extends RequirementBase {
  kind: 'route';
  host: Private;
  from: Origin;
  backend: Backend;
  login: Login;
  clients: ClientKind;
  /**
   * `gateway` for the shared gateway. `proxy` for a proxy of its own, which counts and limits uploads: a gateway could
   * limit them only by holding them in memory, and would break WebSockets.
   */
  gate: 'gateway' | 'proxy';
  /** The prefixes of the paths that lead to the backend; `/` where it is absent. */
  paths?: readonly string[];
  /** Request headers of the app itself. Beside them only those of HTTP, browsers and uploads pass. For `proxy` only. */
  headers?: readonly string[];
  /** What the provider says in general holds where a limit is absent. For `proxy` only. */
  limits?: {
    /** The largest request body, in bytes. */
    bodyBytes?: number;
    /** Large uploads at the same time. */
    uploads?: number;
  };
}

/** A host name of a gRPC server. A browser's login is of no use to its clients. */
export interface GrpcRouteRequirement extends RequirementBase {
  kind: 'grpc-route';
  host: Private;
  from: Origin;
  backend: Backend;
  login: JwtLogin | NoLogin | HomeNetworkLogin;
  /** The services, and their methods, that lead to the backend; all but health and reflection where it is absent. */
  methods?: readonly { service: string; method?: string }[];
  /** Whether the health service may be asked (`grpc.health.v1.Health`). */
  health: boolean;
  /** Whether the server may be asked what it serves (`grpc.reflection`, v1 and v1alpha). */
  reflection: boolean;
}

/** A port of a gateway that leads to a TCP server as it is. Nobody but the app asks who connects. */
export interface TcpRouteRequirement extends RequirementBase {
  kind: 'tcp-route';
  /** The port of the gateway. */
  port: number;
  from: Origin;
  backend: Backend;
  login: HomeNetworkLogin | NoLogin;
}

/** A host name whose TLS connections lead to the backend unopened. Nobody but the app asks who connects. */
export interface TlsRouteRequirement extends RequirementBase {
  kind: 'tls-route';
  host: Private;
  from: Origin;
  backend: Backend;
  login: HomeNetworkLogin | NoLogin;
}

/** An issuer of tokens, by its name, for those who verify them. */
export interface TokenIssuerRequirement extends RequirementBase {
  kind: 'token-issuer';
  name: string;
  /** The namespace of the SecurityPolicy that names its keys. */
  namespace: string;
  /** The pods that fetch its keys. */
  clients: readonly Workload[];
  /** The Flux Kustomization that brings the kinds of the Gateway API: a grant for the namespace is one of them. */
  kindsFrom: string;
}

/**
 * A policy for routes that a user has written: for those of the namespaces that carry the label. A route that Gatehouse
 * makes carries none, since of two policies on a route only the older one counts.
 */
export interface LabelledRoutesRequirement extends RequirementBase {
  kind: 'labelled-routes';
  /** The name of the policy. */
  name: string;
  label: { key: string; value: string };
  namespaces: readonly string[];
  login: JwtLogin;
}

/** The Access team of the home, whose tokens are verified at the origin. */
export interface AccessTeamRequirement extends RequirementBase {
  kind: 'access-team';
}

/**
 * A name that leads to an address: in the public zone for the internet, in the resolver of the home for the home. It needs no
 * provider: where nothing writes names, the documents say what a user writes by hand.
 */
export interface NameRequirement extends RequirementBase {
  kind: 'name';
  host: Private;
  from: Origin;
  /** An address, or a name that leads to one; or the id of a tunnel of Cloudflare, which its component alone knows. */
  target: { address: Private } | { tunnel: Private };
}

/** A host name that the tunnel forwards to a proxy in the cluster, after Access has let the request through. */
export interface TunnelRequirement extends RequirementBase {
  kind: 'tunnel';
  host: Private;
  backend: Backend;
  access: { audience: Private };
}

/**
 * A bucket with an access key that opens it and no other. Its provider lets the clients connect to it. The same
 * requester may ask for the same bucket several times; two requesters may not share one.
 */
export interface BucketRequirement extends RequirementBase {
  kind: 'bucket';
  /** The name of the object store that is to hold it. */
  store: string;
  bucket: string;
  /** What is kept in it, as a clause: "backups of the volumes of namespace media". */
  purpose: string;
  access: 'read-write' | 'read-only';
  /** The pods that use the key. */
  clients: readonly Workload[];
}

/** A PersistentVolumeClaim of one's own. */
export interface VolumeRequirement extends RequirementBase {
  kind: 'volume';
  namespace: string;
  /** The name of the PersistentVolumeClaim. */
  name: string;
  size: string;
  storageClass: string;
  accessMode: AccessMode;
  backup: Pick<BackupRequirement, 'owner' | 'atOnce' | 'usedBy'> | 'none';
}

/** A database with a user of its own. */
export interface DatabaseRequirement extends RequirementBase {
  kind: 'database';
  engine: 'postgresql';
  namespace: string;
  name: string;
  extensions: readonly string[];
  /** The pods that connect to it. */
  clients: readonly Workload[];
}

/** A certificate for host names of the home, in a Secret. Each name of a certificate is public: authorities log it. */
export interface CertificateRequirement extends RequirementBase {
  kind: 'certificate';
  namespace: string;
  /** The name of the Secret. */
  name: string;
  hosts: readonly Private[];
  /** Domains whose names it covers without telling them, one level deep (`*.example.org`). */
  wildcards?: readonly Private[];
}

/** A Secret whose values come from an external store. */
export interface StoreItemRequirement extends RequirementBase {
  kind: 'store-item';
  namespace: string;
  /** The name of the Secret. */
  name: string;
  /** For each key of the Secret, the item of the store and the property in it. */
  keys: readonly { key: string; item: string; property: string }[];
}

/** A PersistentVolumeClaim that is to be backed up. */
export interface BackupRequirement extends RequirementBase {
  kind: 'backup';
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

/** Access to the Talos API of the control plane, with the roles that a ServiceAccount of Talos gives the pods. */
export interface TalosApiRequirement extends RequirementBase {
  kind: 'talos-api';
  namespace: string;
  roles: readonly TalosRole[];
  clients: readonly Workload[];
  /** What for, as a clause: "a copy of etcd". */
  why: string;
}

/**
 * What must hold of all objects of a kind, in a namespace or in the cluster, before a node may go down. It needs no
 * provider: where nothing takes nodes down, nothing waits for it.
 */
export interface HealthRequirement extends RequirementBase {
  kind: 'health';
  of: { apiVersion: string; kind: string; namespace?: string };
  /** CEL over `object` and `status`; where it is not true, the node waits. An object may have no status yet. */
  expr: string;
  /** What holds, as a sentence without a full stop: "No volume is being backed up". */
  description: string;
  /** That it does not hold is part of daily work, and passes by itself. */
  passes?: true;
}

/** The definition of a kind of which the requester has objects. */
export interface DefinitionRequirement extends RequirementBase {
  kind: 'definition';
  name: 'dnsendpoints.externaldns.k8s.io';
}

/** A chart that is to be installed, under the name of its release. */
export interface ChartRequirement extends RequirementBase {
  kind: 'chart';
  release: { name: string; namespace: string };
}

/** Every kind of requirement, with what its provider tells the requester. A new kind is one line here. */
export interface RequirementKinds {
  namespace: { requirement: NamespaceRequirement; binding: undefined };
  connection: { requirement: ConnectionRequirement; binding: undefined };
  app: { requirement: AppRequirement; binding: AppBinding };
  'node-port': { requirement: NodePortRequirement; binding: undefined };
  'home-service': { requirement: HomeServiceRequirement; binding: undefined };
  route: { requirement: RouteRequirement; binding: RouteBinding };
  'grpc-route': { requirement: GrpcRouteRequirement; binding: RouteBinding };
  'tcp-route': { requirement: TcpRouteRequirement; binding: GateBinding };
  'tls-route': { requirement: TlsRouteRequirement; binding: RouteBinding };
  'token-issuer': { requirement: TokenIssuerRequirement; binding: TokenIssuerBinding };
  'labelled-routes': { requirement: LabelledRoutesRequirement; binding: undefined };
  'access-team': { requirement: AccessTeamRequirement; binding: AccessTeamBinding };
  name: { requirement: NameRequirement; binding: undefined };
  tunnel: { requirement: TunnelRequirement; binding: undefined };
  bucket: { requirement: BucketRequirement; binding: BucketBinding };
  volume: { requirement: VolumeRequirement; binding: VolumeBinding };
  backup: { requirement: BackupRequirement; binding: undefined };
  database: { requirement: DatabaseRequirement; binding: DatabaseBinding };
  certificate: { requirement: CertificateRequirement; binding: CertificateBinding };
  'store-item': { requirement: StoreItemRequirement; binding: StoreItemBinding };
  'talos-api': { requirement: TalosApiRequirement; binding: undefined };
  health: { requirement: HealthRequirement; binding: undefined };
  definition: { requirement: DefinitionRequirement; binding: DefinitionBinding };
  chart: { requirement: ChartRequirement; binding: undefined };
}

export type RequirementKind = keyof RequirementKinds;
/** A requirement of a kind, or of any. */
export type Requirement<Kind extends RequirementKind = RequirementKind> =
  RequirementKinds[Kind]['requirement'];
/** What the provider of a requirement tells the requester; `undefined` where there is nothing to say. */
export type Binding<Kind extends RequirementKind> = RequirementKinds[Kind]['binding'];
