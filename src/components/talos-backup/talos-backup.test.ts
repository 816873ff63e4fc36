import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Change, preparedHome, problemsOf } from '../../../tests/home.ts';
import type { ConfigData } from '../../../tests/testDirectory.ts';
import { variants } from '../../../tests/variants.ts';
import { restoreText } from '../../compile/documents/restore.ts';
import type { Plan } from '../../compile/plan.ts';
import { textOf } from '../../operations/configure/leaks.ts';
import { reportConfigure } from '../../report/configure.ts';
import { styleFor } from '../../report/style.ts';

const patchFile = 'talos/patches/kubernetes-talos-api-access.yaml';

function file(plan: Plan, path: string): string {
  const found = plan.files.find((candidate) => candidate.path === path);
  if (found === undefined) throw new Error(`no file ${path}`);
  return textOf(found);
}

const platform = (cluster: (value: ConfigData) => void, privateFile?: Change['privateFile']): Change => ({
  example: 'platform',
  cluster,
  ...(privateFile ? { privateFile } : {}),
});

describe('the patch for the nodes', () => {
  it('has the roles and namespaces of all who ask', async () => {
    const { plan } = await preparedHome({ example: 'platform' });
    const patch = parse(file(plan, patchFile));
    expect(patch.machine.features.kubernetesTalosAPIAccess).toEqual({
      enabled: true,
      allowedRoles: ['os:admin', 'os:etcd:backup'],
      allowedKubernetesNamespaces: ['kube-system', 'system-upgrade'],
    });
  });

  it('says in the decisions that its two lists multiply, and to what', async () => {
    const { plan } = await preparedHome({ example: 'platform' });
    const decisions = file(plan, 'docs/decisions.md');
    expect(decisions).toContain('two flat lists, and they multiply');
    expect(decisions).toContain('`os:admin` in `kube-system`');
  });

  it('is of who asks alone: without upgrades nobody can be administrator', async () => {
    const { plan } = await preparedHome(platform((value) => delete value.tuppr));
    const patch = parse(file(plan, patchFile));
    expect(patch.machine.features.kubernetesTalosAPIAccess).toMatchObject({
      allowedRoles: ['os:etcd:backup'],
      allowedKubernetesNamespaces: ['kube-system'],
    });
    expect(file(plan, 'docs/decisions.md')).not.toContain('os:admin');
  });

  it.each(['1.14.0', 'v1.14.7', '1.14.0-rc.1'])(
    'is a document on Talos %s, of the control plane',
    async (talos) => {
      const { plan } = await preparedHome(
        platform((value) => {
          value.cluster.talos = talos;
          value.tuppr = {};
        }),
      );
      // The fields of KubeTalosAPIAccessConfigV1Alpha1 (siderolabs/talos, pkg/machinery/config/types/k8s/talos_api_access.go).
      expect(parse(file(plan, patchFile))).toEqual({
        apiVersion: 'v1alpha1',
        kind: 'KubeTalosAPIAccessConfig',
        allowedRoles: ['os:admin', 'os:etcd:backup'],
        allowedKubernetesNamespaces: ['kube-system', 'system-upgrade'],
      });
      const quickstart = file(plan, 'docs/quickstart.md');
      const step = quickstart.slice(quickstart.indexOf('Let pods call the Talos API'));
      const [commands = ''] = step.match(/```sh[\s\S]*?```/) ?? [];
      expect(commands).toContain('kubectl get nodes -l node-role.kubernetes.io/control-plane ');
      // Talos refuses both forms in one configuration, and a patch that deletes what is not there.
      const patches = [...commands.matchAll(/--patch (?:'([^']+)'|(@\S+))/g)].map(
        ([, text, from]) => text ?? from,
      );
      expect(patches).toEqual([
        '{"apiVersion":"v1alpha1","kind":"KubeTalosAPIAccessConfig","$patch":"delete"}',
        '{"machine":{"features":{"kubernetesTalosAPIAccess":{"enabled":false}}}}',
        '{"machine":{"features":{"kubernetesTalosAPIAccess":{"$patch":"delete"}}}}',
        `@${patchFile}`,
      ]);
    },
  );

  it('stays the feature while 1.13 runs, whatever is to run', async () => {
    const { plan } = await preparedHome(
      platform((value) => {
        value.cluster.talos = '1.13.10';
        value.tuppr = { talos: '1.14.7' };
      }),
    );
    expect(Object.keys(parse(file(plan, patchFile)))).toEqual(['machine']);
    expect(file(plan, 'docs/quickstart.md')).not.toContain('KubeTalosAPIAccessConfig');
  });

  it('is not there where nobody asks', async () => {
    const { plan } = await preparedHome(
      platform((value) => {
        delete value.tuppr;
        value.talosBackup.enabled = false;
      }),
    );
    expect(plan.files.map(({ path }) => path)).not.toContain(patchFile);
  });
});

