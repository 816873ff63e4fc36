import type { Chapter } from '../../contract/documents.ts';

export const administratorPhase: Chapter = {
  id: 'first-administrator',
  title: 'The first administrator',
  order: 700,
};

export const guardChapter: Chapter = {
  id: 'nas-guard',
  title: 'The NAS and its guard',
  order: 300,
  intro:
    'While the NAS is away nothing is written. The pods say so with one of the signals below, and recover by themselves when it is back.',
};

export const administratorChapter: Chapter = {
  id: 'first-administrator',
  title: 'The first administrator',
  order: 400,
  intro:
    'Until there is an administrator the server is not ready, on purpose: whoever came first would become one. A Job makes the account.',
};
