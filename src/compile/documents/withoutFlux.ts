import { fluxNamespace } from '../../components/shared/reconciliation.ts';
import { localDirectory } from '../localValues.ts';
import type { DeliveredKey, SecretDelivery } from '../plan.ts';
import type { DocumentContext } from './context.ts';
import { createCommand } from './createCommand.ts';

/** The chapter of the quickstart about `kubectl apply`: what Flux would fill in, and what it would decrypt. */
export function withoutFlux({ secrets, fluxKustomizations }: DocumentContext): string {
  if (fluxKustomizations.length > 0)
    return `## Without Flux

Not with this configuration: ${list(fluxKustomizations.map((name) => `\`${name}\``))} are built and installed by Flux, some of them from charts.
`;
  const delivered = secrets.filter(({ sops }) => sops !== undefined);
  const byHand = secrets.filter(({ sops, namespace }) => sops === undefined && namespace !== fluxNamespace);
  return `## Without Flux

\`kubectl apply -k\` takes the same manifests. It fills nothing in and decrypts nothing: a directory that Git ignores brings the private
values, and every Secret is made by hand. Leave out what is said of Flux and of Secrets in \`${fluxNamespace}\`. Do not do both: Flux
would take back what kubectl brings.

${byHand.length > 0 ? `Make ${list(byHand.map(({ name }) => `\`${name}\``))} as described under Secrets. ` : ''}${delivered.length > 0 ? fromPrivateValues(delivered) : 'Then, in the repository:'}

\`\`\`sh
gatehouse manifests --local
kubectl diff --server-side -k ${localDirectory}
kubectl apply --server-side -k ${localDirectory}
\`\`\`

\`${localDirectory}/kustomization.yaml\` includes the committed entry and replaces every \`\${NAME}\`. It holds no secret, but your private
values in the clear. After a change, \`gatehouse configure\` updates the directory; apply it again. What the configuration
no longer has stays in the cluster until you delete it, and a Job that ran has to be deleted before it can change.
`;
}

/** Creates the Secrets that are in Git encrypted from the private values file. No value is an argument of a program. */
function fromPrivateValues(secrets: readonly SecretDelivery[]): string {
  return `Make the Secrets that are encrypted in Git from your private values. Run this in the repository, with \`bash\` or \`zsh\`:

\`\`\`sh
${secrets.map((secret) => createCommand({ ...secret, keys: secret.keys.map(readFromFile) })).join('\n')}
\`\`\`

Then:`;
}

function readFromFile(key: DeliveredKey): DeliveredKey {
  const fromFile = `<(printf %s "$(gatehouse secrets get ${key.field ?? ''})")`;
  return { ...key, create: { fromFile } };
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
