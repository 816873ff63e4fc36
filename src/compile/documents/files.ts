import type { ComponentDocuments, Page } from '../../components/contract/documents.ts';
import type { PlannedFile } from '../plan.ts';
import type { DocumentContext } from './context.ts';
import { decisions } from './decisions.ts';
import { index } from './index.ts';
import { quickstart } from './quickstart.ts';
import { removingData, removingDataFile } from './removingData.ts';
import { restoreFile, restorePage, restoresOf } from './restore.ts';
import { routesFile, routesPage } from './routes.ts';
import { totalLoss, totalLossFile } from './totalLoss.ts';
import { troubleshooting } from './troubleshooting.ts';

/** The operator documents. They have `${NAME}` in the place of each private value. */
export function documentFiles(
  documents: readonly ComponentDocuments[],
  context: DocumentContext,
): PlannedFile[] {
  const pages = joinedPages(documents.flatMap((document) => [...(document.pages ?? [])]));
  const restore = restorePage(restoresOf(documents));
  const removing = removingData(context);
  const routes = routesPage(context);
  const listed = [
    ...routes.map(() => ({
      path: routesFile,
      title: 'Routes and their logins: who gets in, and how to try it',
    })),
    { path: totalLossFile, title: 'After a total loss: everything again, with its data' },
    ...restore.map(() => ({ path: restoreFile, title: 'Restore: each list of commands' })),
    ...removing.map(() => ({ path: removingDataFile, title: 'Moving data, and removing it for good' })),
  ];
  return [
    {
      path: 'docs/README.md',
      content: index(documents, [...pages.filter(({ forwards }) => forwards !== true), ...listed], context),
    },
    ...totalLoss(documents, context),
    ...restore,
    ...removing,
    ...routes,
    { path: 'docs/quickstart.md', content: quickstart(documents, context) },
    { path: 'docs/decisions.md', content: decisions(documents) },
    { path: 'docs/troubleshooting.md', content: troubleshooting(documents) },
    ...pages.map(({ path, title, content }) => ({ path, content: `# ${title}\n\n${content}\n` })),
  ];
}

/** Joins what several components contribute to one page. */
function joinedPages(contributions: readonly Page[]): Page[] {
  const pages = new Map<string, Page>();
  for (const { content, ...page } of contributions) {
    const first = pages.get(page.path);
    pages.set(
      page.path,
      first
        ? { ...first, content: `${first.content}\n\n${content.trim()}` }
        : { ...page, content: content.trim() },
    );
  }
  return [...pages.values()];
}
