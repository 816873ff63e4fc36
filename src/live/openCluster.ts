import { textAt } from '../kubernetes/fields.ts';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import type { Ends } from './check.ts';
import { getObject, liveCluster } from './client.ts';
import { type LiveCluster, LiveError, type LiveWriter } from './cluster.ts';
import { type Connector, connectorTo } from './connection.ts';
import { type ClusterChoice, targetOf } from './kubeconfig.ts';
import { kindsServed } from './paths.ts';
import { tokenEnds } from './tokenEnds.ts';
import { type Patience, type Transport, transportOver } from './transport.ts';
import { liveWriter } from './writer.ts';

/** Which cluster is meant, and how long to wait for it. */
export interface OpenOptions extends ClusterChoice {
  patience?: Partial<Patience> | undefined;
}

/** How long the first request may take, in milliseconds. Who does not answer it will not answer the others either. */
const firstPatience = 10_000;
/** After how long it is said that nothing has come yet, in milliseconds. */
const silent = 1_500;

/** A cluster whose identity was confirmed. */
export interface OpenCluster extends LiveCluster {
  /** When the certificate of the API server and the credentials of the kubeconfig end, if they do. */
  readonly ends: () => Ends;
  /** What may change the cluster. Only commands that say so call it. */
  readonly writer: () => LiveWriter;
  /** Ends all connections. */
  readonly close: () => void;
}

/** Who a cluster is: the UID of its namespace `kube-system`, which no other cluster has. */
export interface Identity {
  context: string;
  server: string;
  uid: string;
}

/** The command that writes the UID into `cluster.yaml`. */
const confirmCommand = 'gatehouse doctor --confirm';

/**
 * Opens the cluster if it is the one that `cluster.yaml` means. Until that is known, it is asked for nothing but the
 * namespace `kube-system`.
 *
 * @param options.uid `cluster.uid` of `cluster.yaml`
 */
export async function openCluster(
  options: OpenOptions & { uid: string | undefined },
): Promise<Outcome<OpenCluster>> {
  const opened = await opening(options);
  if (!opened.ok) return opened;
  const { connector, transport, identity } = opened.value;
  if (identity.uid !== options.uid) {
    connector.close();
    return err(options.uid === undefined ? unconfirmed(identity) : another(identity, options.uid));
  }
  const kinds = kindsServed(transport);
  return ok({
    ...liveCluster(transport, identity.context, kinds),
    ends: () => ({
      server: transport.certificateEnds(),
      certificate: connector.target.login.certificate?.ends,
      token: tokenEnds(connector.target.login.token),
    }),
    writer: () => liveWriter(transport, kinds),
    close: connector.close,
  });
}

/** Asks which cluster that is, and nothing else. */
export async function identityOf(options: OpenOptions): Promise<Outcome<Identity>> {
  const opened = await opening(options);
  if (!opened.ok) return opened;
  opened.value.connector.close();
  return ok(opened.value.identity);
}

interface Opening {
  connector: Connector;
  transport: Transport;
  identity: Identity;
}

async function opening(options: OpenOptions): Promise<Outcome<Opening>> {
  const target = await targetOf(options);
  if (!target.ok) return target;
  const { context, server } = target.value;
  const { environment, patience = {}, onWait } = options;
  const connector = connectorTo(target.value, environment);
  const transport = transportOver(connector, environment.now, patience);
  const notice = setTimeout(() => onWait?.(), silent);
  try {
    const whole = Math.min(firstPatience, patience.whole ?? firstPatience);
    const system = await getObject(transport, '/api/v1/namespaces/kube-system', whole);
    const uid = textAt(system, 'metadata', 'uid');
    if (uid) return ok({ connector, transport, identity: { context, server, uid } });
    connector.close();
    return err(noIdentity(context, server));
  } catch (error) {
    connector.close();
    if (error instanceof LiveError) return err(liveProblem(error, context, server));
    throw error;
  } finally {
    clearTimeout(notice);
  }
}

/** The problem that a request which failed is for the user. */
export function liveProblem(error: LiveError, context: string, server: string): Problem {
  const place = `the cluster of the context "${context}" (${server})`;
  switch (error.failure) {
    case 'unauthorized':
      return {
        code: 'credentials-unusable',
        message: `${place} does not accept the credentials: ${error.message}`,
        remedy: 'write the kubeconfig again, or log in again; "kubectl get nodes" asks the same way',
      };
    case 'forbidden':
      return {
        code: 'cluster-forbidden',
        message: `the user of the context "${context}" may not ask this: ${error.message}`,
        remedy: 'bind the user to the ClusterRole "view", and let it get the namespace kube-system',
      };
    case 'overloaded':
      return {
        code: 'cluster-unreachable',
        message: `${place} has too much to do: ${error.message}`,
        remedy: 'run the command again when it has less to do',
      };
    default:
      return {
        code: 'cluster-unreachable',
        message: `${place} does not answer: ${error.message}`,
        remedy: 'start the cluster, or name another with --context or --kubeconfig',
      };
  }
}

function noIdentity(context: string, server: string): Problem {
  return {
    code: 'cluster-unreachable',
    message: `the cluster of the context "${context}" (${server}) has no namespace kube-system, so that nobody can tell which one it is`,
  };
}

function unconfirmed({ context, server, uid }: Identity): Problem {
  return {
    code: 'cluster-unconfirmed',
    field: 'cluster.uid',
    message: `cluster.yaml does not say which cluster it is for; the context "${context}" (${server}) is the cluster ${uid}`,
    remedy: `if that is the one: ${confirmCommand}`,
  };
}

function another({ context, server, uid }: Identity, wanted: string): Problem {
  return {
    code: 'cluster-is-another',
    field: 'cluster.uid',
    message: `the context "${context}" (${server}) is the cluster ${uid}, and cluster.yaml is for ${wanted}`,
    remedy: `name the other one with --context; if the cluster was built again: ${confirmCommand}`,
  };
}
