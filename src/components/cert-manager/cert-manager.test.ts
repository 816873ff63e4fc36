import { expect, it } from 'vitest';
import { type Change, preparedHome } from '../../../tests/home.ts';
import type { Certificate, ClusterIssuer } from '../../kubernetes/types.ts';
import { textOf } from '../../operations/configure/leaks.ts';

/** The issuers and certificates of the platform, by name, and what its documents say. */
async function certificatesOf(change: Change) {
  const { plan } = await preparedHome({ ...change, example: 'platform' });
  const objects = plan.objects.map(({ object }) => object);
  const named = <Kind extends Certificate | ClusterIssuer>(kind: Kind['kind']): Map<string, Kind> =>
    new Map(
      objects
        .filter((object) => object.kind === kind)
        .map((object) => [object.metadata.name, object as unknown as Kind]),
    );
  const decisions = plan.files.find(({ path }) => path === 'docs/decisions.md');
  return {
    issuers: named<ClusterIssuer>('ClusterIssuer'),
    certificates: named<Certificate>('Certificate'),
    decisions: decisions ? textOf(decisions) : '',
  };
}

it.each([
  ['production', 'letsencrypt', 'https://acme-v02.api.letsencrypt.org/directory'],
  ['staging', 'letsencrypt-staging', 'https://acme-staging-v02.api.letsencrypt.org/directory'],
])(
  '%s of Let’s Encrypt has an issuer of its own name, and the documents name that',
  async (directory, name, server) => {
    const { issuers, decisions } = await certificatesOf({
      cluster: (value) => (value.certManager.issuer.directory = directory),
    });
    expect([...issuers.keys()]).toEqual([name]);
    expect(issuers.get(name)?.spec.acme?.server).toBe(server);
    expect(decisions).toContain(`issuerRef: { kind: ClusterIssuer, name: ${name} }`);
  },
);

it('an authority of one’s own signs with a key that stays, under a name that X.509 has room for', async () => {
  const { issuers, certificates, decisions } = await certificatesOf({
    cluster(value) {
      value.cluster.name = 'a'.repeat(63);
      value.certManager.issuer = { kind: 'own' };
    },
    privateFile: (value) => delete value.certManager,
  });
  const [authority] = certificates.values();
  // 64 characters (RFC 5280, ub-common-name): the webhook of cert-manager refuses more.
  expect(authority?.spec.commonName?.length).toBeLessThanOrEqual(64);
  expect(authority?.spec).toMatchObject({ isCA: true, privateKey: { rotationPolicy: 'Never' } });
  expect(issuers.get(authority?.spec.issuerRef.name ?? '')?.spec.selfSigned).toEqual({});
  const signing = [...issuers].find(([, { spec }]) => spec.ca?.secretName === authority?.spec.secretName);
  expect(decisions).toContain(`issuerRef: { kind: ClusterIssuer, name: ${signing?.[0]} }`);
});
