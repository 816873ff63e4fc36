import type { Context } from '../../contract/component.ts';
import type { Step } from '../../contract/documents.ts';
import { storagePhase } from '../../shared/chapters.ts';
import type { ImmichSection } from '../section.ts';

/** Prepares the storage of the database: a directory that must exist, or a storage class. */
export function databaseStep({ settings, section }: Context<ImmichSection>): Step {
  const { storage, uid, gid } = section.database;
  if (storage.kind === 'volume') return storageClass(storage.storageClass);
  const node = storage.node ?? Object.keys(settings.cluster.nodes)[0] ?? '';
  const directory = { path: storage.path, node, uid, gid };
  return settings.cluster.distribution === 'talos' ? userVolume(directory) : nodeDirectory(directory);
}

interface NodeDirectory {
  path: string;
  node: string;
  uid: number;
  gid: number;
}

function storageClass(name: string): Step {
  return {
    phase: storagePhase,
    title: 'The storage class of the database',
    minutes: 1,
    body: `The database takes a volume of the storage class \`${name}\`. It must be one on disks of the nodes, or of a block storage: never on a
network share.

\`\`\`sh
kubectl get storageclass ${name}
\`\`\``,
    check: `it prints one line. Its provisioner is not an NFS one.`,
    again: true,
  };
}

function nodeDirectory({ path, node, uid, gid }: NodeDirectory): Step {
  return {
    phase: storagePhase,
    title: 'The directory of the database',
    minutes: 1,
    body: `On the node \`${node}\`, on an internal disk:

\`\`\`sh
sudo install -d -o ${uid} -g ${gid} -m 0700 ${path}
\`\`\``,
    check: `\`stat -c '%u:%g %a' ${path}\` prints \`${uid}:${gid} 700\`, and \`findmnt -n -o FSTYPE --target ${path}\` a local file system such as \`ext4\`.`,
    again: true,
  };
}

function userVolume({ path, node, uid, gid }: NodeDirectory): Step {
  const [, , , volume = 'data'] = path.split('/');
  return {
    phase: storagePhase,
    title: 'The user volume of the database',
    minutes: 4,
    body: `Only user volumes outlive an upgrade of Talos. Give the node \`${node}\` one, on a disk of your choice (where its name does not
resolve, \`-n\` takes its address):

\`\`\`sh
cat > user-volume.yaml <<'END'
apiVersion: v1alpha1
kind: UserVolumeConfig
name: ${volume}
provisioning:
  diskSelector:
    match: '!system_disk'
  minSize: 20GiB
END
talosctl -n ${node} patch machineconfig --patch @user-volume.yaml
\`\`\`

Talos has no shell, so a pod of a minute makes the directory and gives it to PostgreSQL:

\`\`\`sh
kubectl -n kube-system debug node/${node} --profile=sysadmin --image=docker.io/library/busybox:1.37.0 -- \\
  install -d -o ${uid} -g ${gid} -m 0700 /host${path}
kubectl -n kube-system get pods -o name | grep node-debugger | xargs kubectl -n kube-system delete
\`\`\``,
    check: `\`talosctl -n ${node} get volumestatus u-${volume}\` says \`ready\`, and \`talosctl -n ${node} ls -l ${path.split('/').slice(0, -1).join('/')}\` shows the directory with ${uid} and ${gid}.`,
    again: true,
  };
}
