import type { BuildContext } from '../contract/component.ts';
import { type ComponentDocuments, type Decision, phases, type Step } from '../contract/documents.ts';
import { distinctBuckets } from '../shared/buckets.ts';
import { storagePhase } from '../shared/chapters.ts';
import { accessKeyOf } from './buckets.ts';
import { backend, bucketJob, chartReadAt, namespace, readerUser, server } from './names.ts';
import type { RustfsSection } from './section.ts';
import { chart } from './versions.ts';

/** The chapters of the object storage in the cluster in the operator documents. */
export function rustfsDocuments(context: BuildContext<RustfsSection>): ComponentDocuments {
  return {
    decisions: [keyForEach(context), chartFacts, insideOnly(context)],
    steps: [storageClassStep(context), bucketsStep(context)],
  };
}

function keyForEach({ provided }: BuildContext<RustfsSection>): Decision {
  const rows = distinctBuckets(provided('bucket')).map(
    (requirement) =>
      `| \`${requirement.bucket}\` | ${requirement.purpose} | \`${accessKeyOf(requirement)}\` | ${requirement.access} |`,
  );
  return {
    title: 'A bucket and a key for each consumer',
    decided: 'Each consumer has a bucket of its own, and a key that opens this bucket and no other.',
    because: `Whoever holds the key of one app could otherwise read, and delete, the backups of all the others. A Job makes buckets,
policies and keys with \`mc\`, whenever one of them changes; nobody clicks anything in a console, and the console is off.
A bucket that nobody claims any more stays, with what is in it, and so does its key: remove both by hand.

One more key, \`${readerUser}\`, lists every bucket and reads no object. \`gatehouse verify\` asks with it how old the newest backup is,
through the API server: whoever may use the proxy of Services there and has this key sees names and times.

| bucket | what is kept in it | access key | may |
|---|---|---|---|
${rows.join('\n')}`,
  };
}

const chartFacts: Decision = {
  title: 'What is taken for granted of the chart of RustFS',
  decided: `Its Service is \`${backend.service}.${namespace}\`, and its pods carry the labels ${Object.entries(
    server.labels,
  )
    .map(([key, value]) => `\`${key}: ${value}\``)
    .join(' and ')}.`,
  because: `The pods of a chart are in no file of this repository, so that the network policies select them by what the chart says of
itself: \`_helpers.tpl\` and \`service.yaml\` of ${chart.name} ${chartReadAt}, at ${chart.url}. What else the chart may bring is unknown to the
proofs, and they say so with the command that fetches it; \`gatehouse configure --charts charts\` lets helm render what it fetched,
and proves that too. After an upgrade of the chart, compare:

\`\`\`sh
kubectl -n ${namespace} get service ${backend.service} -o wide
kubectl -n ${namespace} get pods -l ${Object.entries(server.labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')}
\`\`\``,
};

function insideOnly({ section: { layout } }: BuildContext<RustfsSection>): Decision {
  const lost =
    layout.kind === 'standalone'
      ? 'one volume of one node: what is in it is lost with that node'
      : `${layout.servers * layout.drives} volumes on ${layout.servers} nodes: it outlives one of them, and not the house`;
  return {
    title: 'Object storage in the cluster',
    decided: `It is ${lost}.`,
    because:
      'It is near, and costs nothing. A backup in it helps against a mistake, and not against a fire, a theft or a cluster that is gone: the section `s3` keeps the same elsewhere.',
    field: 'rustfs.layout',
  };
}

/** The chart asks for volumes of a class that Gatehouse does not install. */
function storageClassStep({ section: { layout }, settings }: BuildContext<RustfsSection>): Step {
  const { storageClass } = layout;
  const local =
    storageClass === 'local-path' && settings.cluster.distribution === 'talos'
      ? '\n\n`local-path` is part of k3s. On Talos, install local-path-provisioner, with a path below `/var/mnt` or `/var/local-path-provisioner`.'
      : '';
  return {
    phase: storagePhase,
    title: 'The storage class of the object storage',
    minutes: 1,
    body: `The volumes of RustFS are of the storage class \`${storageClass}\`. Nothing here installs it: without it the pods stay \`Pending\`.

\`\`\`sh
kubectl get storageclass ${storageClass}
\`\`\`${local}`,
    check: 'it prints one line.',
    again: true,
  };
}

function bucketsStep({ provided }: BuildContext<RustfsSection>): Step {
  const count = distinctBuckets(provided('bucket')).length;
  return {
    phase: phases.finish,
    title: 'Look whether the buckets are there',
    minutes: 1,
    body: `A Job makes ${count === 1 ? 'one bucket' : `${count} buckets`} as soon as the server answers, and tries again until it does.

\`\`\`sh
kubectl -n ${namespace} logs job/${bucketJob.name}
\`\`\``,
    check: 'the last line is `every bucket has its key`.',
  };
}