describe('what asks for the Talos API or a bucket', () => {
  const onK3s = variants.find(({ name }) => name.startsWith('one k3s node'));

  it.each(['talosBackup', 'tuppr'])(
    '%s on k3s: the error names who asks and what would answer',
    (section) => {
      const problems = problemsOf({
        ...onK3s,
        cluster(value) {
          const { talosBackup, tuppr } = structuredClone(value);
          onK3s?.cluster?.(value);
          value[section] =
            section === 'tuppr' ? { windows: tuppr.windows } : { ...talosBackup, store: 'rustfs' };
        },
        privateFile(value) {
          onK3s?.privateFile?.(value);
          value.rustfs.keys['etcd-backups'] = 'Fm6vTz9Xq2RkHw5YdN8cLb4GsP3jUe7AoI1xEyQn';
        },
      });
      expect(problems).toMatchObject([{ code: 'claim-unanswered', file: 'cluster.yaml' }]);
      expect(problems[0]?.message).toContain(section === 'tuppr' ? 'tuppr' : 'talos-backup');
      expect(problems[0]?.expected).toBe('cluster.distribution: talos');
    },
  );

  it.each([
    ['s3', 's3'],
    ['rustfs', 'rustfs'],
  ])('copies of etcd without %s: the error names both', (store, section) => {
    const problems = problemsOf(
      platform(
        (value) => {
          value.talosBackup.store = store;
          value[section].enabled = false;
          value.volsync.enabled = false;
          value.immich.database.storage.backup = false;
        },
        (value) => {
          value.rustfs.keys['etcd-backups'] = 'Fm6vTz9Xq2RkHw5YdN8cLb4GsP3jUe7AoI1xEyQn';
        },
      ),
    );
    const unanswered = problems.filter(({ code }) => code === 'claim-unanswered');
    expect(unanswered).toMatchObject([
      {
        message: expect.stringContaining('talos-backup requires a bucket'),
        expected: expect.stringContaining(section),
      },
    ]);
  });
});

describe('copies of etcd', () => {
  it.each<[string, (value: ConfigData) => void, string]>([
    [
      'for a post-quantum key',
      (value) => {
        value.talosBackup.recipient = `age1pq1${'q'.repeat(1000)}`;
      },
      'age-recipient-unsupported',
    ],
    [
      'for an SSH key',
      (value) => {
        value.talosBackup.recipient = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAID Test';
      },
      'age-recipient-unsupported',
    ],
    [
      'for a private key',
      (value) => {
        value.talosBackup.recipient = `AGE-SECRET-KEY-1${'Q'.repeat(58)}`;
      },
      'age-identity-published',
    ],
    [
      'for a key with a wrong character',
      (value) => {
        value.talosBackup.recipient = value.talosBackup.recipient.replace('age1qu', 'age1qq');
      },
      'age-recipient-invalid',
    ],
    [
      'that are never made',
      (value) => {
        value.talosBackup.schedule = '0 3 30 2 *';
      },
      'not-a-schedule',
    ],
    [
      'in a bucket that S3 refuses',
      (value) => {
        value.talosBackup.bucket = 'Etcd_Backups';
      },
      'not-a-bucket',
    ],
    [
      'in the bucket of another',
      (value) => {
        value.talosBackup.bucket = 'volsync-media';
      },
      'taken',
    ],
    [
      'by a program of an unknown version',
      (value) => {
        value.talosBackup.images = {
          talosBackup: `ghcr.io/siderolabs/talos-backup@sha256:${'ab'.repeat(32)}`,
        };
      },
      'unknown-version',
    ],
    [
      'by a program that knows one server alone',
      (value) => {
        value.talosBackup.images = { talosBackup: 'ghcr.io/siderolabs/talos-backup:v0.1.0-beta.1' };
      },
      'version-too-old',
    ],
  ])('%s are refused', (_, change, code) => {
    const problems = problemsOf(platform(change));
    expect(problems).toContainEqual(expect.objectContaining({ code, file: 'cluster.yaml' }));
    const [problem] = problems;
    expect(problem?.at).toBeDefined();
    expect(problem?.expected).toBeTruthy();
    expect(JSON.stringify(problems)).not.toContain('SECRET-KEY-1');
  });

  const inside = platform(
    (value) => {
      value.talosBackup.store = 'rustfs';
    },
    (value) => {
      value.rustfs.keys['etcd-backups'] = 'Fm6vTz9Xq2RkHw5YdN8cLb4GsP3jUe7AoI1xEyQn';
    },
  );

  it('inside the cluster alone are made, with a warning that says the way out', async () => {
    const prepared = await preparedHome(inside);
    const { plan } = prepared;
    expect(plan.warnings).toMatchObject([
      { code: 'lost-with-the-cluster', file: 'cluster.yaml', expected: expect.stringContaining('store: s3') },
    ]);
    const options = { written: false, timings: undefined };
    expect(reportConfigure(prepared, options, styleFor(false))).toMatch(
      /Warnings\n\ncluster\.yaml:\d+:\d+ .*rustfs in this cluster.*\n.*store: s3/,
    );
    expect(JSON.parse(reportConfigure(prepared, { ...options, json: true }, styleFor(false)))).toMatchObject({
      ok: true,
      warnings: [{ code: 'lost-with-the-cluster' }],
    });
    expect(file(plan, 'docs/decisions.md')).toContain('They are inside the cluster alone');
    const outside = await preparedHome({ example: 'platform' });
    expect(outside.plan.warnings).toEqual([]);
  });

  it('come back by a list of commands, decrypted first', async () => {
    const { plan } = await preparedHome({ example: 'platform' });
    const restore = plan.restores.find(({ of }) => of === 'talos-backup');
    if (restore === undefined) throw new Error('no list');
    const text = restoreText(restore);
    expect(file(plan, 'docs/restore.md')).toContain(text);
    const order = ['sops decrypt', 'mc cp', 'age --decrypt', 'talosctl -n "$node" reset', '--recover-from='];
    const places = order.map((command) => text.indexOf(command));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });

  it('are tried out with the line that starts one', async () => {
    const { plan } = await preparedHome({ example: 'platform' });
    expect(file(plan, 'docs/quickstart.md')).toContain(
      'kubectl -n kube-system create job --from=cronjob/talos-backup test-backup',
    );
  });
});

