import { reference } from '../../config/private.ts';
import type { Certificate } from '../../kubernetes/types.ts';
import type { CertificateBinding } from '../contract/bindings.ts';
import type { BuildContext, Manifest, PlannedKustomization, RuleFinding } from '../contract/component.ts';
import type { CertificateRequirement } from '../contract/requirements.ts';
import { withField } from '../shared/fluxKustomizations.ts';
import { requesterTitle } from '../shared/requesters.ts';
import { issuerName } from './issuers.ts';
import { certificateLabels, certificatesKustomization, fluxKustomizations } from './names.ts';
import type { CertManagerSection } from './section.ts';

type CertManagerContext = BuildContext<CertManagerSection>;

const { fluxKustomization, manifest } = withField('certManager');

/**
 * A certificate of server names, renewed when a third of its time is left: authorities shorten that time, and a fixed one
 * would one day be longer than it. Each renewal makes a new key (`rotationPolicy`; "Always" since cert-manager 1.18).
 */
function certificate(section: CertManagerSection, requirement: CertificateRequirement): Certificate {
  const { namespace, name } = requirement;
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name, namespace, labels: certificateLabels },
    spec: {
      secretName: name,
      secretTemplate: { labels: certificateLabels },
      dnsNames: namesOf(requirement),
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      renewBeforePercentage: 33,
      usages: ['digital signature', 'server auth'],
      issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: issuerName(section) },
    },
  };
}

/** The names in a certificate, as manifests show them. */
export function namesOf({ hosts, wildcards = [] }: CertificateRequirement): string[] {
  return [...hosts.map(reference), ...wildcards.map((domain) => `*.${reference(domain)}`)];
}

/** Each requester is told the Secret, and what makes it. */
export function certificateBinding({ namespace, name }: CertificateRequirement): CertificateBinding {
  return { secret: name, fluxKustomization: certificatesKustomization(namespace).name };
}

/** A Certificate for each Secret, in the namespace of the requirement. */
export function certificateManifests({ section, provided }: CertManagerContext): Manifest[] {
  return distinct(provided('certificate')).map((requirement) => ({
    ...manifest(certificatesKustomization(requirement.namespace), `certificate-${requirement.name}.yaml`, [
      certificate(section, requirement),
    ]),
    field: requirement.requester.field,
  }));
}

export function certificateKustomizations({ provided }: CertManagerContext): PlannedKustomization[] {
  const namespaces = new Set(provided('certificate').map(({ namespace }) => namespace));
  return [...namespaces].map((namespace) =>
    // An order of ACME waits for DNS, and the first one for the webhook.
    fluxKustomization(certificatesKustomization(namespace), [fluxKustomizations.issuers.name], '15m'),
  );
}

/** The certificates by their Secrets: the same one may be asked for several times. */
export function distinct(requirements: readonly CertificateRequirement[]): CertificateRequirement[] {
  return [...new Map(requirements.map((each) => [placeOf(each), each])).values()];
}

function placeOf({ namespace, name }: CertificateRequirement): string {
  return `${namespace}/${name}`;
}

/** One Secret cannot hold two certificates. */
export function certificateRules({ provided }: CertManagerContext): RuleFinding[] {
  const firsts = new Map<string, CertificateRequirement>();
  return provided('certificate').flatMap((requirement): RuleFinding[] => {
    const place = placeOf(requirement);
    const first = firsts.get(place);
    if (first === undefined) firsts.set(place, requirement);
    if (first === undefined || namesOf(first).join() === namesOf(requirement).join()) return [];
    const [one, other] = [first.requester, requirement.requester];
    return [
      {
        code: 'taken',
        field: other.field,
        message: `the Secret ${place} holds the certificate of ${requesterTitle(one)} (${one.field}), and ${requesterTitle(other)} wants one of other names in it (${other.field})`,
        expected: 'a Secret for each certificate',
        remedy: `change ${other.field} or ${one.field}`,
      },
    ];
  });
}

/** The names that a public log shows to everybody, for as long as the log exists. */
export function certificateWarnings({ section, provided }: CertManagerContext): RuleFinding[] {
  if (section.issuer.kind !== 'letsencrypt') return [];
  return distinct(provided('certificate'))
    .filter(({ hosts }) => hosts.length > 0)
    .map(({ requester: { field }, namespace, name, hosts }) => ({
      code: 'name-published',
      field,
      message: `the certificate ${namespace}/${name} contains ${hosts.length === 1 ? 'the name of a host' : `the names of ${hosts.length} hosts`}: Let’s Encrypt publishes each name in the logs of Certificate Transparency, for everybody and for ever`,
      expected: 'one name with a star (*.example.org), which tells no name of a host',
    }));
}
