import { parse } from 'yaml';

/**
 * Whether a value survives the substitution by Flux unchanged. Flux substitutes in YAML text from which kustomize
 * has already removed the quotes, and parses the result again, so that `0123` becomes a number, `yes` a boolean and
 * `a: b` a map (fluxcd/pkg kustomize `SubstituteVariables`; kustomize writes plain scalars).
 */
export function survivesSubstitution(value: string): boolean {
  if (value === '' || value !== value.trim() || unreadable.test(value)) return false;
  if (/^[,%@`]/.test(value)) return false;
  if (numberOrDate.test(value)) return false;
  if (/^(y|n|yes|no|on|off|true|false|null|~)$/i.test(value)) return false;
  return ['1.1', '1.2'].every((version) => {
    try {
      return (
        (parse(`- ${value}\n`, { version: version as '1.1' | '1.2', logLevel: 'silent' }) as unknown[])[0] ===
        value
      );
    } catch {
      return false;
    }
  });
}

/**
 * Characters that end a line, a string or the text in some YAML reader, or that start another substitution: control
 * characters, the line breaks of YAML 1.1, quotes, and lone surrogates (YAML 1.1, 5.1 and 5.4).
 */
const unreadable = /[\p{Cc}\p{Cs}\u2028\u2029\ufeff"'\\$]/u;

/**
 * Text that some YAML reader parses as a number or a date: decimals with underscores or commas, with an exponent,
 * in another base, in base 60, and dates with or without a time (YAML 1.1 type repository; go-yaml `resolve.go`).
 */
const numberOrDate =
  /^([-+]?(\.[0-9_]+|[0-9][0-9_,]*(\.[0-9_]*)?)([eE][-+]?[0-9_]+)?|[-+]?0[xob][0-9a-fA-F_]+|[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9_]*)?|\d{4}-\d{1,2}-\d{1,2}.*)$/;
