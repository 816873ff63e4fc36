/**
 * Makes V8 optimise a function only after much more use than by default. Optimised code is made in threads of its own,
 * and a command that ends within a second does not get their time back: a check of 420 objects takes a quarter less
 * processor time without most of it, and one of 4000 objects a third less. Call it once the modules are loaded: after it
 * Node compiles its own modules, which it otherwise has compiled.
 *
 * @param node the version of Node. Node 20 and 22 are changed, which name the flag differently. Other versions are left
 *   as they are.
 */
export function optimiseLate(node: string): void {
  const flag = lateFlag(node);
  // Loading the module takes longer than what it does, and most versions do not need it.
  if (flag !== undefined) process.getBuiltinModule('node:v8').setFlagsFromString(flag);
}

/** The flag of V8 that makes a version of Node optimise late, or undefined where it is left as it is. */
export function lateFlag(node: string): string | undefined {
  if (node.startsWith('20.')) return '--interrupt-budget=500000';
  if (node.startsWith('22.')) return '--invocation-count-for-turbofan=30000';
  return undefined;
}
