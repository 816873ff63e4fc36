/** Whether a text is a placeholder: a reference to a value, or a note to fill it in. */
export function isPlaceholder(value: string): boolean {
  const text = value.trim();
  return (
    text.length < 3 ||
    /[$!#%@]\{[^}]*\}|\{\{.*\}\}|\$\([A-Z_]+\)|^\$[A-Za-z_]\w*$/s.test(text) ||
    /^<.*>$|^\[.*\]$|^(?:ref\+|op:\/\/|vault:|awssm:\/\/)/.test(text) ||
    /^[A-Z]+(?:_[A-Z0-9]+)+$/.test(text) ||
    /^(.)\1+$/s.test(text) ||
    /change[-_ ]?me|replace[-_ ]?(?:me|this|with)|^your[-_ ]|placeholder|^example|redacted|^(?:todo|dummy|none|null|true|false|foo|bar|baz|foobar)$/i.test(
      text,
    )
  );
}

/** Whether a string has enough different characters to be random. */
export function looksRandom(text: string, distinct = 8): boolean {
  return new Set(text).size >= distinct;
}
