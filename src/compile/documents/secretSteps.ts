import { phases, type Step } from '../../components/contract/documents.ts';
import type { SecretDelivery } from '../plan.ts';
import { restarting } from '../secretDelivery.ts';
import { createCommand } from './createCommand.ts';

/** A step for each Secret. Secrets with the same `step` share one. */
export function secretSteps(secrets: readonly SecretDelivery[]): Step[] {
  const alone = secrets.filter(({ step }) => step === undefined);
  const shared = new Map<string, SecretDelivery[]>();
  for (const secret of secrets)
    if (secret.step !== undefined) shared.set(secret.step, [...(shared.get(secret.step) ?? []), secret]);
  const steps = alone.map(
    (secret): Step =>
      secret.sops
        ? deliveredStep(secret, secret.sops)
        : {
            phase: phases.secrets,
            title: `The Secret \`${secret.name}\``,
            minutes: 1,
            body: `It holds ${secret.purpose}, in the namespace \`${secret.namespace}\`. Read by ${secret.usedBy.map((name) => `\`${name}\``).join(', ')}.${replaceFirst(secret)}

| key | where it comes from |
|---|---|
${secret.keys.map(({ key, source }) => `| \`${key}\` | ${source} |`).join('\n')}

\`\`\`sh
${createCommand(secret)}
\`\`\``,
            check: `\`kubectl -n ${secret.namespace} get secret ${secret.name}\` shows ${secret.keys.length} under DATA.`,
            again: true,
          },
  );
  return [...steps, ...[...shared].map(([title, needs]) => sharedStep(title, needs))];
}

/** Secrets that come from Git and need nothing from the user: one row each. */
function sharedStep(title: string, secrets: readonly SecretDelivery[]): Step {
  const rows = secrets.map(
    ({ name, namespace, purpose, usedBy }) =>
      `| \`${namespace}/${name}\` | ${purpose} | ${usedBy.map((reader) => `\`${reader}\``).join(', ')} |`,
  );
  const fields = [...new Set(secrets.flatMap(({ keys }) => keys.flatMap(({ field }) => field ?? [])))];
  return {
    phase: phases.secrets,
    title: `${title}, from Git`,
    minutes: 1,
    body: `Flux decrypts them: there is nothing to create by hand. What Gatehouse generates of them is in the encrypted private values file.

| Secret | it holds | read by |
|---|---|---|
${rows.join('\n')}`,
    check: `\`gatehouse secrets view\` lists ${fields.map((field) => `\`${field}\``).join(', ')}.`,
  };
}

/** A Secret that is in Git, encrypted: there is nothing to create, and at most something to know. */
function deliveredStep(
  secret: SecretDelivery,
  { directory, file }: NonNullable<SecretDelivery['sops']>,
): Step {
  const { name, namespace, keys, purpose, usedBy, replacing } = secret;
  const rows = keys.map(
    ({ key, field, source }) =>
      `| \`${key}\` | ${field === undefined ? 'none' : `\`${field}\``} | ${source} |`,
  );
  const fields = keys.flatMap(({ field }) => (field === undefined ? [] : [`\`${field}\``]));
  const readers = usedBy.map((reader) => `\`${reader}\``).join(', ');
  const running = restarting(usedBy);
  const restart = `After a value was replaced, pods read the new one when they start: \`kubectl -n ${namespace} rollout restart ${running.join(' ')}\`.`;
  const after = [...(running.length > 0 ? [restart] : []), ...(replacing === undefined ? [] : [replacing])];
  return {
    phase: phases.secrets,
    title: `The Secret \`${name}\`, from Git`,
    minutes: 1,
    body: `It holds ${purpose}, in the namespace \`${namespace}\`. Read by ${readers}. Flux decrypts it from
\`${directory}/${file}\`: there is nothing to create by hand. Its values are in the encrypted private values file.

| key | private value | where it comes from |
|---|---|---|
${rows.join('\n')}

${after.join(' ')}`,
    check: `\`gatehouse secrets view\` lists ${fields.join(' and ')}.`,
  };
}

/** The placeholders in the command that the user replaces. */
function replaceFirst({ keys }: SecretDelivery): string {
  const placeholders = keys.flatMap(({ create }) =>
    'literal' in create && /^"[^$]*"$/.test(create.literal) ? [`\`${create.literal}\``] : [],
  );
  return placeholders.length === 0 ? '' : ` Put your own in the place of ${placeholders.join(' and ')}.`;
}
