import fc from './fastCheck.ts';
import type { ConfigData } from './testDirectory.ts';

const letters = 'abcdefghijklmnopqrstuvwxyz';
export const word = (
  minLength: number,
  maxLength: number,
  unit = `${letters}0123456789`,
): fc.Arbitrary<string> => fc.string({ unit: fc.constantFrom(...unit), minLength, maxLength });
export const hex = (length: number): fc.Arbitrary<string> => word(length, length, '0123456789abcdef');
/** A label that does not occur anywhere else by chance. */
export const label = fc
  .tuple(fc.constantFrom(...letters), word(8, 14), word(0, 3))
  .map(([first, middle, last]) => (last === '' ? first + middle : `${first}${middle}-${last}`));

/** A field that may be left out. */
export const maybe = <T>(key: string, value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.option(value, { nil: undefined }).map((inputs) => (inputs === undefined ? {} : { [key]: inputs }));
export const fields = (...parts: fc.Arbitrary<ConfigData>[]): fc.Arbitrary<ConfigData> =>
  fc.tuple(...parts).map((all) => Object.assign({}, ...all));
export const must = <T>(key: string, value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  value.map((inputs) => ({ [key]: inputs }));

export const size = fc
  .tuple(fc.integer({ min: 1, max: 900 }), fc.constantFrom('Mi', 'Gi', 'Ti', 'G'))
  .map(([count, unit]) => `${count}${unit}`);
export const id = fc.integer({ min: 1, max: 2_147_483_647 });
export const image = fc
  .tuple(label, label, fc.option(word(1, 12), { nil: undefined }), hex(64))
  .map(([host, name, tag, digest]) =>
    tag === undefined ? `${host}.test/${name}@sha256:${digest}` : `${host}.test/a/${name}:v${tag}`,
  );
