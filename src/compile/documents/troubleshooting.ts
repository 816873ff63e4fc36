import type { Chapter, ComponentDocuments, Hop, Symptom } from '../../components/contract/documents.ts';
import { capitalized } from '../../components/shared/sentences.ts';
import { chaptersInOrder } from './chapters.ts';

/** `docs/troubleshooting.md`: each path hop by hop, then each symptom with its causes, where to look and the fix. */
export function troubleshooting(documents: readonly ComponentDocuments[]): string {
  const symptoms = documents.flatMap((document) => [...(document.symptoms ?? [])]);
  const hops = hopsOf(documents);
  const chapters = chaptersInOrder([...hops, ...symptoms].map(({ chapter }) => chapter)).map((chapter) =>
    chapterText(
      chapter,
      hops.filter((hop) => hop.chapter.id === chapter.id),
      symptoms.filter((symptom) => symptom.chapter.id === chapter.id),
    ),
  );
  return [
    '# Troubleshooting\n',
    'The commands of the copy in `docs/local/` have the private values filled in (`gatehouse docs --local`).\n',
    ...chapters,
  ].join('\n');
}

/** How many paths of a request the page follows. */
export function pathCount(documents: readonly ComponentDocuments[]): number {
  return new Set(hopsOf(documents).map(({ chapter }) => chapter.id)).size;
}

function hopsOf(documents: readonly ComponentDocuments[]): Hop[] {
  return documents.flatMap((document) => [...(document.hops ?? [])]);
}

function chapterText({ title, intro }: Chapter, hops: readonly Hop[], symptoms: readonly Symptom[]): string {
  const inOrder = [...hops].sort((one, other) => one.order - other.order);
  const places = [...new Set(inOrder.flatMap((hop) => [...hop.places]))];
  const path = places.length === 0 ? [] : [`${capitalized(places.join(' → '))}.`];
  const first = [...path, ...(intro === undefined ? [] : [intro])].join(' ');
  return [
    `## ${title}\n`,
    ...(first === '' ? [] : [`${first}\n`]),
    ...inOrder.map(hopText),
    ...symptoms.map(symptomText),
  ].join('\n');
}

function hopText({ title, command, expected, otherwise }: Hop, index: number): string {
  return `### Hop ${index + 1}: ${title}

\`\`\`sh
${command.trim()}
\`\`\`

**Expected:** ${expected.trim()}

**Otherwise:** ${otherwise.trim()}
`;
}

function symptomText({ symptom, intro, causes }: Symptom): string {
  const first = intro === undefined ? '' : `${intro.trim()}\n\n`;
  return `### ${symptom}\n\n${first}${causesTable(causes)}`;
}

/** A table of causes, where each shows, and its fix. */
export function causesTable(causes: Symptom['causes']): string {
  const rows = causes.map(({ cause, look, fix }) => `| ${[cause, look, fix].map(cell).join(' | ')} |`);
  return `| cause | where to look | how to fix it |\n|---|---|---|\n${rows.join('\n')}\n`;
}

function cell(text: string): string {
  return text.trim().replaceAll('|', '\\|').replaceAll('\n', '<br>');
}
