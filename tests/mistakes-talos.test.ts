// Crosses components, compile and operations/configure.
import { beforeAll, describe, expect, it } from 'vitest';
import { catalogue, clusterSchema } from '../src/components/catalogue.ts';
import type { KubernetesObject } from '../src/kubernetes/object.ts';
import type { HelmRelease } from '../src/kubernetes/types.ts';
import type { Prepared } from '../src/operations/configure/configure.ts';
import { invalidObjects, validateObjects } from '../src/operations/validate.ts';
import { preparedHome, problemsOf } from './home.ts';
import { variants } from './variants.ts';

/**
 * Ways in which another repository with copies of etcd and upgrades of Talos fails, each with what ours does
 * instead. The numbers are those of the list that was made of them.
 */
describe('copies of etcd and upgrades do not fail as others did', () => {
  let outside: Prepared;
  let inside: Prepared;
  beforeAll(async () => {
    outside = await preparedHome({ example: 'platform' });
    inside = await preparedHome(variants.find(({ name }) => name.startsWith('copies of etcd inside')));
  });

  const release = ({ plan }: Prepared, name: string): HelmRelease => {
    const found = plan.objects.find(
      ({ object: { kind, metadata } }) => kind === 'HelmRelease' && metadata.name === name,
    );
    if (found === undefined) throw new Error(`no HelmRelease ${name}`);
    return found.object as unknown as HelmRelease;
  };
  const environment = (prepared: Prepared): Record<string, unknown> => {
    const { env } = release(prepared, 'talos-backup').spec.values as {
      env: { name: string; value?: string; valueFrom?: unknown }[];
    };
    return Object.fromEntries(env.map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));
  };
  const mine = (prepared: Prepared): KubernetesObject[] =>
    prepared.plan.objects
      .filter(({ component }) => component === 'talos-backup' || component === 'tuppr')
      .map(({ object }) => object);

  it('1: the store is called by the Service that its chart makes', () => {
    expect(environment(inside)['CUSTOM_S3_ENDPOINT']).toBe(
      'http://rustfs-svc.storage.svc.cluster.local:9000',
    );
  });

  it.each(['backup_s3_endpoint', 's3Endpoint', 'accessKey', 'enabledd'])(
    '2, 3: a field that nothing reads is refused: talosBackup.%s',
    (field) => {
      const problems = problemsOf({
        example: 'platform',
        cluster(value) {
          value.talosBackup[field] = 'x';
        },
      });
      expect(problems).toMatchObject([{ code: 'unknown-key', file: 'cluster.yaml' }]);
    },
  );

  it('4: nothing that Flux substitutes holds text of a shell', () => {
    for (const prepared of [outside, inside]) {
      const names = [...JSON.stringify(mine(prepared)).matchAll(/\$\{([^}]*)\}/g)].map(([, name]) => name);
      const known = new Set(prepared.configuration.loaded.private.keys());
      expect(names.filter((name = '') => !known.has(name))).toEqual([]);
    }
  });

  it('12: both are reached from the entry, and the objects of the operator after the operator', () => {
    for (const { fileProofs } of [outside, inside])
      expect(fileProofs.find(({ invariant }) => invariant === 'files-reached')?.verdict).toBe('proved');
    const ks = outside.plan.objects.find(
      ({ object: { kind, metadata } }) => kind === 'Kustomization' && metadata.name === 'tuppr-upgrades',
    );
    expect(ks?.object['spec']).toMatchObject({ dependsOn: [{ name: 'tuppr' }] });
  });

  it('13: a missing key does not turn copies off, it is an error', () => {
    const problems = problemsOf({
      example: 'platform',
      privateFile(value) {
        delete value.s3.keys['etcd-backups'];
      },
    });
    expect(problems.map(({ code }) => code)).toEqual(['missing-field', 'missing-field']);
    expect(problems.map(({ message }) => message).join()).toContain('s3.keys.etcd-backups.secretKey');
  });

  it('14: a key that the program cannot use is refused with the reason, and not by a Job at night', () => {
    const [problem] = problemsOf({
      example: 'platform',
      cluster(value) {
        value.talosBackup.recipient = `age1pq1${'q'.repeat(1000)}`;
      },
    });
    expect(problem?.message).toContain('post-quantum');
    expect(problem?.remedy).toContain('age-keygen');
  });

  it('15: a field that their definitions do not have is refused, in objects of every kind that is written', async () => {
    const kinds = ['TalosUpgrade', 'KubernetesUpgrade', 'HelmRelease', 'OCIRepository'];
    const objects = mine(outside);
    for (const kind of kinds) {
      const object = objects.find((each) => each.kind === kind);
      if (object === undefined) throw new Error(`no ${kind}`);
      const wrong = { ...object, spec: { ...(object['spec'] as object), healthCheck: [] } };
      const problems = invalidObjects(await validateObjects([{ object: wrong, file: 'x.yaml' }]));
      expect(problems.length, kind).toBeGreaterThan(0);
    }
  });

  it('16: charts and images have one version each', () => {
    for (const object of mine(outside).filter(({ kind }) => kind === 'OCIRepository'))
      expect((object['spec'] as { ref: { tag: string } }).ref.tag).toMatch(/^\d+\.\d+\.\d+$/);
    expect(release(outside, 'talos-backup').spec.values).toMatchObject({
      image: { repository: 'ghcr.io/siderolabs/talos-backup', tag: 'v0.1.0-beta.3' },
    });
  });

  it('18: what nobody says is said once, by the schema, and is what the objects have', () => {
    const defaults = clusterSchema.shape.talosBackup.unwrap().parse({
      store: 's3',
      recipient: 'age1lzd99uklcjnc0e7d860axevet2cz99ce9pq6tzuzd05l5nr28ams36nvun',
    });
    expect(release(outside, 'talos-backup').spec.values).toMatchObject({ schedule: defaults.schedule });
    expect(environment(outside)['BUCKET']).toBe(defaults.bucket);
    expect(catalogue.filter(({ section }) => section === 'talosBackup')).toHaveLength(1);
  });
});
