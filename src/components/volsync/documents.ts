import type { BuildContext } from '../contract/component.ts';
import {
  type ComponentDocuments,
  type Decision,
  phases,
  type Step,
  type Symptom,
} from '../contract/documents.ts';
import type { BackupRequirement } from '../contract/requirements.ts';
import { fluxChapter, storagePhase } from '../shared/chapters.ts';
import { classOf, copyMethodOf } from './copy.ts';
import { mover, operator, volumesKustomization } from './names.ts';
import { volsyncRecovery } from './recovery.ts';
import { volumeRestores } from './restore.ts';
import { spread } from './schedule.ts';
import { bucketsFor, repositoryOf } from './secrets.ts';
import type { VolsyncSection } from './section.ts';

/** The chapters of the backups in the operator documents. */
export function volsyncDocuments(context: BuildContext<VolsyncSection>): ComponentDocuments {
  const volumes = context.provided('backup');
  return {
    decisions: [
      whatIsBackedUp(context, volumes),
      asTheOwner,
      passwords(context.section, volumes),
      reach(context, volumes),
    ],
    steps: volumes.length === 0 ? [] : [snapshots(context, volumes), firstBackups(volumes)],
    symptoms: [...locked(volumes), ...withoutApp(volumes)],
    restores: volumeRestores(context),
    recovery: volsyncRecovery(context),
  };
}

function whatIsBackedUp(
  context: BuildContext<VolsyncSection>,
  volumes: readonly BackupRequirement[],
): Decision {
  const { section, settings } = context;
  const rows = volumes.flatMap((volume) =>
    bucketsFor(context, volume).map((bucket) => {
      const { namespace, name, storageClass } = volume;
      const { store } = bucket.requirement;
      const can = classOf(volume, settings);
      const method = can === undefined ? '' : copyMethodOf(section.copyMethod, can);
      const when = spread(section.schedule, `${namespace}/${name}/${store}`);
      return `| \`${namespace}/${name}\` | ${method} of \`${storageClass}\` | \`${when}\` | \`${repositoryOf(bucket, volume)}\` |`;
    }),
  );
  const kept = Object.entries(section.retain).flatMap(([period, count]) =>
    count > 0 ? [`${count} ${period}`] : [],
  );
  const inside = section.stores.includes('s3')
    ? ''
    : '\n\n**All of it is inside the cluster.** With the cluster the backups are gone: enable the section `s3` and add `s3` to `volsync.stores`.';
  return {
    title: 'What is backed up, and what is not',
    decided: `The volumes below are, each to ${section.stores.map((store) => `\`${store}\``).join(' and ')}; kept are ${kept.join(', ')}.`,
    because: `VolSync backs up PersistentVolumeClaims, and nothing else: a directory of a node or a share on the network is none, and needs
backups of its own. A volume that is in no line here is not backed up. Where the storage class takes no snapshot and makes
no clone, files are read while the app writes them; a database is then refused. The minute of each is its own, so that not
all begin at once. The space of what is no longer kept is freed every ${section.pruneDays} days.

| volume | copied by | when (UTC) | repository |
|---|---|---|---|
${rows.join('\n')}${inside}`,
    field: 'volsync.stores',
  };
}

const asTheOwner: Decision = {
  title: 'Backups are made by the owner of the files',
  decided: 'The mover runs with the user and group that own the files, without any privilege.',
  because:
    'VolSync can also run its movers as root, for whole namespaces (`volsync.backube/privileged-movers`). Then whoever may make a ReplicationSource there reads every volume. The owner of the files is the least that can read and restore them; files of several owners in one volume need another way.',
};

function passwords({ passwords: known }: VolsyncSection, volumes: readonly BackupRequirement[]): Decision {
  const namespaces = [...new Set(volumes.map(({ namespace }) => namespace))].filter((name) =>
    Object.hasOwn(known, name),
  );
  return {
    title: 'The passwords of the backups',
    decided: `Each namespace has one${namespaces.length > 0 ? ` (${namespaces.map((name) => `\`volsync.passwords.${name}\``).join(', ')})` : ''}, and nobody can open a backup without it.`,
    because:
      'Backups are encrypted before they leave the cluster, so that the store may be anybody’s. The passwords are in the encrypted private values file: with the repository and one key of `secrets.recipients` everything can be restored, and without that key nothing. Keep a copy of the key where neither the cluster nor the computer is.',
  };
}

/** Pods of controllers are in no file, so policies often forget them. */
function reach({ settings }: BuildContext<VolsyncSection>, volumes: readonly BackupRequirement[]): Decision {
  const namespaces = [...new Set(volumes.map(({ namespace }) => namespace))];
  const rows = namespaces.map(
    (namespace) =>
      `| the movers of \`${namespace}\` | ${labelsOf(mover(namespace).labels)} | DNS, and the stores of their backups | any pod of \`${namespace}\`, the API server |`,
  );
  return {
    title: 'What the pods of VolSync reach',
    decided:
      'Movers reach the name server and the stores, the operator the API server, and nobody reaches a mover.',
    because: `| pods | selected by | reach | and not |
|---|---|---|---|
| the operator | ${labelsOf(operator.labels)}, which its chart gives them | the API server${settings.monitoring.enabled ? '; Prometheus reaches its metrics' : ''} | the stores, the movers |
${rows.join('\n')}

The labels of the movers are said to VolSync in each ReplicationSource (\`moverPodLabels\`).`,
  };
}

/**
 * A mover that dies while it prunes leaves its lock (restic 0.18). VolSync removes stale locks only when asked, once for
 * each new value of `spec.restic.unlock` (VolSync 0.15, `controllers/mover/restic`).
 */
