import { compareReleases, releaseOf, releaseText } from '../../components/immich/release.ts';

const isServer = (image: string): boolean => /(^|\/)immich-server[:@]/.test(image);

/**
 * What another image of Immich's server does to its database. Each release migrates it when it starts, and there is no
 * way back; a major version starts from the one before it (`Invalid upgrade path`, server/src/constants.ts of
 * immich-app/immich).
 */
export function immichChange(before: string, after: string): string[] {
  const [old, next] = [releaseOf(before), releaseOf(after)];
  if (!isServer(before) || !isServer(after) || old === undefined || next === undefined) return [];
  const [from, to] = [releaseText(old), releaseText(next)];
  if (compareReleases(next, old) < 0)
    return [
      `Immich ${from} becomes ${to}, which is older: ${from} has migrated the database, and an older release does not start on it. A way back is a dump of the database from before, restored into an empty one`,
    ];
  const [left, wanted] = [old[0] + 1, next[0]];
  return left < wanted
    ? [
        `Immich ${from} becomes ${to}, and its major version ${left} is left out, whose migrations come before. Run the last release of ${left} first`,
      ]
    : [];
}
