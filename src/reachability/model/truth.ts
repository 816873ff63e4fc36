/** Three-valued truth: `maybe` where the objects do not tell. */
export type Truth = 'yes' | 'no' | 'maybe';

/** Kleene conjunction: `no` before `maybe` before `yes`. */
export function and(...parts: readonly Truth[]): Truth {
  if (parts.includes('no')) return 'no';
  return parts.includes('maybe') ? 'maybe' : 'yes';
}

/** Negation; `maybe` stays. */
export function not(part: Truth): Truth {
  if (part === 'maybe') return 'maybe';
  return part === 'yes' ? 'no' : 'yes';
}

export function truthOf(value: boolean): Truth {
  return value ? 'yes' : 'no';
}

/** Kleene disjunction: `yes` before `maybe` before `no`. */
export function or(...parts: readonly Truth[]): Truth {
  if (parts.includes('yes')) return 'yes';
  return parts.includes('maybe') ? 'maybe' : 'no';
}
