/** The parts of the reference of an image. */
export interface ImageName {
  /** Without tag and digest: `ghcr.io/immich-app/immich-server`. */
  repository: string;
  /** The last part of it: `immich-server`. */
  program: string;
  tag: string;
}

/** The parts of a reference; undefined for a text that is none. */
export function imageOf(image: string): ImageName | undefined {
  const [, repository = '', program = '', tag = ''] =
    /^((?:[^@\s]*\/)?([^/:@\s]+))(?::([^@\s]+))?(?:@\S+)?$/.exec(image) ?? [];
  return program === '' ? undefined : { repository, program, tag };
}

/**
 * The numbers of a version, and whether it comes before the release: `v1.0.0-rc.3` is `1.0.0` before it. Undefined for a
 * text that does not begin with a number.
 */
function numbersOf(version: string): { numbers: number[]; before: string | undefined } | undefined {
  const [, numbers, before] =
    /^v?(\d+(?:\.\d+)*)(?:-((?:alpha|beta|rc|pre|preview)[\w.]*))?/i.exec(version) ?? [];
  return numbers === undefined ? undefined : { numbers: numbers.split('.').map(Number), before };
}

/** Which of two versions is the older one, as a sort has it; undefined where one of them is no version. */
export function compareVersions(one: string, other: string): number | undefined {
  const [first, second] = [numbersOf(one), numbersOf(other)];
  if (first === undefined || second === undefined) return undefined;
  const length = Math.max(first.numbers.length, second.numbers.length);
  for (let at = 0; at < length; at++) {
    const difference = (first.numbers[at] ?? 0) - (second.numbers[at] ?? 0);
    if (difference !== 0) return difference;
  }
  if (first.before === second.before) return 0;
  if (first.before === undefined) return 1;
  if (second.before === undefined) return -1;
  return first.before.localeCompare(second.before, 'en', { numeric: true });
}

/** Whether a version is older than another one; undefined where that is not known. */
export function isOlder(version: string, than: string): boolean | undefined {
  const order = compareVersions(version, than);
  return order === undefined ? undefined : order < 0;
}
