import type { BuildContext } from '../contract/component.ts';
import { type Recovery, recoveryPhases, type Step } from '../contract/documents.ts';
import type { BackupRequirement } from '../contract/requirements.ts';
import { fluxNamespace, suspend } from '../shared/reconciliation.ts';
import { volumesKustomization } from './names.ts';
import { readSecret, restoreCommands } from './restore.ts';
import { bucketsFor } from './secrets.ts';
import type { VolsyncSection } from './section.ts';

type Volumes = readonly BackupRequirement[];

/** The store that outlives the cluster. */
const outside = 's3';

/**
 * How volumes come back from the store outside. VolSync backs up a volume as soon as it knows it, and forgets older backups
 * right after: one of an empty volume would take the place of the last good one of the day (mover-restic/entry.sh, `do_forget`).
 * So Flux leaves the ReplicationSources out until everything is restored.
 */
export function volsyncRecovery(context: BuildContext<VolsyncSection>): Recovery {
  const volumes = context.provided('backup');
  if (volumes.length === 0) return {};
  if (!context.section.stores.includes(outside))
    return {
      lost: [
        `The volumes ${namesOf(volumes)}: their backups were in the cluster (\`volsync.stores\`). They come back empty.`,
      ],
    };
  return {
    needs: [`the buckets outside of the cluster, with the backups of ${namesOf(volumes)}`],
    tools: ['jq', 'restic', 'sops'],
    steps: [
      backupsStep(volumes),
      holdStep(volumes),
      ...volumes.map((volume) => restoreStep(context, volume)),
      goOnStep(volumes),
    ],
    lost: [
      'What was written to a volume after its last backup.',
      ...(context.section.stores.length > 1
        ? [
            'The backups in the object store of the cluster, with all of their history. Those outside have their own.',
          ]
        : []),
    ],
    troubles: troubles(context),
  };
}

function namesOf(volumes: Volumes): string {
  return volumes.map(({ namespace, name }) => `\`${namespace}/${name}\``).join(', ');
}

function backupsStep(volumes: Volumes): Step {
  return {
    phase: recoveryPhases.backups,
    title: 'See that the backups are there',
    minutes: 3,
    body: `From your own computer, before anything is made:

\`\`\`sh
${volumes.map((volume) => `(\n${readSecret(volume, outside)}\nrestic snapshots --host volsync\n)`).join('\n')}
\`\`\``,
    check: 'for each volume a list of snapshots, the last of them from shortly before the loss.',
  };
}

function kustomizationsOf(volumes: Volumes) {
  return [...new Set(volumes.map(({ namespace }) => namespace))].map(volumesKustomization);
}

function patchKustomization(name: string, patches: string): string {
  return `kubectl -n ${fluxNamespace} patch kustomization ${name} --field-manager flux --type merge -p '{"spec":{"patches":${patches}}}'`;
}

function holdStep(volumes: Volumes): Step {
  const leaveOut = JSON.stringify([
    {
      target: { kind: 'ReplicationSource' },
      patch:
        '$patch: delete\napiVersion: volsync.backube/v1alpha1\nkind: ReplicationSource\nmetadata:\n  name: all\n',
    },
  ]);
  const kustomizations = kustomizationsOf(volumes);
  return {
    phase: recoveryPhases.hold,
    title: 'No backup before the restore',
    minutes: 2,
    body: `VolSync backs up a volume as soon as it knows it, and forgets older backups right after: one of an empty volume would take the place
of the last good one. So Flux leaves out what asks for backups:

\`\`\`sh
cd "$repository"
${kustomizations
  .flatMap(({ name, directory }) => [
    `kubectl apply -f ${directory}/ks.yaml`,
    patchKustomization(name, leaveOut),
  ])
  .join('\n')}
\`\`\``,
    check: `\`kubectl -n ${fluxNamespace} get kustomizations\` lists ${kustomizations.map(({ name }) => `\`${name}\``).join(', ')} and nothing else.`,
  };
}

function restoreStep(context: BuildContext<VolsyncSection>, volume: BackupRequirement): Step {
  const { namespace, name } = volume;
  const { appliedBy, stop, order, wait, remove, start } = restoreCommands(context, volume, outside);
  const foreign = appliedBy.length === 0;
  return {
    phase: recoveryPhases.volumes,
    title: `The volume \`${namespace}/${name}\``,
    minutes: 10,
    body: `${foreign ? 'Its claim and its app are your own: bring them first. ' : ''}The app is stopped, VolSync writes the last backup over the volume, and the app starts again.

\`\`\`sh
kubectl -n ${fluxNamespace} wait kustomization/${volumesKustomization(namespace).name} --for=condition=Ready --timeout=30m
kubectl -n ${namespace} wait pvc/${name} ${volume.usedBy.join(' ')} --for=create --timeout=15m
${[...appliedBy.map((kustomization) => suspend(kustomization, true)), stop, order, wait].join('\n')}
\`\`\`

\`Successful\`, and the snapshot that was restored? Then go on. Otherwise look at the table at the end.

\`\`\`sh
${[remove, start, ...appliedBy.map((kustomization) => suspend(kustomization, false))].join('\n')}
\`\`\``,
    check:
      'the first block ends with `Successful` and the name of a snapshot, and the app has what it should.',
  };
}

function goOnStep(volumes: Volumes): Step {
  return {
    phase: recoveryPhases.release,
    title: 'Let backups go on',
    minutes: 3,
    body: `\`\`\`sh
${kustomizationsOf(volumes)
  .map(({ name }) => patchKustomization(name, 'null'))
  .join('\n')}
\`\`\``,
    check:
      'after some minutes, `kubectl get replicationsource -A` has a line for each volume and store. The first backup begins at once.',
  };
}

function troubles(context: BuildContext<VolsyncSection>): NonNullable<Recovery['troubles']> {
  const buckets = [
    ...new Set(
      context
        .provided('backup')
        .flatMap((volume) => bucketsFor(context, volume))
        .flatMap(({ requirement }) => (requirement.store === outside ? [requirement.bucket] : [])),
    ),
  ];
  return [
    {
      cause: 'the bucket is empty, or has another name',
      look: '`restic snapshots` says `repository does not exist`, or `NoSuchBucket`',
      fix: `the bucket must be ${buckets.map((bucket) => `\`${bucket}\``).join(' or ')} at the server that the private values name. Nothing was written; stop here while there is a chance to find it`,
    },
    {
      cause: 'the bucket is that of another home, or the password is another one',
      look: '`restic snapshots` says `wrong password or no key found`',
      fix: 'the commit of Git with the password of the time (`volsync.passwords`), or the right bucket. VolSync would neither restore nor write there',
    },
    {
      cause: 'the last backup is one of an empty volume: the new cluster ran before this list',
      look: '`restic snapshots` lists one of after the loss',
      fix: 'add `restoreAsOf: "…"` below `restic:`, with a time before the loss',
    },
  ];
}
