import type { ComponentDocuments, Decision } from '../../components/contract/documents.ts';

/** `docs/decisions.md`: what was decided, why, and which field changes it. */
export function decisions(documents: readonly ComponentDocuments[]): string {
  const chapters = documents.flatMap((document) => [...(document.decisions ?? [])]).map(chapter);
  return ['# Decisions\n', 'What this repository takes for granted, and why.\n', ...chapters].join('\n');
}

function chapter({ title, decided, because, field }: Decision): string {
  const howToChange =
    field === undefined
      ? 'No field decides this: it follows from the others.'
      : `To decide otherwise, change \`${field}\` and run \`gatehouse configure\`; \`gatehouse explain ${field}\` tells what it may be.`;
  return `## ${title}\n\n**${decided}**\n\n${because.trim()}\n\n${howToChange}\n`;
}
