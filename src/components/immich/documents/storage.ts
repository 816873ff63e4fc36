import type { ClusterSettings } from '../../../config/clusterSettings.ts';
import { reference } from '../../../config/private.ts';
import type { Context } from '../../contract/component.ts';
import type { Step } from '../../contract/documents.ts';
import { storagePhase } from '../../shared/chapters.ts';
import { libraryNode } from '../library.ts';
import { sentinelFile } from '../nasGuard.ts';
import type { ImmichSection } from '../section.ts';
import { databaseStep } from './databaseStep.ts';
import { inLibrary } from './home.ts';

/** Prepares a library on the NAS that the guard accepts, and the storage of the database. */
export function storageSteps(context: Context<ImmichSection>): Step[] {
  const { library } = context.section;
  return [
    ...(library.kind === 'hostPath'
      ? [mountStep(context), libraryDirectoryStep(context), sentinelStep(context)]
      : [exportStep(context.settings), shareStep(context.section, library.server)]),
    databaseStep(context),
  ];
}

/** The names of the settings are those of DSM 7 (Synology's knowledge base: "NFS" and "Assign NFS Permissions"). */
const synology = `On a Synology NAS: **Control Panel** → **File Services** → **NFS**: enable the service, with NFSv4.1 as the maximum protocol (some models
end at NFSv4: then write \`nfsvers=4.0\` in place of 4.1). **Control Panel** → **Shared Folder** → **Edit** → **NFS Permissions** → **Create**: the address of the node, Read/Write, the
security \`sys\`, and **Squash: No mapping** or **Map root to guest**. Never "Map all users to …": all files would belong to that one user,
and Immich could not write. The path of the export is \`/volume1/NAME\`.`;

function mountStep(context: Context<ImmichSection>): Step {
  const node = Object.values(libraryNode(context) ?? {})[0];
  const { fileSystems } = context.section.library;
  return {
    phase: storagePhase,
    title: `Mount the NAS on \`${node}\``,
    minutes: 5,
    body: `On the node \`${node}\`. Say first what the NAS exports, and where it is to be mounted: a directory above the library.

\`\`\`sh
share='SERVER:/EXPORT'
mount_point="$(dirname ${inLibrary(context.section)})"
unit="$(systemd-escape --path --suffix=mount "$mount_point")"
\`\`\`

The empty directory below the mount is made immutable, so that nobody, root included, can write into it while the NAS is away:

\`\`\`sh
sudo mkdir -p "$mount_point"
mountpoint -q "$mount_point" || sudo chattr +i "$mount_point"
\`\`\`

The mount itself is a unit of systemd, which mounts at boot:

\`\`\`sh
sudo tee "/etc/systemd/system/$unit" > /dev/null <<END
[Unit]
Description=The NAS
Wants=network-online.target
After=network-online.target

[Mount]
What=$share
Where=$mount_point
Type=nfs4
Options=nfsvers=4.1,hard,noatime,_netdev

[Install]
WantedBy=remote-fs.target
END
sudo systemctl daemon-reload
sudo systemctl enable --now "$unit"
\`\`\`

${synology}

NFS needs the package \`nfs-common\` (Debian, Ubuntu) or \`nfs-utils\`. \`hard\` makes writes wait for the NAS instead of losing them.
If the NAS was away at boot, \`sudo systemctl start "$unit"\` mounts it afterwards; until then Immich waits.
For SMB, take \`Type=cifs\`, \`What=//SERVER/SHARE\` and \`Options=credentials=/etc/nas-credentials,uid=${context.section.library.uid},gid=${context.section.library.gid},_netdev\`.`,
    check: `\`findmnt --target "$mount_point" --types ${fileSystems.join(',')}\` prints one line with your share. \`lsattr -d\` on the directory shows an \`i\` while nothing is mounted there.`,
    again: true,
  };
}

