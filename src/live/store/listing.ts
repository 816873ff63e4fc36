/** What a store answered to a request, or why it did not. */
export type StoreAnswer =
  | { status: number; body: string /** By the clock of the store. */; date: Date | undefined }
  | { failure: string };

/** Asks for a page of a listing. */
export type AskPage = (query: readonly (readonly [name: string, value: string])[]) => Promise<StoreAnswer>;

/** What is below a prefix. */
export interface Found {
  newest: { key: string; modified: Date } | undefined;
  /** How many objects were read. */
  count: number;
  /** Whether that was all of them. */
  complete: boolean;
  /** The time of the last answer, by the clock of the store. */
  date: Date | undefined;
}

/** Why a listing could not be read. */
export interface NotListed {
  /** The code of S3, such as `NoSuchBucket`. */
  code: string | undefined;
  message: string;
  /** The time of the answer, by the clock of the store. */
  date: Date | undefined;
}

/** A page has 1,000 objects. Ten years of a copy every hour are 88 pages. */
const mostPages = 100;

/**
 * Finds the newest object below a prefix (ListObjectsV2). Objects come in the order of their keys, so every page has to be
 * read. Directories and empty objects do not count: neither is a backup.
 */
export async function newestBelow(prefix: string, ask: AskPage): Promise<Found | NotListed> {
  const found: Found = { newest: undefined, count: 0, complete: false, date: undefined };
  let next: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const answer = await ask([
      ['list-type', '2'],
      ['prefix', prefix],
      ['encoding-type', 'url'],
      ...(next === undefined ? [] : [['continuation-token', next] as const]),
    ]);
    if ('failure' in answer) return { code: undefined, message: answer.failure, date: undefined };
    if (answer.status !== 200) return refused(answer);
    const listing = /<ListBucketResult[\s>]([\s\S]*)<\/ListBucketResult>/.exec(answer.body)?.[1];
    if (listing === undefined)
      return { code: undefined, message: 'it answered with something that is no listing', date: answer.date };
    const problem = take(found, listing);
    if (problem !== undefined) return { code: undefined, message: problem, date: answer.date };
    found.date = answer.date;
    next = textIn(listing, 'NextContinuationToken');
    if (textIn(listing, 'IsTruncated') !== 'true') return { ...found, complete: true };
    if (next === undefined) return { code: undefined, message: 'it named no next page', date: answer.date };
  }
  return found;
}

/** Adds a page, or says what is wrong with it. */
function take(found: Found, listing: string): string | undefined {
  for (const [, entry = ''] of listing.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)) {
    const key = textIn(entry, 'Key') ?? '';
    const modified = new Date(textIn(entry, 'LastModified') ?? '');
    if (Number.isNaN(modified.getTime())) return 'it named an object without a time';
    found.count++;
    if (key.endsWith('/') || key.endsWith('%2F') || textIn(entry, 'Size') === '0') continue;
    if (found.newest === undefined || modified > found.newest.modified)
      found.newest = { key: decoded(key), modified };
  }
  return undefined;
}

function refused({ status, body, date }: Extract<StoreAnswer, { status: number }>): NotListed {
  const code = /^[A-Za-z]{1,64}$/.exec(textIn(body, 'Code') ?? '')?.[0];
  return { code, message: `it answered with ${status}${code === undefined ? '' : ` ${code}`}`, date };
}

function textIn(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`)
    .exec(xml)?.[1]
    ?.replaceAll(/&(?:lt|gt|quot|apos|amp|#34|#39|#43);/g, (entity) => entities[entity] ?? entity);
}

/** What Go and Amazon write in the place of a sign. */
const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#34;': '"',
  '&apos;': "'",
  '&#39;': "'",
  '&#43;': '+',
  '&amp;': '&',
};

function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}
