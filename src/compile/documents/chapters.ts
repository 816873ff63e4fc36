import type { Chapter } from '../../components/contract/documents.ts';

/** The chapters that something belongs to, each once, in their order. */
export function chaptersInOrder(chapters: readonly Chapter[]): Chapter[] {
  const byId = new Map<string, Chapter>();
  for (const chapter of chapters) if (!byId.has(chapter.id)) byId.set(chapter.id, chapter);
  return [...byId.values()].sort((one, other) => one.order - other.order);
}
