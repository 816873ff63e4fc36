declare const carries: unique symbol;

/**
 * The handle of a value that must not be readable in Git. It is a symbol, so that joining it into a string is an
 * error at compile time and at run time. Its description is the name of the Flux variable. The value itself is in
 * {@link PrivateValues}, which only the code that encrypts or fills in values receives.
 */
export type Private = symbol & { readonly [carries]: 'private' };

/** Private values by the name of their Flux variable. */
export type PrivateValues = ReadonlyMap<string, string>;

/** Private values and secrets together: what must be filled in, or must not be shown. */
export function everyValue(values: { private: PrivateValues; secret: PrivateValues }): PrivateValues {
  return new Map([...values.private, ...values.secret]);
}

/** @param name - a valid variable name: letters, digits and underscores, not starting with a digit */
export function privateNamed(name: string): Private {
  return Symbol(name) as Private;
}

/** The name of the Flux variable, such as `IMMICH_HOST`. */
export function nameOf(value: Private): string {
  return value.description ?? '';
}

/** The value as manifests and documents have it: `${IMMICH_HOST}`, which Flux substitutes. */
export function reference(value: Private): string {
  return `\${${nameOf(value)}}`;
}

/** Replaces each `${NAME}` of a private value by the value. Other `${…}` stay unchanged. */
export function fillIn(text: string, privateValues: PrivateValues): string {
  return text.replace(
    /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g,
    (whole, name: string) => privateValues.get(name) ?? whole,
  );
}
