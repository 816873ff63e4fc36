const substitution = /\$\{[A-Z_][A-Z0-9_]*\}/g;

/**
 * A double-quoted parameter of nginx. What Flux substitutes (`${NAME}`) stays as it is; all other text is
 * literal, so it may hold nothing that ends the string, starts a variable of nginx or starts a line.
 *
 * @throws RangeError when the text cannot stand there. The message names the option, never its value.
 */
export function quoted(option: string, text: string): string {
  const literal = text.replace(substitution, '');
  if (text === '' || /["\\$\s;{}\p{Cc}]/u.test(literal)) {
    throw new RangeError(`${option} cannot stand in the configuration of nginx`);
  }
  return `"${text}"`;
}

/**
 * An unquoted parameter of nginx that is known when the text is made: a name, an address, a range, a path.
 *
 * @throws RangeError when the text holds anything but letters, digits and `.:/_-[]`.
 */
export function plain(option: string, text: string): string {
  if (!/^[A-Za-z0-9.:/_[\]-]+$/.test(text)) {
    throw new RangeError(`${option} cannot stand in the configuration of nginx`);
  }
  return text;
}

/** @throws RangeError when the number is no whole number between `least` and `most`. */
export function whole(option: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${option} must be a whole number from ${least} to ${most}`);
  }
  return value;
}
