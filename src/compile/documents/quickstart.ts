import type { SecretNeed } from '../../components/component.ts';
import { type ComponentDocuments, phases, type Step } from '../../components/documents.ts';
import type { DocumentContext } from './files.ts';

const titles: Record<Step['phase'], string> = {
  prepare: 'Prerequisites',
  storage: 'Storage',
  cloudflare: 'Cloudflare',
  secrets: 'Secrets',
  bootstrap: 'Bootstrap',
  'first-administrator': 'The first administrator',
  dns: 'DNS at home',
  finish: 'Proof',
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
    return [`## ${titles[phase]}\n`, ...mine.map((step) => rendered(step, ++number))];
  });
  const notes = documents
    .flatMap((document) => [...(document.notes ?? [])])
    .map(({ title, body }) => `## ${title}\n\n${body.trim()}\n`);
  return [
    '# Quickstart\n',
    `${number} steps, about ${minutes} minutes. Each ends with a check: go on when it holds.\n`,
    '`${NAME}` stands for a private value; `gatehouse docs --local` writes this page with the values filled in, ready to copy, to `docs/local/`.\n',
    ...chapters,
    ...notes,
  ].join('\n');
}

function rendered({ title, minutes, body, check }: Step, number: number): string {
  return `### ${number}. ${title} (${minutes} min)\n\n${body.trim()}\n\n**Check:** ${check.trim()}\n`;
}

function secretSteps(secrets: readonly SecretNeed[]): Step[] {
  return secrets.map((secret) => ({
    phase: 'secrets',
    title: `The Secret \`${secret.name}\``,
    minutes: 1,
    body: `It holds ${secret.purpose}, in the namespace \`${secret.namespace}\`.

| key | where it comes from |
|---|---|
${secret.keys.map(({ key, source }) => `| \`${key}\` | ${source} |`).join('\n')}

\`\`\`sh
${createCommand(secret)}
\`\`\``,
    check: `\`kubectl -n ${secret.namespace} get secret ${secret.name}\` shows ${secret.keys.length} under DATA.`,
  }));
}

/** The line that makes the Secret by hand. The namespace is made first, since Flux has not come by yet. */
export function createCommand({ name, namespace, keys }: SecretNeed): string {
  const parts = keys.map(({ key, create }) =>
    'fromFile' in create
      ? `--from-file=${key}=${create.fromFile}`
      : `--from-literal=${key}=${create.literal}`,
  );
  return [
    `kubectl create namespace ${namespace} --dry-run=client -o yaml | kubectl apply -f -`,
    `kubectl -n ${namespace} create secret generic ${name} \\\n  ${parts.join(' \\\n  ')}`,
  ].join('\n');
}
