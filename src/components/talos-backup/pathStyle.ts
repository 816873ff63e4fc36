import semver from 'semver';

/**
 * What `USE_PATH_STYLE` has to say so that the bucket is in the path of a request and not in the host name, by
 * version of siderolabs/talos-backup (`pkg/config/service.go` of each tag). Until 0.1.0-beta.3 the variable meant its
 * opposite; what came after has taken it away, or means what it says (its issues 59 and 65), so that `true` is right
 * or not read. Before beta.2 there was none, and no server but Amazon's could be used.
 */
const meanings: readonly { versions: string; value: string | undefined }[] = [
  { versions: '<0.1.0-beta.2', value: undefined },
  { versions: '>=0.1.0-beta.2 <=0.1.0-beta.3', value: 'false' },
  { versions: '>0.1.0-beta.3', value: 'true' },
];

/** The version that an image names by its tag, where it does. */
export function versionOf(image: string): string | undefined {
  const tag = /:([A-Za-z0-9_][A-Za-z0-9._-]*)(@|$)/.exec(image)?.[1];
  return tag === undefined ? undefined : (semver.valid(tag) ?? undefined);
}

/** The value of `USE_PATH_STYLE` for path style, where a version has a way to say it. */
export function pathStyleOf(version: string): string | undefined {
  return meanings.find(({ versions }) => semver.satisfies(version, versions, { includePrerelease: true }))
    ?.value;
}
