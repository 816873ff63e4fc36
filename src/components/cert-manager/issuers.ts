import type { ClusterSettings } from '../../config/clusterSettings.ts';
import { reference } from '../../config/private.ts';
import type { Certificate, ClusterIssuer } from '../../kubernetes/types.ts';
import { objectLabels } from '../shared/labels.ts';
import { authoritySecret, controller, namespace, tokenSecret } from './names.ts';
import { type CertManagerSection, directories } from './section.ts';

const apiVersion = 'cert-manager.io/v1';

/** The ClusterIssuer that a Certificate of any namespace names. */
export function issuerName({ issuer }: CertManagerSection): string {
  if (issuer.kind === 'own') return authoritySecret;
  return issuer.directory === 'staging' ? 'letsencrypt-staging' : 'letsencrypt';
}

/** Who signs: Let's Encrypt, or an authority whose key is made in the cluster and signs itself. */
export function issuers(
  section: CertManagerSection,
  settings: ClusterSettings,
): (ClusterIssuer | Certificate)[] {
  return section.issuer.kind === 'own'
    ? ownAuthority(section, settings)
    : [letsEncrypt(section, section.issuer)];
}

function metadata(name: string) {
  return { name, labels: objectLabels(controller) };
}

function letsEncrypt(
  section: CertManagerSection,
  { directory, email }: Extract<CertManagerSection['issuer'], { kind: 'letsencrypt' }>,
): ClusterIssuer {
  const name = issuerName(section);
  return {
    apiVersion,
    kind: 'ClusterIssuer',
    metadata: metadata(name),
    spec: {
      acme: {
        server: directories[directory],
        ...(email === undefined ? {} : { email: reference(email) }),
        privateKeySecretRef: { name: `${name}-account` },
        solvers: [
          { dns01: { cloudflare: { apiTokenSecretRef: { name: tokenSecret.name, key: tokenSecret.key } } } },
        ],
      },
    },
  };
}

function ownAuthority(
  section: CertManagerSection,
  { cluster }: ClusterSettings,
): (ClusterIssuer | Certificate)[] {
  const selfSigned = 'self-signed';
  return [
    { apiVersion, kind: 'ClusterIssuer', metadata: metadata(selfSigned), spec: { selfSigned: {} } },
    {
      apiVersion,
      kind: 'Certificate',
      metadata: { ...metadata(authoritySecret), namespace },
      spec: {
        isCA: true,
        commonName: cluster.name,
        secretName: authoritySecret,
        duration: '87600h',
        // A new key would be a new authority, that every device has to be told of again.
        privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Never' },
        issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: selfSigned },
      },
    },
    {
      apiVersion,
      kind: 'ClusterIssuer',
      metadata: metadata(issuerName(section)),
      spec: { ca: { secretName: authoritySecret } },
    },
  ];
}
