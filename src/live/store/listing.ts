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

/** What a page of a listing has. */
export interface ListedPage {
  /** With directories and empty objects: neither is a backup. */
  objects: readonly ListedObject[];
  /** Whether nothing comes after it. */
  isLast: boolean;
  /** With which the next page is asked for. */
  token: string | undefined;
  /** The time of the answer, by the clock of the store. */
  date: Date | undefined;
}

interface ListedObject {
  key: string;
  modified: Date;
  isBackup: boolean;
}

/** A page has 1,000 objects. Ten years of a copy every hour are 88 pages. */
const mostPages = 100;

/**
 * Finds the newest object below a prefix (ListObjectsV2). Objects come in the order of their keys, so every page has to be
 * read. Directories and empty objects do not count.
 */
export async function newestBelow(prefix: string, ask: AskPage): Promise<Found | NotListed> {
  let found: Found = { newest: undefined, count: 0, complete: false, date: undefined };
  let token: string | undefined;
  for (let count = 0; count < mostPages; count++) {
    const page = await pageOf(
      [['prefix', prefix], ...(token === undefined ? [] : [['continuation-token', token] as const])],
      ask,
    );
    if ('message' in page) return page;
    found = newestOf(page.objects, { ...found, date: page.date });
    token = page.token;
    if (page.isLast) return { ...found, complete: true };
    if (token === undefined) return { code: undefined, message: 'it named no next page', date: page.date };
  }
  return found;
}

/** Reads one page of a listing. */
export async function pageOf(
  query: readonly (readonly [name: string, value: string])[],
  ask: AskPage,
): Promise<ListedPage | NotListed> {
  const answer = await ask([['list-type', '2'], ['encoding-type', 'url'], ...query]);
  if ('failure' in answer) return { code: undefined, message: answer.failure, date: undefined };
  if (answer.status !== 200) return refused(answer);
  const { body, date } = answer;
  const listing = /<ListBucketResult[\s>]([\s\S]*)<\/ListBucketResult>/.exec(body)?.[1];
  if (listing === undefined)
    return { code: undefined, message: 'it answered with something that is no listing', date };
  const objects = [...listing.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)].map(([, entry = '']) =>
    objectIn(entry),
  );
  if (objects.some(({ modified }) => Number.isNaN(modified.getTime())))
    return { code: undefined, message: 'it named an object without a time', date };
  const isLast = textIn(listing, 'IsTruncated') !== 'true';
  return { objects, isLast, token: textIn(listing, 'NextContinuationToken'), date };
}

function objectIn(entry: string): ListedObject {
  const key = textIn(entry, 'Key') ?? '';
  const isDirectory = key.endsWith('/') || key.endsWith('%2F');
  return {
    key: decoded(key),
    modified: new Date(textIn(entry, 'LastModified') ?? ''),
    isBackup: !isDirectory && textIn(entry, 'Size') !== '0',
  };
}

/** The newest of some objects and of what was found before. */
export function newestOf(objects: readonly ListedObject[], before: Found): Found {
  let { newest } = before;
  for (const { key, modified, isBackup } of objects)
    if (isBackup && (newest === undefined || modified > newest.modified)) newest = { key, modified };
  return { ...before, newest, count: before.count + objects.length };
}

function refused({ status, body, date }: Extract<StoreAnswer, { status: number }>): NotListed {
  const code = /^[A-Za-z]{1,64}$/.exec(textIn(body, 'Code') ?? '')?.[0];
  return { code, message: `it answered with ${status}${code === undefined ? '' : ` ${code}`}`, date };
}

/** The elements that are read, each compiled once: a bucket has thousands of them. */
const elements = {
  Key: /<Key>([^<]*)<\/Key>/,
  LastModified: /<LastModified>([^<]*)<\/LastModified>/,
  Size: /<Size>([^<]*)<\/Size>/,
  IsTruncated: /<IsTruncated>([^<]*)<\/IsTruncated>/,
  NextContinuationToken: /<NextContinuationToken>([^<]*)<\/NextContinuationToken>/,
  Code: /<Code>([^<]*)<\/Code>/,
} as const;

function textIn(xml: string, name: keyof typeof elements): string | undefined {
  return elements[name]
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
