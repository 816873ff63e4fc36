import type { ReleaseNote } from '../contract/releaseNotes.ts';
import { hasKind } from '../shared/runningObjects.ts';

const note = {
  program: 'Talos',
  artifact: 'talos',
  version: '1.14.0',
  source: 'release notes of Talos 1.14.0',
} as const;

/** What Talos 1.14 breaks. */
export const releaseNotes: readonly ReleaseNote[] = [
  {
    ...note,
    breaks: 'ghcr.io/siderolabs/installer is no longer published: an upgrade that names it ends with 404',
    action:
      'take installers of the Image Factory (factory.talos.dev): set machine.install.image of each node to one before the upgrade',
    source: 'release notes of Talos 1.14.0, and nicolerenee/infra#2390',
  },
  {
    ...note,
    breaks: 'machine.features.kubernetesTalosAPIAccess is deprecated for a document KubeTalosAPIAccessConfig',
    action: 'apply the patches of talos/patches again after the upgrade; the old field still works in 1.14',
  },
  {
    ...note,
    breaks:
      'etcd answers for its metrics and its health on port 2383, no longer on 2379, and is of version 3.7, which needs 3.6 before it',
    action:
      'change monitoring, firewalls and policies of your own that name port 2379 for metrics; have a copy of etcd from before the upgrade',
  },
  {
    ...note,
    breaks: 'new clusters isolate workloads, the FlexVolume path is gone, and so is --mode=reboot',
    action:
      'change scripts of your own that use --mode=reboot; see that no storage driver uses FlexVolume or the iSCSI of the host',
  },
  {
    program: 'Kubernetes',
    artifact: 'kubernetes',
    version: '1.37.0',
    breaks:
      'Kubernetes 1.37 runs on Talos 1.14 only: on 1.13 talosctl refuses it, and the KubernetesUpgrade stays Failed',
    action: 'upgrade Talos to 1.14 first, in a commit of its own',
    source: 'support matrix of Talos 1.14, and nicolerenee/infra#2390',
    concerns: (objects) => hasKind(objects, 'TalosUpgrade'),
  },
];
