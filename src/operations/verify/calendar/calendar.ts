import type { RouteException } from '../../../compile/routeException.ts';
import type { ClusterSettings } from '../../../config/clusterSettings.ts';
import { textAt } from '../../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import type { Answer, Asking, Check } from '../../../live/check.ts';
import { type LiveCluster, LiveError } from '../../../live/cluster.ts';
import type { Environment } from '../../../system/environment.ts';
import { exceptionTitle } from '../../exceptions.ts';
import { judged } from './judged.ts';
import { talosconfigEnds } from './talosconfig.ts';

/** What the calendar is made from. */
export interface CalendarInputs {
  settings: Pick<ClusterSettings, 'cluster' | 'calendar'>;
  /** The routes that are open until a day. */
  exceptions: readonly RouteException[];
  cluster: LiveCluster;
  environment: Environment;
}

/**
 * Everything with an end date, a check each: the certificate of the API server and the credentials of this computer, the
 * Certificates of cert-manager, the routes that are open until a day, and what the user wrote down. TLS Secrets that no Certificate makes are left out: who reads
 * the certificate of a Secret reads its key.
 */
export async function calendarChecks({
  settings,
  exceptions,
  cluster,
  environment,
}: CalendarInputs): Promise<readonly Check[]> {
  return [
    ...credentials,
    ...(settings.cluster.distribution === 'talos' ? [talosconfigCheck(environment)] : []),
    ...(await certificateChecks(cluster)),
    ...exceptions.map(exceptionCheck),
    ...settings.calendar.map(writtenDown),
  ];
}

const kubeconfig =
  'Write a new kubeconfig: talosctl kubeconfig, or copy /etc/rancher/k3s/k3s.yaml of a k3s server';

const credentials: readonly Check[] = [
  {
    id: 'ends-api-server',
    promise: 'The certificate of the API server is valid for a while',
    remedy:
      'Restart the API server, which renews it: Talos does so by itself, k3s when it restarts (systemctl restart k3s)',
    ask: async (asking) => {
      const { server } = await afterAnAnswer(asking);
      return server === undefined
        ? unseen('The connection to the API server has no certificate')
        : judged({ ends: server, what: 'The certificate of the API server' }, asking.now());
    },
  },
  {
    id: 'ends-kubeconfig',
    promise: 'The credentials of the kubeconfig are valid for a while',
    remedy: kubeconfig,
    ask: async (asking) => {
      const { certificate, token } = await afterAnAnswer(asking);
      const now = asking.now();
      if (certificate !== undefined)
        return judged({ ends: certificate, what: 'The client certificate of the kubeconfig' }, now);
      if (token !== undefined) return judged({ ends: token, what: 'The token of the kubeconfig' }, now);
      return asking.ends === undefined
        ? unseen('The credentials were not looked at')
        : { verdict: 'kept', evidence: ['The kubeconfig has no credentials of which an end can be seen'] };
    },
  },
];

/** The certificate of the API server is known after it answered. */
async function afterAnAnswer({ cluster, ends }: Asking) {
  if (ends?.().server === undefined) await cluster?.version();
  return ends?.() ?? {};
}

function unseen(sentence: string): Answer {
  return { verdict: 'not checked', evidence: [sentence] };
}

function talosconfigCheck(environment: Environment): Check {
  return {
    id: 'ends-talosconfig',
    promise: 'The client certificate of the talosconfig is valid for a while',
    remedy: 'Write a new one while the old one works: talosctl config new',
    ask: async ({ now }) => {
      const found = await talosconfigEnds(environment);
      return 'why' in found
        ? { ...unseen(found.why), remedy: 'Name the file in TALOSCONFIG, or run it where the talosconfig is' }
        : judged(found, now());
    },
  };
}

const certificates = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate' };

async function certificateChecks(cluster: LiveCluster): Promise<readonly Check[]> {
  try {
    return ((await cluster.list(certificates)) ?? []).map(certificateCheck);
  } catch (error) {
    if (!(error instanceof LiveError)) throw error;
    return [
      {
        id: 'ends-certificates',
        promise: 'Every certificate of cert-manager is valid for a while',
        remedy: 'Use a context whose user may list certificates.cert-manager.io',
        ask: () => Promise.reject(error),
      },
    ];
  }
}

function certificateCheck(certificate: KubernetesObject): Check {
  const { namespace = '', name } = certificate.metadata;
  const what = `Certificate ${namespace}/${name}`;
  return {
    id: `ends-certificate-${namespace}-${name}`,
    promise: `The certificate ${namespace}/${name} is valid for a while`,
    remedy: `See why it is not renewed: kubectl -n ${namespace} describe certificate ${name}`,
    ask: async ({ now }) => {
      const ends = timeAt(certificate, 'notAfter');
      if (ends === undefined)
        return { verdict: 'broken', evidence: [`${what} was never issued: it has no status.notAfter`] };
      return judged({ ends, renewal: timeAt(certificate, 'renewalTime'), what }, now());
    },
  };
}

function timeAt(certificate: KubernetesObject, field: string): Date | undefined {
  const time = new Date(textAt(certificate, 'status', field) ?? '');
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** From the day after its last one, `configure` refuses what an exception opens. */
function exceptionCheck(exception: RouteException): Check {
  const { requester, reason, until, field } = exception;
  const what = `The exception for ${exceptionTitle(exception)} (${reason})`;
  return {
    id: `ends-${field.replaceAll('.', '-').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    promise: `The exception for ${exceptionTitle(exception)} is valid for a while`,
    component: requester.component,
    remedy: `Give ${field} a login, or a later day while the reason holds; then run gatehouse configure`,
    field,
    ask: async ({ now }) => judged({ ends: new Date(`${until}T23:59:59Z`), what }, now()),
  };
}

function writtenDown({ what, ends, renew }: ClusterSettings['calendar'][number], index: number): Check {
  const field = `calendar.${index}`;
  return {
    id: `ends-written-${index + 1}`,
    promise: `${what}: valid for a while`,
    remedy: `${renew ?? 'Renew it'}; then say the new day in ${field}.ends of cluster.yaml`,
    field,
    // It may end in the first hour of that day.
    ask: async ({ now }) => judged({ ends: new Date(`${ends}T00:00:00Z`), what }, now()),
  };
}
