import { type FormKind, type NotSearched, notSearchedOf } from './forms.ts';
import { positionsOf } from './positions.ts';
import { compileSearch, type NamedValue } from './search.ts';

/** An occurrence of a private value. It names the value and never repeats it. */
export interface PrivateMatch {
  name: string;
  form: FormKind;
  /** Counted from 1. */
  line: number;
  /** Counted from 1, in UTF-16 code units. */
  column: number;
  /** In UTF-16 code units. */
  length: number;
}

export interface PrivateMatcher {
  /** @returns every occurrence, in text order */
  search(text: string | Uint8Array): PrivateMatch[];
  /** The values, or forms of values, that are too short or too common to search for. */
  notSearched: ({ name: string } & NotSearched)[];
}

/** The values and forms that are not searched, with the reason. */
export function notSearchedAmong(values: readonly NamedValue[]): PrivateMatcher['notSearched'] {
  return values.flatMap((searched) => {
    const missing = notSearchedOf(searched);
    return missing ? [{ name: searched.name, ...missing }] : [];
  });
}

/**
 * Finds private values in texts, in every form of {@link formsOf} and in escapes of URLs, JSON, YAML, shells, regular
 * expressions and XML. One pass over the text, whatever the number of values.
 *
 * @example
 * const matcher = privateMatcher([{ name: 'IMMICH_HOST', value: 'photos.example.org' }]);
 * matcher.search('url: https://photos%2Eexample.org'); // [{ name: 'IMMICH_HOST', form: 'url-encoded', line: 1, … }]
 */
export function privateMatcher(values: readonly NamedValue[]): PrivateMatcher {
  const search = compileSearch(values);
  return {
    get notSearched() {
      return notSearchedAmong(values);
    },
    search(text) {
      const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
      const hits = search.run(bytes);
      if (hits.length === 0) return [];
      const positions = positionsOf(bytes);
      return hits.map(({ value, form, start, end }) => ({
        name: values[value]?.name ?? '',
        form,
        ...positions.at(start),
        length: positions.width(start, end),
      }));
    },
  };
}