function libraryDirectoryStep({ section }: Context<ImmichSection>): Step {
  const { uid, gid } = section.library;
  return {
    phase: storagePhase,
    title: 'The directory of the library',
    minutes: 2,
    body: `It must exist on the NAS and belong to ${uid}:${gid}, the user that Immich runs as: over NFS users are numbers, root counts as nobody, and
Kubernetes cannot change the owner. On the node, if the NAS lets root act as root; otherwise on the NAS itself, with its own
path:

\`\`\`sh
sudo install -d -o ${uid} -g ${gid} -m 0750 ${inLibrary(section)}
\`\`\``,
    check: `\`sudo setpriv --reuid=${uid} --regid=${gid} --clear-groups test -w ${inLibrary(section)} && echo writable\` prints \`writable\`.`,
  };
}

function sentinelStep({ section }: Context<ImmichSection>): Step {
  const { uid, gid, fileSystems, sentinel } = section.library;
  const file = inLibrary(section, sentinelFile);
  const user = `sudo setpriv --reuid=${uid} --regid=${gid} --clear-groups`;
  return {
    phase: storagePhase,
    title: 'The sentinel',
    minutes: 1,
    body: `A file in the library with the id that \`cluster.yaml\` names (\`immich.library.sentinel\`). Only where the guard finds it does Immich
start. The command refuses a path that is not on the NAS, so that the file cannot be written to the wrong disk, and overwrites none (\`File exists\`: read the file, it may be another library):

\`\`\`sh
findmnt --target ${inLibrary(section)} --types ${fileSystems.join(',')} > /dev/null &&
  echo ${sentinel} | ${user} dd of=${file} conv=excl status=none
\`\`\``,
    check: `\`${user} cat ${file}\` prints \`${sentinel}\`.`,
  };
}

function exportStep({ cluster }: ClusterSettings): Step {
  const nodes = Object.keys(cluster.nodes);
  return {
    phase: storagePhase,
    title: 'Export the library to the nodes',
    minutes: 4,
    body: `On the NAS, export the directory of the library over NFS 4.1, readable and writable, to the addresses of ${nodes.length === 1 ? `the node \`${nodes[0]}\`` : `the nodes ${nodes.map((name) => `\`${name}\``).join(', ')}`}
and to your computer for the next step. Root may stay squashed, other users must keep their numbers. ${
      cluster.distribution === 'talos'
        ? 'The kubelet of Talos can mount NFS as it is.'
        : 'Each node needs the package `nfs-common` (Debian, Ubuntu) or `nfs-utils`.'
    }

\`\`\`sh
kubectl get nodes -o custom-columns='NODE:.metadata.name,ADDRESS:.status.addresses[?(@.type=="InternalIP")].address'
\`\`\`

${synology}`,
    check: 'the NAS lists the export with each of these addresses.',
    again: true,
  };
}

function shareStep(section: ImmichSection, server: Parameters<typeof reference>[0]): Step {
  const { uid, gid, sentinel } = section.library;
  const user = `sudo setpriv --reuid=${uid} --regid=${gid} --clear-groups`;
  const file = `/mnt/gatehouse-library/${sentinelFile}`;
  return {
    phase: storagePhase,
    title: 'The owner of the library, and the sentinel',
    minutes: 3,
    body: `The directory must belong to ${uid}:${gid}, the user that Immich runs as: over NFS users are numbers, root counts as nobody, and Kubernetes
cannot change the owner. On the NAS itself:

\`\`\`sh
sudo install -d -o ${uid} -g ${gid} -m 0750 ${inLibrary(section)}
\`\`\`

The sentinel is a file in the library with the id that \`cluster.yaml\` names (\`immich.library.sentinel\`). Only where the guard finds
it does Immich start. Mount the share once on any Linux computer that may, and write it. The command refuses a path that is
not on the NAS, so that the file cannot be written to the wrong disk, and overwrites none (\`File exists\`: read the file, it may be another library):

\`\`\`sh
sudo mkdir -p /mnt/gatehouse-library
sudo mount -t nfs4 -o nfsvers=4.1 '${reference(server)}:${reference(section.library.path)}' /mnt/gatehouse-library
findmnt --target /mnt/gatehouse-library --types nfs,nfs4 > /dev/null &&
  echo ${sentinel} | ${user} dd of=${file} conv=excl status=none
${user} cat ${file}
sudo umount /mnt/gatehouse-library
\`\`\``,
    check: `the last but one line prints \`${sentinel}\`.`,
  };
}
