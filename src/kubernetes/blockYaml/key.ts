import { type Cursor, unsupported } from './cursor.ts';

/** Keys without quotes, up to their colon. Other plain keys are left to the library. */
const plainKey = /[A-Za-z0-9_./][A-Za-z0-9_./-]*(?=:(?:[ \n]|$))/y;
const quotedKey = /(?:"([^"\\\n]*)"|'([^'\n]*)')(?=:(?:[ \n]|$))/y;

/** Reads a key and its colon. Undefined if there is none. */
export function readKey(cursor: Cursor): string | undefined {
  const { text, at } = cursor;
  plainKey.lastIndex = at;
  const plain = plainKey.exec(text);
  if (plain !== null) {
    const [key] = plain;
    if (cursor.readPlain(key) !== key) unsupported();
    cursor.at = at + key.length + 1;
    return key;
  }
  quotedKey.lastIndex = at;
  const quoted = quotedKey.exec(text);
  if (quoted === null) return undefined;
  cursor.at = at + quoted[0].length + 1;
  return quoted[1] ?? quoted[2];
}

/** Whether a key is at the cursor. */
export function startsKey({ text, at }: Cursor): boolean {
  plainKey.lastIndex = at;
  quotedKey.lastIndex = at;
  return plainKey.test(text) || quotedKey.test(text);
}
