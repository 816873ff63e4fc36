declare const carries: unique symbol;

/**
 * A value that must not be readable in Git: the handle, not the value. It is a symbol, so that joining it into
 * a string is an error for the compiler and at run time alike; its description is the name of the Flux
 * variable. What it stands for is in the {@link PrivateValues}, which only those who encrypt or fill in ever hold.
 */
export type Private = symbol & { readonly [carries]: 'private' };

/** Private values by the name of their Flux variable. */
export type PrivateValues = ReadonlyMap<string, string>;

/** @param name - a valid variable name: letters, digits and underscores, not starting with a digit */
export function privateNamed(name: string): Private {
  return Symbol(name) as Private;
}

/** The variable that stands for the value, without the decoration: `IMMICH_HOST`. */
export function nameOf(value: Private): string {
  return value.description ?? '';
}

/** How a manifest or a document writes the value: `${IMMICH_HOST}`, which Flux fills in. */
export function reference(value: Private): string {
  return `\${${nameOf(value)}}`;
}

/** Replaces each `${NAME}` of the vault by its value; other `${…}` stay as they are. */
export function fillIn(text: string, privateValues: PrivateValues): string {
  return text.replace(
    /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g,
    (whole, name: string) => privateValues.get(name) ?? whole,
  );
}
