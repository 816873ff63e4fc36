import { expect, it } from 'vitest';
import { newestBelow, type StoreAnswer } from './listing.ts';

type Query = readonly (readonly [string, string])[];

const date = new Date('2026-11-30T12:00:00Z');
const entry = (key: string, modified: string, size = 12): string =>
  `<Contents><Key>${key}</Key><LastModified>${modified}</LastModified><ETag>&#34;a&#34;</ETag><Size>${size}</Size></Contents>`;
const listing = (entries: readonly string[], next?: string): StoreAnswer => ({
  status: 200,
  date,
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>${
    next === undefined ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`
  }<IsTruncated>${next !== undefined}</IsTruncated>${entries.join('')}</ListBucketResult>`,
});
const pages = (...answers: StoreAnswer[]) => {
  const asked: Query[] = [];
  const ask = async (query: Query): Promise<StoreAnswer> => {
    asked.push(query);
    return answers[asked.length - 1] ?? { failure: 'one page too many' };
  };
  return { ask, asked };
};

it('finds the newest object of every page, which need not be the last one', async () => {
  const { ask, asked } = pages(
    listing([entry('a', '2026-11-29T00:00:00.000Z')], 'to&#43;ken='),
    listing([entry('b', '2026-11-30T03:00:00.000Z'), entry('c', '2026-11-28T00:00:00.000Z')], 'third'),
    listing([entry('d', '2026-11-27T00:00:00.000Z')]),
  );
  expect(await newestBelow('x/', ask)).toEqual({
    newest: { key: 'b', modified: new Date('2026-11-30T03:00:00Z') },
    count: 4,
    complete: true,
    date,
  });
  expect(asked.map((query) => Object.fromEntries(query)['continuation-token'])).toEqual([
    undefined,
    'to+ken=',
    'third',
  ]);
  expect(asked.every((query) => Object.fromEntries(query)['prefix'] === 'x/')).toBe(true);
});

it('takes neither directories nor empty objects for a backup', async () => {
  const { ask } = pages(
    listing([
      entry('x/', '2026-11-30T03:00:00.000Z', 0),
      entry('x%2Fy%2F', '2026-11-30T03:00:00.000Z', 7),
      entry('x%2Fempty', '2026-11-30T03:00:00.000Z', 0),
    ]),
  );
  expect(await newestBelow('x/', ask)).toMatchObject({ newest: undefined, count: 3, complete: true });
});

it('decodes keys', async () => {
  const { ask } = pages(listing([entry('a%20b+c%C3%A4', '2026-11-30T03:00:00.000Z')]));
  expect(await newestBelow('', ask)).toMatchObject({ newest: { key: 'a b cä' } });
});

it('stops after a hundred pages, and says so', async () => {
  let count = 0;
  const ask = async (): Promise<StoreAnswer> =>
    listing([entry(`a${count++}`, '2026-11-30T03:00:00.000Z')], 'more');
  expect(await newestBelow('', ask)).toMatchObject({ count: 100, complete: false });
});

it.each<[string, StoreAnswer, { code?: string; message: string | RegExp }]>([
  [
    'a refusal',
    { status: 403, body: '<Error><Code>AccessDenied</Code></Error>', date },
    { code: 'AccessDenied', message: 'it answered with 403 AccessDenied' },
  ],
  [
    'a refusal without a code',
    { status: 502, body: 'Bad gateway', date },
    { message: 'it answered with 502' },
  ],
  [
    'a code that is none',
    { status: 400, body: '<Code>\u001b[31m</Code>', date },
    { message: 'it answered with 400' },
  ],
  [
    'a web page',
    { status: 200, body: '<html></html>', date },
    { message: 'it answered with something that is no listing' },
  ],
  [
    'an object without a time',
    listing([entry('a', 'yesterday')]),
    { message: 'it named an object without a time' },
  ],
  ['no answer', { failure: 'it cannot be reached' }, { message: 'it cannot be reached' }],
  [
    'a listing that goes on nowhere',
    { status: 200, date, body: '<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>' },
    { message: 'it named no next page' },
  ],
])('does not take for an empty bucket: %s', async (_, answer, { code, message }) => {
  expect(await newestBelow('', pages(answer).ask)).toMatchObject({ code, message });
});

it('does not take half of a listing for all of it', async () => {
  const { ask } = pages(listing([entry('a', '2026-11-30T03:00:00.000Z')], 'more'), {
    status: 503,
    body: '<Error><Code>SlowDown</Code></Error>',
    date,
  });
  expect(await newestBelow('', ask)).toMatchObject({ code: 'SlowDown' });
});
