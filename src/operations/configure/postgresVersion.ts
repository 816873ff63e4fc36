/** Whether an image is a PostgreSQL, by the last part of its name: `postgres`, `postgis`, `pgvecto-rs`, `timescaledb`. */
export function isPostgres(image: string): boolean {
  return /postgres|postgis|pgvect|timescaledb|spilo/i.test(nameAndTag(image).name);
}

/**
 * What another image of a PostgreSQL does to its files. A major version does not read the files of another one
 * (documentation of PostgreSQL 18, "Upgrading a PostgreSQL Cluster").
 */
export function postgresChange(before: string, after: string): string[] {
  if (before === after || !isPostgres(before)) return [];
  const [old, next] = [majorOf(before), majorOf(after)];
  if (old !== undefined && old === next && isPostgres(after)) return [];
  const versions =
    old === undefined || next === undefined || !isPostgres(after)
      ? 'its image changes, and the tags do not say that both have one major version of PostgreSQL'
      : `PostgreSQL ${old} becomes ${next}`;
  return [
    `${versions}: a major version does not read the files of another one. Dump the database first, and restore the dump into an empty one`,
  ];
}

/** `14-vectorchord0.4.3`, `pg16`, `2.17.2-pg17`, `v17.2`, `16.4`. */
function majorOf(image: string): string | undefined {
  const { tag } = nameAndTag(image);
  return (/(?:^|[-_.])pg-?(\d{1,2})(?!\d)/i.exec(tag) ?? /^v?(\d{1,2})(?:$|[.\-_a-z])/i.exec(tag))?.[1];
}

function nameAndTag(image: string): { name: string; tag: string } {
  const [, name = image, tag = ''] = /^(?:.*\/)?([^/:@]+)(?::([^@]*))?/.exec(image) ?? [];
  return { name, tag };
}
