import fc from 'fast-check';

/**
 * The seed of every generated case: `GATEHOUSE_SEED` draws others. It stands still by default, so that a change is
 * judged by what it changed, and a failure is the same on every machine.
 */
export const seed = Number(process.env['GATEHOUSE_SEED'] ?? 777);

fc.configureGlobal({ seed });

export default fc;
