import { describeObject } from '../../../manifests/sourcedObject.ts';
import type { Workload } from '../../model/workload.ts';
import type { Directive } from './syntax.ts';

/** How long each worker still takes a token for verified that it has seen a moment ago, in seconds (`proxy/recent.ts`). */
const remembered = 5;

/**
 * How long a key that Access has withdrawn goes on to pass, where the origin proxy of Gatehouse keeps the keys: it fetches
 * them again when they are old, and for a token whose key it does not know, but keeps the old ones while it cannot
 * (`proxy/keeper.ts`).
 */
export function keysOfAccess(directives: readonly Directive[], { ref }: Workload): readonly string[] {
  const lifetime = secondsOf(directives, '$gatehouse_key_lifetime');
  const cooldown = secondsOf(directives, '$gatehouse_key_cooldown');
  if (lifetime === undefined || cooldown === undefined) return [];
  return [
    `A key that Access withdraws passes at ${describeObject(ref)} until the keys are fetched again: after about ${Math.ceil(lifetime / 60)} minutes, or ${cooldown + remembered} s where tokens with a new key arrive, and later where Access does not answer`,
  ];
}

function secondsOf(directives: readonly Directive[], name: string): number | undefined {
  for (const directive of directives) {
    const { args, block = [] } = directive;
    if (directive.name === 'js_var' && args[0] === name) return Number(args[1]);
    const inner = secondsOf(block, name);
    if (inner !== undefined) return inner;
  }
  return undefined;
}
