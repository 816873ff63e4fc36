import { join } from 'node:path';
import { textAt, valueAt } from '../kubernetes/fields.ts';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import type { Environment } from '../system/environment.ts';
import { type Entry, type Kubeconfig, readKubeconfig } from './kubeconfigFiles.ts';
import { authorityOf, type Login, loginOf } from './kubeconfigUser.ts';
import { proxyFor } from './proxy.ts';

/** Which cluster is meant, as the user said it. */
export interface ClusterChoice {
  /** The value of `--context`; the current context otherwise. */
  context?: string | undefined;
  /** The value of `--kubeconfig`. */
  kubeconfig?: string | undefined;
  environment: Environment;
  /** Where a pod finds the credentials of its service account. */
  serviceAccount?: string | undefined;
  /** Called where the cluster lets somebody wait for its first answer. */
  onWait?: (() => void) | undefined;
}

/** A cluster to connect to, and as whom. */
export interface Target {
  context: string;
  /** `https://host:port`, with a path where the kubeconfig has one. */
  server: string;
  /** The certificate of the authority, as PEM; undefined where the system's authorities count. */
  authority: string | undefined;
  /** The name in the certificate of the server, where it is not the host. */
  serverName: string | undefined;
  proxy: string | undefined;
  login: Login;
}

const serviceAccountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Finds the cluster and the user: of a kubeconfig, or of the pod in which this runs. It sends nothing. Whatever would let
 * another read along or answer is refused: a certificate that is not verified, and HTTP to another machine.
 */
export async function targetOf(choice: ClusterChoice): Promise<Outcome<Target>> {
  const read = await readKubeconfig(choice.kubeconfig, choice.environment);
  if (!read.ok) return read;
  if (read.value === undefined) return inCluster(choice);
  return ofContext(read.value, choice);
}

async function ofContext(kubeconfig: Kubeconfig, choice: ClusterChoice): Promise<Outcome<Target>> {
  const name = choice.context ?? kubeconfig.current;
  const context = name === undefined ? undefined : kubeconfig.contexts.get(name);
  if (name === undefined || context === undefined) return err(noContext(kubeconfig, choice.context));
  const named = (kind: 'cluster' | 'user') => {
    const wanted = textAt(context.fields, kind) ?? '';
    return { wanted, entry: kubeconfig[`${kind}s`].get(wanted) };
  };
  const [cluster, user] = [named('cluster'), named('user')];
  const problems = Object.entries({ cluster, user }).flatMap(([kind, { wanted, entry }]) =>
    entry ? [] : [missingEntry(context, name, kind, wanted)],
  );
  if (!cluster.entry || !user.entry) return err(...problems);
  const server = serverOf(cluster.entry);
  if (!server.ok) return server;
  const { environment } = choice;
  const authority = await authorityOf(cluster.entry);
  const login = await loginOf(user.entry, environment, isPlain(server.value));
  if (!authority.ok || !login.ok)
    return err(...[authority, login].flatMap((one) => (one.ok ? [] : one.problems)));
  return ok({
    context: name,
    server: server.value,
    authority: authority.value,
    serverName: textAt(cluster.entry.fields, 'tls-server-name') || undefined,
    proxy: textAt(cluster.entry.fields, 'proxy-url') || proxyFor(server.value, environment.env),
    login: login.value,
  });
}

/** HTTP, which {@link serverOf} accepts only for this machine: "kubectl proxy" needs no credentials. */
function isPlain(server: string): boolean {
  return server.startsWith('http:');
}

function serverOf({ fields, file }: Entry): Outcome<string> {
  const text = textAt(fields, 'server') ?? '';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.username || url.search) {
    return err({
      code: 'kubeconfig-invalid',
      file,
      message: text === '' ? 'the cluster has no server' : 'the server of the cluster is not a URL',
      expected: 'server: https://host:6443',
    });
  }
  if (valueAt(fields, 'insecure-skip-tls-verify') === true) return err(unverified(file, url.host));
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) return err(unencrypted(file, url.host));
  return ok(`${url.origin}${url.pathname}`.replace(/\/+$/, ''));
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

function unverified(file: string, host: string): Problem {
  return {
    code: 'kubeconfig-insecure',
    file,
    message: `insecure-skip-tls-verify is true, so that anybody between here and ${host} could read the credentials`,
    expected: 'certificate-authority or certificate-authority-data',
    remedy: 'remove the line, and add the certificate authority of the cluster',
  };
}

function unencrypted(file: string, host: string): Problem {
  return {
    code: 'kubeconfig-insecure',
    file,
    message: `the server is reached by HTTP, so that anybody between here and ${host} could read the credentials`,
    expected: `https://${host}`,
  };
}

function noContext({ contexts, files }: Kubeconfig, wanted: string | undefined): Problem {
  const known = [...contexts.keys()].sort();
  const list = known.length === 0 ? 'none' : known.map((name) => `"${name}"`).join(', ');
  return {
    code: 'kubeconfig-context-unknown',
    ...(files[0] !== undefined && { file: files[0] }),
    message:
      wanted === undefined
        ? 'the kubeconfig has no current context'
        : `the kubeconfig has no context "${wanted}"`,
    expected: `a context of the kubeconfig: ${list}`,
    remedy:
      wanted === undefined
        ? 'choose one: kubectl config use-context NAME, or --context NAME'
        : 'name one with --context',
  };
}

function missingEntry({ file }: Entry, context: string, kind: string, wanted: string): Problem {
  return {
    code: 'kubeconfig-invalid',
    file,
    message:
      wanted === ''
        ? `the context "${context}" names no ${kind}`
        : `the context "${context}" names the ${kind} "${wanted}", which the kubeconfig does not have`,
    expected: `a ${kind} of that name in the list "${kind}s"`,
  };
}

/** The cluster in whose pod this runs. Without one, there is no cluster: not one on a port of this machine either. */
async function inCluster({ environment, serviceAccount, context }: ClusterChoice): Promise<Outcome<Target>> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environment.env;
  if (!host || !port || context !== undefined) return err(noKubeconfig());
  const directory = serviceAccount ?? serviceAccountDirectory;
  const place = { file: join(directory, 'token'), directory };
  const authority = await authorityOf({ ...place, fields: { 'certificate-authority': 'ca.crt' } });
  const login = await loginOf({ ...place, fields: { tokenFile: 'token' } }, environment, false);
  if (!authority.ok || !login.ok)
    return err(...[authority, login].flatMap((one) => (one.ok ? [] : one.problems)));
  return ok({
    context: 'in-cluster',
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    authority: authority.value,
    serverName: undefined,
    proxy: undefined,
    login: login.value,
  });
}

function noKubeconfig(): Problem {
  return {
    code: 'kubeconfig-missing',
    message: 'there is no kubeconfig: KUBECONFIG names none, and ~/.kube/config does not exist',
    remedy:
      'name a file with --kubeconfig; "talosctl kubeconfig" writes one, and k3s has /etc/rancher/k3s/k3s.yaml',
  };
}
