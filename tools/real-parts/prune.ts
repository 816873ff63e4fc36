import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { processStart } from './machine.ts';

/** What the bench of pods keeps in the cache beside the programs: the runtime's store with its images. */
const imageStore = /^pods-images-[0-9a-f]+$/;
const imagesInMaking = /^pods-images-[0-9a-f]+\.building-(\d+)-(\w+)$/;

/**
 * The entries of the cache that nothing needs any more. An unfinished directory has the key of the program that it will
 * be. Of the stores of images the newest stays; each older one was made from other programs or another table.
 */
export async function unneededEntries(cache: string, wanted: readonly string[]): Promise<readonly string[]> {
  const entries = (await readdir(cache).catch(() => [])).sort();
  const stores = await Promise.all(
    entries
      .filter((entry) => imageStore.test(entry))
      .map(async (entry) => ({ entry, modified: (await stat(join(cache, entry))).mtimeMs })),
  );
  const newest = stores.sort((one, other) => other.modified - one.modified)[0]?.entry;
  const kept = newest === undefined ? wanted : [...wanted, newest];
  return entries.filter((entry) => !kept.some((key) => entry.startsWith(key)) && !isBeingMade(entry));
}

/** A process makes it now: without it that process would fail. */
function isBeingMade(entry: string): boolean {
  const [, pid, start] = imagesInMaking.exec(entry) ?? [];
  return pid !== undefined && processStart(Number(pid)) === start;
}
