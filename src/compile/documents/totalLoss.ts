import type { ComponentDocuments, Step } from '../../components/contract/documents.ts';
import { capitalized } from '../../components/shared/sentences.ts';
import type { PlannedFile } from '../plan.ts';
import type { DocumentContext } from './context.ts';
import { stepsByChapter, stepsOf } from './stepsByChapter.ts';
import { causesTable } from './troubleshooting.ts';

/** What the steps of any component may call. */
const programs = ['curl', 'gatehouse', 'git', 'kubectl', 'ssh-keygen', 'ssh-keyscan'];

/** The file for the day on which the whole cluster is gone. */
export const totalLossFile = 'docs/total-loss.md';

/** `docs/total-loss.md`: what brings the repository and its data back on an empty cluster, in the order in which it is run. */
export function totalLoss(documents: readonly ComponentDocuments[], context: DocumentContext): PlannedFile[] {
  const recoveries = documents.flatMap(({ recovery }) => recovery ?? []);
  const { settings } = context;
  const again = stepsOf(documents, context).filter((step) => step.again);
  const steps = [...again, ...recoveries.flatMap(({ steps }) => steps ?? [])];
  const tools = toolsOf(steps, [
    ...programs,
    ...documents.flatMap(({ tools }) => tools ?? []),
    ...recoveries.flatMap(({ tools }) => tools ?? []),
  ]);
  const content = [
    '# After a total loss\n',
    `The cluster is gone, with every disk of its nodes. These steps bring back what this repository describes, and the data that was
backed up, on an empty cluster. Run them from the first to the last, and go on only when a check holds: what is restored must
be there before an app writes. You do not need the quickstart: what you need of it is here.\n`,
    '## What you need\n',
    list([
      `This repository, as it was last pushed to \`${settings.repository.url}\``,
      ...recoveries.flatMap(({ needs }) => needs ?? []).map(capitalized),
      `An empty cluster with the nodes ${Object.keys(settings.cluster.nodes)
        .map((name) => `\`${name}\``)
        .join(', ')}, and a \`kubectl\` that is its administrator`,
      `On your computer: ${tools.map((name) => `\`${name}\``).join(', ')}`,
    ]),
    '## What is lost all the same\n',
    list(recoveries.flatMap(({ lost }) => lost ?? [])),
    ...stepsByChapter(steps),
    `## When something is not as a step says\n\n${causesTable(recoveries.flatMap(({ troubles }) => troubles ?? []))}`,
  ].join('\n');
  return [{ path: totalLossFile, content }];
}

/** The programs that steps ask for. */
function toolsOf(steps: readonly Step[], known: readonly string[]): readonly string[] {
  const commands = steps
    .flatMap(({ body, check }) => [
      ...body.matchAll(/^```sh\n(.*?)^```$/gms),
      ...check.matchAll(/`([^`]+)`/g),
    ])
    .map(([, text = '']) => text)
    .join('\n');
  return [...new Set(known)]
    .filter((name) => new RegExp(`(?<![\\w./-])${name}(?![\\w-])`).test(commands))
    .sort();
}

function list(entries: readonly string[]): string {
  return `${entries.map((entry) => `- ${entry}`).join('\n')}\n`;
}