describe('the pods that charts make', () => {
  interface Rule {
    toEntities?: string[];
    fromEntities?: string[];
    toPorts?: { ports: { port: string }[] }[];
  }

  it.each([
    ['kube-system', 'talos-backup', ['kube-apiserver 50000'], []],
    ['system-upgrade', 'tuppr', ['kube-apiserver 6443,50000'], ['kube-apiserver,remote-node,host 9443']],
    ['system-upgrade', 'tuppr-jobs', ['kube-apiserver 6443,50000'], []],
  ])(
    '%s/%s reach the control plane at these ports, and are asked by it',
    async (namespace, name, out, into) => {
      const { plan } = await preparedHome({ example: 'platform' });
      const found = plan.objects.find(
        ({ object: { kind, metadata } }) =>
          kind === 'CiliumNetworkPolicy' &&
          metadata.namespace === namespace &&
          metadata.name === `${name}-api-server`,
      );
      if (found === undefined) throw new Error('no policy');
      const { egress = [], ingress = [] } = found.object['spec'] as { egress?: Rule[]; ingress?: Rule[] };
      const said = (rules: Rule[]): string[] =>
        rules.map(
          ({ toEntities, fromEntities, toPorts }) =>
            `${(toEntities ?? fromEntities ?? []).join(',')} ${toPorts?.flatMap(({ ports }) => ports.map(({ port }) => port)).join(',')}`,
        );
      expect([said(egress), said(ingress)]).toEqual([out, into]);
    },
  );

  it('know the control plane by its addresses where nobody knows it by name', async () => {
    const change = variants.find(({ name }) => name.startsWith('copies of etcd inside'));
    const { plan } = await preparedHome(change);
    const policy = plan.objects.find(
      ({ object: { kind, metadata } }) =>
        kind === 'NetworkPolicy' && metadata.namespace === 'kube-system' && metadata.name === 'talos-backup',
    );
    const text = JSON.stringify(policy?.object);
    expect(text).toContain('"cidr":"${CONTROL_PLANE');
    expect(text).toContain('"port":50000');
    expect(policy?.object['spec']).toMatchObject({ policyTypes: ['Ingress', 'Egress'] });
    expect(policy?.object['spec']).not.toHaveProperty('ingress');
  });

  it('need the addresses of the control plane where nobody knows it by name', () => {
    const problems = problemsOf(
      platform((value) => {
        value.cluster.network.policyEnforcer = 'kube-network-policies';
      }),
    );
    expect(problems).toContainEqual(
      expect.objectContaining({
        code: 'needs-another',
        message: expect.stringContaining('cluster.network.controlPlane is empty'),
      }),
    );
  });
});
