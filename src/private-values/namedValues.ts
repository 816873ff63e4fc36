import { isPlainWord } from '../privacy/commonValues.ts';
import type { NamedValue } from '../privacy/search.ts';

/** Text around a value that tells it, by the name of the value: the domain of an Access team. */
const textsAround: Readonly<Record<string, (value: string) => string>> = {
  ACCESS_TEAM: (team) => `${team}.cloudflareaccess.com`,
};

export function wholeOf(name: string, value: string): string | undefined {
  return Object.hasOwn(textsAround, name) ? textsAround[name]?.(value) : undefined;
}

/**
 * The values as the scanner takes them. A plain word that `cluster.yaml` publishes by itself, such as the owner in the URL
 * of the repository, is in many files; it is searched for where it tells something.
 *
 * @param published - the public texts of `cluster.yaml`
 */
export function namedValues(
  values: Iterable<readonly [string, string]>,
  published: readonly string[] = [],
): NamedValue[] {
  const texts = published.map((text) => text.toLowerCase());
  return [...values].map(([name, value]) => {
    const whole = wholeOf(name, value);
    const isPublished = isPlainWord(value) && texts.some((text) => text.includes(value.trim().toLowerCase()));
    return {
      name,
      value,
      ...(whole === undefined ? {} : { whole }),
      ...(isPublished ? { published: 'a word that cluster.yaml has in a public field' } : {}),
    };
  });
}