function locked(volumes: readonly BackupRequirement[]): Symptom[] {
  if (volumes.length === 0) return [];
  return [
    {
      chapter: fluxChapter,
      symptom: 'Backups fail, and the alert `VolumeBackupMissed` fires: `repository is already locked`',
      intro:
        'No later backup of the repository succeeds until the lock is gone, also when the volume and the store are well.',
      causes: [
        {
          cause:
            'a mover was killed while it held the lock of restic: its node went down, or its memory was not enough',
          look: '`kubectl get replicationsource -A`, then `kubectl -n NAMESPACE describe replicationsource NAME` (`Latest Mover Status`), and `kubectl -n NAMESPACE get pods -l app.kubernetes.io/created-by=volsync`',
          fix: 'wait until no mover of this repository runs. Then `kubectl -n NAMESPACE patch replicationsource NAME --type merge --field-manager operator -p \'{"spec":{"restic":{"unlock":"1"}}}\'`: VolSync runs `restic unlock` before the next backup, once for each new value',
        },
        {
          cause: 'another computer holds the lock: a restore or a check of your own',
          look: '`restic list locks` where it runs',
          fix: 'end it, or wait for it',
        },
      ],
    },
  ];
}

/** The app of a volume in `volsync.volumes` is installed by somebody else; the other volumes belong to components. */
function withoutApp(volumes: readonly BackupRequirement[]): Symptom[] {
  const foreign = volumes
    .filter(({ requester }) => requester.component === 'volsync')
    .map(({ namespace }) => namespace);
  if (foreign.length === 0) return [];
  const kustomizations = [...new Set(foreign)]
    .map((namespace) => `\`${volumesKustomization(namespace).name}\``)
    .join(', ');
  return [
    {
      chapter: fluxChapter,
      symptom: `Kustomization ${kustomizations}: the app whose volume is backed up is not there`,
      causes: [
        {
          cause:
            '`ReconciliationFailed`, `namespaces "…" not found`: the volumes of other namespaces are backed up all the same',
          look: '`kubectl get namespaces`',
          fix: 'install the app, or take its volume out of `volsync.volumes`',
        },
        {
          cause:
            'it is ready, and the ReplicationSource never says `Successful`: the volume has another name',
          look: '`kubectl get pvc -A`, and `kubectl describe replicationsource`, with the namespace and the name',
          fix: '`volsync.volumes`',
        },
      ],
    },
  ];
}

const definitions =
  'kubectl get crd volumesnapshots.snapshot.storage.k8s.io volumesnapshotcontents.snapshot.storage.k8s.io volumesnapshotclasses.snapshot.storage.k8s.io';

/**
 * Snapshots need three things that no component installs: definitions, a controller and a class. VolSync watches snapshots
 * whatever it copies by, so it always needs the definitions (replicationsource_controller.go, SetupWithManager).
 */
function snapshots(
  { section, settings }: BuildContext<VolsyncSection>,
  volumes: readonly BackupRequirement[],
): Step {
  const classes = volumes.flatMap((volume) => {
    const can = classOf(volume, settings);
    return can?.snapshotClass !== undefined && copyMethodOf(section.copyMethod, can) === 'Snapshot'
      ? [can.snapshotClass]
      : [];
  });
  const step = { phase: storagePhase, minutes: 2, again: true } as const;
  if (classes.length === 0)
    return {
      ...step,
      title: 'The definitions of snapshots',
      body: `VolSync copies no volume by a snapshot here, and needs the definitions of snapshots all the same: without them its pod is ready and no
backup is ever made. Nothing here installs them: the driver of the storage does, or kubernetes-csi/external-snapshotter. k3s has none.

\`\`\`sh
${definitions}
\`\`\``,
      check: 'it prints three lines.',
    };
  return {
    ...step,
    title: 'What takes snapshots',
    body: `VolSync copies volumes by snapshots. For that the cluster needs the definitions of snapshots, the snapshot controller, and a
VolumeSnapshotClass. Nothing here installs them: the driver of the storage does, or kubernetes-csi/external-snapshotter.

\`\`\`sh
${definitions}
kubectl get volumesnapshotclass ${[...new Set(classes)].join(' ')}
kubectl get deployments -A | grep snapshot-controller
\`\`\``,
    check:
      'the first prints three lines, the second a line for each class with the driver of the storage class, the third one whose pods are ready.',
  };
}

function labelsOf(labels: Record<string, string>): string {
  return Object.entries(labels)
    .map(([key, value]) => `\`${key}: ${value}\``)
    .join(' ');
}

function firstBackups(volumes: readonly BackupRequirement[]): Step {
  const namespaces = [...new Set(volumes.map(({ namespace }) => namespace))];
  return {
    phase: phases.finish,
    title: 'See the first backups, and restore one',
    minutes: 10,
    body: `VolSync makes the first backup of each volume as soon as it knows it, and then by its schedule.

\`\`\`sh
${namespaces.map((namespace) => `kubectl -n ${namespace} get replicationsource -o custom-columns='NAME:.metadata.name,LAST:.status.lastSyncTime,RESULT:.status.latestMoverStatus.result,NEXT:.status.nextSyncTime'`).join('\n')}
\`\`\`

\`gatehouse verify --only volsync\` says how old the newest backup in each bucket is, and why none comes.

Then try one: [Restore](restore.md) has the commands for each volume. The list "on any computer" changes nothing in the cluster.`,
    check: 'each line says `Successful`, and a restored directory has the files that you expect.',
  };
}
