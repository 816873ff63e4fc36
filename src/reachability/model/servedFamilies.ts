import { listAt, textAt } from '../../kubernetes/fields.ts';
import type { Truth } from './truth.ts';

/** Whether something is served in a family of addresses; `default` if the first family of Services decides. */
export type ServedFamily = Truth | 'default';
export type ServedFamilies = Readonly<Record<4 | 6, ServedFamily>>;

/** The families of a Service that is not among the objects. */
export const unknownFamilies: ServedFamilies = { 4: 'maybe', 6: 'maybe' };

/** In which families a Service is served (kubernetes, `ipFamilies` and `ipFamilyPolicy` of ServiceSpec). */
export function servedFamilies(spec: unknown): ServedFamilies {
  const families = listAt(spec, 'ipFamilies');
  const policy = textAt(spec, 'ipFamilyPolicy');
  const of = (family: string): ServedFamily => {
    if (policy === 'RequireDualStack' || families.includes(family)) return 'yes';
    if (policy === 'PreferDualStack') return 'maybe';
    return families.length > 0 ? 'no' : 'default';
  };
  return { 4: of('IPv4'), 6: of('IPv6') };
}
