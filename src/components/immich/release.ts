/** The release that the tag of an image of Immich says, as far as it says one: `v3.3.1-openvino` is 3, 3 and 1. */
export type Release = readonly [major: number, ...rest: number[]];

/** Undefined where a tag says no release (`release`, `pr-1234`), and where an image has none. */
export function releaseOf(image: string): Release | undefined {
  const [name = ''] = image.slice(image.lastIndexOf('/') + 1).split('@');
  const said = /:v?(\d+(?:\.\d+){0,2})(?=[-+]|$)/.exec(name)?.[1];
  const [major, ...rest] = said?.split('.').map(Number) ?? [];
  return major === undefined ? undefined : [major, ...rest];
}

/** Which is the older one, by the parts that both say: below 0 the first, above 0 the second, 0 where neither is. */
export function compareReleases(one: Release, other: Release): number {
  const shared = one.slice(0, other.length);
  return shared.map((part, index) => part - (other[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

/** `3.3.1`, as users know it. */
export function releaseText(release: Release): string {
  return release.join('.');
}
