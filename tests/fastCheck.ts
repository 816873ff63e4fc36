import fc from 'fast-check';

/**
 * The seed of all generated cases; `GATEHOUSE_SEED` overrides it. It is fixed by default, so that a failure is caused
 * by a change and is the same on every machine.
 */
export const seed = Number(process.env['GATEHOUSE_SEED'] ?? 777);

fc.configureGlobal({ seed });

export default fc;
