import type { SecretNeed } from '../../components/contract/component.ts';
import { type ComponentDocuments, phases, type Step } from '../../components/contract/documents.ts';
import { restarting } from '../secretDelivery.ts';
import { createCommand } from './createCommand.ts';
import type { DocumentContext } from './files.ts';
import { withoutFlux } from './withoutFlux.ts';

const titles: Record<Step['phase'], string> = {
  prepare: 'The cluster',
  storage: 'Storage',
  cloudflare: 'Cloudflare',
  secrets: 'Secrets',
  bootstrap: 'Bootstrap',
  dns: 'DNS at home',
  'first-administrator': 'The first administrator',
  finish: 'The proof',
};

/** What holds for every step of a phase. */
const intros: Partial<Record<Step['phase'], string>> = {
  secrets: `None of these is in Git. Work in an empty folder outside the repository, so that no file with a secret can be
committed, and delete it afterwards:

\`\`\`sh
cd "$(mktemp -d)"
\`\`\`
`,
};

/** `docs/quickstart.md`: the steps of all components by phase, each with its check, and what is good to know. */
export function quickstart(documents: readonly ComponentDocuments[], context: DocumentContext): string {
  const steps = [
    ...documents.flatMap((document) => [...(document.steps ?? [])]),
    ...secretSteps(context.secrets),
  ];
  const minutes = steps.reduce((sum, step) => sum + step.minutes, 0);
  let number = 0;
  const chapters = phases.flatMap((phase) => {
    const mine = steps.filter((step) => step.phase === phase);
    if (mine.length === 0) return [];
    const intro = intros[phase];
    return [
      `## ${titles[phase]}\n`,
      ...(intro === undefined ? [] : [intro]),
      ...mine.map((step) => rendered(step, ++number)),
    ];
  });
  const notes = [...chaptersOf(documents)].map(
    ([title, bodies]) => `## ${title}\n\n${bodies.join('\n\n')}\n`,
  );
  return [
    '# Quickstart\n',
    `From a running cluster to Immich behind Cloudflare Access: ${number} steps, about ${minutes} minutes. Each ends with a check: go on when it holds, and look into [troubleshooting](troubleshooting.md) when it does not.\n`,
    '`${NAME}` stands for a private value. Read the copy in `docs/local/`, which `gatehouse docs --local` writes with the values filled in: its commands can be pasted as they are.\n',
    prerequisites(context),
    ...chapters,
    ...notes,
    withoutFlux(context),
  ].join('\n');
}

/** The notes by title: what several components say under one title stands in one chapter. */
function chaptersOf(documents: readonly ComponentDocuments[]): Map<string, string[]> {
  const chapters = new Map<string, string[]>();
  for (const { title, body } of documents.flatMap((document) => [...(document.notes ?? [])])) {
    chapters.set(title, [...(chapters.get(title) ?? []), body.trim()]);
  }
  return chapters;
}

/** What must be there before the first step. */
function prerequisites({ settings }: DocumentContext): string {
  const { distribution, nodes, talos } = settings.cluster;
  const names = Object.keys(nodes).map((name) => `\`${name}\``);
  const cluster = { k3s: 'k3s', talos: talos === undefined ? 'Talos Linux' : `Talos Linux ${talos}` }[
    distribution
  ];
  return `## Before you begin

- A running ${cluster} cluster with ${names.length === 1 ? `the node ${names[0]}` : `the nodes ${names.join(', ')}`}, and a \`kubectl\` that is its administrator.
- A NAS, a domain whose DNS is at Cloudflare, and a Cloudflare account with Zero Trust (the free plan will do).
- On your computer: \`git\`, \`kubectl\`, \`flux\`, \`cloudflared\`, \`openssl\`, \`dig\`${distribution === 'talos' ? ', `talosctl`' : ''}.
- This repository, compiled (\`gatehouse configure\`), with a remote (\`${settings.repository.url}\`) and not pushed yet.
`;
}

function rendered({ title, minutes, body, check }: Step, number: number): string {
  return `### ${number}. ${title} (${minutes} min)\n\n${body.trim()}\n\n**Check:** ${check.trim()}\n`;
}

function secretSteps(secrets: readonly SecretNeed[]): Step[] {
  const alone = secrets.filter(({ step }) => step === undefined);
  const shared = new Map<string, SecretNeed[]>();
  for (const secret of secrets)
    if (secret.step !== undefined) shared.set(secret.step, [...(shared.get(secret.step) ?? []), secret]);
  const steps = alone.map(
    (secret): Step =>
      secret.sops
        ? deliveredStep(secret, secret.sops)
        : {
            phase: 'secrets',
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
          },
  );
  return [...steps, ...[...shared].map(([title, needs]) => sharedStep(title, needs))];
}

/** Secrets that come from Git and ask nothing of anybody: one line each. */
function sharedStep(title: string, secrets: readonly SecretNeed[]): Step {
  const rows = secrets.map(
    ({ name, namespace, purpose, usedBy }) =>
      `| \`${namespace}/${name}\` | ${purpose} | ${usedBy.map((reader) => `\`${reader}\``).join(', ')} |`,
  );
  const fields = [...new Set(secrets.flatMap(({ keys }) => keys.flatMap(({ field }) => field ?? [])))];
  return {
    phase: 'secrets',
    title: `${title}, from Git`,
    minutes: 1,
    body: `Flux decrypts them: there is nothing to create by hand. What Gatehouse makes of them stands in the encrypted overlay.

| Secret | it holds | read by |
|---|---|---|
${rows.join('\n')}`,
    check: `\`gatehouse secrets view\` lists ${fields.map((field) => `\`${field}\``).join(', ')}.`,
  };
}

/** A Secret that stands encrypted in Git: there is nothing to make, and at most something to tell. */
function deliveredStep(secret: SecretNeed, { folder, file }: NonNullable<SecretNeed['sops']>): Step {
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
    phase: 'secrets',
    title: `The Secret \`${name}\`, from Git`,
    minutes: 1,
    body: `It holds ${purpose}, in the namespace \`${namespace}\`. Read by ${readers}. Flux decrypts it from
\`${folder}/${file}\`: there is nothing to create by hand. Its values stand in the encrypted overlay.

| key | field of the overlay | where it comes from |
|---|---|---|
${rows.join('\n')}

${after.join(' ')}`,
    check: `\`gatehouse secrets view\` lists ${fields.join(' and ')}.`,
  };
}

/** Texts in the line that stand for what only the person knows. */
function replaceFirst({ keys }: SecretNeed): string {
  const texts = keys.flatMap(({ create }) =>
    'literal' in create && /^"[^$]*"$/.test(create.literal) ? [`\`${create.literal}\``] : [],
  );
  return texts.length === 0 ? '' : ` Put your own in the place of ${texts.join(' and ')}.`;
}
