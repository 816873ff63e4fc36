import { LiveError } from '../cluster.ts';
import { newestInBucket } from './bucket.ts';
import { type AskPage, type Found, type NotListed, newestBelow, type StoreAnswer } from './listing.ts';

/** A place in a store: what is below a prefix of a bucket. */
export interface StorePlace {
  /** The name of the store. */
  store: string;
  bucket: string;
  prefix: string;
}

/** What one run asks stores. It ends with the run: what was listed is not young for long. */
export interface StoreRun {
  /**
   * The newest object of a place. Buckets with several places are listed once for all of them. Where that does not have an
   * object that is enough, the place is listed by itself, so that no answer but "enough" rests on a shared listing.
   *
   * @throws LiveError where the API server did not pass the question on, now or before
   */
  readonly newest: (
    place: StorePlace,
    ask: AskPage,
    isEnough: (found: Found) => boolean,
  ) => Promise<Found | NotListed>;
}

/** Refusals of a bucket that hold for each of its prefixes. */
const refusesAll: ReadonlySet<string> = new Set([
  'NoSuchBucket',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'RequestTimeTooSkewed',
]);

/**
 * Shares listings among the checks of a run. A store that does not answer once is not asked again: each of its checks gets to
 * know why.
 *
 * @param places - every place that the run may ask about
 */
export function storeRun(places: readonly StorePlace[]): StoreRun {
  const stores = new Map<string, AskOnce>();
  const buckets = new Map<string, ReturnType<typeof newestInBucket>>();
  return {
    newest: async ({ store, bucket, prefix }, ask, isEnough) => {
      const askOnce = stores.get(store) ?? askingOnce();
      stores.set(store, askOnce);
      const page: AskPage = (query) => askOnce(() => ask(query));
      const prefixes = places
        .filter((place) => place.store === store && place.bucket === bucket)
        .map((place) => place.prefix);
      if (new Set(prefixes).size < 2) return newestBelow(prefix, page);
      const name = `${store} ${bucket}`;
      const listing = buckets.get(name) ?? newestInBucket(prefixes, page);
      buckets.set(name, listing);
      const shared = await listing;
      if ('message' in shared && refusesAll.has(shared.code ?? '')) return shared;
      const found = 'message' in shared ? undefined : shared.get(prefix);
      return found !== undefined && isEnough(found) ? found : newestBelow(prefix, page);
    },
  };
}

/** Asks a store, or tells why it did not answer before. */
type AskOnce = (ask: () => Promise<StoreAnswer>) => Promise<StoreAnswer>;

/** The first question is asked alone: while nobody knows whether the store answers, the others wait. */
function askingOnce(): AskOnce {
  let first: Promise<unknown> | undefined;
  let silence: { failure: string } | LiveError | undefined;
  const noted = async (ask: () => Promise<StoreAnswer>): Promise<StoreAnswer> => {
    try {
      const answer = await ask();
      if ('failure' in answer) silence ??= { failure: notAgain(answer.failure) };
      return answer;
    } catch (error) {
      if (error instanceof LiveError)
        silence ??= new LiveError(error.failure, notAgain(error.message), error.status);
      throw error;
    }
  };
  return async (ask) => {
    if (first === undefined) {
      const asked = noted(ask);
      first = asked.catch(() => undefined);
      return asked;
    }
    await first;
    if (silence instanceof LiveError) throw silence;
    return silence ?? noted(ask);
  };
}

function notAgain(why: string): string {
  return `it did not answer before, and is not asked again in this run: ${why}`;
}
