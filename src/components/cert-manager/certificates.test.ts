import { describe, expect, it } from 'vitest';
import { asker, asking, compiledWith } from '../../../tests/requirements/asking.ts';
import type { ConfigData } from '../../../tests/testDirectory.ts';
import { withoutGateway } from '../../../tests/variants.ts';
import { privateNamed } from '../../config/private.ts';
import type { Certificate } from '../../kubernetes/types.ts';
import { textOf } from '../../operations/configure/leaks.ts';
import type { CertificateRequirement } from '../contract/requirements.ts';

const [host, other, domain] = ['HOST', 'OTHER', 'DOMAIN'].map(privateNamed) as [never, never, never];
const values = { HOST: 'photos.example.org', OTHER: 'notes.example.org', DOMAIN: 'example.org' };

const requirement = (
  name: string,
  names: Pick<CertificateRequirement, 'hosts' | 'wildcards'>,
  field = 'cluster',
): CertificateRequirement => ({
  kind: 'certificate',
  requester: { ...asker, field },
  namespace: 'samples',
  name,
  ...names,
});

const compiled = (requirements: readonly CertificateRequirement[], cluster?: (value: ConfigData) => void) =>
  compiledWith(
    [
      asking(
        { kind: 'namespace', requester: asker, name: 'samples', podSecurity: 'restricted' },
        ...requirements,
      ),
    ],
    {
      example: 'platform',
      cluster(value) {
        withoutGateway(value);
        cluster?.(value);
      },
      privateFile: withoutGateway,
    },
    values,
  );

describe('a certificate that is required', () => {
  const { plan } = compiled([
    requirement('exact', { hosts: [host, other] }),
    requirement('star', { hosts: [], wildcards: [domain] }),
  ]);
  const certificates = (plan?.objects ?? []).flatMap(({ object, file }) =>
    object.kind === 'Certificate' ? [{ file, ...(object as unknown as Certificate) }] : [],
  );

  it('is in the namespace of who requires it, with a key of its own for each renewal', () => {
    const common = {
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      issuerRef: { kind: 'ClusterIssuer', name: 'letsencrypt' },
      renewBeforePercentage: 33,
    };
    expect(certificates).toMatchObject([
      {
        file: 'apps/cert-manager/certificates-samples/app/certificate-exact.yaml',
        metadata: { name: 'exact', namespace: 'samples' },
        spec: { secretName: 'exact', dnsNames: ['${HOST}', '${OTHER}'], ...common },
      },
      { spec: { secretName: 'star', dnsNames: ['*.${DOMAIN}'], ...common } },
    ]);
    // A fixed time would be longer than the whole validity once authorities shorten that.
    for (const { spec } of certificates) expect(spec.renewBefore ?? spec.duration).toBeUndefined();
  });

  it('is applied after the issuer that it names', () => {
    const kustomization = plan?.objects.find(
      ({ object }) => object.kind === 'Kustomization' && object.metadata.name === 'certificates-samples',
    );
    expect(kustomization?.object).toMatchObject({
      spec: { dependsOn: [{ name: 'cert-manager-issuers' }], wait: true },
    });
  });

  it('is asked for while the cluster runs', () => {
    const ids = plan?.checks.filter(({ component }) => component === 'cert-manager').map(({ id }) => id);
    expect(ids).toEqual(['cert-manager-issuer', 'certificate-samples-exact', 'certificate-samples-star']);
  });

  it('warns of names that a public log shows, and of no name with a star', () => {
    const warnings = plan?.warnings.filter(({ code }) => code === 'name-published');
    expect(warnings).toMatchObject([
      { message: expect.stringMatching(/samples\/exact contains the names of 2 hosts/) },
    ]);
    expect(JSON.stringify(warnings)).not.toContain('photos');
  });

  it('says in the documents which name is published, and what DNS-01 needs', () => {
    const decisions = plan?.files.find(({ path }) => path === 'docs/decisions.md');
    const text = decisions === undefined ? '' : textOf(decisions);
    expect(text).toContain('| `samples/star` | `*.${DOMAIN}` | nothing but the domain |');
    expect(text).toContain('| `samples/exact` | `${HOST}`, `${OTHER}` | each of these names, for ever |');
    expect(text).toContain('_acme-challenge.');
    expect(text).toContain('issuewild');
  });
});

it('publishes nothing where an authority of one’s own signs', () => {
  const { plan, problems } = compiledWith(
    [
      asking(
        { kind: 'namespace', requester: asker, name: 'samples', podSecurity: 'restricted' },
        requirement('exact', { hosts: [host] }),
      ),
    ],
    {
      example: 'platform',
      cluster: (value) => (value.certManager.issuer = { kind: 'own' }),
      privateFile: (value) => delete value.certManager,
    },
    values,
  );
  expect(problems).toEqual([]);
  expect(plan?.warnings.map(({ code }) => code)).not.toContain('name-published');
  const certificate = plan?.objects.find(({ object }) => object.metadata.name === 'exact');
  expect(certificate?.object).toMatchObject({ spec: { issuerRef: { name: 'own-authority' } } });
});

it('may be asked for twice, and is made once', () => {
  const twice = compiled([
    requirement('same', { hosts: [host] }),
    requirement('same', { hosts: [host] }, 'monitoring'),
  ]);
  const names = twice.plan?.objects.filter(({ object }) => object.kind === 'Certificate');
  expect(names).toHaveLength(1);
});

it('does not share its Secret with another certificate', () => {
  const { problems } = compiled([
    requirement('same', { hosts: [host] }),
    requirement('same', { hosts: [other] }, 'monitoring'),
  ]);
  expect(problems).toMatchObject([
    { code: 'taken', message: expect.stringContaining('the Secret samples/same holds the certificate') },
  ]);
});
