import type { ComponentDocuments, Step } from '../../components/contract/documents.ts';
import { chaptersInOrder } from './chapters.ts';
import type { DocumentContext } from './context.ts';
import { secretSteps } from './secretSteps.ts';

/** Every step of the components, and those that create Secrets. */
export function stepsOf(
  documents: readonly ComponentDocuments[],
  { secrets }: Pick<DocumentContext, 'secrets'>,
): Step[] {
  return [...documents.flatMap(({ steps }) => [...(steps ?? [])]), ...secretSteps(secrets)];
}

/** Steps as Markdown, below the titles of their chapters, numbered from the first to the last. */
export function stepsByChapter(steps: readonly Step[]): string[] {
  let number = 0;
  return chaptersInOrder(steps.map(({ phase }) => phase)).flatMap(({ id, title, intro }) => [
    `## ${title}\n`,
    ...(intro === undefined ? [] : [intro]),
    ...steps.filter(({ phase }) => phase.id === id).map((step) => stepText(step, ++number)),
  ]);
}

function stepText({ title, minutes, body, check }: Step, number: number): string {
  return `### ${number}. ${title} (${minutes} min)\n\n${body.trim()}\n\n**Check:** ${check.trim()}\n`;
}
