import type { Bound, BuildContext } from '../contract/component.ts';
import {
  type ComponentDocuments,
  type Decision,
  phases,
  type Step,
  type Symptom,
} from '../contract/documents.ts';
import { fluxChapter } from '../shared/chapters.ts';
import { backup, credentials, namespace, talosSecret } from './names.ts';
import { etcdRestore } from './restore.ts';
import type { TalosBackupSection } from './section.ts';
import { chart } from './versions.ts';

type TalosBackupContext = BuildContext<TalosBackupSection>;

/** The chapters of the copies of etcd in the operator documents. */
export function talosBackupDocuments(
  context: TalosBackupContext,
  buckets: readonly Bound<'bucket'>[],
): ComponentDocuments {
  return {
    decisions: [whereTheyGo(context), forWhom, reach],
    steps: [testStep(context)],
    symptoms: [failed(context)],
    restores: buckets.map((bucket) => etcdRestore(context, bucket)),
  };
}

function whereTheyGo({ section, settings }: TalosBackupContext): Decision {
  const { store, bucket, schedule } = section;
  const inside =
    store === 'rustfs'
      ? `\n\n**They are inside the cluster alone.** etcd is what the cluster is made of: on the day on which a copy is needed, nothing in the
cluster answers, and the store of the copies neither. Enable the section \`s3\` and say \`talosBackup.store: s3\`.`
      : '';
  return {
    title: 'Where the copies of etcd go',
    decided: `To the bucket \`${bucket}\` of \`${store}\`, into the directory \`${settings.cluster.name}/\`, by the schedule \`${schedule}\` (UTC).`,
    because: `etcd holds every object of Kubernetes, and so does its copy: all Secrets in clear, once it is decrypted. No volume is in it; those
are backed up by themselves. With a copy, the machine configuration of the nodes and its secrets, the same cluster can
be made again. Nobody deletes old copies: give the bucket a rule that does (at Cloudflare R2: **Settings** → **Object
lifecycle rules**), and let the newest thirty stay at least.${inside}`,
    field: 'talosBackup.store',
  };
}

const forWhom: Decision = {
  title: 'For whom the copies of etcd are encrypted',
  decided:
    'For one public key of age, of the kind X25519. Whoever has its private half can read every Secret of the cluster.',
  because:
    'The program knows no other kind: a post-quantum key (`age1pq1…`), which recent tools make, is refused while the configuration is read, and not by a Job at night. The key opens nothing else and is used on the day on which everything else is gone: keep its private half on paper or in a password manager, and neither in the cluster, nor in the bucket, nor in this repository alone.',
  field: 'talosBackup.recipient',
};

const reach: Decision = {
  title: 'What the pods of talos-backup reach',
  decided: 'The Talos API of the control plane, the name server and the store; nobody reaches them.',
  because: `They run in \`${namespace}\`, which is the cluster's own: there a policy selects these pods alone, by
${Object.entries(backup.labels)
  .map(([key, value]) => `\`${key}: ${value}\``)
  .join(
    ' and ',
  )} (\`_helpers.tpl\` of ${chart.name} ${chart.version}). They have no token of the Kubernetes API. At the Talos API they may copy etcd
(\`os:etcd:backup\`) and nothing else.`,
};

function testStep({ section: { bucket, store } }: TalosBackupContext): Step {
  return {
    phase: phases.finish,
    title: 'Make a first copy of etcd',
    minutes: 5,
    body: `Do not wait for the night:

\`\`\`sh
kubectl -n ${namespace} create job --from=cronjob/${backup.name} test-backup
kubectl -n ${namespace} wait job/test-backup --for=condition=Complete --timeout=10m
kubectl -n ${namespace} logs job/test-backup
kubectl -n ${namespace} delete job test-backup
\`\`\`

\`gatehouse verify --only talos-backup\` says how old the newest copy in the bucket is.

Then fetch it from \`${bucket}\` at \`${store}\` and decrypt it, as [Restore](restore.md) says in its first steps: they change nothing.`,
    check:
      'the second line says `condition met`, the log says how many bytes the snapshot has, and `age` decrypts what you fetched.',
  };
}

function failed({ section: { store } }: TalosBackupContext): Symptom {
  const look = `\`kubectl -n ${namespace} logs job/test-backup\``;
  return {
    chapter: fluxChapter,
    symptom: 'The CronJob `talos-backup` makes no copies',
    causes: [
      {
        cause: `the pod waits for the Secret \`${talosSecret}\`: Talos makes it only where its machine configuration allows the role and the namespace`,
        look: `\`kubectl -n ${namespace} describe serviceaccounts.talos.dev ${talosSecret}\``,
        fix: 'the step "Let pods call the Talos API" of the quickstart',
      },
      {
        cause: '`PermissionDenied` from the Talos API: the role is not `os:etcd:backup`, or the patch is old',
        look,
        fix: 'give the nodes the patch again',
      },
      {
        cause:
          '`no such host` with the name of the bucket in front of the server: the program does not put the bucket into the path',
        look,
        fix: 'a version of the image that `talosBackup.images` knows; `USE_PATH_STYLE` means its opposite until v0.1.0-beta.3',
      },
      {
        cause: '`AccessDenied`: the key is not for this bucket',
        look,
        fix: `the keys of the bucket (\`${store}.keys\`), and \`gatehouse configure\``,
      },
      {
        cause:
          '`NotImplemented` or a wrong checksum when the copy is put there: up to v0.1.0-beta.3 what is larger than 10 MiB always has a CRC32, and the server knows none',
        look,
        fix: 'another store, or a later version in `talosBackup.images`',
      },
      {
        cause: '`failed to parse public key`: the Secret was changed by hand',
        look: `\`kubectl -n ${namespace} get secret ${credentials.name}\``,
        fix: '`flux reconcile kustomization talos-backup`',
      },
    ],
  };
}
