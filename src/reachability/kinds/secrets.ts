import { isFields, mapsAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import {
  harmless,
  type KindFamily,
  makesAll,
  makesServices,
  type Reach,
  type Unread,
  unread,
} from './kind.ts';

const externalSecrets = 'External Secrets 2.9, API reference';
const certManager = 'cert-manager 1.21, docs';

const holdsClearText: Unread = {
  effects: ['secrets'],
  scope: 'own',
  does: 'may hold what becomes a Secret in clear text',
};

const answersChallenges = {
  effects: ['pods', 'services', 'routes'],
  scope: 'own',
  does: 'makes a pod, a Service and a route for a challenge by HTTP',
} as const satisfies Unread;

const fetched = 'It makes a Secret of what another system holds. Its text is not in Git';

/** Secrets that are made in the cluster, and certificates. */
export const secretKinds: readonly KindFamily[] = [
  unread(
    {
      effects: ['pods', 'services', 'routes', 'policies'],
      scope: 'own',
      does: 'makes an object of any kind by its target',
      narrow: manifestTarget,
    },
    `${externalSecrets}, target.manifest`,
    'external-secrets.io',
    'ExternalSecret',
    'ClusterExternalSecret',
  ),
  harmless(
    'It copies a Secret out of the cluster',
    externalSecrets,
    'external-secrets.io',
    'PushSecret',
    'ClusterPushSecret',
  ),
  unread(
    { ...holdsClearText, narrow: fakeProvider },
    `${externalSecrets}, Fake`,
    'external-secrets.io',
    'SecretStore',
    'ClusterSecretStore',
  ),
  unread(
    { ...holdsClearText, narrow: fakeGenerator },
    `${externalSecrets}, Fake`,
    'generators.external-secrets.io',
    'Fake',
    'ClusterGenerator',
  ),
  harmless(
    'It generates a password or a token in the cluster',
    externalSecrets,
    'generators.external-secrets.io',
    '*',
  ),
  harmless(
    'It is encrypted for the controller of one cluster',
    'Sealed Secrets 0.32, README',
    'bitnami.com',
    'SealedSecret',
  ),
  unread(
    { ...holdsClearText, narrow: unlessSops },
    'sops-secrets-operator 0.17, README',
    'isindir.github.com',
    'SopsSecret',
  ),
  unread(
    { ...holdsClearText, narrow: unlessSops },
    'sops-operator 0.9, README',
    'addons.projectcapsule.dev',
    'SopsSecret',
  ),
  harmless(
    'It names keys',
    'sops-operator 0.9, README',
    'addons.projectcapsule.dev',
    'SopsProvider',
    'GlobalSopsSecret',
  ),
  unread(holdsClearText, 'kubernetes-secret-generator 3.4, README', 'secretgenerator.mittwald.de', '*'),
  ...[
    ['Vault Secrets Operator 1, API reference', 'secrets.hashicorp.com'],
    ['1Password operator 1.9, README', 'onepassword.com'],
    ['Infisical operator 0.10, docs', 'secrets.infisical.com'],
    ['Doppler operator 1.7, docs', 'secrets.doppler.com'],
    ['Bitwarden operators, README', 'k8s.bitwarden.com'],
    ['bitwarden-crd-operator 1, README', 'lerentis.uploadfilter24.eu'],
    ['akv2k8s 1.8, docs', 'spv.no'],
    ['Secrets Store CSI driver 1.5, docs', 'secrets-store.csi.x-k8s.io'],
  ].map(([source = '', group = '']) => harmless(fetched, source, group, '*')),
  unread(
    {
      ...makesServices,
      does: 'makes Vault with its Services and an Ingress',
      effects: ['pods', 'services', 'routes'],
    },
    'Bank-Vaults operator 1.23, CRD',
    'vault.banzaicloud.com',
    'Vault',
  ),
  harmless(
    'It makes a Secret with a certificate, and no way to it',
    `${certManager}, Certificate`,
    'cert-manager.io',
    'Certificate',
    'CertificateRequest',
  ),
  unread(
    { ...answersChallenges, narrow: httpChallenges },
    `${certManager}, ACME, HTTP01`,
    'cert-manager.io',
    'Issuer',
  ),
  unread(
    {
      ...answersChallenges,
      scope: 'any',
      does: `${answersChallenges.does}, where a Certificate is`,
      narrow: httpChallenges,
    },
    `${certManager}, ACME, HTTP01`,
    'cert-manager.io',
    'ClusterIssuer',
  ),
  unread(
    { ...answersChallenges, narrow: ownChallenge },
    `${certManager}, ACME, HTTP01`,
    'acme.cert-manager.io',
    'Challenge',
  ),
  harmless(
    'It is a step of a certificate. What answers a challenge counts with its issuer',
    `${certManager}, ACME`,
    'acme.cert-manager.io',
    '*',
  ),
  harmless(
    'It says which certificates are signed',
    'cert-manager approver-policy 0.22',
    'policy.cert-manager.io',
    '*',
  ),
  harmless(
    'It copies certificates of authorities to ConfigMaps',
    'cert-manager trust-manager 0.19',
    'trust.cert-manager.io',
    '*',
  ),
  unread(makesAll, 'cert-manager operator of Red Hat 1.17', 'operator.openshift.io', '*'),
];

/** `spec.target.manifest` makes an object of its kind instead of a Secret (External Secrets since 0.21). */
function manifestTarget(object: KubernetesObject): readonly Partial<Reach>[] {
  const spec =
    object.kind === 'ExternalSecret'
      ? valueAt(object, 'spec')
      : valueAt(object, 'spec', 'externalSecretSpec');
  const kind = textAt(spec, 'target', 'manifest', 'kind');
  if (kind === undefined || kind === 'Secret') return [];
  return [object.kind === 'ExternalSecret' ? {} : { namespace: undefined }];
}

function fakeProvider(object: KubernetesObject): readonly Partial<Reach>[] {
  return mapsAt(object, 'spec', 'provider', 'fake', 'data').length > 0 ? [{}] : [];
}

function fakeGenerator(object: KubernetesObject): readonly Partial<Reach>[] {
  return object.kind === 'Fake' || textAt(object, 'spec', 'kind') === 'Fake' ? [{}] : [];
}

function unlessSops(object: KubernetesObject): readonly Partial<Reach>[] {
  const isSealed = isFields(object['sops']) && textAt(object, 'sops', 'mac') !== undefined;
  return isSealed ? [] : [{}];
}

/**
 * Solvers by HTTP (cert-manager 1.21, `acme.cert-manager.io/v1`, ACMEChallengeSolverHTTP01). Their Service is of type
 * NodePort unless `serviceType` says ClusterIP.
 */
function httpChallenges(object: KubernetesObject): readonly Partial<Reach>[] {
  const solvers = mapsAt(object, 'spec', 'acme', 'solvers').flatMap((solver) => {
    const http = valueAt(solver, 'http01');
    return isFields(http) ? [http] : [];
  });
  if (solvers.length === 0) return [];
  const isClusterOnly = solvers.every((http) =>
    ['ingress', 'gatewayHTTPRoute'].every(
      (way) => !isFields(http[way]) || textAt(http, way, 'serviceType') === 'ClusterIP',
    ),
  );
  return [{ effects: isClusterOnly ? ['pods', 'routes'] : ['pods', 'services', 'routes'] }];
}

function ownChallenge(object: KubernetesObject): readonly Partial<Reach>[] {
  return textAt(object, 'spec', 'type') === 'DNS-01' ? [] : [{}];
}
