import type { SecretNeed } from '../../components/contract/component.ts';
import type { ComponentDocuments, Page } from '../../components/contract/documents.ts';
import type { ClusterSettings } from '../../config/clusterSettings.ts';
import type { PlannedFile } from '../plan.ts';
import { decisions } from './decisions.ts';
import { index } from './index.ts';
import { quickstart } from './quickstart.ts';
import { restoreFile, restorePage, restoresOf } from './restore.ts';
import { troubleshooting } from './troubleshooting.ts';

/** What the documents are made of beside the chapters of the components. */
export interface DocumentContext {
  settings: ClusterSettings;
  secrets: readonly SecretNeed[];
  /** The names of all private values, as they stand in `${NAME}`. */
  values: readonly string[];
  /** The names of what Flux builds and installs by itself, from charts for the most part. */
  fluxKustomizations: readonly string[];
}

/** The operator documents. They show `${NAME}` where a private value belongs. */
export function documentFiles(
  documents: readonly ComponentDocuments[],
  context: DocumentContext,
): PlannedFile[] {
  const pages = joined(documents.flatMap((document) => [...(document.pages ?? [])]));
  const restore = restorePage(restoresOf(documents));
  const listed = restore.map(() => ({ path: restoreFile, title: 'Restore: each list of commands' }));
  return [
    { path: 'docs/README.md', content: index([...pages, ...listed], context) },
    ...restore,
    { path: 'docs/quickstart.md', content: quickstart(documents, context) },
    { path: 'docs/decisions.md', content: decisions(documents) },
    { path: 'docs/troubleshooting.md', content: troubleshooting(documents) },
    ...pages.map(({ path, title, content }) => ({ path, content: `# ${title}\n\n${content}\n` })),
  ];
}

/** What several components say in one page becomes one page. */
function joined(contributions: readonly Page[]): Page[] {
  const pages = new Map<string, Page>();
  for (const { path, title, content } of contributions) {
    const first = pages.get(path);
    pages.set(
      path,
      first
        ? { ...first, content: `${first.content}\n\n${content.trim()}` }
        : { path, title, content: content.trim() },
    );
  }
  return [...pages.values()];
}
