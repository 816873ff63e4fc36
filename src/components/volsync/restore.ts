import { toYaml } from '../../kubernetes/yaml.ts';
import type { Bound, BuildContext } from '../contract/component.ts';
import type { Restore } from '../contract/documents.ts';
import type { BackupRequirement } from '../contract/requirements.ts';
import { suspend } from '../shared/reconciliation.ts';
import { backupName, mover, volumesKustomization } from './names.ts';
import { replicationDestination } from './replication.ts';
import { bucketsFor, repositoryOf, secretFile } from './secrets.ts';
import type { VolsyncSection } from './section.ts';

/** Two restores of each volume: in place with VolSync, and on any computer with restic alone. */
export function volumeRestores(context: BuildContext<VolsyncSection>): Restore[] {
  return context
    .provided('backup')
    .flatMap((volume) =>
      bucketsFor(context, volume).flatMap((bucket) => [
        inPlace(context, volume, bucket),
        elsewhere(volume, bucket),
      ]),
    );
}

/** The lines of shell that bring a volume back in its place. What starts the app again is in none of them but `start`. */
export function restoreCommands(
  { section, settings }: BuildContext<VolsyncSection>,
  volume: BackupRequirement,
  store: string,
) {
  const { namespace, usedBy, requester } = volume;
  const destination = replicationDestination(section, volume, store);
  const target = `replicationdestination/${destination.metadata.name}`;
  const scale = (replicas: number): string =>
    usedBy.map((workload) => `kubectl -n ${namespace} scale ${workload} --replicas=${replicas}`).join('\n');
  return {
    /** The Kustomization that would start again what is stopped, where Flux brings the app. */
    appliedBy: requester.component === 'volsync' ? [] : [settings.cluster.name],
    stop: `${scale(0)}\n${whileMounted(volume)}`,
    order: `kubectl apply -f - <<'END'\n${toYaml([destination]).trimEnd()}\nEND`,
    wait: `kubectl -n ${namespace} wait ${target} --for=jsonpath='{.status.lastManualSync}'=once --timeout=12h
kubectl -n ${namespace} get ${target} -o jsonpath='{.status.latestMoverStatus.result}{"\\n"}{.status.latestMoverStatus.logs}{"\\n"}'`,
    remove: `kubectl -n ${namespace} delete ${target}`,
    start: scale(1),
  };
}

function inPlace(
  context: BuildContext<VolsyncSection>,
  volume: BackupRequirement,
  bucket: Bound<'bucket'>,
): Restore {
  const { name, namespace, requester } = volume;
  const { component } = requester;
  const { store } = bucket.requirement;
  const { appliedBy, stop, order, wait, remove, start } = restoreCommands(context, volume, store);
  const sources = context.section.stores.map((each) => backupName(volume, each));
  const pause = (paused: boolean): string =>
    sources
      .map(
        (source) =>
          `kubectl -n ${namespace} patch replicationsource ${source} --type merge -p '{"spec":{"paused":${paused}}}'`,
      )
      .join('\n');
  const kustomizations = [volumesKustomization(namespace).name, ...appliedBy];
  return {
    name,
    of: component,
    title: `The volume \`${namespace}/${name}\` in its place, from ${store}`,
    intro: `VolSync writes the last backup over the volume, and removes what came after it. Everything that was written since is lost.
It needs \`kubectl\`, and a cluster in which VolSync and the store run.`,
    steps: [
      {
        what: 'Keep Flux from starting again what is stopped now.',
        command: kustomizations.map((kustomization) => suspend(kustomization, true)).join('\n'),
      },
      { what: 'No backup may begin while there is half of the data.', command: pause(true) },
      {
        what: `Stop what mounts the volume, and wait until it is gone.${appliedBy.length === 0 ? ' Whatever would start it again has to be told before: a Kustomization of your own, for example.' : ''}`,
        command: stop,
      },
      {
        what: 'Restore. For an older backup, add a line such as `restoreAsOf: "2026-11-24T03:00:00Z"` below `restic:`. Do so wherever the cluster was made anew: VolSync backs up a volume as soon as it knows it, so that the last backup may be one of a volume that was still empty.',
        command: order,
      },
      {
        what: 'Wait for it. The last line prints what restic said: `Successful`, and the snapshot that it restored. Where it says that no eligible snapshot was found, nothing was restored.',
        command: wait,
      },
      { what: 'Take the order away, so that nobody gives it again by accident.', command: remove },
      {
        what: 'Start everything again, look whether the app has what it should, and let backups go on.',
        command: [
          start,
          pause(false),
          ...kustomizations.map((kustomization) => suspend(kustomization, false)).reverse(),
        ].join('\n'),
      },
    ],
  };
}

/** Ends when no pod mounts the volume. A pod that has succeeded or failed stays in the list, but mounts nothing. */
function whileMounted({ namespace, name }: BackupRequirement): string {
  return `while kubectl -n ${namespace} get pods --field-selector status.phase!=Succeeded,status.phase!=Failed -o jsonpath='{.items[*].spec.volumes[*].persistentVolumeClaim.claimName}' |
  tr ' ' '\\n' | grep -qx ${name}; do sleep 2; done`;
}

/** A restore without the cluster: on a computer with the repository, the age key, and access to the store. */
function elsewhere(volume: BackupRequirement, bucket: Bound<'bucket'>): Restore {
  const { name, namespace, requester } = volume;
  const { component } = requester;
  const { store } = bucket.requirement;
  const inside = new URL(
    bucket.binding.endpoint.startsWith('http') ? bucket.binding.endpoint : 'https://outside',
  );
  const [service = '', serviceNamespace = ''] = inside.hostname.split('.');
  const local = { ...bucket, binding: { ...bucket.binding, endpoint: `http://127.0.0.1:${inside.port}` } };
  return {
    name,
    of: component,
    title: `The volume \`${namespace}/${name}\` on any computer, from ${store}`,
    intro:
      store === 'rustfs'
        ? 'It needs this repository, a key of `secrets.recipients`, and `kubectl`, `sops`, `jq` and `restic`. The store is in the cluster, so the cluster must run.'
        : 'It needs this repository, a key of `secrets.recipients`, and `sops`, `jq` and `restic`, and no cluster at all.',
    steps: [
      ...(store === 'rustfs'
        ? [
            {
              what: 'In a terminal of its own, open a way to the store, and leave it open.',
              command: `kubectl -n ${serviceNamespace} port-forward service/${service} ${inside.port}:${inside.port}`,
            },
          ]
        : []),
      {
        what: 'In the directory of the repository, read what opens the backups.',
        command: `${readSecret(volume, store)}${
          store === 'rustfs' ? `\nexport RESTIC_REPOSITORY='${repositoryOf(local, volume)}'` : ''
        }`,
      },
      { what: 'See which backups there are.', command: 'restic snapshots --host volsync' },
      {
        what: 'Restore the last of them into a new directory. For another one, put its id in the place of `latest`.',
        command: `restic restore latest --host volsync --target ./restored-${name}`,
      },
    ],
  };
}

/** A line of shell that exports what restic reads from its environment. It runs in the directory of the repository. */
export function readSecret(volume: BackupRequirement, store: string): string {
  return `eval "$(sops decrypt --output-type json ${mover(volume.namespace).directory}/${secretFile(volume, store)} |
  jq -r '.data | map_values(@base64d) | to_entries[] | "export \\(.key)=\\(.value | @sh)"')"`;
}
