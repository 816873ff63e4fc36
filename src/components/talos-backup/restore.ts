import type { Bound, BuildContext } from '../contract/component.ts';
import type { Restore } from '../contract/documents.ts';
import { fluxNamespace } from '../shared/reconciliation.ts';
import { backup, credentials } from './names.ts';
import type { TalosBackupSection } from './section.ts';

type RestoreStep = Restore['steps'][number];

/** Restores etcd from a copy after its quorum is lost, or on new nodes (Talos, "Disaster Recovery"). */
export function etcdRestore(
  { settings, section }: BuildContext<TalosBackupSection>,
  bucket: Bound<'bucket'>,
): Restore {
  const inside = bucket.requirement.store === 'rustfs';
  return {
    name: 'etcd',
    of: 'talos-backup',
    title: `etcd, from ${bucket.requirement.store}`,
    intro: `For the day on which the control plane has no quorum any more and does not get it back, or all of its nodes are new. It needs this
repository, a key of \`secrets.recipients\`, the private half of \`talosBackup.recipient\`, the machine configuration of the
nodes with its secrets, and \`kubectl\`, \`sops\`, \`jq\`, \`mc\`, \`age\` and \`talosctl\`. Every object is as it was when the copy was made.${
      inside
        ? '\n\n**The store is in the cluster**, and answers only while the cluster does: fetch copies before you need them.'
        : ''
    }`,
    steps: [
      ...fetchCopy(bucket, settings.cluster.name, inside),
      {
        what: 'Decrypt it. `etcd-backups.agekey` is the private half of `talosBackup.recipient`.',
        command: 'age --decrypt --identity etcd-backups.agekey --output etcd.snapshot etcd.snapshot.age',
      },
      ...recover(section),
    ],
  };
}

function fetchCopy(bucket: Bound<'bucket'>, cluster: string, inside: boolean): RestoreStep[] {
  const { requirement } = bucket;
  const { endpoint } = bucket.binding;
  const { hostname, port } = new URL(inside ? endpoint : 'https://outside');
  const [service = '', namespace = ''] = hostname.split('.');
  const { accessKey, secretKey } = credentials;
  return [
    ...(inside
      ? [
          {
            what: 'In a terminal of its own, open a way to the store, and leave it open.',
            command: `kubectl -n ${namespace} port-forward service/${service} ${port}:${port}`,
          },
        ]
      : []),
    {
      what: 'In the directory of the repository, read what opens the store.',
      command: `eval "$(sops decrypt --output-type json ${backup.directory}/secret.sops.yaml |
  jq -r --arg store '${inside ? `http://127.0.0.1:${port}` : endpoint}' '.data | map_values(@base64d) | . as $data |
    ($store | sub("://"; "://" + $data["${accessKey}"] + ":" + $data["${secretKey}"] + "@")) |
    "export MC_HOST_store=" + @sh')"`,
    },
    {
      what: 'See which copies there are, and fetch the newest; or set `copy` to another line.',
      command: `mc find store/${requirement.bucket}/${cluster} --name '*.snap.age' | sort
copy="$(mc find store/${requirement.bucket}/${cluster} --name '*.snap.age' | sort | tail -n 1)"
mc cp "$copy" etcd.snapshot.age`,
    },
  ];
}

function recover({ store }: TalosBackupSection): RestoreStep[] {
  return [
    {
      what: `Name the nodes of the control plane by their addresses, the one that begins first. Every command below is for these and no others.`,
      command: `control_plane='ADDRESS ADDRESS ADDRESS'
first="$(echo "$control_plane" | cut -d ' ' -f 1)"`,
    },
    {
      what: 'Look once more whether etcd is really lost. If two of three members answer, stop: replace the third node instead.',
      command: `for node in $control_plane; do talosctl -n "$node" service etcd; talosctl -n "$node" etcd members; done`,
    },
    {
      what: `Take away what is left of etcd. This erases the disk of Talos for what changes (\`EPHEMERAL\`, below \`/var\`) of each of these nodes${store === 'rustfs' ? ', **and with it the volumes of the store, where they are there**' : ', and with it volumes of a node that are kept there'}. A new node that was never part of a cluster is left out.`,
      command: `for node in $control_plane; do
  talosctl -n "$node" reset --graceful=false --reboot --system-labels-to-wipe=EPHEMERAL
done`,
    },
    {
      what: 'Wait until etcd says `Preparing` on each of them.',
      command: `for node in $control_plane; do
  until talosctl -n "$node" service etcd | grep -q Preparing; do sleep 5; done
done`,
    },
    {
      what: 'Begin anew on one node, from the copy. The others join by themselves. Only once, and on one node.',
      command: `talosctl -n "$first" bootstrap --recover-from=./etcd.snapshot`,
    },
    {
      what: 'See that etcd has all its members and that Kubernetes answers. Pods of nodes that are gone go away after some minutes.',
      command: `talosctl -n "$first" etcd members
kubectl get nodes
kubectl -n ${fluxNamespace} get kustomizations`,
    },
    {
      what: 'Destroy what was decrypted: it holds every Secret of the cluster.',
      command: 'rm etcd.snapshot etcd.snapshot.age',
    },
  ];
}
