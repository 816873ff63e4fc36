import type { KubernetesObject } from '../../kubernetes/object.ts';
import { heldData, nameOf, pruneAnnotation } from '../heldData.ts';
import type { PlannedFile } from '../plan.ts';
import type { DocumentContext } from './context.ts';

/** The one page that says how data is moved and removed. */
export const removingDataFile = 'docs/removing-data.md';

/** `docs/removing-data.md`, where something holds data. */
export function removingData({ held, settings }: DocumentContext): PlannedFile[] {
  if (held.length === 0) return [];
  const names = held.map(nameOf).sort();
  const rows = [...held].sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1)).map(row);
  const { branch } = settings.repository;
  const content = `# Moving data, and removing it for good

Flux deletes what is no longer in Git. What holds data has the annotation \`${pruneAnnotation.name}: ${pruneAnnotation.value}\`,
with which Flux leaves it in the cluster. So a change in Git alone deletes no data, and data is removed by hand, here.

Flux reads the annotation from the live object. The commit that adds it must be applied before the commit that removes
the object: \`gatehouse configure\` compares with the commit that Flux follows (\`${branch}\`), and writes the annotation first
where it is missing.

| object | what is lost with it | what deletes it |
|---|---|---|
${rows.join('\n')}

What a Helm chart made (claims of volumes, definitions of kinds) has \`helm.sh/resource-policy: keep\` and stays when its
release is deleted. \`kubectl get persistentvolumeclaim --all-namespaces\` lists all claims.

## Before a change that removes or replaces one of them

\`gatehouse configure\` stops and names each loss. Choose:

1. Keep it: undo the change in \`cluster.yaml\`.
2. Move the data first. Make a backup, and restore it into the new place when that is there (\`gatehouse explain restore\`
   lists what can be restored). A Secret that was made by hand is made again in the new namespace, with the command
   in [the quickstart](quickstart.md).
3. Let go of it: name each object, and look at the difference before you commit.

\`\`\`sh
gatehouse configure --check --diff
gatehouse configure --allow-removal ${names[0]}
\`\`\`

From then on nothing looks after the object. It stays in the cluster as it is, and a namespace keeps denying all traffic
by default.

## Removing it for good

1. Make sure that a backup is readable, or that you want none.
2. Remove it from \`cluster.yaml\`, run \`gatehouse configure\` with \`--allow-removal\` for each object, commit and push.
3. Wait until \`flux get kustomizations\` shows the revision. What Flux still applies would come back.
4. Run the command of the table for each object: claims and releases first, the namespace last. A namespace takes everything
   with it that is in it, also what you made by hand: \`kubectl get all,secret,persistentvolumeclaim -n NAMESPACE\`.
`;
  return [{ path: removingDataFile, content }];
}

function row(object: KubernetesObject): string {
  const { kind, metadata } = object;
  const namespace = metadata.namespace === undefined ? '' : ` -n ${metadata.namespace}`;
  return `| \`${nameOf(object)}\` | ${heldData(object)} | \`kubectl delete ${kind.toLowerCase()} ${metadata.name}${namespace}\` |`;
}
