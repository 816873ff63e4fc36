const substitution = /\$\{[A-Z_][A-Z0-9_]*\}/g;

/**
 * A double-quoted nginx parameter. `${NAME}`, which Flux substitutes, stays as it is. All other text is literal, so it
 * must not end the string, start an nginx variable or start a line.
 *
 * @throws RangeError when the text is invalid there. The message names the option, never its value.
 */
export function quoted(option: string, text: string): string {
  const literal = text.replace(substitution, '');
  if (text === '' || /["\\$\s;{}\p{Cc}]/u.test(literal)) {
    throw new RangeError(`${option} cannot be in the configuration of nginx`);
  }
  return `"${text}"`;
}

/**
 * An unquoted nginx parameter that is known at compile time: a name, an address, a range, a path.
 *
 * @throws RangeError when the text holds anything but letters, digits and `.:/_-[]`.
 */
export function plain(option: string, text: string): string {
  if (!/^[A-Za-z0-9.:/_[\]-]+$/.test(text)) {
    throw new RangeError(`${option} cannot be in the configuration of nginx`);
  }
  return text;
}

/** @throws RangeError when the number is not a whole number between `least` and `most`. */
export function whole(option: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${option} must be a whole number from ${least} to ${most}`);
  }
  return value;
}
