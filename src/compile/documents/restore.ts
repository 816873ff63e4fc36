import type { ComponentDocuments, Restore } from '../../components/contract/documents.ts';
import type { PlannedFile } from '../plan.ts';

/** The file with every list of commands, for the day on which nothing else may be available. */
export const restoreFile = 'docs/restore.md';

/** The lists of all components, in the order of the catalogue. */
export function restoresOf(documents: readonly ComponentDocuments[]): Restore[] {
  return documents.flatMap((document) => [...(document.restores ?? [])]);
}

/** One list as Markdown. The document and `gatehouse explain restore` show the same text. */
export function restoreText({ title, intro, steps }: Restore): string {
  const rows = steps.map(({ what, command }, index) => {
    const shell = command === undefined ? '' : `\n\n\`\`\`sh\n${command.trim()}\n\`\`\``;
    return `${index + 1}. ${what.trim()}${shell}`;
  });
  return `## ${title}\n\n${intro.trim()}\n\n${rows.join('\n\n')}\n`;
}

/** `docs/restore.md`, where there is something to restore. */
export function restorePage(restores: readonly Restore[]): PlannedFile[] {
  if (restores.length === 0) return [];
  const names = [...new Set(restores.map(({ name }) => `\`${name}\``))].join(', ');
  const content = `# Restore

Each list is complete: it is run from its first line to its last. \`gatehouse explain restore NAME\` prints the same, for
${names}, or for all that belongs to one app.

Try one of them before you need it. A backup that nobody ever restored is a hope.

${restores.map(restoreText).join('\n')}`;
  return [{ path: restoreFile, content }];
}
