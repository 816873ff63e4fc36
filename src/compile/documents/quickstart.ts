import type { ComponentDocuments, Goal } from '../../components/contract/documents.ts';
import { capitalized, enumeration } from '../../components/shared/sentences.ts';
import type { DocumentContext } from './context.ts';
import { stepsByChapter, stepsOf } from './stepsByChapter.ts';
import { withoutFlux } from './withoutFlux.ts';

/** `docs/quickstart.md`: the steps of all components by phase, each with its check, and the notes. */
export function quickstart(documents: readonly ComponentDocuments[], context: DocumentContext): string {
  const steps = stepsOf(documents, context);
  const minutes = steps.reduce((sum, step) => sum + step.minutes, 0);
  const notes = [...notesByTitle(documents)].map(
    ([title, bodies]) => `## ${title}\n\n${bodies.join('\n\n')}\n`,
  );
  return [
    '# Quickstart\n',
    `From a running cluster to ${goalOf(documents, 'title')}: ${steps.length} steps, about ${minutes} minutes. Each ends with a check: go on when it holds, and look into [troubleshooting](troubleshooting.md) when it does not.\n`,
    '`${NAME}` is a placeholder for a private value. Read the copy in `docs/local/`, which `gatehouse docs --local` writes with the values filled in: its commands can be pasted as they are.\n',
    'Where a cluster was lost and its data is to come back, go to [After a total loss](total-loss.md) instead: what starts on an empty disk begins anew, and its backups take the place of the old ones.\n',
    prerequisites(documents, context),
    ...stepsByChapter(steps),
    ...notes,
    withoutFlux(context),
  ].join('\n');
}

/** Where the quickstart leads to: the goals of all components, or the repository itself where none has one. */
export function goalOf(documents: readonly ComponentDocuments[], form: keyof Goal): string {
  const goals = documents.flatMap(({ goal }) => (goal === undefined ? [] : [goal[form]]));
  return goals.length === 0 ? 'what this repository describes' : enumeration(goals);
}

/** The notes by title: what several components say under one title is one chapter. */
function notesByTitle(documents: readonly ComponentDocuments[]): Map<string, string[]> {
  const chapters = new Map<string, string[]>();
  for (const { title, body } of documents.flatMap((document) => [...(document.notes ?? [])])) {
    chapters.set(title, [...(chapters.get(title) ?? []), body.trim()]);
  }
  return chapters;
}

/** What the user needs before the first step. */
function prerequisites(documents: readonly ComponentDocuments[], { settings }: DocumentContext): string {
  const { distribution, nodes, talos } = settings.cluster;
  const names = Object.keys(nodes).map((name) => `\`${name}\``);
  const cluster = { k3s: 'k3s', talos: talos === undefined ? 'Talos Linux' : `Talos Linux ${talos}` }[
    distribution
  ];
  const needed = [...new Set(documents.flatMap((document) => [...(document.prerequisites ?? [])]))];
  const tools = new Set(['git', 'kubectl', ...documents.flatMap((document) => [...(document.tools ?? [])])]);
  return `## Before you begin

- A running ${cluster} cluster with ${names.length === 1 ? `the node ${names[0]}` : `the nodes ${names.join(', ')}`}, and a \`kubectl\` that is its administrator.
${needed.length === 0 ? '' : `- ${capitalized(enumeration(needed))}.\n`}- On your computer: ${[...tools]
    .sort()
    .map((name) => `\`${name}\``)
    .join(', ')}.
- \`gatehouse\`, which wrote this repository ([how to install it](README.md#install-gatehouse)).
- This repository, compiled (\`gatehouse configure\`), with a remote (\`${settings.repository.url}\`) and not pushed yet.

\`gatehouse doctor --confirm\` notes once for which cluster this repository is. From then on \`gatehouse doctor\` lists what is still missing, each with its command.
`;
}
