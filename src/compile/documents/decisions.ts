import type { ComponentDocuments } from '../../components/documents.ts';

/** `docs/decisions.md`: what was decided, why, and the field that decides otherwise. */
export function decisions(documents: readonly ComponentDocuments[]): string {
  const chapters = documents
    .flatMap((document) => [...(document.decisions ?? [])])
    .map(
      ({ title, decided, because, field }) =>
        `## ${title}\n\n**${decided}**\n\n${because}\n\nTo decide otherwise, change \`${field}\` in \`cluster.yaml\` and run \`gatehouse configure\`.\n`,
    );
  return ['# Decisions\n', 'What this repository takes for granted, and why.\n', ...chapters].join('\n');
}
