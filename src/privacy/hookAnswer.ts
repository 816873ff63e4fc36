/**
 * How a hook knows that the program it started is this one: with the variable, a search that found nothing ends with the
 * code. Any other program of the name `gatehouse`, such as the one in the npm registry, may end with 0.
 */
export const hookVariable = 'GATEHOUSE_HOOK';
export const searchedCode = 86;
