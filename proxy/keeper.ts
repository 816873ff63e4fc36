import { findKey, isAnyWithdrawn, type Keys, type PublicKey, parseKeys, writeKeys } from './keys.ts';
import type { KeySource } from './settings.ts';
import { sharedState } from './sharedState.ts';

/** A fetch ends after this time, milliseconds. */
const deadline = 5_000;

/** Keys and the time of their fetch. */
export interface KeptKeys {
  keys: Keys;
  /** Milliseconds since 1970. */
  fetchedAt: number;
}

/** The key cache of all workers: the last good keys; undefined before the first successful fetch. */
export function keptKeys(): KeptKeys | undefined {
  const text = sharedState()?.get('keys');
  const keys = typeof text === 'string' ? parseKeys(text) : undefined;
  return keys === undefined ? undefined : { keys, fetchedAt: Number(sharedState()?.get('fetched-at')) };
}

/** Whether a key is among the keys that were fetched last. */
export function isPublished(keyId: string, { n, e }: PublicKey): boolean {
  const kept = keptKeys();
  const key = kept === undefined ? undefined : findKey(kept.keys, keyId);
  return key !== undefined && key.n === n && key.e === e;
}

/** Fetches the keys when they are missing or old. */
export async function refreshKeys(source: KeySource): Promise<void> {
  const kept = keptKeys();
  if (kept === undefined || Date.now() - kept.fetchedAt >= source.lifetime) await fetchOnce(source);
}

/**
 * The keys, with the key of that id if it exists: an unknown id triggers a fetch, unless there was one a moment ago. Some
 * requests wait for the result of a fetch in progress; the others are refused at once, so that strangers hold little
 * while the key server does not answer.
 */
export async function keysWith(keyId: string, source: KeySource): Promise<Keys | undefined> {
  const kept = keptKeys();
  if (kept !== undefined && findKey(kept.keys, keyId) !== undefined) return kept.keys;
  if (!(await fetchOnce(source))) await waitForFetch(source);
  return keptKeys()?.keys;
}

async function waitForFetch({ waiting }: KeySource): Promise<void> {
  if (!isFetching()) return;
  const end = Date.now() + deadline;
  const place = takePlace(waiting);
  if (place === undefined) return;
  while (isFetching() && Date.now() < end) await pause(50);
  // Later it has expired, and may be another's.
  if (Date.now() < end) sharedState()?.delete(place);
}

function isFetching(): boolean {
  return sharedState()?.has('fetching') === true;
}

/** A place to wait in; undefined when all are taken. It expires, so that a worker that ends cannot keep it. */
function takePlace(places: number): string | undefined {
  for (let index = 0; index < places; index += 1) {
    const place = `waiting-${index}`;
    if (sharedState()?.add(place, '1', deadline + 1_000) === true) return place;
  }
  return undefined;
}

/** Fetches and caches the keys. False during the cooldown, and while another fetch is in progress. */
async function fetchOnce({ certificates, cooldown }: KeySource): Promise<boolean> {
  const state = sharedState();
  const kept = keptKeys();
  if (state === undefined || !state.add('cooldown', '1', cooldown)) return false;
  state.set('fetching', '1', deadline + 1_000);
  try {
    const keys = parseKeys(await fetchText(certificates));
    if (keys === undefined) throw new Error('the answer holds no RSA key');
    state.set('keys', writeKeys(keys));
    state.set('fetched-at', String(Date.now()));
    if (kept !== undefined && isAnyWithdrawn(kept.keys, keys)) ngx.shared['gatehouse_verdicts']?.clear();
  } catch (error) {
    const instead = kept === undefined ? 'nobody passes' : 'the last good ones stay';
    ngx.log(ngx.WARN, `gatehouse: the keys of Access could not be fetched (${reason(error)}), ${instead}`);
  }
  state.delete('fetching');
  return true;
}

async function fetchText(url: string): Promise<string> {
  let timer: TimerHandle | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // A timer that has fired must not be cleared: njs 1.0 with QuickJS would free it twice.
      timer = undefined;
      reject(new Error('no answer in time'));
    }, deadline);
  });
  try {
    return await Promise.race([answer(url), late]);
  } finally {
    // A timer that is still set would hold the request until it fires.
    if (timer !== undefined) clearTimeout(timer);
  }
}

async function answer(url: string): Promise<string> {
  const response = await ngx.fetch(url, {
    headers: { Accept: 'application/json', 'User-Agent': 'gatehouse' },
  });
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  return response.text();
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : 'failed';
}
